//! Users, service accounts and who the caller is.

use std::collections::HashMap;

use control::{Error as ControlError, NewUser, Org, Permission, Role, User, UserPatch, UserStatus};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::answer::Answer;
use crate::body::Fields;
use crate::call::Call;
use crate::door::Need;
use crate::error::{Error, Result};
use crate::keys::check_id;
use crate::routes::Routes;
use crate::{roles, times};

/// Users on one page.
const PAGE_MAX: i64 = 5000;

pub(crate) fn routes(routes: Routes) -> Routes {
    let invite = Need::Permission(Permission::USER_ACCESS_INVITE);
    let manage = Need::Permission(Permission::USER_ACCESS_MANAGE);
    let account = Need::Permission(Permission::SERVICE_ACCOUNT_WRITE);
    routes
        .get("/api/v2/current_user", Need::Caller, current)
        .patch("/api/v2/current_user", Need::Caller, update_current)
        .get("/api/v2/users", Need::Caller, list)
        .post("/api/v2/users", invite, |call| create(call, false))
        .get("/api/v2/users/{user_id}", Need::Caller, get)
        .patch("/api/v2/users/{user_id}", manage, update)
        .delete("/api/v2/users/{user_id}", manage, disable)
        .get("/api/v2/users/{user_id}/orgs", Need::Caller, get)
        .get("/api/v2/users/{user_id}/permissions", Need::Caller, permissions)
        .post("/api/v2/service_accounts", account, |call| create(call, true))
}

