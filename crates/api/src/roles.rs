//! Roles and the permissions that they are made of.

use control::{Permission, PermissionInfo, PermissionSet, Role, RolePatch};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::answer::Answer;
use crate::body::Fields;
use crate::call::Call;
use crate::door::Need;
use crate::error::{Error, Result};
use crate::keys::check_id;
use crate::routes::Routes;
use crate::{times, users};

pub(crate) fn routes(routes: Routes) -> Routes {
    let manage = Need::Permission(Permission::USER_ACCESS_MANAGE);
    let role = "/api/v2/roles/{role_id}";
    let permissions = "/api/v2/roles/{role_id}/permissions";
    let members = "/api/v2/roles/{role_id}/users";
    routes
        .get("/api/v2/permissions", Need::Caller, all_permissions)
        .get("/api/v2/roles", Need::Caller, list)
        .post("/api/v2/roles", manage, create)
        .get(role, Need::Caller, get)
        .patch(role, manage, update)
        .delete(role, manage, delete)
        .post("/api/v2/roles/{role_id}/clone", manage, clone)
        .get(permissions, Need::Caller, role_permissions)
        .post(permissions, manage, |call| change_permission(call, true))
        .delete(permissions, manage, |call| change_permission(call, false))
        .get(members, Need::Caller, role_users)
        .post(members, manage, |call| change_user(call, true))
        .delete(members, manage, |call| change_user(call, false))
}

/// When the permissions came to be: one day for all, the table holds none.
const PERMISSIONS_CREATED: &str = "2018-10-19T15:35:23.734317+00:00";

pub(crate) fn show_permission(permission: &PermissionInfo) -> Value {
    json!({"type": "permissions", "id": permission.id, "attributes": {
        "name": permission.name,
        "display_name": permission.display_name,
        "description": permission.display_name,
        "group_name": permission.group_name,
        "display_type": permission.display_type,
        "restricted": permission.restricted,
        "created": PERMISSIONS_CREATED,
        "name_aliases": [],
    }})
}

pub(crate) fn show(role: &Role) -> Value {
    let permissions = role.permissions.permissions();
    let permissions = permissions.map(|p| json!({"type": "permissions", "id": p.id}));
    json!({"type": "roles", "id": role.id,
        "attributes": {
            "name": role.name,
            "created_at": times::iso(role.created_ms),
            "modified_at": times::iso(role.modified_ms),
            "user_count": role.user_count,
            "team_count": 0,
        },
        "relationships": {"permissions": {"data": permissions.collect::<Vec<_>>()}}})
}

async fn all_permissions(_call: Call) -> Result<Answer> {
    let data: Vec<_> = control::permissions().iter().map(show_permission).collect();
    Ok(Answer::ok(json!({"data": data})))
}

async fn list(call: Call) -> Result<Answer> {
    let mut roles = call.state.control.roles(call.org()).await?;
    let total = roles.len();
    let filter = call.query.get("filter").unwrap_or_default().to_lowercase();
    roles.retain(|role| role.name.to_lowercase().contains(&filter));
    if let Some(ids) = call.query.get("filter[id]") {
        roles.retain(|role| ids.split(',').any(|id| id.trim() == role.id.to_string()));
    }
    let sort = call.query.get("sort").unwrap_or("name");
    match sort.trim_start_matches('-') {
        "name" => roles.sort_by_cached_key(|role| role.name.to_lowercase()),
        "modified_at" => roles.sort_by_key(|role| role.modified_ms),
        "user_count" => roles.sort_by_key(|role| role.user_count),
        _ => return Err(Error::bad_request(format!("cannot sort by {sort:?}"))),
    }
    if sort.starts_with('-') {
        roles.reverse();
    }
    let n_found = roles.len();
    let page = call.query.page(10, 1000)?.of(roles);
    Ok(Answer::ok(json!({
        "data": page.iter().map(show).collect::<Vec<_>>(),
        "meta": {"page": {"total_count": total, "total_filtered_count": n_found}},
    })))
}

fn permission(id: &str) -> Result<&'static PermissionInfo> {
    let found = id.parse::<Uuid>().ok().and_then(|_| control::find_permission(id));
    found.ok_or_else(|| Error::bad_request(format!("{id:?} is not the id of a permission")))
}

/// The set that `relationships.permissions` names; `None` when it is not given.
fn permission_set(data: &Fields<'_>) -> Result<Option<PermissionSet>> {
    let Some(ids) = data.related("permissions")? else { return Ok(None) };
    let names = ids.into_iter().map(|id| permission(id).map(|p| p.name));
    Ok(Some(PermissionSet::of(names.collect::<Result<Vec<_>>>()?)))
}

