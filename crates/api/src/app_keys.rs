//! Application keys: of the organisation, of the caller, of a service account; and which of them
//! may be used by the Actions products.

use control::{
    Credential, CredentialKind, CredentialPatch, NewCredential, Permission, PrincipalKind,
};
use http::StatusCode;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::answer::Answer;
use crate::body::Fields;
use crate::call::Call;
use crate::docs::{self, Kind};
use crate::door::Need;
use crate::error::{Error, Result};
use crate::keys::{KEYS_MAX, check_id, select, with_included};
use crate::routes::Routes;
use crate::{times, users};

const KIND: CredentialKind = CredentialKind::ApplicationKey;

pub(crate) fn routes(routes: Routes) -> Routes {
    let read = Need::Permission(Permission::ORG_APP_KEYS_READ);
    let write = Need::Permission(Permission::ORG_APP_KEYS_WRITE);
    let own = Need::Permission(Permission::USER_APP_KEYS);
    let account = Need::Permission(Permission::SERVICE_ACCOUNT_WRITE);
    let of_account = "/api/v2/service_accounts/{service_account_id}/application_keys";
    let of_account_one =
        "/api/v2/service_accounts/{service_account_id}/application_keys/{app_key_id}";
    let registrations = "/api/v2/actions/app_key_registrations";
    let registration = "/api/v2/actions/app_key_registrations/{app_key_id}";
    routes
        .get("/api/v1/application_key", read, v1_list)
        .post("/api/v1/application_key", own, v1_create)
        .get("/api/v1/application_key/{key}", read, v1_get)
        .put("/api/v1/application_key/{key}", write, v1_update)
        .delete("/api/v1/application_key/{key}", write, v1_delete)
        .get("/api/v2/application_keys", read, |call| list(call, Of::Org))
        .get("/api/v2/application_keys/{app_key_id}", read, |call| get(call, Of::Org))
        .patch("/api/v2/application_keys/{app_key_id}", write, |call| update(call, Of::Org))
        .delete("/api/v2/application_keys/{app_key_id}", write, |call| revoke(call, Of::Org))
        .get("/api/v2/current_user/application_keys", own, |call| list(call, Of::Caller))
        .post("/api/v2/current_user/application_keys", own, |call| create(call, Of::Caller))
        .get("/api/v2/current_user/application_keys/{app_key_id}", own, |call| {
            get(call, Of::Caller)
        })
        .patch("/api/v2/current_user/application_keys/{app_key_id}", own, |call| {
            update(call, Of::Caller)
        })
        .delete("/api/v2/current_user/application_keys/{app_key_id}", own, |call| {
            revoke(call, Of::Caller)
        })
        .get(of_account, account, |call| list(call, Of::ServiceAccount))
        .post(of_account, account, |call| create(call, Of::ServiceAccount))
        .get(of_account_one, account, |call| get(call, Of::ServiceAccount))
        .patch(of_account_one, account, |call| update(call, Of::ServiceAccount))
        .delete(of_account_one, account, |call| revoke(call, Of::ServiceAccount))
        .get(registrations, read, registrations_list)
        .get(registration, read, registration_get)
        .put(registration, write, registration_put)
        .delete(registration, write, registration_delete)
}

/// Whose keys a route is about.
#[derive(Clone, Copy)]
enum Of {
    Org,
    Caller,
    ServiceAccount,
}

impl Of {
    /// The owner that the keys of this route have; `None` for all owners.
    async fn owner(self, call: &Call) -> Result<Option<Uuid>> {
        match self {
            Self::Org => Ok(None),
            Self::Caller => Ok(Some(call.principal().user)),
            Self::ServiceAccount => users::service_account(call).await.map(Some),
        }
    }
}

/// The key of the path, if it is one that the route is about.
async fn find(call: &Call, of: Of) -> Result<Credential> {
    let id = call.id("app_key_id", "application key")?;
    let owner = of.owner(call).await?;
    let key = call.state.control.credential(call.org(), KIND, id).await?;
    match owner.is_some() && key.owner != owner {
        true => Err(Error::not_found(format!("application key {id} not found"))),
        false => Ok(key),
    }
}

/// The key as v2 shows it. A key just made has not been used, so that is not said of it.
fn show(key: &Credential, value: Option<String>) -> Value {
    let mut attributes = Map::new();
    attributes.insert("name".into(), json!(key.name));
    attributes.insert("created_at".into(), json!(times::iso(key.created_ms)));
    attributes.insert("last4".into(), json!(key.last4));
    attributes.insert("scopes".into(), json!(key.scopes));
    if let Some(value) = value {
        attributes.insert("key".into(), json!(value));
    }
    attributes.insert("last_used_at".into(), json!(key.last_used_ms.map(times::iso)));
    let mut relations = Map::new();
    if let Some(owner) = key.owner {
        relations.insert("owned_by".into(), json!({"data": {"type": "users", "id": owner}}));
    }
    relations.insert("leak_information".into(), json!({"data": null}));
    json!({"type": "application_keys", "id": key.id, "attributes": attributes,
        "relationships": relations})
}

