//! Roles: named sets of permissions that users hold.
//!
//! The three managed roles come with the organisation and cannot be changed; what they grant is
//! computed from the table of permissions, so a new permission reaches them with the program.
//! Every new role starts with the restricted permissions (see [`PermissionSet::defaults`]); they go
//! only when they are taken away by name, as with Datadog.

use model::OrgId;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::change::{Action, Subject};
use crate::db::{Row, args};
use crate::{
    Actor, Change, Control, Error, Managed, PermissionInfo, PermissionSet, Result, User, text,
};

const ROLES_MAX: i64 = 1000;

/// A role.
#[derive(Clone, Debug, PartialEq)]
pub struct Role {
    pub org: OrgId,
    pub id: Uuid,
    pub name: String,
    /// Which managed role it is, if any.
    pub managed: Option<Managed>,
    pub permissions: PermissionSet,
    pub user_count: i64,
    pub created_ms: i64,
    pub modified_ms: i64,
}

/// What shall be changed; `None` leaves it as it is.
#[derive(Clone, Debug, Default)]
pub struct RolePatch {
    pub name: Option<String>,
    /// The whole new set; defaults that the role still has are kept.
    pub permissions: Option<PermissionSet>,
}

const COLUMNS: &str = "r.org, r.id, r.name, r.managed, r.permissions, r.created_ms, \
     r.modified_ms, (SELECT COUNT(*) FROM user_roles ur WHERE ur.role_id = r.id)";

fn from_row(row: &Row) -> Result<Role> {
    let managed = row.opt_text(3)?.as_deref().and_then(Managed::from_stored);
    Ok(Role {
        org: row.org(0)?,
        id: row.uuid(1)?,
        name: row.text(2)?,
        managed,
        permissions: stored_permissions(managed, row, 4)?,
        created_ms: row.int(5)?,
        modified_ms: row.int(6)?,
        user_count: row.int(7)?,
    })
}

fn stored_permissions(managed: Option<Managed>, row: &Row, column: usize) -> Result<PermissionSet> {
    match managed {
        Some(managed) => Ok(PermissionSet::managed(managed)),
        None => {
            let names: Vec<String> = row.json(column)?;
            Ok(PermissionSet::of(names.iter().map(String::as_str)))
        }
    }
}

fn names(permissions: PermissionSet) -> Vec<&'static str> {
    permissions.permissions().map(|info| info.name).collect()
}

impl Role {
    fn audit_json(&self) -> Value {
        json!({"name": self.name, "permissions": names(self.permissions)})
    }

    fn subject(&self) -> Subject<'_> {
        Subject { kind: "role", id: self.id.to_string(), name: &self.name }
    }
}

impl Control {
    /// All roles of an organisation by name; at most 1000.
    pub async fn roles(&self, org: OrgId) -> Result<Vec<Role>> {
        let sql = format!("SELECT {COLUMNS} FROM roles r WHERE r.org = $1 ORDER BY r.name, r.id");
        self.inner.db.all(&sql, args![org]).await?.iter().map(from_row).collect()
    }

    pub async fn role(&self, org: OrgId, id: Uuid) -> Result<Role> {
        let sql = format!("SELECT {COLUMNS} FROM roles r WHERE r.org = $1 AND r.id = $2");
        let row = self.inner.db.one(&sql, args![org, id]).await?;
        row.as_ref().map(from_row).unwrap_or_else(|| Err(Error::not_found("role", id)))
    }

    /// What a user's roles grant together.
    pub async fn user_permissions(&self, user: Uuid) -> Result<PermissionSet> {
        let sql = "SELECT r.managed, r.permissions FROM roles r \
                   JOIN user_roles ur ON ur.role_id = r.id WHERE ur.user_id = $1";
        let rows = self.inner.db.all(sql, args![user]).await?;
        let mut all = PermissionSet::default();
        for row in rows {
            let managed = row.opt_text(0)?.as_deref().and_then(Managed::from_stored);
            all = all.union(stored_permissions(managed, &row, 1)?);
        }
        Ok(all)
    }

