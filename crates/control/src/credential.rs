//! Keys and tokens: API keys, application keys, client tokens, access tokens.
//!
//! One table, one life: made, shown, renamed, revoked. The value is never stored as it is: a keyed
//! hash finds the row, a sealed copy lets Datadog's API show an API key again. Any number may be
//! active at a time, so that a rotation has no gap; a revoked one stops to work at once.

use base::secure_bytes;
use model::OrgId;
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::change::{Action, Subject};
use crate::db::{Arg, Row, args};
use crate::{Actor, Change, Control, Error, Result, is_scope, text};

/// Keys and tokens of one kind in one organisation. Lists are answered as a whole, so they need
/// a bound; Datadog's default limits (50 API keys, 1000 application keys) lie far below.
const CREDENTIALS_MAX: i64 = 10_000;
const SCOPES_MAX: usize = 512;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CredentialKind {
    /// 32 hexadecimal digits; may only write telemetry.
    ApiKey,
    /// 40 hexadecimal digits; acts as its owner, next to an API key.
    ApplicationKey,
    /// `pub` and 32 hexadecimal digits; may only send what browsers and phones send.
    ClientToken,
    /// `ddpat_…`; acts as its owner, alone.
    PersonalAccessToken,
    /// `ddsat_…`; acts as the service account that owns it, alone.
    ServiceAccessToken,
}

impl CredentialKind {
    /// The name in the database and in the audit trail.
    pub fn name(self) -> &'static str {
        match self {
            Self::ApiKey => "api_key",
            Self::ApplicationKey => "application_key",
            Self::ClientToken => "client_token",
            Self::PersonalAccessToken => "personal_access_token",
            Self::ServiceAccessToken => "service_access_token",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [
            Self::ApiKey,
            Self::ApplicationKey,
            Self::ClientToken,
            Self::PersonalAccessToken,
            Self::ServiceAccessToken,
        ]
        .into_iter()
        .find(|kind| kind.name() == name)
    }

    /// Whether it acts as a user.
    pub fn has_owner(self) -> bool {
        !matches!(self, Self::ApiKey | Self::ClientToken)
    }

    /// Whether it could be a value of this kind; what is not costs no look into the database.
    pub(crate) fn accepts(self, value: &str) -> bool {
        let hex = |text: &str, len| {
            text.len() == len && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        };
        match self {
            Self::ApiKey => hex(value, 32),
            Self::ApplicationKey => hex(value, 40),
            Self::ClientToken => value.strip_prefix("pub").is_some_and(|rest| hex(rest, 32)),
            Self::PersonalAccessToken => value.len() < 128 && value.starts_with("ddpat_"),
            Self::ServiceAccessToken => value.len() < 128 && value.starts_with("ddsat_"),
        }
    }

    /// A new value, and the part of it that may be shown in lists.
    fn generate(self) -> (String, String) {
        let token = |prefix: &str| {
            let public = hex::encode(secure_bytes::<8>());
            let value = format!("{prefix}_{public}_{}", hex::encode(secure_bytes::<24>()));
            (value, public)
        };
        match self {
            Self::ApiKey => (hex::encode(secure_bytes::<16>()), String::new()),
            Self::ApplicationKey => (hex::encode(secure_bytes::<20>()), String::new()),
            Self::ClientToken => {
                (format!("pub{}", hex::encode(secure_bytes::<16>())), String::new())
            }
            Self::PersonalAccessToken => token("ddpat"),
            Self::ServiceAccessToken => token("ddsat"),
        }
    }
}

/// A key or token without its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Credential {
    pub org: OrgId,
    pub id: Uuid,
    pub kind: CredentialKind,
    pub name: String,
    /// The last four characters of the value.
    pub last4: String,
    /// The middle of an access token, which may be shown; else empty.
    pub public_portion: String,
    /// `None`: all that the owner may do.
    pub scopes: Option<Vec<String>>,
    pub category: Option<String>,
    /// Whether an Agent with this API key may read its remote configuration.
    pub remote_config: bool,
    /// The user that it acts as; `None` for API keys and client tokens.
    pub owner: Option<Uuid>,
    pub created_by: Option<Uuid>,
    pub modified_by: Option<Uuid>,
    pub created_ms: i64,
    pub modified_ms: i64,
    pub expires_ms: Option<i64>,
    /// Written about once a minute.
    pub last_used_ms: Option<i64>,
}

