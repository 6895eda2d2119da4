//! Letters on their way: kept as documents of control until the mail server has taken them.
//!
//! [`Outbox::post`] stores letters and returns; one task, [`Outbox::run`], hands them over one after
//! the other. What fails is tried again after [`FIRST_PAUSE`], then after four times as long each
//! time; how often it failed is known to this process only, so a restart tries at once. After
//! [`KEPT_MS`], or when the mail server refuses a letter for good, it goes, and an event in the
//! organisation's stream says to whom it was and why.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use base::{Clock, Shutdown};
use control::{Actor, Control, Document, DocumentFilter, DocumentId};
use model::{AlertType, Event, OrgId, TagSet};
use parking_lot::Mutex;
use storage::Storage;
use tokio::sync::Notify;

use super::email::{Mailer, SendError};
use super::letter::Letter;
use crate::stream;

const KIND: &str = "outgoing_mail";
/// Letters of one organisation that may wait. More means that the mail server has been away for
/// long, and that nobody will read them all.
const WAITING_MAX: usize = 1000;
/// How long a letter is tried: news of yesterday are none.
const KEPT_MS: i64 = model::DAY_MS;
const FIRST_PAUSE: Duration = Duration::from_secs(30);
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);
/// Looked at this often even when nothing is known to wait: another node may have posted.
const ROUND_EVERY: Duration = Duration::from_secs(600);

/// The outbox of a server. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Outbox {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    control: Control,
    storage: Storage,
    clock: Clock,
    mailer: Option<Mailer>,
    news: Notify,
    tries: Mutex<HashMap<(OrgId, String), Try>>,
    counts: Counts,
    /// Why the last letter could not be sent, until one is.
    problem: Mutex<Option<String>>,
}

#[derive(Debug, Default)]
struct Counts {
    sent: AtomicU64,
    put_off: AtomicU64,
    lost: AtomicU64,
    waiting: AtomicU64,
}

/// What became of letters since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OutboxStats {
    /// Taken by the mail server.
    pub sent: u64,
    /// Tries that failed and come again.
    pub put_off: u64,
    /// Given up: refused for good, or too old.
    pub lost: u64,
    /// Waiting when last looked at.
    pub waiting: u64,
}

#[derive(Clone, Copy, Debug)]
struct Try {
    failures: u32,
    /// On the monotonic clock.
    due: Duration,
}

/// Why letters were not taken in.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    #[error(
        "e-mail is not set up on this server: start it with --smtp-url (or PROCYON_SMTP_URL), such \
         as smtp://user:password@mail.example.com, and --mail-from"
    )]
    NotSet,
    #[error("{WAITING_MAX} letters wait already: is the mail server away?")]
    Full,
    #[error(transparent)]
    Control(#[from] control::Error),
}

/// What happened to a letter.
enum Outcome {
    Gone,
    Later,
}

