//! One server and what waits for it: a task that owns the queues of a domain.
//!
//! Words: a *transaction* is a payload for one key. It is fresh until its first attempt; after a
//! failure, or while its endpoint is blocked, it waits in `retry`.
//!
//! Each turn of the loop starts what may start, then waits for the next payload, the end of a
//! request, the moment at which a breaker opens, or the end of the agent. Nothing runs by a timer
//! while all is well.
//!
//! Invariant: every transaction is in exactly one of fresh, retry, under way and disk, until it is
//! sent or counted as dropped. (A file that was read counts as memory until its payloads end.)

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use base::{Clock, Rng, Shutdown};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::breaker::{Backoff, Breaker};
use super::client::{Answer, Client};
use super::disk::{Queue, Stored};
use super::{Endpoint, Payload, split, validate};
use crate::config::{ForwarderConfig, key_end};
use crate::telemetry::{EndpointStats, KeyState, LastError, Telemetry};

/// How long a payload waits in memory for a server before it is written to disk, so that not even
/// a `kill -9` loses more than that.
const MEMORY_AGE: Duration = Duration::from_secs(30);
/// After the disk has refused, how long until it is asked again.
const DISK_PAUSE: Duration = Duration::from_secs(30);

/// What a domain is made of.
#[derive(Debug)]
pub(super) struct DomainParts {
    pub(super) url: String,
    pub(super) keys: Vec<String>,
    pub(super) client: Client,
    pub(super) queue: Option<Queue>,
    pub(super) telemetry: Arc<Telemetry>,
    pub(super) clock: Clock,
}

#[derive(Clone, Debug)]
struct Transaction {
    stored: Stored,
    /// Name of the file that it was read from.
    file: Option<Arc<str>>,
    /// Since when it waits in memory.
    since: Duration,
}

#[derive(Debug)]
pub(super) struct Domain {
    parts: DomainParts,
    intake_url: String,
    backoff: Backoff,
    rng: Rng,
    breakers: [Breaker; Endpoint::ALL.len()],
    fresh: VecDeque<Transaction>,
    retry: Vec<Transaction>,
    retry_bytes: u64,
    retry_bytes_max: u64,
    mem_ratio: f64,
    under_way: HashMap<u64, Transaction>,
    requests: JoinSet<(u64, Result<Answer, String>)>,
    next_request: u64,
    requests_max: usize,
    stop_timeout: Duration,
    disk_asked_again: Duration,
}

impl Domain {
    pub(super) fn new(parts: DomainParts, config: &ForwarderConfig) -> Self {
        Self {
            intake_url: validate::intake_url(&parts.url),
            backoff: Backoff::new(config),
            rng: Rng::from_entropy(),
            breakers: Default::default(),
            fresh: VecDeque::new(),
            retry: Vec::new(),
            retry_bytes: 0,
            retry_bytes_max: config.retry_queue_bytes_max,
            mem_ratio: config.flush_to_disk_mem_ratio,
            under_way: HashMap::new(),
            requests: JoinSet::new(),
            next_request: 0,
            requests_max: config.max_concurrent_requests,
            stop_timeout: config.stop_timeout,
            disk_asked_again: Duration::ZERO,
            parts,
        }
    }

    /// Runs until every sender is gone or `shutdown`, then keeps what could not be sent.
    pub(super) async fn run(mut self, mut payloads: mpsc::Receiver<Payload>, shutdown: Shutdown) {
        loop {
            self.start_requests().await;
            self.publish();
            let wait = self.next_moment().map(|at| at.saturating_sub(self.now()));
            tokio::select! {
                biased;
                payload = payloads.recv() => match payload {
                    Some(payload) => self.accept(payload),
                    None => break,
                },
                Some(ended) = self.requests.join_next() => self.request_ended(ended.ok()).await,
                () = shutdown.wait() => break,
                () = self.parts.clock.sleep(wait.unwrap_or_default()), if wait.is_some() => {}
            }
        }
        while let Ok(payload) = payloads.try_recv() {
            self.accept(payload);
        }
        self.stop().await;
    }

    fn now(&self) -> Duration {
        self.parts.clock.monotonic()
    }

    fn accept(&mut self, payload: Payload) {
        let bytes = payload.body.len() as u64;
        for key in 0..self.parts.keys.len() as u16 {
            self.count(payload.endpoint, |stats| {
                stats.input += 1;
                stats.input_bytes += bytes;
            });
            let stored = Stored {
                endpoint: payload.endpoint,
                is_compressed: payload.is_compressed,
                key,
                attempts: 0,
                created_ms: self.parts.clock.now_ms(),
                n_items: payload.n_items,
                body: payload.body.clone(),
            };
            self.fresh.push_back(Transaction { stored, file: None, since: self.now() });
        }
    }

