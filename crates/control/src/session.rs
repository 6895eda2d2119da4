//! Signing in: passwords, throttling, sessions.
//!
//! A session is 32 random bytes in a cookie (whose attributes the API sets); the database holds its
//! keyed hash. Failed attempts are counted for each account and for each source, in memory, bounded:
//! a restart forgets them, and hashing a password costs enough by itself.

use std::collections::HashMap;

use base::secure_bytes;
use model::{DAY_MS, MINUTE_MS, OrgId};
use parking_lot::Mutex;
use serde_json::json;
use uuid::Uuid;

use crate::change::{Action, Subject};
use crate::db::args;
use crate::secret::{hash_password, verify_password};
use crate::user::{PASSWORD_BYTES_MAX, UserStatus, check_password};
use crate::{Actor, Control, Error, Result};

/// How long a session lives. Ends earlier when the password changes or the user is disabled.
const SESSION_MS: i64 = 7 * DAY_MS;
/// Sessions of one user; the oldest makes room for a new one.
const SESSIONS_PER_USER_MAX: i64 = 64;
/// Failures that an account, or a source address, may have within [`THROTTLE_WINDOW_MS`].
const ACCOUNT_FAILURES_MAX: u32 = 10;
const SOURCE_FAILURES_MAX: u32 = 50;
const THROTTLE_WINDOW_MS: i64 = 15 * MINUTE_MS;
/// Accounts and sources that are counted at a time, about 100 bytes each.
const THROTTLED_MAX: usize = 20_000;
/// Accounts of one e-mail in different organisations that a sign-in tries.
const ACCOUNTS_TRIED_MAX: i64 = 4;

/// What came of a sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Login {
    Session(NewSession),
    /// Wrong e-mail or password, or the user is disabled; which of them is not told.
    Wrong,
    /// Too many failures: try again later.
    Throttled {
        retry_after_secs: i64,
    },
}

/// A session that was just made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSession {
    /// The cookie's value: 64 hexadecimal digits.
    pub token: String,
    pub org: OrgId,
    pub user: Uuid,
    pub expires_ms: i64,
}

/// Failures by account and by source.
#[derive(Debug, Default)]
pub(crate) struct Throttle(Mutex<HashMap<String, Failures>>);

#[derive(Clone, Copy, Debug)]
struct Failures {
    count: u32,
    since_ms: i64,
}

impl Failures {
    fn is_over(&self, now_ms: i64) -> bool {
        // A clock that jumps back must not lock anybody out for long.
        !(0..THROTTLE_WINDOW_MS).contains(&(now_ms - self.since_ms))
    }
}

impl Throttle {
    /// Seconds to wait, when there were too many failures.
    fn wait_secs(&self, key: &str, max: u32, now_ms: i64) -> Option<i64> {
        let failures = self.0.lock().get(key).copied()?;
        if failures.is_over(now_ms) || failures.count < max {
            return None;
        }
        Some((failures.since_ms + THROTTLE_WINDOW_MS - now_ms).div_euclid(1000) + 1)
    }

    fn failed(&self, key: String, now_ms: i64) {
        let mut all = self.0.lock();
        if all.len() >= THROTTLED_MAX && !all.contains_key(&key) {
            all.retain(|_, failures| !failures.is_over(now_ms));
            if all.len() >= THROTTLED_MAX {
                // Counting the newest matters more than the many that failed once.
                all.retain(|_, failures| failures.count > 1);
            }
            if all.len() >= THROTTLED_MAX {
                all.clear();
            }
        }
        let failures = all.entry(key).or_insert(Failures { count: 0, since_ms: now_ms });
        if failures.is_over(now_ms) {
            *failures = Failures { count: 0, since_ms: now_ms };
        }
        failures.count += 1;
    }

    fn succeeded(&self, key: &str) {
        self.0.lock().remove(key);
    }
}

/// A user that a sign-in may mean.
struct Account {
    org: OrgId,
    user: Uuid,
    hash: Option<String>,
}

impl Control {
    /// Signs a person in. `source` is the client's address, for throttling.
    pub async fn login(&self, email: &str, password: &str, source: &str) -> Result<Login> {
        let email = email.trim().to_lowercase();
        if email.len() > 320 || password.len() > PASSWORD_BYTES_MAX {
            return Ok(Login::Wrong);
        }
        let now_ms = self.inner.clock.now_ms();
        let throttle = &self.inner.throttle;
        let (account_key, source_key) = (format!("a {email}"), format!("s {source}"));
        let wait = throttle
            .wait_secs(&account_key, ACCOUNT_FAILURES_MAX, now_ms)
            .or_else(|| throttle.wait_secs(&source_key, SOURCE_FAILURES_MAX, now_ms));
        if let Some(retry_after_secs) = wait {
            return Ok(Login::Throttled { retry_after_secs });
        }
        match self.matching_account(&email, password).await? {
            Some(account) => {
                throttle.succeeded(&account_key);
                self.begin_session(account.org, account.user, &email).await.map(Login::Session)
            }
            None => {
                throttle.failed(account_key, now_ms);
                throttle.failed(source_key, now_ms);
                Ok(Login::Wrong)
            }
        }
    }

