//! Users and service accounts.

use model::OrgId;
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::change::{Action, Subject};
use crate::db::{Arg, Row, args};
use crate::{Actor, Change, Control, Error, Managed, Result, text};

/// Users of one organisation. Lists are answered as a whole, so they need a bound.
const USERS_MAX: i64 = 10_000;
pub(crate) const PASSWORD_CHARS_MIN: usize = 8;
/// Longer ones only cost hashing time.
pub(crate) const PASSWORD_BYTES_MAX: usize = 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum UserStatus {
    Active,
    /// Invited and never signed in.
    Pending,
    Disabled,
}

impl UserStatus {
    /// Datadog's word: `Active`, `Pending`, `Disabled`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Pending => "Pending",
            Self::Disabled => "Disabled",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [Self::Active, Self::Pending, Self::Disabled].into_iter().find(|s| s.name() == name)
    }
}

/// A person or a service account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct User {
    pub org: OrgId,
    pub id: Uuid,
    /// What people sign in with: the e-mail in lower case; a service account's is its id.
    pub handle: String,
    pub email: String,
    pub name: Option<String>,
    pub title: Option<String>,
    pub status: UserStatus,
    pub service_account: bool,
    pub verified: bool,
    /// Ids of the roles that the user holds.
    pub roles: Vec<Uuid>,
    pub created_ms: i64,
    pub modified_ms: i64,
    pub last_login_ms: Option<i64>,
}

/// What a new user shall be.
#[derive(Clone, Debug, Default)]
pub struct NewUser {
    pub email: String,
    pub name: Option<String>,
    pub title: Option<String>,
    /// Without a password the user is pending.
    pub password: Option<String>,
    pub roles: Vec<Uuid>,
    pub service_account: bool,
}

/// What shall be changed; `None` leaves it as it is.
#[derive(Clone, Debug, Default)]
pub struct UserPatch {
    pub email: Option<String>,
    pub name: Option<String>,
    pub title: Option<String>,
    pub disabled: Option<bool>,
}

impl User {
    pub fn disabled(&self) -> bool {
        self.status == UserStatus::Disabled
    }

    fn audit_json(&self) -> Value {
        json!({
            "email": self.email, "name": self.name, "title": self.title,
            "status": self.status.name(), "roles": self.roles,
            "service_account": self.service_account,
        })
    }

    pub(crate) fn subject(&self) -> Subject<'_> {
        Subject { kind: "user", id: self.id.to_string(), name: &self.handle }
    }
}

const COLUMNS: &str = "org, id, handle, email, name, title, status, service_account, verified, \
                       created_ms, modified_ms, last_login_ms";

fn from_row(row: &Row) -> Result<User> {
    let status = row.text(6)?;
    Ok(User {
        org: row.org(0)?,
        id: row.uuid(1)?,
        handle: row.text(2)?,
        email: row.text(3)?,
        name: row.opt_text(4)?,
        title: row.opt_text(5)?,
        status: UserStatus::from_name(&status)
            .ok_or_else(|| Error::Corrupt(format!("user status {status:?}")))?,
        service_account: row.flag(7)?,
        verified: row.flag(8)?,
        roles: Vec::new(),
        created_ms: row.int(9)?,
        modified_ms: row.int(10)?,
        last_login_ms: row.opt_int(11)?,
    })
}

fn check_email(email: &str) -> Result<()> {
    let (name, domain) = email.rsplit_once('@').unwrap_or_default();
    let odd = |c: char| c.is_whitespace() || c.is_control();
    match name.is_empty() || domain.is_empty() || email.contains(odd) || email.len() > 320 {
        true => Err(Error::invalid("email", format!("{email:?} is no e-mail address"))),
        false => Ok(()),
    }
}

pub(crate) fn check_password(password: &str) -> Result<()> {
    if password.chars().count() < PASSWORD_CHARS_MIN || password.len() > PASSWORD_BYTES_MAX {
        let message = format!("must have {PASSWORD_CHARS_MIN} to {PASSWORD_BYTES_MAX} characters");
        return Err(Error::invalid("password", message));
    }
    Ok(())
}

impl Control {
    /// All users of an organisation by handle; at most 10 000.
    pub async fn users(&self, org: OrgId) -> Result<Vec<User>> {
        let sql = format!("SELECT {COLUMNS} FROM users WHERE org = $1 ORDER BY handle");
        let rows = self.inner.db.all(&sql, args![org]).await?;
        self.with_roles(org, rows).await
    }

    pub async fn user(&self, org: OrgId, id: Uuid) -> Result<User> {
        let users = self.users_where(org, "id = $2", id).await?;
        users.into_iter().next().ok_or_else(|| Error::not_found("user", id))
    }

