//! What a visitor without an account sees of a shared dashboard.
//!
//! The token in the path is all that a visitor needs when the dashboard is shared openly; when it is
//! shared by invitation, the invitation's secret (`?invite=`) as well; one that is shared with other
//! sites is asked for from within a frame (`?embed=1`), which browsers show on these sites only. A visitor reads that
//! dashboard and runs the queries that stand in it, with values of template variables that the
//! share lets people choose, and nothing else.
//!
//! A query comes as the page would send it with a session, and beside it the `variables`
//! (`{"env": ["prod"]}`). It runs only if one of the dashboard's queries, with these values put in,
//! is exactly it.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use control::{PermissionSet, Principal, PrincipalKind};
use http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use super::variables::Variables;
use super::{Authors, page, public, show};
use crate::answer::Answer;
use crate::call::Call;
use crate::docs::{self, Doc, Kind};
use crate::door::Need;
use crate::error::{Error, Result};
use crate::routes::Routes;
use crate::{histograms, times, timeseries};

/// Keys of a dashboard that are none of a visitor's business.
const PRIVATE: [&str; 6] =
    ["author_handle", "author_name", "notify_list", "restricted_roles", "tags", "is_read_only"];
/// A visitor whose clock is off, and the rounding of a graph's edges, in milliseconds.
const SLACK_MS: i64 = 3_600_000;

pub(super) fn routes(routes: Routes) -> Routes {
    routes
        .get("/api/procyon/public/{token}", Need::Nothing, read)
        .post("/api/procyon/public/{token}/query/timeseries", Need::Nothing, query_timeseries)
        .post("/api/procyon/public/{token}/query/scalar", Need::Nothing, query_scalar)
        .post("/api/procyon/public/{token}/query/histogram", Need::Nothing, query_histogram)
}

/// The share and its dashboard, for a visitor who may see them.
async fn enter(call: &Call) -> Result<(Doc, Doc)> {
    let token = call.segment("token");
    let share = public::by_token(&call.state, token).await?;
    let standing =
        call.state.limit.take(share.org, "/api/procyon/public", call.state.clock.now_secs());
    if standing.exceeded {
        return Err(Error::new(StatusCode::TOO_MANY_REQUESTS, "Too many requests"));
    }
    if share.body["status"] == "paused" {
        return Err(Error::denied("this dashboard is not shared at the moment"));
    }
    let expiration = share.body["expiration"].as_str();
    if expiration.and_then(|text| times::parse(text, 0)).is_some_and(|end| end <= call.now_ms()) {
        return Err(Error::new(StatusCode::GONE, "this dashboard is no longer shared"));
    }
    match share.body["share_type"].as_str() {
        Some("open") => {}
        Some("invite") => {
            let brought = call.query.get("invite").unwrap_or_default();
            if !public::is_invited(&call.state, &share, brought) {
                return Err(Error::new(StatusCode::UNAUTHORIZED, "an invitation is needed"));
            }
        }
        Some("embed") if call.query.get("embed").is_some() => {}
        _ => return Err(Error::denied("this dashboard is shared with other sites only")),
    }
    let id = share.body["dashboard_id"].as_str().unwrap_or_default();
    let dashboard = docs::find(&call.state, share.org, Kind::Dashboard, id).await?;
    let gone = || Error::new(StatusCode::GONE, "this dashboard is no longer there");
    Ok((share, dashboard.ok_or_else(gone)?))
}

async fn read(call: Call) -> Result<Answer> {
    let (share, dashboard) = enter(&call).await?;
    for (kind, id) in [(public::VIEWED, &share.id), (page::KIND, &dashboard.id)] {
        call.state.control.count_view((share.org, None), kind, id).await?;
    }
    let mut shown = show::full(&dashboard, &Authors::default());
    for name in PRIVATE {
        shown.as_object_mut().map(|shown| shown.shift_remove(name));
    }
    let settings: serde_json::Map<String, Value> = [
        "title",
        "share_type",
        "expiration",
        "global_time",
        "global_time_selectable_enabled",
        "selectable_template_vars",
        "viewing_preferences",
    ]
    .into_iter()
    .map(|name| (name.to_owned(), share.body[name].clone()))
    .collect();
    Ok(Answer::ok(json!({"dashboard": shown, "settings": settings})))
}

async fn query_timeseries(call: Call) -> Result<Answer> {
    timeseries::timeseries(scoped(call).await?).await
}

async fn query_scalar(call: Call) -> Result<Answer> {
    timeseries::scalar(scoped(call).await?).await
}

async fn query_histogram(call: Call) -> Result<Answer> {
    histograms::histogram(scoped(call).await?).await
}