    /// The users that hold a role, by handle.
    pub async fn role_users(&self, org: OrgId, role: Uuid) -> Result<Vec<User>> {
        self.role(org, role).await?;
        self.users_where(org, "id IN (SELECT user_id FROM user_roles WHERE role_id = $2)", role)
            .await
    }

    /// Makes a role with these permissions and the defaults.
    pub async fn create_role(
        &self,
        actor: &Actor,
        name: &str,
        permissions: PermissionSet,
    ) -> Result<Role> {
        let mut change = self.change(actor).await?;
        let role = change
            .insert_role(Role {
                org: actor.org,
                id: Uuid::new_v4(),
                name: text("name", name.to_owned(), 1)?,
                managed: None,
                permissions: permissions.union(PermissionSet::defaults()),
                user_count: 0,
                created_ms: change.now_ms,
                modified_ms: change.now_ms,
            })
            .await?;
        change.commit().await?;
        Ok(role)
    }

    pub async fn update_role(&self, actor: &Actor, id: Uuid, patch: RolePatch) -> Result<Role> {
        let mut change = self.change(actor).await?;
        let role = change.custom_role(id).await?;
        let mut after = role.clone();
        if let Some(name) = patch.name {
            after.name = text("name", name, 1)?;
        }
        if let Some(permissions) = patch.permissions {
            let kept = role.permissions.intersection(PermissionSet::defaults());
            after.permissions = permissions.union(kept);
        }
        let after = change.write_role(&role, after).await?;
        change.commit().await?;
        Ok(after)
    }

    /// Adds one permission to a role.
    pub async fn grant_permission(
        &self,
        actor: &Actor,
        role: Uuid,
        permission: &PermissionInfo,
    ) -> Result<Role> {
        let one = PermissionSet::of([permission.name]);
        self.change_permissions(actor, role, |all| all.union(one)).await
    }

    /// Takes one permission from a role.
    pub async fn withdraw_permission(
        &self,
        actor: &Actor,
        role: Uuid,
        permission: &PermissionInfo,
    ) -> Result<Role> {
        let one = PermissionSet::of([permission.name]);
        self.change_permissions(actor, role, |all| all.without(one)).await
    }

    async fn change_permissions(
        &self,
        actor: &Actor,
        role: Uuid,
        new: impl FnOnce(PermissionSet) -> PermissionSet + Send,
    ) -> Result<Role> {
        let mut change = self.change(actor).await?;
        let role = change.custom_role(role).await?;
        let after = Role { permissions: new(role.permissions), ..role.clone() };
        let after = change.write_role(&role, after).await?;
        change.commit().await?;
        Ok(after)
    }

    /// Removes a role; its users lose it.
    pub async fn delete_role(&self, actor: &Actor, id: Uuid) -> Result<()> {
        let mut change = self.change(actor).await?;
        let role = change.custom_role(id).await?;
        change.tx.run("DELETE FROM roles WHERE id = $1", args![id]).await?;
        change.touches_auth();
        change.audit(Action::Deleted, role.subject(), Some(role.audit_json()), None).await?;
        change.commit().await
    }

    /// Gives a role to a user; one that has it already keeps it.
    pub async fn add_user_role(&self, actor: &Actor, user: Uuid, role: Uuid) -> Result<()> {
        let mut change = self.change(actor).await?;
        let before = change.user(user).await?;
        change.role(role).await?;
        change.insert_user_role(user, role).await?;
        change.audit_user_roles(before).await?;
        change.commit().await
    }

    /// Takes a role from a user. Fails with `Conflict` for the last active administrator.
    pub async fn remove_user_role(&self, actor: &Actor, user: Uuid, role: Uuid) -> Result<()> {
        let mut change = self.change(actor).await?;
        let before = change.user(user).await?;
        change.role(role).await?;
        let sql = "DELETE FROM user_roles WHERE user_id = $1 AND role_id = $2";
        change.tx.run(sql, args![user, role]).await?;
        change.keep_an_admin(&before).await?;
        change.audit_user_roles(before).await?;
        change.commit().await
    }
}