/// A credential with its value, which is shown now and perhaps never again.
#[derive(Clone, Debug)]
pub struct Issued {
    pub credential: Credential,
    pub value: String,
}

/// What a new credential shall be.
#[derive(Clone, Debug)]
pub struct NewCredential {
    pub kind: CredentialKind,
    pub name: String,
    /// Required where the kind has an owner, else ignored.
    pub owner: Option<Uuid>,
    pub scopes: Option<Vec<String>>,
    pub category: Option<String>,
    pub remote_config: bool,
    pub expires_ms: Option<i64>,
}

impl NewCredential {
    /// A credential with nothing but a name and perhaps an owner.
    pub fn new(kind: CredentialKind, name: impl Into<String>, owner: Option<Uuid>) -> Self {
        Self {
            kind,
            name: name.into(),
            owner,
            scopes: None,
            category: None,
            // Datadog's default for new keys.
            remote_config: true,
            expires_ms: None,
        }
    }
}

/// What shall be changed; `None` leaves it as it is.
#[derive(Clone, Debug, Default)]
pub struct CredentialPatch {
    pub name: Option<String>,
    /// `Some(None)` takes the narrowing away.
    pub scopes: Option<Option<Vec<String>>>,
    pub category: Option<String>,
    pub remote_config: Option<bool>,
}

const COLUMNS: &str = "org, id, kind, name, last4, public_portion, scopes, category, \
                       remote_config, owner, created_by, modified_by, created_ms, modified_ms, \
                       expires_ms, last_used_ms";

pub(crate) fn from_row(row: &Row) -> Result<Credential> {
    let kind = row.text(2)?;
    Ok(Credential {
        org: row.org(0)?,
        id: row.uuid(1)?,
        kind: CredentialKind::from_name(&kind)
            .ok_or_else(|| Error::Corrupt(format!("credential kind {kind:?}")))?,
        name: row.text(3)?,
        last4: row.text(4)?,
        public_portion: row.text(5)?,
        scopes: row.opt_json(6)?,
        category: row.opt_text(7)?,
        remote_config: row.flag(8)?,
        owner: row.opt_uuid(9)?,
        created_by: row.opt_uuid(10)?,
        modified_by: row.opt_uuid(11)?,
        created_ms: row.int(12)?,
        modified_ms: row.int(13)?,
        expires_ms: row.opt_int(14)?,
        last_used_ms: row.opt_int(15)?,
    })
}

impl Credential {
    fn audit_json(&self) -> Value {
        json!({
            "name": self.name, "last4": self.last4, "scopes": self.scopes, "owner": self.owner,
            "category": self.category, "remote_config": self.remote_config,
            "expires_ms": self.expires_ms,
        })
    }

    fn subject(&self) -> Subject<'_> {
        Subject { kind: self.kind.name(), id: self.id.to_string(), name: &self.name }
    }
}

fn check_scopes(scopes: Option<&[String]>) -> Result<()> {
    let scopes = scopes.unwrap_or_default();
    if scopes.len() > SCOPES_MAX {
        return Err(Error::invalid("scopes", format!("more than {SCOPES_MAX}")));
    }
    match scopes.iter().find(|scope| !is_scope(scope)) {
        Some(unknown) => Err(Error::invalid("scopes", format!("unknown scope {unknown:?}"))),
        None => Ok(()),
    }
}

impl Control {
    /// Makes a key or token. Fails with `Invalid` on an empty name or an unknown scope or owner.
    pub async fn create_credential(&self, actor: &Actor, new: NewCredential) -> Result<Issued> {
        let mut change = self.change(actor).await?;
        let issued = change.issue(new).await?;
        change.commit().await?;
        Ok(issued)
    }

    /// All credentials of a kind, of one owner or of all, oldest first; at most 10 000.
    pub async fn credentials(
        &self,
        org: OrgId,
        kind: CredentialKind,
        owner: Option<Uuid>,
    ) -> Result<Vec<Credential>> {
        let mut sql = format!("SELECT {COLUMNS} FROM credentials WHERE org = $1 AND kind = $2");
        let mut args = args![org, kind.name()];
        if let Some(owner) = owner {
            sql.push_str(" AND owner = $3");
            args.push(Arg::from(owner));
        }
        sql.push_str(" ORDER BY created_ms, id");
        self.inner.db.all(&sql, args).await?.iter().map(from_row).collect()
    }

