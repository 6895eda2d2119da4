//! Who is it? Asked on each request, so answered from memory.
//!
//! Flow: the shown secret is hashed with the lookup key (about a microsecond); the hash is looked
//! up in a map; only what the map does not know is read from the database. What does not exist is
//! remembered too, for [`NEGATIVE_MS`] and in bounded number, so that an Agent with a wrong key does
//! not become a load on the database.
//!
//! Invariants:
//! - After a change of keys, users, roles or sessions commits, the maps are empty and the epoch is
//!   another. An answer read from the database under an older epoch is not remembered.
//! - A database that does not answer is an error, never "wrong key": an Agent drops its data on 403.
//! - Other nodes learn of a change by [`Control::refresh`], which `run` calls every few seconds.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use model::OrgId;
use parking_lot::{Mutex, RwLock};
use uuid::Uuid;

use crate::credential::CredentialKind;
use crate::db::{Row, args};
use crate::secret::SecretHash;
use crate::user::UserStatus;
use crate::{Control, Permission, PermissionSet, Principal, PrincipalKind, Result};

/// Secrets remembered at most, of each sort. An entry takes about 300 bytes.
const ENTRIES_MAX: usize = 50_000;
/// How long a secret that does not exist is remembered: a key made on another node works after
/// this time at the latest.
const NEGATIVE_MS: i64 = 10_000;
/// A use is noted at most this often for each key: "last used" is for people.
const USE_NOTED_EVERY_MS: i64 = 60_000;

/// Whose API key or client token this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApiKeyAuth {
    pub id: Uuid,
    pub org: OrgId,
    /// What `/api/v2/validate` shows.
    pub org_uuid: Uuid,
    pub remote_config: bool,
}

/// What is remembered of one secret.
#[derive(Debug)]
struct Entry<T> {
    /// `None`: there is no such secret.
    found: Option<T>,
    learned_ms: i64,
    /// The credential, for "last used"; sessions have none.
    credential: Option<Uuid>,
    used_ms: AtomicI64,
}

#[derive(Debug)]
struct Remembered<T> {
    epoch: u64,
    entries: HashMap<SecretHash, Arc<Entry<T>>>,
}

impl<T> Remembered<T> {
    fn forget(&mut self) {
        self.epoch += 1;
        self.entries.clear();
    }
}

/// What authentication remembers.
#[derive(Debug)]
pub(crate) struct AuthCache {
    keys: RwLock<Remembered<ApiKeyAuth>>,
    principals: RwLock<Remembered<Arc<Principal>>>,
    /// Credentials used since they were last written: at most one entry for each that exists.
    used: Mutex<HashMap<Uuid, i64>>,
    /// The `auth` counter when this node last looked.
    generation: AtomicI64,
}

impl AuthCache {
    pub(crate) fn new() -> Self {
        Self {
            keys: RwLock::new(Remembered { epoch: 0, entries: HashMap::new() }),
            principals: RwLock::new(Remembered { epoch: 0, entries: HashMap::new() }),
            used: Mutex::new(HashMap::new()),
            generation: AtomicI64::new(-1),
        }
    }

    pub(crate) fn forget(&self) {
        self.keys.write().forget();
        self.principals.write().forget();
    }

    /// Notes a use once a minute.
    fn note_use<T>(&self, entry: &Entry<T>, now_ms: i64) {
        let Some(credential) = entry.credential else { return };
        let used_ms = entry.used_ms.load(Ordering::Relaxed);
        if (now_ms - used_ms).abs() >= USE_NOTED_EVERY_MS {
            entry.used_ms.store(now_ms, Ordering::Relaxed);
            note_bounded(&mut self.used.lock(), credential, now_ms);
        }
    }
}

fn note_bounded<K: Eq + Hash>(used: &mut HashMap<K, i64>, key: K, now_ms: i64) {
    if used.len() < ENTRIES_MAX || used.contains_key(&key) {
        used.insert(key, now_ms);
    }
}