impl Outbox {
    /// Without a mailer nothing can be posted, and what waits from before stays.
    pub fn new(control: Control, storage: Storage, clock: Clock, mailer: Option<Mailer>) -> Self {
        let inner = Inner {
            control,
            storage,
            clock,
            mailer,
            news: Notify::new(),
            tries: Mutex::default(),
            counts: Counts::default(),
            problem: Mutex::default(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Why the last letter could not be sent, until one is.
    pub fn problem(&self) -> Option<String> {
        self.inner.problem.lock().clone()
    }

    pub fn stats(&self) -> OutboxStats {
        let counts = &self.inner.counts;
        let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        OutboxStats {
            sent: get(&counts.sent),
            put_off: get(&counts.put_off),
            lost: get(&counts.lost),
            waiting: get(&counts.waiting),
        }
    }

    /// The address that letters come from; `None` when e-mail is not set up.
    pub fn from(&self) -> Option<String> {
        self.inner.mailer.as_ref().map(Mailer::from)
    }

    /// Keeps the letters and has them sent soon. They survive a crash once this returns.
    ///
    /// # Errors
    /// [`PostError`]; of several letters the first ones may have been taken.
    pub async fn post(&self, actor: &Actor, letters: &[Letter]) -> Result<(), PostError> {
        let inner = &self.inner;
        if inner.mailer.is_none() {
            return Err(PostError::NotSet);
        }
        let one = DocumentFilter { limit: 1, ..DocumentFilter::default() };
        let waiting = inner.control.documents(actor.org, KIND, &one).await?.total;
        if waiting + letters.len() > WAITING_MAX {
            return Err(PostError::Full);
        }
        for letter in letters {
            let body = serde_json::to_value(letter).unwrap_or_default();
            let name: String = format!("mail to {}", letter.to).chars().take(200).collect();
            inner.control.create_document(actor, KIND, DocumentId::Uuid, &name, body).await?;
        }
        inner.news.notify_one();
        Ok(())
    }

    /// Hands letters over until the shutdown.
    pub async fn run(self, shutdown: Shutdown) {
        if self.inner.mailer.is_none() {
            return shutdown.wait().await;
        }
        loop {
            let pause = tokio::select! {
                pause = self.round() => pause,
                () = shutdown.wait() => return,
            };
            tokio::select! {
                () = shutdown.wait() => return,
                () = self.inner.news.notified() => {}
                () = self.inner.clock.sleep(pause) => {}
            }
        }
    }

    /// Tries every letter that is due; when the next one is.
    async fn round(&self) -> Duration {
        let (mut pause, mut waiting) = (ROUND_EVERY, 0);
        let orgs = match self.inner.control.orgs().await {
            Ok(orgs) => orgs,
            Err(error) => {
                tracing::warn!(error = base::report(&error), "cannot look for outgoing mail");
                return FIRST_PAUSE;
            }
        };
        for org in orgs {
            match self.round_of(org.id).await {
                Ok((next, left)) => (pause, waiting) = (pause.min(next), waiting + left),
                Err(error) => {
                    tracing::warn!(error = base::report(&error), "outgoing mail has to wait");
                    pause = pause.min(FIRST_PAUSE);
                }
            }
        }
        self.inner.counts.waiting.store(waiting, Ordering::Relaxed);
        pause
    }

    /// When the next letter of an organisation is due, and how many are left.
    async fn round_of(&self, org: OrgId) -> Result<(Duration, u64), control::Error> {
        let inner = &self.inner;
        let filter = DocumentFilter::default();
        let waiting = inner.control.documents(org, KIND, &filter).await?.documents;
        let (mut pause, mut left) = (ROUND_EVERY, waiting.len() as u64);
        for document in waiting {
            let key = (org, document.id.clone());
            let now = inner.clock.monotonic();
            let due = inner.tries.lock().get(&key).map_or(Duration::ZERO, |tried| tried.due);
            if due > now {
                pause = pause.min(due - now);
                continue;
            }
            match self.deliver(&document).await {
                Outcome::Gone => {
                    left -= 1;
                    inner.tries.lock().remove(&key);
                    self.forget(&document).await?;
                }
                Outcome::Later => pause = pause.min(self.put_off(key)),
            }
        }
        Ok((pause, left))
    }

    /// When a letter that failed is tried again.
    fn put_off(&self, key: (OrgId, String)) -> Duration {
        self.inner.counts.put_off.fetch_add(1, Ordering::Relaxed);
        let now = self.inner.clock.monotonic();
        let mut tries = self.inner.tries.lock();
        let tried = tries.entry(key).or_insert(Try { failures: 0, due: now });
        let pause = FIRST_PAUSE.saturating_mul(4u32.saturating_pow(tried.failures));
        let pause = pause.min(LONGEST_PAUSE);
        *tried = Try { failures: tried.failures.saturating_add(1), due: now + pause };
        pause
    }

    async fn forget(&self, document: &Document) -> Result<(), control::Error> {
        let actor = Actor::system(document.org);
        match self.inner.control.delete_document(&actor, KIND, &document.id).await {
            Ok(_) | Err(control::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn deliver(&self, document: &Document) -> Outcome {
        let inner = &self.inner;
        let Some(mailer) = inner.mailer.clone() else { return Outcome::Later };
        let Ok(letter) = serde_json::from_value::<Letter>(document.body.clone()) else {
            tracing::error!(id = document.id, "an outgoing mail is damaged");
            return Outcome::Gone;
        };
        // A picture that is gone is no reason to keep the words back.
        let png = match letter.picture.as_deref().map(str::parse) {
            Some(Ok(blob)) => inner.storage.blobs().get(document.org, &blob).await.ok().flatten(),
            _ => None,
        };
        let (id, to) = (document.id.clone(), letter.to.clone());
        let work = move || mailer.send(&id, &letter, png.map(|png| png.to_vec()));
        let sent = match tokio::task::spawn_blocking(work).await {
            Ok(sent) => sent,
            Err(error) => Err(SendError::Later(error.to_string())),
        };
        let error = match sent {
            Ok(()) => {
                inner.counts.sent.fetch_add(1, Ordering::Relaxed);
                *inner.problem.lock() = None;
                return Outcome::Gone;
            }
            Err(error) => error,
        };
        *inner.problem.lock() = Some(base::report(&error));
        let is_old = document.created_ms.saturating_add(KEPT_MS) < inner.clock.now_ms();
        if matches!(error, SendError::Later(_)) && !is_old {
            tracing::warn!(error = base::report(&error), "a mail could not be sent yet");
            return Outcome::Later;
        }
        inner.counts.lost.fetch_add(1, Ordering::Relaxed);
        tracing::warn!(error = base::report(&error), "a mail could not be sent");
        let event = Event {
            title: format!("A mail to {to} could not be delivered"),
            text: base::report(&error),
            tags: TagSet::new(["source:procyon"]),
            alert_type: AlertType::Warning,
            source: "procyon".to_owned(),
            ..Event::default()
        };
        if let Err(error) = stream::post(&inner.storage, &inner.clock, document.org, event).await {
            tracing::warn!(error = base::report(&error), "cannot tell of a mail that was lost");
        }
        Outcome::Gone
    }
}

#[cfg(test)]
mod tests;