/// The call, standing for the share, once what it asks is found to stand in the dashboard.
async fn scoped(mut call: Call) -> Result<Call> {
    let (share, dashboard) = enter(&call).await?;
    let body = call.json()?;
    let attributes = &body["data"]["attributes"];
    check_window(&call, &share, attributes)?;
    let chosen = chosen(&body["variables"])?;
    let variables = Variables::new(&dashboard.body["template_variables"]);
    check_values(&variables, &share, &chosen)?;
    let allowed = queries_of(&dashboard.body["widgets"], &variables, &chosen);
    for (at, query) in attributes["queries"].as_array().into_iter().flatten().enumerate() {
        let text = query["query"].as_str().unwrap_or_default();
        if !allowed.contains(text) {
            let message = format!("queries[{at}]: this query does not stand in the dashboard");
            return Err(Error::denied(&message));
        }
    }
    // A caller who may nothing: what the handler needs of it is the organisation.
    call.caller = Some(Arc::new(Principal {
        org: share.org,
        org_uuid: Uuid::nil(),
        user: Uuid::nil(),
        handle: "visitor".to_owned(),
        kind: PrincipalKind::Session,
        permissions: PermissionSet::default(),
        expires_ms: None,
    }));
    Ok(call)
}

fn span_ms(live_span: &str) -> i64 {
    let hour = 3_600_000;
    match live_span {
        "15m" => hour / 4,
        "4h" => 4 * hour,
        "1d" => 24 * hour,
        "2d" => 48 * hour,
        "1w" => 7 * 24 * hour,
        "1mo" => 31 * 24 * hour,
        "3mo" => 92 * 24 * hour,
        _ => hour,
    }
}

/// Refuses times that the share does not show, unless visitors may choose them.
fn check_window(call: &Call, share: &Doc, attributes: &Value) -> Result<()> {
    if share.body["global_time_selectable_enabled"] == true {
        return Ok(());
    }
    let span = share.body["global_time"]["live_span"].as_str().unwrap_or("1h");
    let first = call.now_ms() - span_ms(span) - SLACK_MS;
    // A widget may have a time of its own; a comparison looks back once as far.
    match attributes["from"].as_i64().is_some_and(|from| from >= first) {
        true => Ok(()),
        false => Err(Error::denied(&format!("only the last {span} of this dashboard is shared"))),
    }
}

fn chosen(sent: &Value) -> Result<BTreeMap<String, Vec<String>>> {
    let wrong = || Error::bad_request("variables must be an object of lists of values");
    let mut chosen = BTreeMap::new();
    if sent.is_null() {
        return Ok(chosen);
    }
    for (name, values) in sent.as_object().ok_or_else(wrong)? {
        let values = values.as_array().ok_or_else(wrong)?.iter().map(Value::as_str);
        let values: Option<Vec<_>> = values.map(|value| value.map(str::to_owned)).collect();
        chosen.insert(name.clone(), values.ok_or_else(wrong)?);
    }
    Ok(chosen)
}

/// Refuses values that the share does not let visitors choose.
fn check_values(
    variables: &Variables<'_>,
    share: &Doc,
    chosen: &BTreeMap<String, Vec<String>>,
) -> Result<()> {
    let selectable = share.body["selectable_template_vars"].as_array();
    for (name, values) in chosen {
        if variables.defaults(name).is_some_and(|defaults| defaults == *values) {
            continue;
        }
        let setting = selectable.into_iter().flatten().find(|v| v["name"] == **name);
        let may = |value: &String| match setting.map(|setting| &setting["visible_tags"]) {
            None => false,
            Some(Value::Array(visible)) => value == "*" || visible.iter().any(|v| *v == **value),
            Some(_) => true,
        };
        let plain = |value: &String| !value.contains(['{', '}', '(', ')', ',', '"']);
        if !values.iter().all(|value| may(value) && plain(value)) {
            return Err(Error::denied(&format!("these values of ${name} are not shared")));
        }
    }
    Ok(())
}

/// The texts of all queries of these widgets, with the values put in.
fn queries_of(
    value: &Value,
    variables: &Variables<'_>,
    chosen: &BTreeMap<String, Vec<String>>,
) -> HashSet<String> {
    let mut found = HashSet::new();
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match value {
            Value::Array(items) => open.extend(items),
            Value::Object(object) => {
                for (key, value) in object {
                    match value.as_str() {
                        Some(text) if key == "query" || key == "q" => {
                            let text = variables.substitute(text, chosen);
                            found.extend(split(&text).map(str::to_owned));
                            found.insert(text);
                        }
                        _ => open.push(value),
                    }
                }
            }
            _ => {}
        }
    }
    found
}

/// The parts of `a{x}, b{y}`: an old request may hold several queries.
fn split(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0;
    text.split(move |c: char| {
        depth += match c {
            '(' | '{' => 1,
            ')' | '}' => -1,
            _ => 0,
        };
        c == ',' && depth == 0
    })
    .map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_requests_are_split_at_their_commas() {
        let parts: Vec<_> = split("avg:a{x,y}, top(b{*} by {h,i}, 5),c{*}").collect();
        assert_eq!(parts, ["avg:a{x,y}", "top(b{*} by {h,i}, 5)", "c{*}"]);
    }

    #[test]
    fn queries_are_found_wherever_they_stand() {
        let widgets = json!([{"definition": {"requests": [{"q": "avg:a{$e}"}], "widgets": [
            {"definition": {"requests": [{"queries": [{"query": "avg:b{*}", "name": "x"}]}]}}]}}]);
        let declared = json!([{"name": "e", "prefix": "env", "default": "prod"}]);
        let found = queries_of(&widgets, &Variables::new(&declared), &BTreeMap::new());
        let expect = ["avg:a{env:prod}", "avg:b{*}"].map(str::to_owned);
        assert_eq!(found, HashSet::from(expect));
    }
}
