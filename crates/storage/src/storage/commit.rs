//! The task that commits: log, then buffers, then answers.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::mpsc;

use super::{Append, Inner};
use crate::error::{Error, Result};
use crate::log::Positions;

/// Runs until every handle of the store is gone. The next commit begins when the last one ends and
/// takes all that has queued up, so a lone sender never waits for a timer.
pub(super) async fn run(inner: Arc<Inner>, mut appends: mpsc::Receiver<Append>, first_seq: u64) {
    let mut next_seq = first_seq;
    while let Some(first) = appends.recv().await {
        let mut n_bytes = first.record.n_bytes();
        let mut group = vec![first];
        while n_bytes < inner.settings.commit_bytes_max {
            let Ok(next) = appends.try_recv() else { break };
            n_bytes += next.record.n_bytes();
            group.push(next);
        }
        let n_appends = group.len() as u64;
        commit(&inner, group, next_seq).await;
        // Also after a failure: part of the group may be in the log, and a position is used once.
        next_seq += n_appends;
        inner.queued_bytes.fetch_sub(n_bytes, Ordering::Relaxed);
    }
}

async fn commit(inner: &Inner, group: Vec<Append>, first_seq: u64) {
    let mut records = Vec::with_capacity(group.len());
    let mut rest = Vec::with_capacity(group.len());
    for append in group {
        records.push(append.record);
        rest.push((append.rows, append.done));
    }
    let written = inner.log.lock().await.commit(first_seq, &records).await;
    if let Err(error) = written {
        tracing::error!(error = base::report(&error), "cannot write the log");
        let what = base::report(&error);
        for (_, done) in rest {
            answer(done, Err(Error::unavailable("write the log", what.clone())));
        }
        return;
    }
    inner.counters.commits.fetch_add(1, Ordering::Relaxed);
    inner.counters.records.fetch_add(rest.len() as u64, Ordering::Relaxed);
    for rows in rest.iter().flat_map(|(rows, _)| rows) {
        inner.counters.add_rows(rows.dataset(), rows.n_rows());
    }
    let mut dones = Vec::with_capacity(rest.len());
    {
        let mut state = inner.state.write();
        for (seq, (rows, done)) in (first_seq..).zip(rest) {
            state.active.apply(seq, rows, &Positions::new());
            dones.push(done);
        }
        if state.active.n_bytes >= inner.settings.flush_bytes {
            inner.flush_wanted.notify_one();
        }
    }
    dones.into_iter().for_each(|done| answer(done, Ok(())));
}

fn answer(done: tokio::sync::oneshot::Sender<Result<()>>, result: Result<()>) {
    // The caller may have gone; its rows are committed all the same.
    let _gone = done.send(result);
}
