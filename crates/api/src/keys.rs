//! API keys: v1 names them by their value, v2 by their id.

use control::{Credential, CredentialKind, CredentialPatch, NewCredential, Permission};
use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::body::Fields;
use crate::call::{Call, Params};
use crate::door::Need;
use crate::error::{Error, Result};
use crate::routes::Routes;
use crate::{times, users};

/// Keys an organisation may have, as `meta` tells it; the store's own bound.
pub(crate) const KEYS_MAX: u32 = 10_000;

const KIND: CredentialKind = CredentialKind::ApiKey;

pub(crate) fn routes(routes: Routes) -> Routes {
    let read = Need::Permission(Permission::API_KEYS_READ);
    let write = Need::Permission(Permission::API_KEYS_WRITE);
    let delete = Need::Permission(Permission::API_KEYS_DELETE);
    routes
        .get("/api/v1/api_key", read, v1_list)
        .post("/api/v1/api_key", write, v1_create)
        .get("/api/v1/api_key/{key}", read, v1_get)
        .put("/api/v1/api_key/{key}", write, v1_update)
        .delete("/api/v1/api_key/{key}", delete, v1_delete)
        .get("/api/v2/api_keys", read, list)
        .post("/api/v2/api_keys", write, create)
        .get("/api/v2/api_keys/{api_key_id}", read, get)
        .patch("/api/v2/api_keys/{api_key_id}", write, update)
        .delete("/api/v2/api_keys/{api_key_id}", delete, revoke)
}

/// The key as v1 shows it, with its value.
async fn v1_show(call: &Call, key: &Credential) -> Result<Value> {
    let value = call.state.control.credential_value(call.org(), KIND, key.id).await?;
    let created_by = users::handle_of(call, key.created_by).await?;
    Ok(json!({
        "created": times::plain(key.created_ms),
        "created_by": created_by,
        "key": value.unwrap_or_default(),
        "name": key.name,
    }))
}

async fn v1_list(call: Call) -> Result<Answer> {
    let mut keys = Vec::new();
    for key in call.state.control.credentials(call.org(), KIND, None).await? {
        keys.push(v1_show(&call, &key).await?);
    }
    Ok(Answer::ok(json!({"api_keys": keys})))
}

async fn v1_create(call: Call) -> Result<Answer> {
    let body = call.json()?;
    let name = Fields::of(&body)?.text("name")?;
    let new = NewCredential::new(KIND, name, None);
    let issued = call.state.control.create_credential(&call.actor(), new).await?;
    Ok(Answer::ok(json!({"api_key": v1_show(&call, &issued.credential).await?})))
}

async fn v1_find(call: &Call) -> Result<Credential> {
    let value = call.segment("key");
    Ok(call.state.control.credential_by_value(call.org(), KIND, value).await?)
}

async fn v1_get(call: Call) -> Result<Answer> {
    let key = v1_find(&call).await?;
    Ok(Answer::ok(json!({"api_key": v1_show(&call, &key).await?})))
}

async fn v1_update(call: Call) -> Result<Answer> {
    let body = call.json()?;
    let name = Fields::of(&body)?.text("name")?;
    let key = v1_find(&call).await?;
    let patch = CredentialPatch { name: Some(name.to_owned()), ..CredentialPatch::default() };
    let key = call.state.control.update_credential(&call.actor(), KIND, key.id, patch).await?;
    Ok(Answer::ok(json!({"api_key": v1_show(&call, &key).await?})))
}

async fn v1_delete(call: Call) -> Result<Answer> {
    let key = v1_find(&call).await?;
    let shown = v1_show(&call, &key).await?;
    call.state.control.revoke_credential(&call.actor(), KIND, key.id).await?;
    Ok(Answer::ok(json!({"api_key": shown})))
}

/// The key as v2 shows it; `value` only where one key is asked for.
fn show(key: &Credential, value: Option<String>) -> Value {
    let mut attributes = Map::new();
    attributes.insert("created_at".into(), json!(times::iso(key.created_ms)));
    if let Some(value) = value {
        attributes.insert("key".into(), json!(value));
    }
    if let Some(category) = &key.category {
        attributes.insert("category".into(), json!(category));
    }
    attributes.insert("last4".into(), json!(key.last4));
    attributes.insert("modified_at".into(), json!(times::iso(key.modified_ms)));
    attributes.insert("name".into(), json!(key.name));
    attributes.insert("date_last_used".into(), json!(key.last_used_ms.map(times::iso)));
    attributes.insert("remote_config_read_enabled".into(), json!(key.remote_config));
    let mut relations = Map::new();
    for (name, user) in [("created_by", key.created_by), ("modified_by", key.modified_by)] {
        if let Some(id) = user {
            relations.insert(name.into(), json!({"data": {"type": "users", "id": id}}));
        }
    }
    relations.insert("leak_information".into(), json!({"data": null}));
    json!({"type": "api_keys", "id": key.id, "attributes": attributes, "relationships": relations})
}

/// The users that `include=created_by,modified_by` asks for.
async fn included(call: &Call, keys: &[Credential]) -> Result<Vec<Value>> {
    let include = call.query.get("include").unwrap_or_default();
    let asked = |name: &str| include.split(',').any(|part| part.trim() == name);
    let mut ids = Vec::new();
    for key in keys {
        ids.extend(key.created_by.filter(|_| asked("created_by")));
        ids.extend(key.modified_by.filter(|_| asked("modified_by")));
        ids.extend(key.owner.filter(|_| asked("owned_by")));
    }
    users::show_all(call, ids).await
}

