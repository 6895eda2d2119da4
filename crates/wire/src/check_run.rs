//! `POST /api/v1/check_run`: service checks, an array (the Agent) or one object (API clients).
//!
//! `{"check","host_name","timestamp": secs,"status": 0-3,"message","tags"}`; only `check` and
//! `status` must be there (the Agent's connectivity check sends no more).
//! Source: openapi core-v1 `ServiceChecks`; the Agent's `pkg/metrics/servicecheck`.

use model::{CheckStatus, HOST_BYTES_MAX, METRIC_NAME_BYTES_MAX, ServiceCheck, normalize_host};
use serde_json::Value;

use crate::decoded::{Problem, quoted};
use crate::{Context, Decoded, Error, ITEMS_PER_BODY_MAX, Refusals, document};

/// Longest message that is kept, in characters; longer ones are cut.
const MESSAGE_CHARS_MAX: usize = 4000;

pub fn decode(body: &[u8], context: Context) -> Result<Decoded<Vec<ServiceCheck>>, Error> {
    let checks = match document::parse(body)? {
        Value::Array(checks) => checks,
        check @ Value::Object(_) => vec![check],
        _ => return Err(Error::invalid("bad_payload", "the body is neither array nor object")),
    };
    if checks.len() > ITEMS_PER_BODY_MAX {
        return Err(Error::TooLarge { what: "items", max: ITEMS_PER_BODY_MAX });
    }
    let (mut batch, mut refused) = (Vec::with_capacity(checks.len()), Refusals::default());
    for (i, sent) in checks.iter().enumerate() {
        match check(sent, context.now_ms) {
            Ok(check) => batch.push(check),
            Err(p) => refused.refuse(1, p.code, || format!("checks[{i}]{}", p.message)),
        }
    }
    Ok(Decoded { accepted: batch.len() as u64, batch, refused })
}

fn check(sent: &Value, now_ms: i64) -> Result<ServiceCheck, Problem> {
    if !sent.is_object() {
        return Err(Problem::new("bad_check", ": is no object"));
    }
    let name = document::text(sent, "check").trim().to_string();
    if name.is_empty() || name.len() > METRIC_NAME_BYTES_MAX {
        let message = format!(
            ".check: {} has {} bytes; a name has 1 to {METRIC_NAME_BYTES_MAX}",
            quoted(&name),
            name.len()
        );
        return Err(Problem::new("bad_check_name", message));
    }
    let number = document::int(sent, "status")?;
    let status = number.and_then(|s| u8::try_from(s).ok()).and_then(CheckStatus::from_u8);
    let Some(status) = status else {
        let found = sent.get("status").map_or("nothing".to_string(), Value::to_string);
        let message = format!(".status: {} is none of 0, 1, 2, 3", quoted(&found));
        return Err(Problem::new("bad_check_status", message));
    };
    let host = document::text(sent, "host_name");
    let Some(host) = normalize_host(&host) else {
        let message = format!(".host_name: {} bytes, the limit is {HOST_BYTES_MAX}", host.len());
        return Err(Problem::new("host_too_long", message));
    };
    Ok(ServiceCheck {
        check: name,
        host: host.into_owned(),
        time: document::time_ms(sent, "timestamp", now_ms)?,
        status,
        message: document::cut(document::text(sent, "message"), MESSAGE_CHARS_MAX),
        tags: document::tags(sent, "tags"),
    })
}

/// A body of this route; what the agent sends.
pub fn encode(checks: &[ServiceCheck]) -> String {
    let checks: Vec<Value> = checks
        .iter()
        .map(|check| {
            serde_json::json!({
                "check": check.check,
                "host_name": check.host,
                "timestamp": check.time.div_euclid(1000),
                "status": check.status as u8,
                "message": check.message,
                "tags": check.tags.iter().collect::<Vec<_>>(),
            })
        })
        .collect();
    Value::Array(checks).to_string()
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_written_is_read() {
        let checks = vec![ServiceCheck {
            check: "datadog.agent.up".to_owned(),
            host: "web-1".to_owned(),
            time: NOW,
            status: CheckStatus::Critical,
            message: "line\n\"two\"".to_owned(),
            tags: TagSet::new(["b:2", "a:1"]),
        }];
        let body = encode(&checks);
        let read = decode(body.as_bytes(), Context { org: OrgId(1), now_ms: NOW }).unwrap();
        assert_eq!(read.batch, checks);
    }

    use model::{OrgId, TagSet};

    use super::*;

    const NOW: i64 = 1_700_000_000_000;

    #[track_caller]
    fn check_body(body: &str, accepted: u64, refused: &[&str]) -> Vec<ServiceCheck> {
        let got = decode(body.as_bytes(), Context { org: OrgId(1), now_ms: NOW }).unwrap();
        let messages: Vec<_> = got.refused.iter().map(|r| r.reason.message.as_str()).collect();
        assert_eq!((got.accepted, &*messages), (accepted, refused), "{body}");
        got.batch
    }

    #[test]
    fn forms() {
        let checks = check_body(
            r#"[{"check":"app.ok","host_name":"h","timestamp":1700000000,"status":2,
                "message":"m","tags":["B:1","a"]},{"check":"x","status":"0","tags":null}]"#,
            2,
            &[],
        );
        let first = ServiceCheck {
            check: "app.ok".into(),
            host: "h".into(),
            time: NOW,
            status: CheckStatus::Critical,
            message: "m".into(),
            tags: TagSet::new(["a", "b:1"]),
        };
        assert_eq!(checks[0], first);
        assert_eq!((checks[1].status, checks[1].time), (CheckStatus::Ok, NOW));
        check_body(r#"{"check": "test", "status": 0}"#, 1, &[]);
        check_body("[]", 0, &[]);
    }

    #[test]
    fn refused_alone() {
        check_body(
            r#"[{"status":0},{"check":"a","status":4},{"check":"a"},5,{"check":"a","status":NaN},
                {"check":"a","status":0,"timestamp":1},{"check":"ok","status":0}]"#,
            1,
            &[
                r#"checks[0].check: "" has 0 bytes; a name has 1 to 200"#,
                r#"checks[1].status: "4" is none of 0, 1, 2, 3"#,
                r#"checks[2].status: "nothing" is none of 0, 1, 2, 3"#,
                "checks[3]: is no object",
                r#"checks[4].status: "\"?\"" is no number"#,
                "checks[5].timestamp: timestamp 1 is more than 456 days in the past",
            ],
        );
    }

    #[test]
    fn broken_bodies() {
        for body in ["", "5", "\"x\"", "[{\"check\":"] {
            let context = Context { org: OrgId(1), now_ms: NOW };
            assert!(decode(body.as_bytes(), context).is_err(), "{body}");
        }
    }
}