    fn count(&self, endpoint: Endpoint, change: impl FnOnce(&mut EndpointStats)) {
        self.parts.telemetry.forwarder.endpoint(&self.parts.url, endpoint.name(), change);
    }

    /// When something has to be done though nothing happens.
    fn next_moment(&self) -> Option<Duration> {
        let waits = |endpoint: Endpoint| {
            self.retry.iter().any(|t| t.stored.endpoint == endpoint)
                || self.parts.queue.as_ref().is_some_and(Queue::has_unread)
        };
        // What may start by now was started, or waits for a request to end.
        let now = self.now();
        let opens = Endpoint::ALL
            .into_iter()
            .filter(|endpoint| waits(*endpoint))
            .filter_map(|endpoint| self.breakers[endpoint as usize].opens_at())
            .filter(|at| *at > now);
        let oldest = self.retry.iter().map(|t| t.since).min();
        let spill = oldest
            .filter(|_| self.parts.queue.is_some())
            .map(|since| (since + MEMORY_AGE).max(self.disk_asked_again));
        opens.chain(spill).min()
    }

    /// Starts what may start: fresh ones in order, then the newest of those that wait.
    async fn start_requests(&mut self) {
        self.spill_old().await;
        while let Some(transaction) = self.fresh.pop_front() {
            let now = self.now();
            let has_room = self.requests.len() < self.requests_max;
            if has_room && self.breakers[transaction.stored.endpoint as usize].admit(now) {
                self.start(transaction);
            } else if has_room {
                self.count(transaction.stored.endpoint, |stats| stats.requeued += 1);
                self.wait_in_memory(transaction).await;
            } else {
                self.fresh.push_front(transaction);
                break;
            }
        }
        loop {
            let now = self.now();
            while self.requests.len() < self.requests_max {
                let ready = |t: &Transaction| self.breakers[t.stored.endpoint as usize].admits(now);
                let Some(i) = self.retry.iter().rposition(ready) else { break };
                let transaction = self.retry.remove(i);
                self.retry_bytes -= transaction.stored.body.len() as u64;
                self.breakers[transaction.stored.endpoint as usize].admit(now);
                self.count(transaction.stored.endpoint, |stats| stats.retried += 1);
                self.start(transaction);
            }
            let any_open = Endpoint::ALL.iter().any(|e| self.breakers[*e as usize].admits(now));
            let has_room = self.requests.len() < self.requests_max && self.retry.is_empty();
            if !(any_open && has_room && self.read_file().await) {
                return;
            }
        }
    }

    fn start(&mut self, transaction: Transaction) {
        let id = self.next_request;
        self.next_request += 1;
        let keys = &self.parts.keys;
        // Keys may have become fewer since a file was written.
        let key = keys.get(usize::from(transaction.stored.key)).or(keys.first());
        let (client, url) = (self.parts.client.clone(), self.intake_url.clone());
        let key = key.cloned().unwrap_or_default();
        let stored = transaction.stored.clone();
        self.under_way.insert(id, transaction);
        self.requests.spawn_blocking(move || {
            let answer =
                client.post((&url, &key), stored.endpoint, &stored.body, stored.is_compressed);
            (id, answer)
        });
    }

    async fn request_ended(&mut self, ended: Option<(u64, Result<Answer, String>)>) {
        // A request that panicked is a bug; its transaction stays under way until the agent ends.
        let Some((id, answer)) = ended else { return };
        let Some(mut transaction) = self.under_way.remove(&id) else { return };
        let endpoint = transaction.stored.endpoint;
        let now = self.now();
        transaction.stored.attempts = transaction.stored.attempts.saturating_add(1);
        let answer = match answer {
            Ok(answer) => answer,
            Err(message) => {
                self.count(endpoint, |stats| stats.connection_errors += 1);
                self.note_error(endpoint, message);
                self.breakers[endpoint as usize].failed(&self.backoff, now, &mut self.rng);
                self.wait_in_memory(transaction).await;
                return;
            }
        };
        if answer.status < 400 {
            let bytes = transaction.stored.body.len() as u64;
            self.breakers[endpoint as usize].succeeded(&self.backoff);
            self.count(endpoint, |stats| {
                stats.success += 1;
                stats.success_bytes += bytes;
            });
            self.note_key(&transaction, KeyState::Valid);
            self.ended(&transaction).await;
            return;
        }
        self.count(endpoint, |stats| *stats.http_errors.entry(answer.status).or_default() += 1);
        self.note_error(endpoint, format!("{} {}", answer.status, answer.message));
        self.refused(transaction, &answer).await;
    }