impl Change {
    pub(crate) async fn role(&mut self, id: Uuid) -> Result<Role> {
        let sql = format!("SELECT {COLUMNS} FROM roles r WHERE r.org = $1 AND r.id = $2");
        let row = self.tx.one(&sql, args![self.actor.org, id]).await?;
        row.as_ref().map(from_row).unwrap_or_else(|| Err(Error::not_found("role", id)))
    }

    async fn custom_role(&mut self, id: Uuid) -> Result<Role> {
        let role = self.role(id).await?;
        match role.managed {
            None => Ok(role),
            Some(_) => Err(Error::Denied(format!("{} is managed and stays as it is", role.name))),
        }
    }

    pub(crate) async fn managed_role(&mut self, managed: Managed) -> Result<Role> {
        let sql = format!("SELECT {COLUMNS} FROM roles r WHERE r.org = $1 AND r.managed = $2");
        let row = self.tx.one(&sql, args![self.actor.org, managed.stored()]).await?;
        let missing = || Error::not_found("role", managed.role_name());
        row.as_ref().map(from_row).unwrap_or_else(|| Err(missing()))
    }

    pub(crate) async fn create_managed_role(&mut self, managed: Managed) -> Result<Role> {
        self.insert_role(Role {
            org: self.org(),
            id: Uuid::new_v4(),
            name: managed.role_name().to_owned(),
            managed: Some(managed),
            permissions: PermissionSet::managed(managed),
            user_count: 0,
            created_ms: self.now_ms,
            modified_ms: self.now_ms,
        })
        .await
    }

    async fn insert_role(&mut self, role: Role) -> Result<Role> {
        let count =
            self.tx.one("SELECT COUNT(*) FROM roles WHERE org = $1", args![role.org]).await?;
        if count.map(|row| row.int(0)).transpose()?.unwrap_or(0) >= ROLES_MAX {
            return Err(Error::Conflict(format!("there are {ROLES_MAX} roles already")));
        }
        let stored = match role.managed {
            Some(_) => Vec::new(),
            None => names(role.permissions),
        };
        let sql = "INSERT INTO roles (org, id, name, managed, permissions, created_ms, \
                   modified_ms) VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let args = args![
            role.org,
            role.id,
            &role.name,
            role.managed.map(|managed| managed.stored().to_owned()),
            &json!(stored),
            role.created_ms,
            role.modified_ms,
        ];
        self.tx.run(sql, args).await?;
        self.touches_auth();
        self.audit(Action::Created, role.subject(), None, Some(role.audit_json())).await?;
        Ok(role)
    }

    async fn write_role(&mut self, before: &Role, after: Role) -> Result<Role> {
        let after = Role { modified_ms: self.now_ms, ..after };
        let sql = "UPDATE roles SET name = $1, permissions = $2, modified_ms = $3 WHERE id = $4";
        let permissions = json!(names(after.permissions));
        self.tx.run(sql, args![&after.name, &permissions, after.modified_ms, after.id]).await?;
        self.touches_auth();
        let (old, new) = (before.audit_json(), after.audit_json());
        self.audit(Action::Modified, after.subject(), Some(old), Some(new)).await?;
        Ok(after)
    }

    pub(crate) async fn insert_user_role(&mut self, user: Uuid, role: Uuid) -> Result<()> {
        let sql = "INSERT INTO user_roles (user_id, role_id) VALUES ($1, $2) \
                   ON CONFLICT (user_id, role_id) DO NOTHING";
        self.tx.run(sql, args![user, role]).await.map(drop)
    }

    async fn audit_user_roles(&mut self, before: User) -> Result<()> {
        let after = self.user(before.id).await?;
        self.touches_auth();
        let (old, new) = (json!({"roles": before.roles}), json!({"roles": after.roles}));
        self.audit(Action::Modified, after.subject(), Some(old), Some(new)).await
    }
}
