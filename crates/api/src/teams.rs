//! Teams: made, listed, changed, deleted. What belongs to a team comes with the team pages.

use control::{Permission, Team, TeamFields, TeamMember};
use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::body::Fields;
use crate::call::Call;
use crate::door::Need;
use crate::error::{Error, Result};
use crate::routes::Routes;
use crate::times;

/// Source: openapi core-v2 `TeamAttributes`.
const HANDLE_CHARS_MAX: usize = 195;
const NAME_CHARS_MAX: usize = 200;

pub(crate) fn routes(routes: Routes) -> Routes {
    let manage = Need::Permission(Permission::TEAMS_MANAGE);
    let team = "/api/v2/team/{team_id}";
    routes
        .get("/api/v2/team", Need::Caller, list)
        .post("/api/v2/team", manage, create)
        .get(team, Need::Caller, get)
        .patch(team, manage, update)
        .delete(team, manage, delete)
}

fn show(team: &Team) -> Value {
    let mut attributes = Map::new();
    let defaults = json!({"description": null, "avatar": null, "banner": null,
        "visible_modules": [], "hidden_modules": []});
    for (name, default) in defaults.as_object().into_iter().flatten() {
        let value = team.attributes.get(name).unwrap_or(default);
        attributes.insert(name.clone(), value.clone());
    }
    let summary: Option<String> = team
        .attributes
        .get("description")
        .and_then(Value::as_str)
        .map(|text| text.chars().take(120).collect());
    attributes.insert("name".into(), json!(team.name));
    attributes.insert("handle".into(), json!(team.handle));
    attributes.insert("summary".into(), json!(summary));
    attributes.insert("created_at".into(), json!(times::iso(team.created_ms)));
    attributes.insert("modified_at".into(), json!(times::iso(team.modified_ms)));
    attributes.insert("user_count".into(), json!(team.user_count));
    attributes.insert("link_count".into(), json!(0));
    attributes.insert("is_managed".into(), json!(false));
    let related =
        |name: &str| json!({"links": {"related": format!("/api/v2/team/{}/{name}", team.id)}});
    json!({"type": "team", "id": team.id, "attributes": attributes, "relationships": {
        "team_links": related("links"),
        "user_team_permissions": related("permission-settings"),
    }})
}

async fn list(call: Call) -> Result<Answer> {
    let mut teams = call.state.control.teams(call.org()).await?;
    let keyword = call.query.get("filter[keyword]").unwrap_or_default().to_lowercase();
    teams.retain(|team| {
        [&team.name, &team.handle].iter().any(|t| t.to_lowercase().contains(&keyword))
    });
    if call.query.flag("filter[me]")? == Some(true) {
        let mine = call.state.control.user_teams(call.org(), call.principal().user).await?;
        teams.retain(|team| mine.iter().any(|member| member.team == team.id));
    }
    let sort = call.query.get("sort").unwrap_or("name");
    match sort.trim_start_matches('-') {
        "name" => teams.sort_by_cached_key(|team| team.name.to_lowercase()),
        "user_count" => teams.sort_by_key(|team| team.user_count),
        _ => return Err(Error::bad_request(format!("cannot sort by {sort:?}"))),
    }
    if sort.starts_with('-') {
        teams.reverse();
    }
    let total = teams.len();
    let page = call.query.page(10, 1000)?;
    let n_pages = total.div_ceil(page.size).max(1);
    let data: Vec<_> = page.of(teams).iter().map(show).collect();
    let link = |number: usize| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let given = call.uri.query().unwrap_or_default();
        let others = url::form_urlencoded::parse(given.as_bytes());
        query.extend_pairs(others.filter(|(name, _)| name != "page[number]"));
        query.append_pair("page[number]", &number.to_string());
        format!("{}?{}", call.uri.path(), query.finish())
    };
    let next = (page.number + 1 < n_pages).then_some(page.number + 1);
    let prev = page.number.checked_sub(1);
    let links = json!({"self": link(page.number), "first": link(0), "last": link(n_pages - 1),
        "next": next.map(link), "prev": prev.map(link)});
    Ok(Answer::ok(json!({"data": data, "links": links, "meta": {"pagination": {
        "type": "number_size",
        "number": page.number,
        "size": page.size,
        "first_number": 0,
        "last_number": n_pages - 1,
        "next_number": next,
        "prev_number": prev,
        "total": total,
    }}})))
}

/// The team that results from these attributes on top of the old ones.
fn fields(attributes: &Fields<'_>, mut old: Map<String, Value>) -> Result<TeamFields> {
    let (handle, name) = (attributes.text("handle")?, attributes.text("name")?);
    let good = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if handle.chars().count() > HANDLE_CHARS_MAX || !handle.chars().all(good) {
        let message = format!("at most {HANDLE_CHARS_MAX} letters, digits, - _ and .");
        return Err(attributes.wrong("handle", &message));
    }
    if name.chars().count() > NAME_CHARS_MAX {
        return Err(attributes.wrong("name", &format!("at most {NAME_CHARS_MAX} characters")));
    }
    attributes.str_or_none("description")?;
    for key in ["description", "avatar", "banner", "visible_modules", "hidden_modules"] {
        if let Some(value) = attributes.value().get(key) {
            old.insert(key.to_owned(), value.clone());
        }
    }
    Ok(TeamFields { handle: handle.to_owned(), name: name.to_owned(), attributes: old })
}

async fn create(call: Call) -> Result<Answer> {
    let body = call.json()?;
    let data = Fields::data(&body, &["team"])?;
    let fields = fields(&data.object("attributes")?, Map::new())?;
    let mut members = Vec::new();
    for id in data.related("users")?.unwrap_or_default() {
        members.push(id.parse().map_err(|_not_a_uuid| {
            Error::bad_request(format!("relationships.users: {id:?} is not the id of a user"))
        })?);
    }
    let control = &call.state.control;
    let team = control.create_team(&call.actor(), fields).await?;
    for user in members {
        let member = TeamMember { team: team.id, user, role: None };
        control.put_team_member(&call.actor(), &member).await?;
    }
    Ok(Answer::created(json!({"data": show(&control.team(call.org(), team.id).await?)})))
}

async fn find(call: &Call) -> Result<Team> {
    let id = call.id("team_id", "team")?;
    Ok(call.state.control.team(call.org(), id).await?)
}

async fn get(call: Call) -> Result<Answer> {
    Ok(Answer::ok(json!({"data": show(&find(&call).await?)})))
}

async fn update(call: Call) -> Result<Answer> {
    let body = call.json()?;
    let attributes = Fields::attributes(&body, &["team"])?;
    let team = find(&call).await?;
    let fields = fields(&attributes, team.attributes)?;
    let team = call.state.control.update_team(&call.actor(), team.id, fields).await?;
    Ok(Answer::ok(json!({"data": show(&team)})))
}

async fn delete(call: Call) -> Result<Answer> {
    let id = call.id("team_id", "team")?;
    call.state.control.delete_team(&call.actor(), id).await?;
    Ok(Answer::no_content())
}
