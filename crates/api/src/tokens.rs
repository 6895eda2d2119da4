//! Access tokens: of people (`ddpat_…`) and of service accounts (`ddsat_…`).
//!
//! A token acts alone, without an API key. Its value is shown once, when it is made.

use control::{Credential, CredentialKind, CredentialPatch, NewCredential, Permission};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::answer::Answer;
use crate::app_keys::{check_scopes, scopes};
use crate::body::Fields;
use crate::call::Call;
use crate::door::Need;
use crate::error::{Error, Result};
use crate::keys::{check_id, select};
use crate::routes::Routes;
use crate::{times, users};

/// How far ahead a personal token may end: a year, with a day for the difference of clocks.
const LIFE_MS_MAX: i64 = 367 * model::DAY_MS;

pub(crate) fn routes(routes: Routes) -> Routes {
    let own = Need::Permission(Permission::USER_APP_KEYS);
    let account = Need::Permission(Permission::SERVICE_ACCOUNT_WRITE);
    let personal = "/api/v2/personal_access_tokens";
    let personal_one = "/api/v2/personal_access_tokens/{token_id}";
    let service = "/api/v2/service_accounts/{service_account_id}/access_tokens";
    let service_one = "/api/v2/service_accounts/{service_account_id}/access_tokens/{token_id}";
    routes
        .get(personal, own, list_personal)
        .post(personal, own, create_personal)
        .get(personal_one, own, |call| get(call, PERSONAL))
        .patch(personal_one, own, |call| update(call, PERSONAL))
        .delete(personal_one, own, |call| revoke(call, PERSONAL))
        .get(service, account, list_service)
        .post(service, account, create_service)
        .get(service_one, account, |call| get(call, SERVICE))
        .patch(service_one, account, |call| update(call, SERVICE))
        .delete(service_one, account, |call| revoke(call, SERVICE))
}

const PERSONAL: CredentialKind = CredentialKind::PersonalAccessToken;
const SERVICE: CredentialKind = CredentialKind::ServiceAccessToken;

fn type_of(kind: CredentialKind) -> (&'static str, &'static str) {
    match kind {
        SERVICE => ("service_access_tokens", "service_account"),
        _ => ("personal_access_tokens", "users"),
    }
}

fn show(token: &Credential, value: Option<String>) -> Value {
    let (kind, owner) = type_of(token.kind);
    let mut attributes = Map::new();
    attributes.insert("name".into(), json!(token.name));
    attributes.insert("created_at".into(), json!(times::iso(token.created_ms)));
    attributes.insert("expires_at".into(), json!(token.expires_ms.map(times::iso)));
    attributes.insert("public_portion".into(), json!(token.public_portion));
    attributes.insert("scopes".into(), json!(token.scopes.as_deref().unwrap_or_default()));
    match value {
        Some(value) => {
            attributes.insert("key".into(), json!(value));
        }
        None => {
            let modified = times::iso(token.modified_ms);
            attributes.insert("modified_at".into(), json!(modified));
            attributes.insert("last_used_at".into(), json!(token.last_used_ms.map(times::iso)));
        }
    }
    json!({"type": kind, "id": token.id, "attributes": attributes,
        "relationships": {"owned_by": {"data": {"type": owner, "id": token.owner}}}})
}

/// The token of the path. People see their own; others' only with the organisation's permission.
async fn find(call: &Call, kind: CredentialKind, need: Permission) -> Result<Credential> {
    let id = call.id("token_id", "access token")?;
    let missing = || Error::not_found(format!("access token {id} not found"));
    let token = call.state.control.credential(call.org(), kind, id).await?;
    let visible = match kind {
        SERVICE => token.owner == Some(users::service_account(call).await?),
        _ => {
            let caller = call.principal();
            token.owner == Some(caller.user) || caller.permissions.contains(need)
        }
    };
    if visible { Ok(token) } else { Err(missing()) }
}