/// What is known without the database: the entry, or the epoch under which to ask it.
fn recall<T>(
    memory: &RwLock<Remembered<T>>,
    hash: &SecretHash,
    now_ms: i64,
) -> Result<Arc<Entry<T>>, u64> {
    let memory = memory.read();
    match memory.entries.get(hash) {
        Some(entry) if entry.found.is_some() || (now_ms - entry.learned_ms).abs() < NEGATIVE_MS => {
            Ok(Arc::clone(entry))
        }
        _ => Err(memory.epoch),
    }
}

fn remember<T>(
    memory: &RwLock<Remembered<T>>,
    hash: SecretHash,
    entry: &Arc<Entry<T>>,
    epoch: u64,
) {
    let mut memory = memory.write();
    if memory.epoch != epoch {
        return;
    }
    if memory.entries.len() >= ENTRIES_MAX {
        // Guesses go first; if real ones fill it, start again: they come back one by one.
        memory.entries.retain(|_, entry| entry.found.is_some());
        if memory.entries.len() >= ENTRIES_MAX {
            memory.entries.clear();
        }
    }
    memory.entries.insert(hash, Arc::clone(entry));
}

impl Control {
    /// Whose API key it is; `None` when it is no valid one. No SQL for a key seen before.
    pub async fn api_key(&self, value: &str) -> Result<Option<ApiKeyAuth>> {
        self.key(CredentialKind::ApiKey, value).await
    }

    /// Whose client token (`pub…`) it is.
    pub async fn client_token(&self, value: &str) -> Result<Option<ApiKeyAuth>> {
        self.key(CredentialKind::ClientToken, value).await
    }

    async fn key(&self, kind: CredentialKind, value: &str) -> Result<Option<ApiKeyAuth>> {
        if !kind.accepts(value) {
            return Ok(None);
        }
        let now_ms = self.inner.clock.now_ms();
        let hash = self.inner.secrets.hash(kind.name(), value);
        let entry = match recall(&self.inner.auth.keys, &hash, now_ms) {
            Ok(entry) => entry,
            Err(epoch) => {
                let entry = Arc::new(self.load_key(&hash, now_ms).await?);
                remember(&self.inner.auth.keys, hash, &entry, epoch);
                entry
            }
        };
        self.inner.auth.note_use(&entry, now_ms);
        Ok(entry.found)
    }

    async fn load_key(&self, hash: &SecretHash, now_ms: i64) -> Result<Entry<ApiKeyAuth>> {
        let sql = "SELECT c.id, c.org, o.uuid, c.remote_config, c.last_used_ms FROM credentials c \
                   JOIN orgs o ON o.id = c.org WHERE c.hash = $1";
        let row = self.inner.db.one(sql, args![&hash[..]]).await?;
        let Some(row) = row else { return Ok(Entry::nothing(now_ms)) };
        let id = row.uuid(0)?;
        let auth = ApiKeyAuth {
            id,
            org: row.org(1)?,
            org_uuid: row.uuid(2)?,
            remote_config: row.flag(3)?,
        };
        Ok(Entry::found(auth, now_ms, Some(id), row.opt_int(4)?))
    }

    /// The owner of an application key, when the API key next to it is of the same organisation.
    pub async fn principal_of_keys(
        &self,
        api_key: &str,
        application_key: &str,
    ) -> Result<Option<Arc<Principal>>> {
        let Some(key) = self.api_key(api_key).await? else { return Ok(None) };
        let principal = self.principal(CredentialKind::ApplicationKey, application_key).await?;
        Ok(principal.filter(|principal| principal.org == key.org))
    }

    /// The owner of a personal or service access token (`Authorization: Bearer …`).
    pub async fn principal_of_token(&self, token: &str) -> Result<Option<Arc<Principal>>> {
        match self.principal(CredentialKind::PersonalAccessToken, token).await? {
            Some(principal) => Ok(Some(principal)),
            None => self.principal(CredentialKind::ServiceAccessToken, token).await,
        }
    }

    /// The user of a browser's session.
    pub async fn principal_of_session(&self, session: &str) -> Result<Option<Arc<Principal>>> {
        if session.len() > 128 {
            return Ok(None);
        }
        let hash = self.inner.secrets.hash("session", session);
        self.remembered_principal(hash, None).await
    }