    pub async fn user_by_handle(&self, org: OrgId, handle: &str) -> Result<User> {
        let users = self.users_where(org, "handle = $2", handle.to_lowercase()).await?;
        users.into_iter().next().ok_or_else(|| Error::not_found("user", handle))
    }

    pub(crate) async fn users_where(
        &self,
        org: OrgId,
        condition: &str,
        arg: impl Into<Arg>,
    ) -> Result<Vec<User>> {
        let sql =
            format!("SELECT {COLUMNS} FROM users WHERE org = $1 AND {condition} ORDER BY handle");
        let rows = self.inner.db.all(&sql, vec![Arg::from(org), arg.into()]).await?;
        self.with_roles(org, rows).await
    }

    async fn with_roles(&self, org: OrgId, rows: Vec<Row>) -> Result<Vec<User>> {
        let mut users: Vec<User> = rows.iter().map(from_row).collect::<Result<_>>()?;
        let of_one = match &users[..] {
            [] => return Ok(users),
            [one] => Some(one.id),
            _ => None,
        };
        let mut sql = "SELECT ur.user_id, ur.role_id FROM user_roles ur \
                       JOIN users u ON u.id = ur.user_id WHERE u.org = $1"
            .to_owned();
        let mut args = args![org];
        if let Some(user) = of_one {
            sql.push_str(" AND ur.user_id = $2");
            args.push(Arg::from(user));
        }
        sql.push_str(" ORDER BY ur.user_id, ur.role_id");
        let mut roles = std::collections::HashMap::<Uuid, Vec<Uuid>>::new();
        for row in self.inner.db.all(&sql, args).await? {
            roles.entry(row.uuid(0)?).or_default().push(row.uuid(1)?);
        }
        for user in &mut users {
            user.roles = roles.remove(&user.id).unwrap_or_default();
        }
        Ok(users)
    }

    /// Makes a user or service account. Fails with `Conflict` when the e-mail is taken.
    pub async fn create_user(&self, actor: &Actor, new: NewUser) -> Result<User> {
        let hash = match &new.password {
            Some(password) => Some(self.hash_password(password).await?),
            None => None,
        };
        let mut change = self.change(actor).await?;
        let user = change.create_user(new, hash).await?;
        change.commit().await?;
        Ok(user)
    }

    /// Changes a user. Fails with `Conflict` when it would disable the last active administrator.
    pub async fn update_user(&self, actor: &Actor, id: Uuid, patch: UserPatch) -> Result<User> {
        let mut change = self.change(actor).await?;
        let before = change.user(id).await?;
        let has_password = change.has_password(id).await?;
        let after = User { modified_ms: change.now_ms, ..patched(&before, patch, has_password)? };
        let sql = "UPDATE users SET handle = $1, email = $2, name = $3, title = $4, status = $5, \
                   modified_ms = $6 WHERE id = $7";
        let args = args![
            &after.handle,
            &after.email,
            after.name.clone(),
            after.title.clone(),
            after.status.name(),
            after.modified_ms,
            id,
        ];
        change.tx.run(sql, args).await?;
        if after.disabled() {
            change.tx.run("DELETE FROM sessions WHERE user_id = $1", args![id]).await?;
            change.keep_an_admin(&before).await?;
        }
        change.touches_auth();
        let (old, new) = (before.audit_json(), after.audit_json());
        change.audit(Action::Modified, after.subject(), Some(old), Some(new)).await?;
        change.commit().await?;
        Ok(after)
    }

    /// Sets a password; the user's sessions end, and a pending user becomes active.
    pub async fn set_password(&self, actor: &Actor, id: Uuid, password: &str) -> Result<()> {
        let hash = self.hash_password(password).await?;
        let mut change = self.change(actor).await?;
        let user = change.user(id).await?;
        if user.service_account {
            return Err(Error::invalid("password", "a service account does not sign in"));
        }
        let status = match user.status {
            UserStatus::Pending => UserStatus::Active,
            status => status,
        };
        let sql = "UPDATE users SET password = $1, status = $2, modified_ms = $3 WHERE id = $4";
        change.tx.run(sql, args![hash, status.name(), change.now_ms, id]).await?;
        change.tx.run("DELETE FROM sessions WHERE user_id = $1", args![id]).await?;
        change.touches_auth();
        let what = Some(json!({"password": "changed"}));
        change.audit(Action::Modified, user.subject(), None, what).await?;
        change.commit().await
    }
}