async fn list_personal(call: Call) -> Result<Answer> {
    let (caller, control) = (call.principal(), &call.state.control);
    let mut tokens = match caller.permissions.contains(Permission::ORG_APP_KEYS_READ) {
        true => {
            let mut all = control.credentials(call.org(), PERSONAL, None).await?;
            all.extend(control.credentials(call.org(), SERVICE, None).await?);
            all
        }
        false => control.credentials(call.org(), PERSONAL, Some(caller.user)).await?,
    };
    let owners: Vec<&str> = call.query.all("filter[owned_by]").flat_map(|t| t.split(',')).collect();
    if !owners.is_empty() {
        let owners: Vec<Uuid> = owners.iter().filter_map(|id| id.trim().parse().ok()).collect();
        tokens.retain(|token| token.owner.is_some_and(|owner| owners.contains(&owner)));
    }
    listing(&call, tokens)
}

async fn list_service(call: Call) -> Result<Answer> {
    let owner = users::service_account(&call).await?;
    let tokens = call.state.control.credentials(call.org(), SERVICE, Some(owner)).await?;
    listing(&call, tokens)
}

fn listing(call: &Call, tokens: Vec<Credential>) -> Result<Answer> {
    let (tokens, total) = select(&call.query, tokens, call.now_ms())?;
    let data: Vec<_> = tokens.iter().map(|token| show(token, None)).collect();
    let meta = json!({"page": {"total_filtered_count": total}});
    Ok(Answer::ok(json!({"data": data, "meta": meta})))
}

async fn create_personal(call: Call) -> Result<Answer> {
    let owner = call.principal().user;
    create(call, PERSONAL, owner).await
}

async fn create_service(call: Call) -> Result<Answer> {
    let owner = users::service_account(&call).await?;
    create(call, SERVICE, owner).await
}

async fn create(call: Call, kind: CredentialKind, owner: Uuid) -> Result<Answer> {
    let body = call.json()?;
    let attributes = Fields::attributes(&body, &[type_of(kind).0])?;
    let mut new = NewCredential::new(kind, attributes.text("name")?, Some(owner));
    attributes.strs("scopes")?;
    new.scopes = scopes(&attributes)?;
    check_scopes(&call, new.scopes.as_deref()).await?;
    new.expires_ms = expiry(&attributes, kind, call.now_ms())?;
    let issued = call.state.control.create_credential(&call.actor(), new).await?;
    Ok(Answer::created(json!({"data": show(&issued.credential, Some(issued.value))})))
}

/// People's tokens must end; a service account's may live on.
fn expiry(attributes: &Fields<'_>, kind: CredentialKind, now_ms: i64) -> Result<Option<i64>> {
    let text = match kind {
        PERSONAL => Some(attributes.str("expires_at")?),
        _ => attributes.str_or_none("expires_at")?,
    };
    let Some(text) = text else { return Ok(None) };
    let time = times::parse(text, now_ms);
    let time = time.ok_or_else(|| attributes.wrong("expires_at", "an ISO 8601 time"))?;
    if time <= now_ms || (kind == PERSONAL && time > now_ms.saturating_add(LIFE_MS_MAX)) {
        return Err(attributes.wrong("expires_at", "in the future and at most a year ahead"));
    }
    Ok(Some(time))
}

async fn get(call: Call, kind: CredentialKind) -> Result<Answer> {
    let token = find(&call, kind, Permission::ORG_APP_KEYS_READ).await?;
    Ok(Answer::ok(json!({"data": show(&token, None)})))
}

async fn update(call: Call, kind: CredentialKind) -> Result<Answer> {
    let body = call.json()?;
    let data = Fields::data(&body, &[type_of(kind).0])?;
    let attributes = data.object("attributes")?;
    let token = find(&call, kind, Permission::ORG_APP_KEYS_WRITE).await?;
    check_id(&data, &token.id.to_string())?;
    let mut patch = CredentialPatch::default();
    if attributes.has("name") {
        patch.name = Some(attributes.text("name")?.to_owned());
    }
    if let Some(scopes) = scopes(&attributes)? {
        check_scopes(&call, Some(&scopes)).await?;
        patch.scopes = Some(Some(scopes));
    }
    let control = &call.state.control;
    let token = control.update_credential(&call.actor(), kind, token.id, patch).await?;
    Ok(Answer::ok(json!({"data": show(&token, None)})))
}

async fn revoke(call: Call, kind: CredentialKind) -> Result<Answer> {
    let token = find(&call, kind, Permission::ORG_APP_KEYS_WRITE).await?;
    call.state.control.revoke_credential(&call.actor(), kind, token.id).await?;
    Ok(Answer::no_content())
}