    async fn matching_account(&self, email: &str, password: &str) -> Result<Option<Account>> {
        let sql = "SELECT org, id, password FROM users WHERE handle = $1 AND status = $2 \
                   AND service_account = 0 AND password IS NOT NULL ORDER BY org LIMIT $3";
        let args = args![email, UserStatus::Active.name(), ACCOUNTS_TRIED_MAX];
        let mut accounts = Vec::new();
        for row in self.inner.db.all(sql, args).await? {
            accounts.push(Account { org: row.org(0)?, user: row.uuid(1)?, hash: row.opt_text(2)? });
        }
        if accounts.is_empty() {
            self.verify(password, None).await?;
        }
        for account in accounts {
            if self.verify(password, account.hash.clone()).await? {
                return Ok(Some(account));
            }
        }
        Ok(None)
    }

    async fn begin_session(&self, org: OrgId, user: Uuid, email: &str) -> Result<NewSession> {
        let token = hex::encode(secure_bytes::<32>());
        let hash = self.inner.secrets.hash("session", &token);
        let actor = Actor { org, user: Some(user), name: email.to_owned(), via: "session" };
        let mut change = self.change(&actor).await?;
        let expires_ms = change.now_ms + SESSION_MS;
        let sql = "DELETE FROM sessions WHERE user_id = $1 AND hash NOT IN (SELECT hash FROM \
                   sessions WHERE user_id = $1 ORDER BY created_ms DESC LIMIT $2)";
        let removed = change.tx.run(sql, args![user, SESSIONS_PER_USER_MAX - 1]).await?;
        if removed > 0 {
            change.touches_auth();
        }
        let sql = "INSERT INTO sessions (hash, user_id, created_ms, expires_ms) \
                   VALUES ($1, $2, $3, $4)";
        change.tx.run(sql, args![&hash[..], user, change.now_ms, expires_ms]).await?;
        let sql = "UPDATE users SET last_login_ms = $1, verified = 1 WHERE id = $2";
        change.tx.run(sql, args![change.now_ms, user]).await?;
        let subject = Subject { kind: "user", id: user.to_string(), name: email };
        let what = json!({"session_expires_ms": expires_ms});
        change.audit(Action::Login, subject, None, Some(what)).await?;
        change.commit().await?;
        Ok(NewSession { token, org, user, expires_ms })
    }

    /// Ends a session. One that is not there is no error.
    pub async fn logout(&self, token: &str) -> Result<()> {
        let hash = self.inner.secrets.hash("session", token);
        let Some(principal) = self.principal_of_session(token).await? else { return Ok(()) };
        let mut change = self.change(&principal.actor()).await?;
        change.tx.run("DELETE FROM sessions WHERE hash = $1", args![&hash[..]]).await?;
        change.touches_auth();
        let id = principal.user.to_string();
        let subject = Subject { kind: "session", id, name: &principal.handle };
        change.audit(Action::Deleted, subject, None, None).await?;
        change.commit().await
    }

    /// The token that a page must send with each change that it makes by cookie.
    pub fn csrf_token(&self, session: &str) -> String {
        self.inner.secrets.csrf(session)
    }

    /// Removes sessions that have ended. Called by `run`.
    pub async fn purge_sessions(&self) -> Result<()> {
        let mut tx = self.inner.db.begin().await?;
        let now_ms = self.inner.clock.now_ms();
        tx.run("DELETE FROM sessions WHERE expires_ms <= $1", args![now_ms]).await?;
        tx.commit().await
    }

    pub(crate) async fn hash_password(&self, password: &str) -> Result<String> {
        check_password(password)?;
        let password = password.to_owned();
        self.hashing(move || hash_password(&password)).await?
    }

    async fn verify(&self, password: &str, hash: Option<String>) -> Result<bool> {
        let password = password.to_owned();
        self.hashing(move || verify_password(&password, hash.as_deref())).await
    }

    /// Runs a hashing off the async threads, few at a time: each takes 19 MiB.
    async fn hashing<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        let _permit = self
            .inner
            .hashing
            .acquire()
            .await
            .map_err(|error| Error::unavailable("hashing a password", error))?;
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|error| Error::unavailable("hashing a password", error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn throttling() {
        let throttle = Throttle::default();
        for _ in 0..3 {
            assert_eq!(throttle.wait_secs("a x", 3, 1000), None);
            throttle.failed("a x".to_owned(), 1000);
        }
        let check = |key: &str, now_ms: i64, expect: Option<i64>| {
            assert_eq!(throttle.wait_secs(key, 3, now_ms), expect, "{key} at {now_ms}");
        };
        check("a x", 1000, Some(901));
        check("a y", 1000, None);
        check("a x", 1000 + THROTTLE_WINDOW_MS - 1, Some(1));
        check("a x", 1000 + THROTTLE_WINDOW_MS, None);
        check("a x", 0, None);
        throttle.failed("a x".to_owned(), 1000 + THROTTLE_WINDOW_MS);
        check("a x", 1000 + THROTTLE_WINDOW_MS, None);
        throttle.succeeded("a x");
        for n in 0..2 * THROTTLED_MAX {
            throttle.failed(format!("a {n}"), 1000);
        }
        assert!(throttle.0.lock().len() <= THROTTLED_MAX);
    }
}
