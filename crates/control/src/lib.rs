//! What people make: organisations, users, keys, roles, teams, documents, and the trail of who
//! changed what.
//!
//! One [`Control`] is open in a process and cheap to clone. It stands on SQLite (`control.db` in the
//! data directory) or PostgreSQL; one schema, one contract suite on both.
//!
//! Life of a request: [`Control::api_key`] or one of the `principal_of_…` methods says who asks,
//! from memory; [`Principal::require`] is the one permission door; a change is made with
//! [`Principal::actor`] as its author, in one transaction with its audit row; the server moves those
//! rows into the `audit` dataset by [`Control::audit_take`] and [`Control::audit_done`].
//!
//! Invariants:
//! - Everything carries its organisation; no method answers an object of another one.
//! - A revoked key, an ended session, a disabled user and a changed role take effect before the call
//!   that changes them returns (on other nodes within seconds).
//! - No secret is stored in the clear: hashes find, sealed copies show again, passwords are argon2id.

mod auth;
mod bootstrap;
mod change;
mod credential;
mod db;
mod document;
mod error;
mod mark;
mod org;
mod permission;
mod principal;
mod role;
mod schema;
mod secret;
mod session;
mod team;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod user;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use base::{Clock, Shutdown};
use tokio::sync::{Semaphore, watch};

pub use auth::ApiKeyAuth;
pub use bootstrap::Bootstrap;
pub(crate) use change::Change;
pub use change::{Action, AuditRecord};
pub use credential::{Credential, CredentialKind, CredentialPatch, Issued, NewCredential};
pub use document::{
    DOCUMENT_BYTES_MAX, DOCUMENTS_PAGE_MAX, Document, DocumentFilter, DocumentId, DocumentPage,
    Expect, PutDocument,
};
pub use error::{Denied, Error, Result};
pub use mark::Views;
pub use org::{Org, OrgPatch};
pub use permission::{
    Managed, Permission, PermissionInfo, PermissionSet, find_permission, is_scope, permissions,
};
pub use principal::{Actor, Principal, PrincipalKind};
pub use role::{Role, RolePatch};
pub use secret::MasterKey;
pub use session::{Login, NewSession};
pub use team::{Team, TeamFields, TeamMember};
pub use user::{NewUser, User, UserPatch, UserStatus};

use auth::AuthCache;
use db::{Db, args};
use secret::Secrets;
use session::Throttle;

/// Passwords hashed at a time: 19 MiB and a core each.
const HASHING_MAX: usize = 2;
/// How often changes of other nodes are looked for: the longest time that a key revoked on one node
/// still opens another.
const REFRESH_EVERY: Duration = Duration::from_secs(3);
/// Turns of the above between two writes of "last used" and purges.
const TURNS_PER_UPKEEP: u32 = 20;
/// Turns between two looks for documents that were deleted long ago: an hour.
const TURNS_PER_PURGE: u32 = 1200;
/// How long a deleted document can be restored. Datadog keeps deleted dashboards for 30 days.
const DELETED_KEPT_MS: i64 = 30 * model::DAY_MS;

/// Which database holds it all.
#[derive(Clone, Debug)]
pub enum Database {
    /// `control.db` in the data directory.
    Sqlite,
    Postgres {
        /// `postgres://user:password@host:port/database`
        url: String,
        /// Schema to live in (lower-case letters, digits and `_`), made when missing; the
        /// connection's own when `None`.
        schema: Option<String>,
    },
}

/// How to open.
#[derive(Clone, Debug)]
pub struct Options {
    /// Holds `control.key`, `bootstrap.json` and `control.db`; made (mode 0700) when missing.
    pub data_dir: PathBuf,
    pub database: Database,
    /// The nodes of a cluster share one; `None` reads or makes `control.key`.
    pub master_key: Option<MasterKey>,
    pub clock: Clock,
}

impl Options {
    /// SQLite and the key file in this directory, the system's clock.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            database: Database::Sqlite,
            master_key: None,
            clock: Clock::system(),
        }
    }
}

/// The open control database. Clones share it.
#[derive(Clone, Debug)]
pub struct Control {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    db: Db,
    clock: Clock,
    data_dir: PathBuf,
    secrets: Secrets,
    auth: AuthCache,
    throttle: Throttle,
    hashing: Semaphore,
    changes: watch::Sender<i64>,
}