    pub async fn credential(
        &self,
        org: OrgId,
        kind: CredentialKind,
        id: Uuid,
    ) -> Result<Credential> {
        let sql =
            format!("SELECT {COLUMNS} FROM credentials WHERE org = $1 AND kind = $2 AND id = $3");
        let row = self.inner.db.one(&sql, args![org, kind.name(), id]).await?;
        row.as_ref().map(from_row).unwrap_or_else(|| Err(Error::not_found(kind.name(), id)))
    }

    /// The credential with this value, for the v1 routes that name keys by their value.
    pub async fn credential_by_value(
        &self,
        org: OrgId,
        kind: CredentialKind,
        value: &str,
    ) -> Result<Credential> {
        let sql = format!("SELECT {COLUMNS} FROM credentials WHERE hash = $1 AND org = $2");
        let hash = self.inner.secrets.hash(kind.name(), value);
        let row = self.inner.db.one(&sql, args![&hash[..], org]).await?;
        // The value itself stays out of the message.
        row.as_ref()
            .map(from_row)
            .unwrap_or_else(|| Err(Error::not_found(kind.name(), "of this value")))
    }

    /// The value, where it may be shown again: API keys and client tokens always, application keys
    /// when the organisation's `app_keys_one_time_read` is off, access tokens never.
    pub async fn credential_value(
        &self,
        org: OrgId,
        kind: CredentialKind,
        id: Uuid,
    ) -> Result<Option<String>> {
        let shown = match kind {
            CredentialKind::ApiKey | CredentialKind::ClientToken => true,
            CredentialKind::ApplicationKey => !self.org(org).await?.app_keys_one_time_read(),
            _ => false,
        };
        if !shown {
            return Ok(None);
        }
        let sql = "SELECT sealed FROM credentials WHERE org = $1 AND kind = $2 AND id = $3";
        let row = self.inner.db.one(sql, args![org, kind.name(), id]).await?;
        let row = row.ok_or_else(|| Error::not_found(kind.name(), id))?;
        let sealed = row.opt_bytes(0)?;
        sealed.map(|sealed| self.inner.secrets.open(&id.to_string(), &sealed)).transpose()
    }

    pub async fn update_credential(
        &self,
        actor: &Actor,
        kind: CredentialKind,
        id: Uuid,
        patch: CredentialPatch,
    ) -> Result<Credential> {
        let mut change = self.change(actor).await?;
        let before = change.credential(kind, id).await?;
        let mut after = before.clone();
        if let Some(name) = patch.name {
            after.name = text("name", name, 1)?;
        }
        if let Some(scopes) = patch.scopes {
            check_scopes(scopes.as_deref())?;
            after.scopes = scopes;
        }
        after.category = patch.category.or(after.category);
        after.remote_config = patch.remote_config.unwrap_or(after.remote_config);
        after.modified_by = actor.user;
        after.modified_ms = change.now_ms;
        let sql = "UPDATE credentials SET name = $1, scopes = $2, category = $3, \
                   remote_config = $4, modified_by = $5, modified_ms = $6 WHERE id = $7";
        let args = args![
            &after.name,
            after.scopes.as_ref().map(|scopes| json!(scopes).to_string()),
            after.category.clone(),
            after.remote_config,
            after.modified_by,
            after.modified_ms,
            id,
        ];
        change.tx.run(sql, args).await?;
        change.touches_auth();
        let (old, new) = (before.audit_json(), after.audit_json());
        change.audit(Action::Modified, after.subject(), Some(old), Some(new)).await?;
        change.commit().await?;
        Ok(after)
    }

    /// Takes a key or token out of use. When this returns, it opens nothing any more.
    pub async fn revoke_credential(
        &self,
        actor: &Actor,
        kind: CredentialKind,
        id: Uuid,
    ) -> Result<Credential> {
        let mut change = self.change(actor).await?;
        let before = change.credential(kind, id).await?;
        change.tx.run("DELETE FROM credentials WHERE id = $1", args![id]).await?;
        change.touches_auth();
        let old = before.audit_json();
        change.audit(Action::Deleted, before.subject(), Some(old), None).await?;
        change.commit().await?;
        Ok(before)
    }
}