    async fn principal(&self, kind: CredentialKind, value: &str) -> Result<Option<Arc<Principal>>> {
        if !kind.accepts(value) {
            return Ok(None);
        }
        let hash = self.inner.secrets.hash(kind.name(), value);
        self.remembered_principal(hash, Some(kind)).await
    }

    async fn remembered_principal(
        &self,
        hash: SecretHash,
        kind: Option<CredentialKind>,
    ) -> Result<Option<Arc<Principal>>> {
        let now_ms = self.inner.clock.now_ms();
        let memory = &self.inner.auth.principals;
        let entry = match recall(memory, &hash, now_ms) {
            Ok(entry) => entry,
            Err(epoch) => {
                let entry = Arc::new(self.load_principal(&hash, kind, now_ms).await?);
                remember(memory, hash, &entry, epoch);
                entry
            }
        };
        let current = |principal: &&Arc<Principal>| {
            principal.expires_ms.is_none_or(|expires_ms| now_ms < expires_ms)
        };
        let Some(principal) = entry.found.as_ref().filter(current) else { return Ok(None) };
        self.inner.auth.note_use(&entry, now_ms);
        Ok(Some(Arc::clone(principal)))
    }

    async fn load_principal(
        &self,
        hash: &SecretHash,
        kind: Option<CredentialKind>,
        now_ms: i64,
    ) -> Result<Entry<Arc<Principal>>> {
        let user = "u.id, u.org, o.uuid, u.handle, u.status";
        let sql = match kind {
            Some(_) => format!(
                "SELECT {user}, c.expires_ms, c.id, c.scopes, c.last_used_ms FROM credentials c \
                 JOIN users u ON u.id = c.owner JOIN orgs o ON o.id = u.org WHERE c.hash = $1"
            ),
            None => format!(
                "SELECT {user}, s.expires_ms FROM sessions s \
                 JOIN users u ON u.id = s.user_id JOIN orgs o ON o.id = u.org WHERE s.hash = $1"
            ),
        };
        let row = self.inner.db.one(&sql, args![&hash[..]]).await?;
        let Some(row) = row else { return Ok(Entry::nothing(now_ms)) };
        if row.text(4)? != UserStatus::Active.name() {
            return Ok(Entry::nothing(now_ms));
        }
        let credential = match kind {
            Some(kind) => Some((kind, row.uuid(6)?)),
            None => None,
        };
        let scopes = match kind {
            Some(_) => row.opt_json::<Vec<String>>(7)?,
            None => None,
        };
        let principal = self.principal_from(&row, credential, scopes).await?;
        let used_ms = if kind.is_some() { row.opt_int(8)? } else { None };
        Ok(Entry::found(Arc::new(principal), now_ms, credential.map(|(_, id)| id), used_ms))
    }

    async fn principal_from(
        &self,
        row: &Row,
        credential: Option<(CredentialKind, Uuid)>,
        scopes: Option<Vec<String>>,
    ) -> Result<Principal> {
        let user = row.uuid(0)?;
        let mut permissions =
            self.user_permissions(user).await?.union(PermissionSet::scopes_only());
        if let Some(scopes) = &scopes {
            let scopes = PermissionSet::of(scopes.iter().map(String::as_str));
            permissions = permissions.intersection(scopes);
        }
        Ok(Principal {
            org: row.org(1)?,
            org_uuid: row.uuid(2)?,
            user,
            handle: row.text(3)?,
            kind: match credential {
                Some((CredentialKind::ApplicationKey, id)) => PrincipalKind::ApplicationKey(id),
                Some((_, id)) => PrincipalKind::AccessToken(id),
                None => PrincipalKind::Session,
            },
            permissions,
            expires_ms: row.opt_int(5)?,
        })
    }

    /// Whether a user's roles grant a permission, for users that are not asking themselves.
    pub async fn user_may(&self, user: Uuid, permission: Permission) -> Result<bool> {
        Ok(self.user_permissions(user).await?.contains(permission))
    }