async fn list(call: Call, of: Of) -> Result<Answer> {
    let owner = of.owner(&call).await?;
    let keys = call.state.control.credentials(call.org(), KIND, owner).await?;
    let (keys, total) = select(&call.query, keys, call.now_ms())?;
    let data: Vec<_> = keys.iter().map(|key| show(key, None)).collect();
    let meta = json!({"max_allowed_per_user": KEYS_MAX, "page": {"total_filtered_count": total}});
    let body = json!({"data": data, "meta": meta});
    Ok(Answer::ok(with_included(&call, body, &keys).await?))
}

async fn create(call: Call, of: Of) -> Result<Answer> {
    let body = call.json()?;
    let attributes = Fields::attributes(&body, &["application_keys"])?;
    let owner = of.owner(&call).await?;
    let mut new = NewCredential::new(KIND, attributes.text("name")?, owner);
    new.scopes = scopes(&attributes)?;
    check_scopes(&call, new.scopes.as_deref()).await?;
    let issued = call.state.control.create_credential(&call.actor(), new).await?;
    Ok(Answer::created(json!({"data": show(&issued.credential, Some(issued.value))})))
}

pub(crate) fn scopes(attributes: &Fields<'_>) -> Result<Option<Vec<String>>> {
    let scopes = attributes.strs_or_none("scopes")?;
    Ok(scopes.map(|scopes| scopes.into_iter().map(str::to_owned).collect()))
}

/// A caller who came with a narrowed key or token cannot make one that opens more.
pub(crate) async fn check_scopes(call: &Call, asked: Option<&[String]>) -> Result<()> {
    let caller = call.principal();
    let control = &call.state.control;
    let used = match caller.kind {
        PrincipalKind::Session => return Ok(()),
        PrincipalKind::ApplicationKey(id) => control.credential(caller.org, KIND, id).await?,
        PrincipalKind::AccessToken(id) => {
            let kind = CredentialKind::PersonalAccessToken;
            match control.credential(caller.org, kind, id).await {
                Err(control::Error::NotFound { .. }) => {
                    let kind = CredentialKind::ServiceAccessToken;
                    control.credential(caller.org, kind, id).await?
                }
                found => found?,
            }
        }
    };
    let Some(own) = used.scopes else { return Ok(()) };
    let within = asked.is_some_and(|asked| asked.iter().all(|scope| own.contains(scope)));
    match within {
        true => Ok(()),
        false => Err(Error::denied("a key with scopes can only make keys with the same scopes")),
    }
}

async fn get(call: Call, of: Of) -> Result<Answer> {
    let key = find(&call, of).await?;
    let value = call.state.control.credential_value(call.org(), KIND, key.id).await?;
    let body = json!({"data": show(&key, value)});
    Ok(Answer::ok(with_included(&call, body, &[key]).await?))
}

async fn update(call: Call, of: Of) -> Result<Answer> {
    let body = call.json()?;
    let data = Fields::data(&body, &["application_keys"])?;
    let attributes = data.object("attributes")?;
    let key = find(&call, of).await?;
    check_id(&data, &key.id.to_string())?;
    let mut patch = CredentialPatch::default();
    if attributes.has("name") {
        patch.name = Some(attributes.text("name")?.to_owned());
    }
    if attributes.has("scopes") {
        let scopes = scopes(&attributes)?;
        check_scopes(&call, scopes.as_deref()).await?;
        patch.scopes = Some(scopes);
    }
    let control = &call.state.control;
    let key = control.update_credential(&call.actor(), KIND, key.id, patch).await?;
    let value = control.credential_value(call.org(), KIND, key.id).await?;
    Ok(Answer::ok(json!({"data": show(&key, value)})))
}

async fn revoke(call: Call, of: Of) -> Result<Answer> {
    let key = find(&call, of).await?;
    call.state.control.revoke_credential(&call.actor(), KIND, key.id).await?;
    docs::remove(&call, Kind::AppKeyRegistration, &key.id.to_string()).await?;
    Ok(Answer::no_content())
}