/// Adds `included` when it was asked for.
pub(crate) async fn with_included(
    call: &Call,
    mut body: Value,
    keys: &[Credential],
) -> Result<Value> {
    if call.query.get("include").is_some() {
        body["included"] = json!(included(call, keys).await?);
    }
    Ok(body)
}

/// Sorts and filters a list of keys as the parameters ask for; answers one page and the full count.
pub(crate) fn select(
    params: &Params,
    mut keys: Vec<Credential>,
    now_ms: i64,
) -> Result<(Vec<Credential>, usize)> {
    let filter = params.get("filter").unwrap_or_default().to_lowercase();
    keys.retain(|key| key.name.to_lowercase().contains(&filter) || key.last4 == filter);
    let bounds = [
        ("filter[created_at][start]", "filter[created_at][end]", false),
        ("filter[modified_at][start]", "filter[modified_at][end]", true),
    ];
    for (start, end, is_modified) in bounds {
        let (start, end) = (time(params, start, now_ms)?, time(params, end, now_ms)?);
        keys.retain(|key| {
            let at = if is_modified { key.modified_ms } else { key.created_ms };
            start.is_none_or(|start| at >= start) && end.is_none_or(|end| at <= end)
        });
    }
    let sort = params.get("sort").unwrap_or("name");
    let (field, descending) = match sort.strip_prefix('-') {
        Some(field) => (field, true),
        None => (sort, false),
    };
    match field {
        "name" => keys.sort_by_cached_key(|key| key.name.to_lowercase()),
        "created_at" => keys.sort_by_key(|key| key.created_ms),
        "modified_at" => keys.sort_by_key(|key| key.modified_ms),
        "last4" => keys.sort_by(|a, b| a.last4.cmp(&b.last4)),
        "expires_at" => keys.sort_by_key(|key| key.expires_ms),
        "last_used_at" => keys.sort_by_key(|key| key.last_used_ms),
        _ => return Err(Error::bad_request(format!("cannot sort by {sort:?}"))),
    }
    if descending {
        keys.reverse();
    }
    let total = keys.len();
    Ok((params.page(10, i64::from(KEYS_MAX))?.of(keys), total))
}

fn time(params: &Params, name: &str, now_ms: i64) -> Result<Option<i64>> {
    let Some(text) = params.get(name) else { return Ok(None) };
    let time = times::parse(text, now_ms);
    time.map(Some).ok_or_else(|| Error::bad_request(format!("{name}: {text:?} is not a time")))
}

async fn list(call: Call) -> Result<Answer> {
    let mut keys = call.state.control.credentials(call.org(), KIND, None).await?;
    if let Some(category) = call.query.get("filter[category]") {
        keys.retain(|key| key.category.as_deref() == Some(category));
    }
    if let Some(enabled) = call.query.flag("filter[remote_config_read_enabled]")? {
        keys.retain(|key| key.remote_config == enabled);
    }
    let (keys, total) = select(&call.query, keys, call.now_ms())?;
    let data: Vec<_> = keys.iter().map(|key| show(key, None)).collect();
    let meta = json!({"max_allowed": KEYS_MAX, "page": {"total_filtered_count": total}});
    let body = json!({"data": data, "meta": meta});
    Ok(Answer::ok(with_included(&call, body, &keys).await?))
}

async fn create(call: Call) -> Result<Answer> {
    let body = call.json()?;
    let attributes = Fields::attributes(&body, &["api_keys"])?;
    let mut new = NewCredential::new(KIND, attributes.text("name")?, None);
    new.category = attributes.str_or_none("category")?.map(str::to_owned);
    if let Some(enabled) = attributes.bool_or_none("remote_config_read_enabled")? {
        new.remote_config = enabled;
    }
    let issued = call.state.control.create_credential(&call.actor(), new).await?;
    Ok(Answer::created(json!({"data": show(&issued.credential, Some(issued.value))})))
}

async fn get(call: Call) -> Result<Answer> {
    let id = call.id("api_key_id", "API key")?;
    let control = &call.state.control;
    let key = control.credential(call.org(), KIND, id).await?;
    let value = control.credential_value(call.org(), KIND, id).await?;
    let body = json!({"data": show(&key, value)});
    Ok(Answer::ok(with_included(&call, body, &[key]).await?))
}

async fn update(call: Call) -> Result<Answer> {
    let id = call.id("api_key_id", "API key")?;
    let body = call.json()?;
    let data = Fields::data(&body, &["api_keys"])?;
    check_id(&data, &id.to_string())?;
    let attributes = data.object("attributes")?;
    let patch = CredentialPatch {
        name: Some(attributes.text("name")?.to_owned()),
        category: attributes.str_or_none("category")?.map(str::to_owned),
        remote_config: attributes.bool_or_none("remote_config_read_enabled")?,
        ..CredentialPatch::default()
    };
    let control = &call.state.control;
    let key = control.update_credential(&call.actor(), KIND, id, patch).await?;
    let value = control.credential_value(call.org(), KIND, id).await?;
    Ok(Answer::ok(json!({"data": show(&key, value)})))
}

/// `data.id` of an update has to be the id in the path.
pub(crate) fn check_id(data: &Fields<'_>, id: &str) -> Result<()> {
    match data.str("id")?.eq_ignore_ascii_case(id) {
        true => Ok(()),
        false => Err(data.wrong("id", "the id in the path")),
    }
}

async fn revoke(call: Call) -> Result<Answer> {
    let id = call.id("api_key_id", "API key")?;
    call.state.control.revoke_credential(&call.actor(), KIND, id).await?;
    Ok(Answer::no_content())
}
