//! How values spread: `POST /api/procyon/query/histogram`.
//!
//! Datadog has no public call for what its heatmaps and distributions of `request_type: histogram`
//! show. Ours has the shape of `/api/v2/query/timeseries`; `docs/functions.md` says what goes in and
//! what comes out.

use control::Permission;
use query::metrics::Window;
use query::metrics::histogram::{Axis, Histogram, Row};
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::body::Fields;
use crate::call::Call;
use crate::door::Need;
use crate::error::Result;
use crate::routes::Routes;
use crate::{metadata, timeseries};

/// Parts of an axis that names no number.
const BUCKETS: i64 = 40;

pub(crate) fn routes(routes: Routes) -> Routes {
    let need = Need::Permission(Permission::TIMESERIES_QUERY);
    routes.post("/api/procyon/query/histogram", need, histogram)
}

struct Asked {
    text: String,
    window: Window,
    axis: Axis,
    is_over_time: bool,
}

pub(crate) async fn histogram(call: Call) -> Result<Answer> {
    let Asked { text, window, axis, is_over_time } = asked(&call.json()?)?;
    let query = timeseries::parse(&text)?;
    let found = call.state.query.histogram(call.org(), &query, window, &axis).await;
    let found = match found {
        Err(error) if error.kind == query::ErrorKind::Invalid => {
            return Err(timeseries::query_error(vec![error.in_text(&text)]));
        }
        found => found?,
    };
    let unit = metadata::unit_of(&call, &found.metric).await?;
    let attributes = answer(&found, unit.unwrap_or(Value::Null), is_over_time);
    Ok(Answer::ok(json!({"data": {
        "id": "0", "type": "histogram_response", "attributes": attributes,
    }})))
}

fn asked(body: &Value) -> Result<Asked> {
    let attributes = Fields::attributes(body, &["histogram_request"])?;
    let queries = attributes.array("queries")?;
    let [query] = &queries[..] else {
        return Err(attributes.wrong("queries", "exactly one query"));
    };
    let text = timeseries::named_query(query, 0)?.text;
    let window = timeseries::window(&attributes)?;
    let axis = attributes.object_or_none("axis")?;
    let axis = axis.map_or_else(|| Ok(default_axis()), |fields| axis_of(&fields))?;
    let is_over_time = attributes.bool_or_none("over_time")?.unwrap_or(true);
    Ok(Asked { text, window, axis, is_over_time })
}

fn default_axis() -> Axis {
    Axis { is_log: false, parts: BUCKETS as usize, min: None, max: None, includes_zero: false }
}

fn axis_of(fields: &Fields<'_>) -> Result<Axis> {
    let is_log = match fields.str_or_none("scale")? {
        None | Some("linear") => false,
        Some("log") => true,
        Some(_) => return Err(fields.wrong("scale", "linear or log")),
    };
    let buckets = fields.int_or_none("buckets")?.unwrap_or(BUCKETS);
    let parts =
        usize::try_from(buckets).map_err(|_negative| fields.wrong("buckets", "1 or more"))?;
    let end = |name: &str| match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value.as_f64().map(Some).ok_or_else(|| fields.wrong(name, "a number")),
    };
    Ok(Axis {
        is_log,
        parts,
        min: end("min")?,
        max: end("max")?,
        includes_zero: fields.bool_or_none("include_zero")?.unwrap_or(false),
    })
}

fn answer(found: &Histogram, unit: Value, is_over_time: bool) -> Value {
    let row = |row: &Row| json!({"counts": row.counts, "below": row.below, "above": row.above});
    let percentiles: serde_json::Map<String, Value> =
        found.percentiles.iter().map(|(p, value)| (format!("p{p}"), json!(value))).collect();
    let mut answer = json!({
        "unit": unit,
        "edges": found.edges,
        "interval": found.interval_secs.saturating_mul(1000),
        "total": row(&found.total),
        "count": found.count,
        "min": found.min,
        "max": found.max,
        "percentiles": percentiles,
    });
    if is_over_time {
        let each = |value: fn(&Row) -> Value| found.rows.iter().map(value).collect::<Vec<_>>();
        answer["times"] = each(|row| json!(row.time)).into();
        answer["counts"] = each(|row| json!(row.counts)).into();
        answer["below"] = each(|row| json!(row.below)).into();
        answer["above"] = each(|row| json!(row.above)).into();
    }
    answer
}