impl Control {
    /// Opens or makes the database and brings it to this program's version.
    ///
    /// Fails with `Corrupt` when a newer version wrote it or the master key is another one, with
    /// `Unavailable` when it cannot be reached.
    pub async fn open(options: Options) -> Result<Self> {
        base::LocalDisk::open(&options.data_dir)
            .map_err(|error| Error::unavailable("making the data directory", error))?;
        let (db, schema) = match &options.database {
            Database::Sqlite => {
                (Db::open_sqlite(&options.data_dir.join("control.db")).await?, None)
            }
            Database::Postgres { url, schema } => {
                let schema = schema.as_deref();
                (Db::open_postgres(url, schema).await?, schema)
            }
        };
        schema::migrate(&db, schema).await?;
        let secrets =
            open_secrets(&db, options.master_key, &options.data_dir.join("control.key")).await?;
        let control = Self {
            inner: Arc::new(Inner {
                db,
                clock: options.clock,
                data_dir: options.data_dir,
                secrets,
                auth: AuthCache::new(),
                throttle: Throttle::default(),
                hashing: Semaphore::new(HASHING_MAX),
                changes: watch::Sender::new(0),
            }),
        };
        control.refresh().await?;
        Ok(control)
    }

    /// Wakes on each change made by this process, for those who keep copies. The number only grows.
    pub fn changes(&self) -> watch::Receiver<i64> {
        self.inner.changes.subscribe()
    }

    /// Upkeep until the process stops: looks for changes of other nodes, writes when keys were last
    /// used, removes ended sessions and what was deleted long ago. Run it in one task for each process. At its end the database
    /// is closed: stop it after all that use it.
    pub async fn run(&self, shutdown: Shutdown) {
        let mut turn: u32 = 0;
        loop {
            tokio::select! {
                () = shutdown.wait() => break,
                () = self.inner.clock.sleep(REFRESH_EVERY) => {}
            }
            turn = turn.wrapping_add(1);
            let done = self.upkeep(turn).await;
            if let Err(error) = done {
                tracing::warn!(error = base::report(&error), "control upkeep failed");
            }
        }
        self.close().await;
    }

    async fn upkeep(&self, turn: u32) -> Result<()> {
        self.refresh().await?;
        if turn.is_multiple_of(TURNS_PER_UPKEEP) {
            self.flush_last_used().await?;
            self.purge_sessions().await?;
        }
        if turn.is_multiple_of(TURNS_PER_PURGE) {
            self.purge_documents(self.inner.clock.now_ms() - DELETED_KEPT_MS).await?;
        }
        Ok(())
    }

    /// Writes what is pending and closes the database.
    pub async fn close(&self) {
        if let Err(error) = self.flush_last_used().await {
            tracing::warn!(error = base::report(&error), "cannot write when keys were last used");
        }
        self.inner.db.close().await;
    }
}

/// Finds the master key and makes sure that it is the one this database was made with.
async fn open_secrets(db: &Db, given: Option<MasterKey>, path: &Path) -> Result<Secrets> {
    let mut tx = schema::begin_alone(db).await?;
    let sql = "SELECT value FROM facts WHERE name = 'master_key_check'";
    let expected = tx.one(sql, args![]).await?.map(|row| row.text(0)).transpose()?;
    let master = match given {
        Some(master) => master,
        None => match (MasterKey::read(path)?, &expected) {
            (Some(master), _) => master,
            (None, Some(_)) => {
                return Err(Error::Corrupt(format!(
                    "{} is missing: without it the stored keys cannot be used",
                    path.display()
                )));
            }
            (None, None) => {
                let master = MasterKey::generate();
                master.write(path)?;
                master
            }
        },
    };
    let secrets = Secrets::new(&master);
    match expected {
        Some(expected) if expected != secrets.check() => Err(Error::Corrupt(
            "the master key is not the one that this database was made with".to_owned(),
        )),
        Some(_) => Ok(secrets),
        None => {
            let sql = "INSERT INTO facts (name, value) VALUES ('master_key_check', $1)";
            tx.run(sql, args![secrets.check()]).await?;
            tx.commit().await?;
            Ok(secrets)
        }
    }
}

/// A name or title that a person typed: bounded, and without characters that cannot be shown.
fn text(field: &'static str, value: String, chars_min: usize) -> Result<String> {
    const CHARS_MAX: usize = 1000;
    let chars = value.chars().count();
    if chars < chars_min || chars > CHARS_MAX || value.contains('\0') {
        let message = format!("must have {chars_min} to {CHARS_MAX} characters");
        return Err(Error::invalid(field, message));
    }
    Ok(value)
}
