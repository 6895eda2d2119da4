//! Organisations: the outermost partition of everything, and their settings.
//!
//! A new one has its three managed roles and nobody in it. Settings are kept in Datadog's shape;
//! those that this crate obeys have a method on [`Org`] that knows the default.

use base::secure_bytes;
use model::OrgId;
use serde::Serialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::change::{Action, Subject};
use crate::db::{Row, args};
use crate::{Actor, Change, Control, Error, Managed, Result, text};

/// Organisations of one installation.
const ORGS_MAX: i64 = 1000;
const SETTINGS_BYTES_MAX: usize = 64 << 10;

/// An organisation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Org {
    pub id: OrgId,
    /// Nine lower-case letters and digits, as Datadog's.
    pub public_id: String,
    pub uuid: Uuid,
    pub name: String,
    /// In Datadog's shape, unknown keys kept; ours are read by the methods.
    pub settings: Map<String, Value>,
    pub created_ms: i64,
    pub modified_ms: i64,
}

/// What shall be changed; `None` leaves it as it is.
#[derive(Clone, Debug, Default)]
pub struct OrgPatch {
    pub name: Option<String>,
    /// Keys to set; a null removes the key.
    pub settings: Option<Map<String, Value>>,
}

impl Org {
    /// Whether application keys are shown only when they are made. On unless switched off.
    pub fn app_keys_one_time_read(&self) -> bool {
        self.settings.get("app_keys_one_time_read").and_then(Value::as_bool).unwrap_or(true)
    }

    fn audit_json(&self) -> Value {
        json!({"name": self.name, "settings": self.settings})
    }
}

const COLUMNS: &str = "id, public_id, uuid, name, settings, created_ms, modified_ms";

fn from_row(row: &Row) -> Result<Org> {
    Ok(Org {
        id: row.org(0)?,
        public_id: row.text(1)?,
        uuid: row.uuid(2)?,
        name: row.text(3)?,
        settings: row.json(4)?,
        created_ms: row.int(5)?,
        modified_ms: row.int(6)?,
    })
}

impl Control {
    pub async fn org(&self, id: OrgId) -> Result<Org> {
        let sql = format!("SELECT {COLUMNS} FROM orgs WHERE id = $1");
        let row = self.inner.db.one(&sql, args![id]).await?;
        row.as_ref().map(from_row).unwrap_or_else(|| Err(Error::not_found("org", id)))
    }

    pub async fn org_by_public_id(&self, public_id: &str) -> Result<Org> {
        let sql = format!("SELECT {COLUMNS} FROM orgs WHERE public_id = $1");
        let row = self.inner.db.one(&sql, args![public_id]).await?;
        row.as_ref().map(from_row).unwrap_or_else(|| Err(Error::not_found("org", public_id)))
    }

    /// All organisations, oldest first; at most 1000.
    pub async fn orgs(&self) -> Result<Vec<Org>> {
        let sql = format!("SELECT {COLUMNS} FROM orgs ORDER BY id");
        self.inner.db.all(&sql, args![]).await?.iter().map(from_row).collect()
    }

    /// Makes an organisation with its three managed roles and no user.
    pub async fn create_org(&self, actor: &Actor, name: &str) -> Result<Org> {
        let mut change = self.change(actor).await?;
        let org = change.create_org(name).await?;
        change.commit().await?;
        Ok(org)
    }

    /// Changes the actor's own organisation.
    pub async fn update_org(&self, actor: &Actor, patch: OrgPatch) -> Result<Org> {
        let mut change = self.change(actor).await?;
        let sql = format!("SELECT {COLUMNS} FROM orgs WHERE id = $1");
        let row = change.tx.one(&sql, args![actor.org]).await?;
        let row = row.ok_or_else(|| Error::not_found("org", actor.org))?;
        let before = from_row(&row)?;
        let mut after = Org { modified_ms: change.now_ms, ..before.clone() };
        if let Some(name) = patch.name {
            after.name = text("name", name, 1)?;
        }
        for (key, value) in patch.settings.unwrap_or_default() {
            match value {
                Value::Null => after.settings.remove(&key),
                value => after.settings.insert(key, value),
            };
        }
        let settings = json!(after.settings).to_string();
        if settings.len() > SETTINGS_BYTES_MAX {
            return Err(Error::invalid("settings", "larger than 64 KiB"));
        }
        let sql = "UPDATE orgs SET name = $1, settings = $2, modified_ms = $3 WHERE id = $4";
        change.tx.run(sql, args![&after.name, settings, after.modified_ms, after.id]).await?;
        let subject = Subject { kind: "org", id: after.id.to_string(), name: &after.name };
        let (old, new) = (before.audit_json(), after.audit_json());
        change.audit(Action::Modified, subject, Some(old), Some(new)).await?;
        change.commit().await?;
        Ok(after)
    }
}

impl Change {
    /// Makes an organisation; the rest of this change acts inside it.
    pub(crate) async fn create_org(&mut self, name: &str) -> Result<Org> {
        let row = self.tx.one("SELECT COALESCE(MAX(id), 0), COUNT(*) FROM orgs", args![]).await?;
        let row = row.ok_or_else(|| Error::Corrupt("no answer to MAX(id)".to_owned()))?;
        if row.int(1)? >= ORGS_MAX {
            return Err(Error::Conflict(format!("there are {ORGS_MAX} organisations already")));
        }
        let id = u32::try_from(row.int(0)? + 1);
        let org = Org {
            id: OrgId(id.map_err(|error| Error::Corrupt(format!("org id: {error}")))?),
            public_id: public_id(),
            uuid: Uuid::new_v4(),
            name: text("name", name.to_owned(), 1)?,
            settings: Map::new(),
            created_ms: self.now_ms,
            modified_ms: self.now_ms,
        };
        let sql = "INSERT INTO orgs (id, public_id, uuid, name, settings, created_ms, modified_ms) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7)";
        let args = args![
            org.id,
            &org.public_id,
            org.uuid,
            &org.name,
            "{}",
            org.created_ms,
            org.modified_ms,
        ];
        self.tx.run(sql, args).await?;
        self.actor.org = org.id;
        let subject = Subject { kind: "org", id: org.id.to_string(), name: &org.name };
        self.audit(Action::Created, subject, None, Some(org.audit_json())).await?;
        for managed in Managed::ALL {
            self.create_managed_role(managed).await?;
        }
        Ok(org)
    }
}

/// Nine characters of base 36: 46 bits, and the column is unique.
fn public_id() -> String {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let random = u64::from_le_bytes(secure_bytes());
    let digit = |at: u32| char::from(DIGITS[(random / 36u64.pow(at) % 36) as usize]);
    (0..9).map(digit).collect()
}