fn patched(user: &User, patch: UserPatch, has_password: bool) -> Result<User> {
    let mut after = user.clone();
    if let Some(email) = patch.email {
        check_email(&email)?;
        if !user.service_account {
            after.handle = email.to_lowercase();
        }
        after.email = email;
    }
    if let Some(name) = patch.name {
        after.name = Some(text("name", name, 0)?);
    }
    if let Some(title) = patch.title {
        after.title = Some(text("title", title, 0)?);
    }
    after.status = match patch.disabled {
        Some(true) => UserStatus::Disabled,
        Some(false) if user.disabled() && (has_password || user.service_account) => {
            UserStatus::Active
        }
        Some(false) if user.disabled() => UserStatus::Pending,
        _ => user.status,
    };
    Ok(after)
}

impl Change {
    pub(crate) async fn user(&mut self, id: Uuid) -> Result<User> {
        let sql = format!("SELECT {COLUMNS} FROM users WHERE org = $1 AND id = $2");
        let row = self.tx.one(&sql, args![self.actor.org, id]).await?;
        let mut user = from_row(&row.ok_or_else(|| Error::not_found("user", id))?)?;
        let sql = "SELECT role_id FROM user_roles WHERE user_id = $1 ORDER BY role_id";
        for row in self.tx.all(sql, args![id]).await? {
            user.roles.push(row.uuid(0)?);
        }
        Ok(user)
    }

    async fn has_password(&mut self, id: Uuid) -> Result<bool> {
        let row = self.tx.one("SELECT password FROM users WHERE id = $1", args![id]).await?;
        Ok(row.map(|row| row.opt_text(0)).transpose()?.flatten().is_some())
    }

    pub(crate) async fn create_user(&mut self, new: NewUser, hash: Option<String>) -> Result<User> {
        check_email(&new.email)?;
        let sql = "SELECT COUNT(*) FROM users WHERE org = $1";
        let count = self.tx.one(sql, args![self.actor.org]).await?;
        if count.map(|row| row.int(0)).transpose()?.unwrap_or(0) >= USERS_MAX {
            return Err(Error::Conflict(format!("there are {USERS_MAX} users already")));
        }
        let user = self.new_user(&new, hash.is_some())?;
        let sql = "SELECT id FROM users WHERE org = $1 AND handle = $2";
        if self.tx.one(sql, args![user.org, &user.handle]).await?.is_some() {
            return Err(Error::Conflict(format!("a user {} exists already", user.handle)));
        }
        let sql = "INSERT INTO users (org, id, handle, email, name, title, password, status, \
                   service_account, verified, created_ms, modified_ms) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
        let args = args![
            user.org,
            user.id,
            &user.handle,
            &user.email,
            user.name.clone(),
            user.title.clone(),
            hash,
            user.status.name(),
            user.service_account,
            user.verified,
            user.created_ms,
            user.modified_ms,
        ];
        self.tx.run(sql, args).await?;
        for role in &user.roles {
            self.role(*role).await?;
            self.insert_user_role(user.id, *role).await?;
        }
        self.touches_auth();
        self.audit(Action::Created, user.subject(), None, Some(user.audit_json())).await?;
        Ok(user)
    }

    fn new_user(&self, new: &NewUser, has_password: bool) -> Result<User> {
        let id = Uuid::new_v4();
        let optional = |field, value: &Option<String>| match value {
            Some(value) => text(field, value.clone(), 0).map(Some),
            None => Ok(None),
        };
        let mut roles = new.roles.clone();
        roles.sort();
        roles.dedup();
        Ok(User {
            org: self.org(),
            id,
            handle: match new.service_account {
                true => id.to_string(),
                false => new.email.to_lowercase(),
            },
            email: new.email.clone(),
            name: optional("name", &new.name)?,
            title: optional("title", &new.title)?,
            status: match new.service_account || has_password {
                true => UserStatus::Active,
                false => UserStatus::Pending,
            },
            service_account: new.service_account,
            verified: new.service_account || has_password,
            roles,
            created_ms: self.now_ms,
            modified_ms: self.now_ms,
            last_login_ms: None,
        })
    }

    /// Refuses a change that leaves the organisation without an active administrator, when `user`
    /// was one before it.
    pub(crate) async fn keep_an_admin(&mut self, user: &User) -> Result<()> {
        let admin = self.managed_role(Managed::Admin).await?;
        let was_one = user.status == UserStatus::Active && user.roles.contains(&admin.id);
        if !was_one || user.service_account {
            return Ok(());
        }
        let sql = "SELECT COUNT(*) FROM users u JOIN user_roles ur ON ur.user_id = u.id \
                   WHERE ur.role_id = $1 AND u.status = 'Active' AND u.service_account = 0";
        let row = self.tx.one(sql, args![admin.id]).await?;
        match row.map(|row| row.int(0)).transpose()?.unwrap_or(0) {
            0 => Err(Error::Conflict("this is the last active administrator".to_owned())),
            _ => Ok(()),
        }
    }
}