    /// The server answered, but not what we hoped for.
    async fn refused(&mut self, transaction: Transaction, answer: &Answer) {
        let endpoint = transaction.stored.endpoint;
        let now = self.now();
        match answer.status {
            400 | 401 | 403 => {
                // The server is well; it is the payload, or the key, that is not.
                self.breakers[endpoint as usize].succeeded(&self.backoff);
                if answer.status != 400 {
                    self.note_key(&transaction, KeyState::Invalid);
                }
                self.drop_refused(transaction, answer).await;
            }
            413 => {
                self.breakers[endpoint as usize].succeeded(&self.backoff);
                match split::halves(&payload_of(&transaction.stored)) {
                    Some(halves) => self.replace(transaction, halves).await,
                    None => self.drop_refused(transaction, answer).await,
                }
            }
            429 | 503 if answer.retry_after.is_some() => {
                let time = answer.retry_after.unwrap_or_default();
                self.breakers[endpoint as usize].wait(now, time);
                self.wait_in_memory(transaction).await;
            }
            _ => {
                self.breakers[endpoint as usize].failed(&self.backoff, now, &mut self.rng);
                self.wait_in_memory(transaction).await;
            }
        }
    }

    async fn drop_refused(&mut self, transaction: Transaction, answer: &Answer) {
        let endpoint = transaction.stored.endpoint;
        tracing::error!(
            url = self.parts.url,
            endpoint = endpoint.name(),
            status = answer.status,
            answer = answer.message,
            items = transaction.stored.n_items,
            "the server refused a payload, which is dropped"
        );
        self.count(endpoint, |stats| stats.dropped += 1);
        self.ended(&transaction).await;
    }

    /// Two transactions take the place of one.
    async fn replace(&mut self, transaction: Transaction, halves: [Payload; 2]) {
        for half in halves {
            let stored =
                Stored { body: half.body, n_items: half.n_items, ..transaction.stored.clone() };
            let stored = Stored { is_compressed: half.is_compressed, ..stored };
            self.fresh.push_front(Transaction { stored, file: None, since: self.now() });
        }
        self.ended(&transaction).await;
    }

    /// A transaction that was read from a file no longer needs it.
    async fn ended(&mut self, transaction: &Transaction) {
        if let (Some(name), Some(queue)) = (&transaction.file, &mut self.parts.queue) {
            queue.ended(name).await;
        }
    }

    /// Keeps a transaction for later; when memory is full the oldest go to disk, or are dropped.
    async fn wait_in_memory(&mut self, mut transaction: Transaction) {
        transaction.since = self.now();
        self.retry_bytes += transaction.stored.body.len() as u64;
        // Sorted by age, the newest last.
        let at = self
            .retry
            .partition_point(|other| other.stored.created_ms <= transaction.stored.created_ms);
        self.retry.insert(at, transaction);
        if self.retry_bytes <= self.retry_bytes_max {
            return;
        }
        let keep = (self.retry_bytes_max as f64 * (1.0 - self.mem_ratio)) as u64;
        let mut n_out = 0;
        let mut left = self.retry_bytes;
        while left > keep && n_out < self.retry.len() {
            left -= self.retry[n_out].stored.body.len() as u64;
            n_out += 1;
        }
        if self.spill(n_out).await {
            return;
        }
        while self.retry_bytes > self.retry_bytes_max && !self.retry.is_empty() {
            let dropped = self.retry.remove(0);
            self.retry_bytes -= dropped.stored.body.len() as u64;
            self.count(dropped.stored.endpoint, |stats| stats.dropped += 1);
            self.parts.telemetry.forwarder.update(&self.parts.url, |s| s.dropped_full += 1);
            self.ended(&dropped).await;
        }
    }

    /// What has waited long goes to disk.
    async fn spill_old(&mut self) {
        let now = self.now();
        let is_old = |t: &Transaction| now.saturating_sub(t.since) >= MEMORY_AGE;
        if now >= self.disk_asked_again && self.retry.iter().any(is_old) {
            // All of it: one file rather than one for each.
            self.spill(self.retry.len()).await;
        }
    }

