//! Intake routes that are known and not served yet.
//!
//! An Agent tries again for ever what is answered 404, and fills its queue with it; so these answer
//! 202, and the ledger shows loudly what was discarded. The list is closed: a path that is not on
//! it is a 404, because that is a misspelt URL.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use model::{OutcomeKind, Reason};
use serde_json::json;

use crate::answer::{Failure, Result, with_json};
use crate::call::{Call, Sender, Tally};
use crate::route::Routes;

/// Answered `{}`: logs, traces, statistics, profiles, telemetry, browser sessions, tracks of the
/// event platform.
const PLAIN: [&str; 45] = [
    "/api/v2/logs",
    "/v1/input",
    "/v1/input/",
    "/api/v0.1/traces",
    "/api/v0.2/traces",
    "/api/v0.1/stats",
    "/api/v0.2/stats",
    "/api/v0.1/pipeline_stats",
    "/api/v2/spans",
    "/api/v2/profile",
    "/api/v2/apmtelemetry",
    "/api/v2/debugger",
    "/api/v2/rum",
    "/api/v2/replay",
    "/api/v2/llmobs",
    "/api/v2/citestcycle",
    "/api/v2/citestcov",
    "/api/v2/srcmap",
    "/api/v2/exposures",
    "/api/v2/proclcycle",
    "/api/v2/databasequery",
    "/api/v2/dbmmetrics",
    "/api/v2/dbmactivity",
    "/api/v2/dbmmetadata",
    "/api/v2/dbmhealth",
    "/api/v2/dbmcolumnstatistics",
    "/api/v2/ndm",
    "/api/v2/ndmtraps",
    "/api/v2/ndmflow",
    "/api/v2/ndmconfig",
    "/api/v2/netpath",
    "/api/v2/contlcycle",
    "/api/v2/contimage",
    "/api/v2/sbom",
    "/api/v2/secruntime",
    "/api/v2/compliance",
    "/api/v2/kubeactions",
    "/api/v2/genresources",
    "/api/v2/synthetics",
    "/api/v2/data-streams-message",
    "/api/v2/softinv",
    "/api/v2/agentdiscovery",
    "/api/v2/agenthealth",
    "/api/v2/openlineage",
    "/api/v1/lineage",
];

/// Answered with a framed message: processes, containers, connections, orchestrator.
const FRAMED: [&str; 7] = [
    "/api/v1/collector",
    "/api/v1/container",
    "/api/v1/connections",
    "/api/v1/discovery",
    "/api/v1/orchestrator",
    "/api/v2/orch",
    "/api/v2/orchmanif",
];

/// How often a real-time process list would be asked for, in seconds; that it is not asked for says
/// the number of active clients, 0.
const REAL_TIME_INTERVAL_SECS: u8 = 2;

pub(crate) fn add(routes: Routes) -> Routes {
    let routes = PLAIN.into_iter().fold(routes, |routes, path| routes.post(path, plain));
    let routes = FRAMED.into_iter().fold(routes, |routes, path| routes.post(path, framed));
    routes.post("/v1/input/{api_key}", key_in_path)
}

async fn plain(call: Call) -> Result<Response> {
    discard(call.authenticate_any().await?).await
}

/// Log shippers from before headers.
async fn key_in_path(call: Call) -> Result<Response> {
    let key = call.parts.uri.path().rsplit('/').next().map(str::to_string);
    discard(call.authenticate_by(key).await?).await
}

async fn discard(mut sender: Sender) -> Result<Response> {
    count(&mut sender).await?;
    Ok(with_json(StatusCode::ACCEPTED, &json!({})))
}

async fn framed(call: Call) -> Result<Response> {
    let mut sender = call.authenticate().await?;
    count(&mut sender).await?;
    let protobuf = HeaderValue::from_static("application/x-protobuf");
    let headers = [(header::CONTENT_TYPE, protobuf)];
    Ok((StatusCode::ACCEPTED, headers, collector_reply()).into_response())
}

async fn count(sender: &mut Sender) -> std::result::Result<(), Failure> {
    sender.discard_body().await;
    let mut tally = Tally::default();
    let reason = Reason::new("not_served_yet", "this kind of data is not served yet");
    tally.refuse(OutcomeKind::Discarded, 1, reason);
    sender.store(Vec::new(), tally).await.map(|_| ())
}

/// A `ResCollector` in its frame: version 3, plain protobuf, type 23; organisation and time are
/// nothing to the Agent. Source: agent-payload `process/message.go`.
fn collector_reply() -> Vec<u8> {
    let mut frame = vec![3, 0, 23];
    frame.resize(16, 0);
    // Field 3 `status`, a message of two bytes: field 2 `interval`.
    frame.extend_from_slice(&[0x1a, 2, 0x10, REAL_TIME_INTERVAL_SECS]);
    frame
}