/// The key as v1 shows it. The hash is the value where it may be shown, else only its end.
async fn v1_show(call: &Call, key: &Credential, value: Option<String>) -> Result<Value> {
    let value = match value {
        Some(value) => Some(value),
        None => call.state.control.credential_value(call.org(), KIND, key.id).await?,
    };
    let hash = value.unwrap_or_else(|| format!("{}{}", "*".repeat(36), key.last4));
    let owner = users::handle_of(call, key.owner).await?;
    Ok(json!({"hash": hash, "name": key.name, "owner": owner}))
}

async fn v1_list(call: Call) -> Result<Answer> {
    let mut keys = Vec::new();
    for key in call.state.control.credentials(call.org(), KIND, None).await? {
        keys.push(v1_show(&call, &key, None).await?);
    }
    Ok(Answer::ok(json!({"application_keys": keys})))
}

async fn v1_create(call: Call) -> Result<Answer> {
    let body = call.json()?;
    let name = Fields::of(&body)?.text("name")?;
    check_scopes(&call, None).await?;
    let owner = call.principal().user;
    let own = call.state.control.credentials(call.org(), KIND, Some(owner)).await?;
    if own.iter().any(|key| key.name == name) {
        return Err(Error::conflict(format!("you already have an application key named {name:?}")));
    }
    let new = NewCredential::new(KIND, name, Some(owner));
    let issued = call.state.control.create_credential(&call.actor(), new).await?;
    let shown = v1_show(&call, &issued.credential, Some(issued.value)).await?;
    Ok(Answer::ok(json!({"application_key": shown})))
}

/// Named by its value, or by its id, because a value may not have been shown.
async fn v1_find(call: &Call) -> Result<Credential> {
    let text = call.segment("key");
    let control = &call.state.control;
    match text.parse() {
        Ok(id) => Ok(control.credential(call.org(), KIND, id).await?),
        Err(_not_a_uuid) => Ok(control.credential_by_value(call.org(), KIND, text).await?),
    }
}

async fn v1_get(call: Call) -> Result<Answer> {
    let key = v1_find(&call).await?;
    Ok(Answer::ok(json!({"application_key": v1_show(&call, &key, None).await?})))
}

async fn v1_update(call: Call) -> Result<Answer> {
    let body = call.json()?;
    let name = Fields::of(&body)?.text("name")?;
    let key = v1_find(&call).await?;
    let patch = CredentialPatch { name: Some(name.to_owned()), ..CredentialPatch::default() };
    let key = call.state.control.update_credential(&call.actor(), KIND, key.id, patch).await?;
    Ok(Answer::ok(json!({"application_key": v1_show(&call, &key, None).await?})))
}

async fn v1_delete(call: Call) -> Result<Answer> {
    let key = v1_find(&call).await?;
    let shown = v1_show(&call, &key, None).await?;
    call.state.control.revoke_credential(&call.actor(), KIND, key.id).await?;
    Ok(Answer::ok(json!({"application_key": shown})))
}

fn show_registration(id: &str) -> Value {
    json!({"id": id, "type": "app_key_registration"})
}

fn registration_missing() -> Error {
    let body = json!({"errors": [{"detail": "app key not found"}]});
    Error::with_body(StatusCode::NOT_FOUND, body)
}

async fn registrations_list(call: Call) -> Result<Answer> {
    let docs = docs::list(&call.state, call.org(), Kind::AppKeyRegistration).await?;
    let total = docs.len();
    let page = call.query.page(10, 1000)?.of(docs);
    let data: Vec<_> = page.iter().map(|doc| show_registration(&doc.id)).collect();
    let meta = json!({"total": total, "total_filtered": total});
    Ok(Answer::ok(json!({"data": data, "meta": meta})))
}

async fn registration_get(call: Call) -> Result<Answer> {
    let id = call.segment("app_key_id");
    let doc = docs::find(&call.state, call.org(), Kind::AppKeyRegistration, id).await?;
    let doc = doc.ok_or_else(registration_missing)?;
    Ok(Answer::ok(json!({"data": show_registration(&doc.id)})))
}

async fn registration_put(call: Call) -> Result<Answer> {
    let text = call.segment("app_key_id");
    let id: Uuid = text.parse().map_err(|_not_a_uuid| {
        Error::bad_request(format!("app_key_id must be a UUID, not {text:?}"))
    })?;
    let id = id.to_string();
    docs::put(&call, Kind::AppKeyRegistration, &id, &id, json!({})).await?;
    Ok(Answer::created(json!({"data": show_registration(&id)})))
}

async fn registration_delete(call: Call) -> Result<Answer> {
    let id = call.segment("app_key_id");
    match docs::remove(&call, Kind::AppKeyRegistration, id).await? {
        true => Ok(Answer::no_content()),
        false => Err(registration_missing()),
    }
}