    /// Looks whether another node changed keys, users or roles, and forgets what it knows if so.
    pub async fn refresh(&self) -> Result<()> {
        let row =
            self.inner.db.one("SELECT value FROM counters WHERE name = 'auth'", args![]).await?;
        let generation = row.map(|row| row.int(0)).transpose()?.unwrap_or(0);
        if self.inner.auth.generation.swap(generation, Ordering::SeqCst) != generation {
            self.inner.auth.forget();
        }
        Ok(())
    }

    /// Writes when credentials were last used. Called by `run`, and once before the end.
    pub async fn flush_last_used(&self) -> Result<()> {
        let used = std::mem::take(&mut *self.inner.auth.used.lock());
        if used.is_empty() {
            return Ok(());
        }
        let written = self.write_last_used(&used).await;
        if written.is_err() {
            let mut kept = self.inner.auth.used.lock();
            for (credential, used_ms) in used {
                kept.entry(credential).or_insert(used_ms);
            }
        }
        written
    }

    async fn write_last_used(&self, used: &HashMap<Uuid, i64>) -> Result<()> {
        let mut used: Vec<_> = used.iter().collect();
        // One order for all nodes, so that two of them cannot wait for each other's rows.
        used.sort();
        let mut tx = self.inner.db.begin().await?;
        for (credential, used_ms) in used {
            let sql = "UPDATE credentials SET last_used_ms = $1 WHERE id = $2";
            tx.run(sql, args![*used_ms, *credential]).await?;
        }
        tx.commit().await
    }
}

impl<T> Entry<T> {
    fn nothing(now_ms: i64) -> Self {
        Self { found: None, learned_ms: now_ms, credential: None, used_ms: AtomicI64::new(0) }
    }

    fn found(found: T, now_ms: i64, credential: Option<Uuid>, used_ms: Option<i64>) -> Self {
        Self {
            found: Some(found),
            learned_ms: now_ms,
            credential,
            used_ms: AtomicI64::new(used_ms.unwrap_or(i64::MIN / 2)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory() -> RwLock<Remembered<u32>> {
        RwLock::new(Remembered { epoch: 0, entries: HashMap::new() })
    }

    fn hash(n: usize) -> SecretHash {
        let mut hash = [0; 32];
        hash[..8].copy_from_slice(&n.to_le_bytes());
        hash
    }

    #[test]
    fn an_answer_older_than_a_change_is_not_remembered() {
        let memory = memory();
        let epoch = recall(&memory, &hash(1), 0).unwrap_err();
        // A revocation commits while the database's answer is on its way.
        memory.write().forget();
        let entry = Arc::new(Entry::found(7, 0, None, None));
        remember(&memory, hash(1), &entry, epoch);
        let epoch = recall(&memory, &hash(1), 0).unwrap_err();
        remember(&memory, hash(1), &entry, epoch);
        assert_eq!(recall(&memory, &hash(1), 0).unwrap().found, Some(7));
        memory.write().forget();
        assert!(recall(&memory, &hash(1), 0).is_err());
    }

    #[test]
    fn what_does_not_exist_is_remembered_for_a_while() {
        let memory = memory();
        remember(&memory, hash(1), &Arc::new(Entry::nothing(1000)), 0);
        for (now_ms, known) in [(1000, true), (10_999, true), (11_000, false), (-9_000, false)] {
            assert_eq!(recall(&memory, &hash(1), now_ms).is_ok(), known, "at {now_ms}");
        }
    }

    #[test]
    fn guesses_do_not_fill_the_memory() {
        let memory = memory();
        remember(&memory, hash(0), &Arc::new(Entry::found(7, 0, None, None)), 0);
        for n in 1..ENTRIES_MAX + 10 {
            remember(&memory, hash(n), &Arc::new(Entry::nothing(0)), 0);
        }
        assert!(memory.read().entries.len() < ENTRIES_MAX);
        assert_eq!(recall(&memory, &hash(0), 0).unwrap().found, Some(7), "the real one stays");
        for n in 1..2 * ENTRIES_MAX {
            remember(&memory, hash(n), &Arc::new(Entry::found(7, 0, None, None)), 0);
        }
        assert!(memory.read().entries.len() <= ENTRIES_MAX);
    }
}
