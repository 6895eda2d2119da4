//! Import: takes a dashboard in whichever form it was kept, also torn, and says what was done to it.

use serde_json::{Map, Value, json};

use super::{body, mend, old};
use crate::answer::Answer;
use crate::call::Call;
use crate::door::Need;
use crate::error::{Error, Result};
use crate::routes::Routes;
use control::Permission;

pub(super) fn routes(routes: Routes) -> Routes {
    let write = Need::Permission(Permission::DASHBOARDS_WRITE);
    routes.post("/api/procyon/dashboards/import", write, import)
}

/// `?save=true` makes a dashboard of it, otherwise it is only shown.
async fn import(call: Call) -> Result<Answer> {
    let is_saved = call.query.flag("save")?.unwrap_or(false);
    super::check_size(&call)?;
    let text = std::str::from_utf8(&call.body)
        .map_err(|_not_text| Error::bad_request("the body is not text in UTF-8"))?;
    let (value, mut notes) = mend::read(text)?;
    let mut converted = match value {
        Value::Array(items) => old::of_list(items)?,
        Value::Object(object) if old::is_old(&object) => old::convert(object)?,
        Value::Object(body) => old::Converted { body, notes: Vec::new() },
        _ => {
            return Err(Error::bad_request(
                "a dashboard, a widget or a list of widgets is expected",
            ));
        }
    };
    notes.append(&mut converted.notes);
    complete(&mut converted.body, &mut notes);
    drop_unknown_roles(&call, &mut converted.body, &mut notes).await?;
    let dashboard = match is_saved {
        true => {
            let doc = super::store(&call, converted.body).await?;
            super::shown(&call, &doc).await?
        }
        false => Value::Object(body::prepare(converted.body)?),
    };
    Ok(Answer::ok(json!({"dashboard": dashboard, "notes": notes})))
}

/// Adds what a fragment lacks.
fn complete(body: &mut Map<String, Value>, notes: &mut Vec<String>) {
    if body.get("title").is_none_or(Value::is_null) {
        let first =
            body.get("widgets").and_then(|widgets| widgets[0]["definition"]["title"].as_str());
        let title =
            first.filter(|title| !title.is_empty()).unwrap_or("Imported dashboard").to_owned();
        notes.push(format!("it had no title, now {title:?}"));
        body.insert("title".to_owned(), json!(title));
    }
    if body.get("layout_type").is_none_or(Value::is_null) {
        body.insert("layout_type".to_owned(), json!("ordered"));
    }
}

/// Roles of another server say nothing here.
async fn drop_unknown_roles(
    call: &Call,
    body: &mut Map<String, Value>,
    notes: &mut Vec<String>,
) -> Result<()> {
    let Some(roles) = body.get_mut("restricted_roles").and_then(Value::as_array_mut) else {
        return Ok(());
    };
    if roles.is_empty() {
        return Ok(());
    }
    let known: Vec<String> = call
        .state
        .control
        .roles(call.org())
        .await?
        .iter()
        .map(|role| role.id.to_string())
        .collect();
    let before = roles.len();
    roles.retain(|role| role.as_str().is_some_and(|role| known.iter().any(|k| k == role)));
    if roles.len() < before {
        notes.push(
            "restricted_roles: roles that are not of this organisation were left out".to_owned(),
        );
    }
    Ok(())
}