    /// Writes the `n` oldest transactions that wait to disk; false when that is not possible.
    async fn spill(&mut self, n: usize) -> bool {
        let now = self.now();
        let Some(queue) = &mut self.parts.queue else { return false };
        if now < self.disk_asked_again {
            return false;
        }
        let stored: Vec<Stored> = self.retry[..n].iter().map(|t| t.stored.clone()).collect();
        let written = queue.write(&stored, self.parts.clock.now_ms()).await;
        let (error, n_removed) = match &written {
            Ok(n_removed) => (None, *n_removed),
            Err(e) => (Some(base::report(e)), 0),
        };
        if let Some(message) = &error {
            tracing::warn!(error = message, url = self.parts.url, "payloads stay in memory");
            self.disk_asked_again = now + DISK_PAUSE;
        }
        self.parts.telemetry.forwarder.update(&self.parts.url, |stats| {
            stats.disk_error = error.clone();
            stats.dropped_files += n_removed;
        });
        if error.is_some() {
            return false;
        }
        let moved: Vec<Transaction> = self.retry.drain(..n).collect();
        for transaction in moved {
            self.retry_bytes -= transaction.stored.body.len() as u64;
            self.ended(&transaction).await;
        }
        true
    }

    /// Takes the newest file back into memory; false when there is none.
    async fn read_file(&mut self) -> bool {
        let now = self.now();
        let Some(queue) = &mut self.parts.queue else { return false };
        if !queue.has_unread() || now < self.disk_asked_again {
            return false;
        }
        match queue.take_newest().await {
            Ok(Some(taken)) => {
                let name: Arc<str> = taken.name.into();
                for stored in taken.payloads {
                    self.retry_bytes += stored.body.len() as u64;
                    self.retry.push(Transaction {
                        stored,
                        file: Some(Arc::clone(&name)),
                        since: now,
                    });
                }
                self.retry.sort_by_key(|t| t.stored.created_ms);
                true
            }
            Ok(None) => false,
            Err(e) => {
                let message = base::report(&e);
                tracing::warn!(error = message, url = self.parts.url, "a file cannot be read");
                self.disk_asked_again = now + DISK_PAUSE;
                self.parts
                    .telemetry
                    .forwarder
                    .update(&self.parts.url, |stats| stats.disk_error = Some(message.clone()));
                false
            }
        }
    }

    fn note_error(&self, endpoint: Endpoint, message: String) {
        let time_ms = self.parts.clock.now_ms();
        tracing::warn!(
            url = self.parts.url,
            endpoint = endpoint.name(),
            error = message,
            "not delivered"
        );
        self.parts.telemetry.forwarder.update(&self.parts.url, |stats| {
            stats.last_error = Some(LastError { time_ms, endpoint: endpoint.name(), message });
        });
    }

    fn note_key(&self, transaction: &Transaction, state: KeyState) {
        let key = self.parts.keys.get(usize::from(transaction.stored.key));
        if let Some(key) = key {
            let key = key_end(key);
            self.parts.telemetry.forwarder.update(&self.parts.url, |stats| {
                stats.keys.insert(key, state);
            });
        }
    }

    fn publish(&self) {
        let (len, bytes) = (self.retry.len() + self.fresh.len(), self.retry_bytes);
        let queue = self.parts.queue.as_ref();
        self.parts.telemetry.forwarder.update(&self.parts.url, |stats| {
            stats.queue_len = len as u64;
            stats.queue_bytes = bytes;
            stats.disk_files = queue.map_or(0, Queue::n_files) as u64;
            stats.disk_bytes = queue.map_or(0, Queue::bytes);
            stats.disk_damaged = queue.map_or(0, |queue| queue.n_damaged);
        });
    }

    /// Sends what goes within the time that is left, and keeps the rest on disk.
    async fn stop(&mut self) {
        let end = self.now() + self.stop_timeout;
        loop {
            self.start_requests().await;
            let left = end.saturating_sub(self.now());
            if self.requests.is_empty() || left.is_zero() {
                break;
            }
            tokio::select! {
                Some(ended) = self.requests.join_next() => self.request_ended(ended.ok()).await,
                () = self.parts.clock.sleep(left) => {}
            }
        }
        // Those under way may arrive yet; twice is better than never.
        let rest = self.under_way.drain().map(|(_, t)| t).chain(self.fresh.drain(..));
        let rest: Vec<Transaction> = rest.collect();
        for transaction in rest {
            self.retry_bytes += transaction.stored.body.len() as u64;
            self.retry.push(transaction);
        }
        self.disk_asked_again = Duration::ZERO;
        let n = self.retry.len();
        if n > 0 && !self.spill(n).await {
            tracing::error!(url = self.parts.url, payloads = n, "not sent and not kept");
            for transaction in std::mem::take(&mut self.retry) {
                self.count(transaction.stored.endpoint, |stats| stats.dropped += 1);
            }
            self.retry_bytes = 0;
        }
        self.publish();
    }
}

fn payload_of(stored: &Stored) -> Payload {
    Payload {
        endpoint: stored.endpoint,
        body: stored.body.clone(),
        is_compressed: stored.is_compressed,
        n_items: stored.n_items,
    }
}

#[cfg(test)]
mod tests;