impl Change {
    async fn credential(&mut self, kind: CredentialKind, id: Uuid) -> Result<Credential> {
        let sql =
            format!("SELECT {COLUMNS} FROM credentials WHERE org = $1 AND kind = $2 AND id = $3");
        let row = self.tx.one(&sql, args![self.actor.org, kind.name(), id]).await?;
        row.as_ref().map(from_row).unwrap_or_else(|| Err(Error::not_found(kind.name(), id)))
    }

    pub(crate) async fn issue(&mut self, new: NewCredential) -> Result<Issued> {
        let credential = self.new_credential(new).await?;
        let (value, public_portion) = credential.kind.generate();
        let last4 = value[value.len() - 4..].to_owned();
        let credential = Credential { last4, public_portion, ..credential };
        self.insert_credential(&credential, &value).await?;
        self.touches_auth();
        let json = credential.audit_json();
        self.audit(Action::Created, credential.subject(), None, Some(json)).await?;
        Ok(Issued { credential, value })
    }

    async fn new_credential(&mut self, new: NewCredential) -> Result<Credential> {
        check_scopes(new.scopes.as_deref())?;
        let owner = match (new.kind.has_owner(), new.owner) {
            (true, Some(owner)) => Some(self.user(owner).await?.id),
            (true, None) => return Err(Error::invalid("owned_by", "an owner is required")),
            (false, _) => None,
        };
        if new.expires_ms.is_some_and(|expires| expires <= self.now_ms) {
            return Err(Error::invalid("expires_at", "lies in the past"));
        }
        let sql = "SELECT COUNT(*) FROM credentials WHERE org = $1 AND kind = $2";
        let count = self.tx.one(sql, args![self.actor.org, new.kind.name()]).await?;
        if count.map(|row| row.int(0)).transpose()?.unwrap_or(0) >= CREDENTIALS_MAX {
            return Err(Error::Conflict(format!("there are {CREDENTIALS_MAX} already")));
        }
        Ok(Credential {
            org: self.org(),
            id: Uuid::new_v4(),
            kind: new.kind,
            name: text("name", new.name, 1)?,
            last4: String::new(),
            public_portion: String::new(),
            scopes: new.scopes,
            category: new.category,
            remote_config: new.remote_config,
            owner,
            created_by: self.actor.user,
            modified_by: self.actor.user,
            created_ms: self.now_ms,
            modified_ms: self.now_ms,
            expires_ms: new.expires_ms,
            last_used_ms: None,
        })
    }

    async fn insert_credential(&mut self, new: &Credential, value: &str) -> Result<()> {
        let (hash, sealed) = self.hash_and_seal(new, value);
        let sql = "INSERT INTO credentials (org, id, kind, name, hash, sealed, public_portion, \
                   last4, scopes, category, remote_config, owner, created_by, modified_by, \
                   created_ms, modified_ms, expires_ms) VALUES \
                   ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";
        let args = args![
            new.org,
            new.id,
            new.kind.name(),
            &new.name,
            hash,
            sealed,
            &new.public_portion,
            &new.last4,
            new.scopes.as_ref().map(|scopes| json!(scopes).to_string()),
            new.category.clone(),
            new.remote_config,
            new.owner,
            new.created_by,
            new.modified_by,
            new.created_ms,
            new.modified_ms,
            new.expires_ms,
        ];
        self.tx.run(sql, args).await.map(drop)
    }

    fn hash_and_seal(&self, new: &Credential, value: &str) -> (Vec<u8>, Option<Vec<u8>>) {
        let secrets = &self.control().inner.secrets;
        let hash = secrets.hash(new.kind.name(), value).to_vec();
        // An access token is shown once: there is nothing to keep.
        let kept = !matches!(
            new.kind,
            CredentialKind::PersonalAccessToken | CredentialKind::ServiceAccessToken
        );
        (hash, kept.then(|| secrets.seal(&new.id.to_string(), value)))
    }
}