/// The handle of a user who made something; `None` when the user is not known.
pub(crate) async fn handle_of(call: &Call, id: Option<Uuid>) -> Result<Option<String>> {
    let Some(id) = id else { return Ok(None) };
    match call.state.control.user(call.org(), id).await {
        Ok(user) => Ok(Some(user.handle)),
        Err(ControlError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The users with these ids, each once; unknown ids are left out.
pub(crate) async fn show_all(call: &Call, mut ids: Vec<Uuid>) -> Result<Vec<Value>> {
    ids.sort_unstable();
    ids.dedup();
    let mut shown = Vec::with_capacity(ids.len());
    for id in ids {
        match call.state.control.user(call.org(), id).await {
            Ok(user) => shown.push(show(call, &user)),
            Err(ControlError::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(shown)
}

/// The service account of the path.
pub(crate) async fn service_account(call: &Call) -> Result<Uuid> {
    let id = call.id("service_account_id", "service account")?;
    let user = call.state.control.user(call.org(), id).await?;
    match user.service_account {
        true => Ok(id),
        false => Err(Error::not_found(format!("service account {id} not found"))),
    }
}

pub(crate) fn show(call: &Call, user: &User) -> Value {
    let roles: Vec<_> = user.roles.iter().map(|id| json!({"type": "roles", "id": id})).collect();
    let org = json!({"type": "orgs", "id": call.principal().org_uuid});
    json!({"type": "users", "id": user.id, "attributes": {
            "name": user.name,
            "handle": user.handle,
            "created_at": times::iso(user.created_ms),
            "modified_at": times::iso(user.modified_ms),
            "email": user.email,
            // Datadog links to gravatar.com here; we tell no third party whom we show.
            "icon": "",
            "title": user.title,
            "verified": user.verified,
            "service_account": user.service_account,
            "disabled": user.disabled(),
            "allowed_login_methods": [],
            "status": user.status.name(),
            "last_login_time": user.last_login_ms.map(times::iso),
            "mfa_enabled": false,
        },
        "relationships": {"roles": {"data": roles}, "org": {"data": org}}})
}

fn show_org(org: &Org) -> Value {
    json!({"type": "orgs", "id": org.uuid, "attributes": {
        "name": org.name,
        "public_id": org.public_id,
        "description": "",
        "sharing": "none",
        "url": "",
        "disabled": false,
        "created_at": times::iso(org.created_ms),
        "modified_at": times::iso(org.modified_ms),
    }})
}

/// One user with the roles and the organisation that it names.
async fn answer(call: &Call, user: &User) -> Result<Value> {
    let mut included: Vec<Value> = Vec::with_capacity(user.roles.len() + 1);
    for role in &user.roles {
        included.push(roles::show(&call.state.control.role(call.org(), *role).await?));
    }
    let permissions = call.state.control.user_permissions(user.id).await?;
    included.extend(permissions.permissions().map(roles::show_permission));
    included.push(show_org(&call.state.control.org(call.org()).await?));
    Ok(json!({"data": show(call, user), "included": included}))
}

async fn current(call: Call) -> Result<Answer> {
    let user = call.state.control.user(call.org(), call.principal().user).await?;
    Ok(Answer::ok(answer(&call, &user).await?))
}

async fn update_current(call: Call) -> Result<Answer> {
    let id = call.principal().user;
    let body = call.json()?;
    let data = Fields::data(&body, &["users"])?;
    check_id(&data, &id.to_string())?;
    let patch = patch(&data.object("attributes")?)?;
    if patch.disabled.is_some() || patch.email.is_some() {
        call.principal()
            .require(Permission::USER_ACCESS_MANAGE)
            .map_err(|denied| Error::denied(&denied.to_string()))?;
    }
    let user = call.state.control.update_user(&call.actor(), id, patch).await?;
    Ok(Answer::ok(answer(&call, &user).await?))
}

async fn list(call: Call) -> Result<Answer> {
    let users = call.state.control.users(call.org()).await?;
    let total = users.len();
    let filter = call.query.get("filter").unwrap_or_default().to_lowercase();
    let status = call.query.get("filter[status]").unwrap_or_default().to_lowercase();
    let mut users: Vec<User> = users
        .into_iter()
        .filter(|user| {
            let texts = [user.name.as_deref().unwrap_or_default(), &user.email, &user.handle];
            let found = texts.iter().any(|text| text.to_lowercase().contains(&filter));
            let name = user.status.name().to_lowercase();
            found && (status.is_empty() || status.split(',').any(|part| part.trim() == name))
        })
        .collect();
    sort(&mut users, call.query.get("sort").unwrap_or("name"), call.query.get("sort_dir"))?;
    let n_found = users.len();
    let users = call.query.page(10, PAGE_MAX)?.of(users);
    let all_roles = call.state.control.roles(call.org()).await?;
    let by_id: HashMap<Uuid, &Role> = all_roles.iter().map(|role| (role.id, role)).collect();
    let mut used: Vec<Uuid> = users.iter().flat_map(|user| user.roles.iter().copied()).collect();
    used.sort_unstable();
    used.dedup();
    let included = used.iter().filter_map(|id| by_id.get(id)).map(|role| roles::show(role));
    Ok(Answer::ok(json!({
        "data": users.iter().map(|user| show(&call, user)).collect::<Vec<_>>(),
        "included": included.collect::<Vec<_>>(),
        "meta": {"page": {
            "total_count": total,
            "total_filtered_count": n_found,
            "max_page_size": PAGE_MAX,
        }},
    })))
}

/// The direction is a leading `-`, or `sort_dir`.
fn sort(users: &mut [User], sort: &str, direction: Option<&str>) -> Result<()> {
    let (field, descending) = match sort.strip_prefix('-') {
        Some(field) => (field, true),
        None => (sort, direction == Some("desc")),
    };
    match field {
        "name" => users.sort_by_cached_key(|user| user.name.clone().unwrap_or_default()),
        "email" => users.sort_by_cached_key(|user| user.email.clone()),
        "handle" => users.sort_by_cached_key(|user| user.handle.clone()),
        "status" => users.sort_by_key(|user| user.status.name()),
        "created_at" => users.sort_by_key(|user| user.created_ms),
        "modified_at" => users.sort_by_key(|user| user.modified_ms),
        "title" => users.sort_by_cached_key(|user| user.title.clone().unwrap_or_default()),
        // Answered in the order of handles: there is no count of roles or login time to sort by.
        "user_count" | "mfa_enabled" => {}
        _ => return Err(Error::bad_request(format!("cannot sort by {sort:?}"))),
    }
    if descending {
        users.reverse();
    }
    Ok(())
}

async fn create(call: Call, service_account: bool) -> Result<Answer> {
    let body = call.json()?;
    let data = Fields::data(&body, &["users"])?;
    let attributes = data.object("attributes")?;
    if service_account && attributes.bool_or_none("service_account")? != Some(true) {
        return Err(attributes.wrong("service_account", "true"));
    }
    let role_ids = data.related("roles")?.unwrap_or_default();
    let mut roles = Vec::with_capacity(role_ids.len());
    for id in role_ids {
        let id = id.parse().map_err(|_not_a_uuid| {
            Error::bad_request(format!("relationships.roles: {id:?} is not the id of a role"))
        })?;
        roles.push(id);
    }
    // Who may only invite must not be able to invite someone with more rights than their own.
    if !roles.is_empty() && !service_account {
        call.principal()
            .require(Permission::USER_ACCESS_MANAGE)
            .map_err(|denied| Error::denied(&denied.to_string()))?;
    }
    let new = NewUser {
        email: attributes.text("email")?.to_owned(),
        name: attributes.str_or_none("name")?.map(str::to_owned),
        title: attributes.str_or_none("title")?.map(str::to_owned),
        password: None,
        roles,
        service_account,
    };
    let user = call.state.control.create_user(&call.actor(), new).await?;
    Ok(Answer::created(json!({"data": show(&call, &user)})))
}

async fn find(call: &Call) -> Result<User> {
    let id: Uuid = call
        .segment("user_id")
        .parse()
        .map_err(|_not_a_uuid| Error::not_found("user not found"))?;
    Ok(call.state.control.user(call.org(), id).await?)
}

async fn get(call: Call) -> Result<Answer> {
    let user = find(&call).await?;
    Ok(Answer::ok(answer(&call, &user).await?))
}

fn patch(attributes: &Fields<'_>) -> Result<UserPatch> {
    Ok(UserPatch {
        email: attributes.str_or_none("email")?.map(str::to_owned),
        name: attributes.str_or_none("name")?.map(str::to_owned),
        title: attributes.str_or_none("title")?.map(str::to_owned),
        disabled: attributes.bool_or_none("disabled")?,
    })
}

async fn update(call: Call) -> Result<Answer> {
    let body = call.json()?;
    let data = Fields::data(&body, &["users"])?;
    let user = find(&call).await?;
    check_id(&data, &user.id.to_string())?;
    let patch = patch(&data.object("attributes")?)?;
    let user = call.state.control.update_user(&call.actor(), user.id, patch).await?;
    Ok(Answer::ok(answer(&call, &user).await?))
}

async fn disable(call: Call) -> Result<Answer> {
    let user = find(&call).await?;
    if user.status != UserStatus::Disabled {
        let patch = UserPatch { disabled: Some(true), ..UserPatch::default() };
        call.state.control.update_user(&call.actor(), user.id, patch).await?;
    }
    Ok(Answer::no_content())
}

async fn permissions(call: Call) -> Result<Answer> {
    let user = find(&call).await?;
    let set = call.state.control.user_permissions(user.id).await?;
    let data: Vec<_> = set.permissions().map(roles::show_permission).collect();
    Ok(Answer::ok(json!({"data": data})))
}