async fn create(call: Call) -> Result<Answer> {
    let body = call.json()?;
    let data = Fields::of(&body)?.object("data")?;
    let name = data.object("attributes")?.text("name")?;
    let permissions = permission_set(&data)?.unwrap_or_default();
    let role = call.state.control.create_role(&call.actor(), name, permissions).await?;
    Ok(Answer::ok(json!({"data": show(&role)})))
}

async fn find(call: &Call) -> Result<Role> {
    let id = call.id("role_id", "role")?;
    Ok(call.state.control.role(call.org(), id).await?)
}

async fn get(call: Call) -> Result<Answer> {
    let role = find(&call).await?;
    Ok(Answer::ok(json!({"data": show(&role)})))
}

async fn update(call: Call) -> Result<Answer> {
    let body = call.json()?;
    let data = Fields::data(&body, &["roles"])?;
    let id = call.id("role_id", "role")?;
    check_id(&data, &id.to_string())?;
    let name = data.object("attributes")?.str_or_none("name")?.map(str::to_owned);
    let patch = RolePatch { name, permissions: permission_set(&data)? };
    let role = call.state.control.update_role(&call.actor(), id, patch).await?;
    Ok(Answer::ok(json!({"data": show(&role)})))
}

async fn delete(call: Call) -> Result<Answer> {
    let id = call.id("role_id", "role")?;
    call.state.control.delete_role(&call.actor(), id).await?;
    Ok(Answer::no_content())
}

async fn clone(call: Call) -> Result<Answer> {
    let body = call.json()?;
    let attributes = Fields::attributes(&body, &["roles"])?;
    let name = attributes.text("name")?;
    let role = find(&call).await?;
    let role = call.state.control.create_role(&call.actor(), name, role.permissions).await?;
    Ok(Answer::ok(json!({"data": show(&role)})))
}

fn permissions_answer(role: &Role) -> Answer {
    let data: Vec<_> = role.permissions.permissions().map(show_permission).collect();
    Answer::ok(json!({"data": data}))
}

async fn role_permissions(call: Call) -> Result<Answer> {
    Ok(permissions_answer(&find(&call).await?))
}

async fn change_permission(call: Call, grant: bool) -> Result<Answer> {
    let body = call.json()?;
    let permission = permission(Fields::data(&body, &["permissions"])?.str("id")?)?;
    let id = call.id("role_id", "role")?;
    let (control, actor) = (&call.state.control, call.actor());
    let role = match grant {
        true => control.grant_permission(&actor, id, permission).await?,
        false => control.withdraw_permission(&actor, id, permission).await?,
    };
    Ok(permissions_answer(&role))
}

async fn role_users(call: Call) -> Result<Answer> {
    let id = call.id("role_id", "role")?;
    role_users_answer(&call, id).await
}

async fn role_users_answer(call: &Call, id: Uuid) -> Result<Answer> {
    let role = call.state.control.role(call.org(), id).await?;
    let mut members = call.state.control.role_users(call.org(), id).await?;
    let total = members.len();
    let filter = call.query.get("filter").unwrap_or_default().to_lowercase();
    members.retain(|user| {
        let name = user.name.as_deref().unwrap_or_default();
        [name, &user.email, &user.handle].iter().any(|t| t.to_lowercase().contains(&filter))
    });
    let n_found = members.len();
    let page = call.query.page(10, 1000)?.of(members);
    let data: Vec<_> = page.iter().map(|user| users::show(call, user)).collect();
    let meta = json!({"page": {"total_count": total, "total_filtered_count": n_found}});
    let included = if data.is_empty() { Vec::new() } else { vec![show(&role)] };
    Ok(Answer::ok(json!({"data": data, "included": included, "meta": meta})))
}

async fn change_user(call: Call, add: bool) -> Result<Answer> {
    let body = call.json()?;
    let text = Fields::data(&body, &["users"])?.str("id")?;
    let user = text.parse().map_err(|_not_a_uuid| {
        Error::bad_request(format!("data.id: {text:?} is not the id of a user"))
    })?;
    let role = call.id("role_id", "role")?;
    let (control, actor) = (&call.state.control, call.actor());
    match add {
        true => control.add_user_role(&actor, user, role).await?,
        false => control.remove_user_role(&actor, user, role).await?,
    }
    role_users_answer(&call, role).await
}
