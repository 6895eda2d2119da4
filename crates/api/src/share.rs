//! Sharing a graph: `POST /api/procyon/share` keeps its picture, puts an event with note and picture
//! into the stream, and mails both to whom it names.
//!
//! The body: `definition` (a widget's) or `graph` (the older form), `from` and `to` in unix
//! milliseconds, and, all optional, `recipients`, `note`, `title`, `url` (where the graph lives, a path
//! of this server), `variables` (what stands for `$name` in the queries) and `theme`.
//!
//! People are named as `@handle`, teams as `@team-handle`, others by their address; what the note
//! mentions counts as well, if it names somebody. All of it is checked before anything is written.

use std::collections::BTreeSet;

use alert::deliver::outbox::PostError;
use alert::deliver::{Outbox, SharedGraph, email};
use alert::stream;
use control::{Permission, Team, User};
use http::StatusCode;
use model::{AlertType, Event, TagSet, TimeRange};
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::body::Fields;
use crate::call::Call;
use crate::door::Need;
use crate::error::{Error, Result};
use crate::graphs::{self, Definition, Look, Variables};
use crate::routes::Routes;
use crate::{allowlists, page, snapshots};

/// Recipients of one mail.
const RECIPIENTS_MAX: usize = 50;
const NOTE_CHARS_MAX: usize = 4000;
const TITLE_CHARS_MAX: usize = 200;
/// The picture as the mail shows it; its file has twice as many pixels, for fine screens.
const SIZE: (u32, u32) = (720, 360);
/// Unix milliseconds below this were meant as seconds: it is 1973.
const MILLISECONDS_FROM: i64 = 100_000_000_000;

pub(crate) fn routes(routes: Routes) -> Routes {
    routes.post("/api/procyon/share", Need::Permission(Permission::TIMESERIES_QUERY), share).get(
        "/api/procyon/delivery",
        Need::Caller,
        delivery,
    )
}

/// What can be delivered, so that the page offers nothing else, and what keeps letters waiting.
async fn delivery(call: Call) -> Result<Answer> {
    let outbox = call.state.outbox.as_ref();
    let from = outbox.and_then(Outbox::from);
    let waiting = outbox.map_or(0, |outbox| outbox.stats().waiting);
    let problem = outbox.and_then(Outbox::problem);
    Ok(Answer::ok(json!({"email": {
        "is_set": from.is_some(), "from": from, "waiting": waiting, "problem": problem,
    }})))
}

/// A call to share, read and checked.
struct Ask {
    definition: Definition,
    window: TimeRange,
    title: String,
    note: String,
    url: String,
    /// Addresses, without repeats.
    to: Vec<String>,
    look: Look,
}

async fn share(call: Call) -> Result<Answer> {
    let name = snapshots::name();
    let body = call.json()?;
    let ask = read(&call, &Fields::of(&body)?, &name).await?;
    if !ask.to.is_empty() && from(&call).is_none() {
        return Err(not_sent(PostError::NotSet));
    }
    let png = graphs::draw(&call, &ask.definition, ask.window, ask.look.clone()).await?;
    let blob = snapshots::keep(&call, &name, &ask.title, png).await?;
    let user = call.state.control.user(call.org(), call.principal().user).await?;
    let who = user.name.clone().unwrap_or_else(|| user.handle.clone());
    let snapshot_url = snapshots::url(&call, &name);
    let shared = SharedGraph {
        who: &who,
        title: &ask.title,
        span: &graphs::span_text(ask.window),
        note: &ask.note,
        url: &ask.url,
        snapshot_url: &snapshot_url,
        size: SIZE,
    };
    let event_id = tell(&call, &shared, &ask.to).await?;
    if let Some(outbox) = call.state.outbox.as_ref().filter(|_| !ask.to.is_empty()) {
        let mut letter = shared.letter();
        letter.picture = Some(blob.to_string());
        letter.reply_to = Some(user.email.clone()).filter(|email| email::is_address(email));
        let letters: Vec<_> = ask
            .to
            .iter()
            .map(|to| alert::deliver::Letter { to: to.clone(), ..letter.clone() })
            .collect();
        outbox.post(&call.actor(), &letters).await.map_err(not_sent)?;
    }
    Ok(Answer::created(json!({
        "snapshot_url": snapshot_url,
        "event_id": event_id,
        "event_id_str": event_id.to_string(),
        "sent_to": ask.to,
    })))
}

fn from(call: &Call) -> Option<String> {
    call.state.outbox.as_ref().and_then(Outbox::from)
}

pub(crate) fn not_sent(error: PostError) -> Error {
    match error {
        PostError::NotSet => Error::bad_request(error.to_string()),
        PostError::Full => {
            Error::new(StatusCode::SERVICE_UNAVAILABLE, error.to_string()).retry_after(600)
        }
        PostError::Control(error) => error.into(),
    }
}

/// Puts what was shared into the stream of events.
async fn tell(call: &Call, shared: &SharedGraph<'_>, to: &[String]) -> Result<i64> {
    let SharedGraph { who, title, note, url, snapshot_url, .. } = shared;
    let mentions: Vec<String> = to.iter().map(|to| format!("@{to}")).collect();
    let mut parts = vec![format!("![{title}]({snapshot_url})"), format!("[Open the graph]({url})")];
    parts.insert(0, (*note).to_owned());
    parts.push(mentions.join(" "));
    parts.retain(|part| !part.is_empty());
    let title = if title.is_empty() { "a graph" } else { title };
    let event = Event {
        title: format!("{who} shared {title}"),
        text: parts.join("\n\n"),
        tags: TagSet::new(["source:procyon"]),
        alert_type: AlertType::Snapshot,
        source: "procyon".to_owned(),
        ..Event::default()
    };
    Ok(stream::post(&call.state.storage, &call.state.clock, call.org(), event).await?)
}

async fn read(call: &Call, fields: &Fields<'_>, name: &str) -> Result<Ask> {
    let (key, given) = match (fields.get("definition"), fields.get("graph")) {
        (Some(given), None) => ("definition", given),
        (None, Some(given)) => ("graph", given),
        _ => return Err(Error::bad_request("one of definition and graph is required")),
    };
    let variables = Variables::read(fields.get("variables"))?;
    let mut definition = Definition::read(given, key, &variables)?;
    // `to` is the end of the time; where a caller has its recipients there, the end is `until`.
    let has_names = fields.get("to").is_some_and(Value::is_array);
    let (end, names) = if has_names { ("until", "to") } else { ("to", "recipients") };
    let window = TimeRange::new(time(fields, "from")?, time(fields, end)?);
    if window.from >= window.to {
        let message = format!("from ({}) must be before {end} ({})", window.from, window.to);
        return Err(Error::bad_request(message));
    }
    let short = |name: &str, chars_max: usize| -> Result<String> {
        let text = fields.str_or_none(name)?.unwrap_or_default().trim();
        match text.chars().count() > chars_max {
            true => Err(fields.wrong(name, &format!("at most {chars_max} characters"))),
            false => Ok(text.to_owned()),
        }
    };
    let (title, note) = (short("title", TITLE_CHARS_MAX)?, short("note", NOTE_CHARS_MAX)?);
    let title = if title.is_empty() { definition.title.clone() } else { title };
    definition.title.clear();
    Ok(Ask {
        definition,
        window,
        url: url(call, fields.str_or_none("url")?.unwrap_or("/"))?,
        to: recipients(call, fields, names, &note).await?,
        look: Look {
            title: Some(title.clone()),
            width: SIZE.0,
            height: SIZE.1,
            scale: 2.0,
            theme: snapshots::theme(fields.str_or_none("theme")?)?,
            comment: name.to_owned(),
        },
        title,
        note,
    })
}

fn time(fields: &Fields<'_>, name: &str) -> Result<i64> {
    let time = fields.int(name)?;
    match time >= MILLISECONDS_FROM {
        true => Ok(time),
        false => Err(fields.wrong(name, "a time in unix milliseconds")),
    }
}

/// A place of this server: mails of ours shall not lead elsewhere.
fn url(call: &Call, given: &str) -> Result<String> {
    let base = page::base_url(call);
    let path = given.strip_prefix(&base).unwrap_or(given);
    let is_path = path.starts_with('/') && !path.starts_with("//") && !path.starts_with("/\\");
    match is_path && !path.chars().any(|c| c.is_control() || c.is_whitespace()) {
        true => Ok(format!("{base}{path}")),
        false => Err(Error::bad_request(format!("url must be a path of {base}, not {given:?}"))),
    }
}

/// The addresses of those who are named, and of those whom the note mentions.
async fn recipients(
    call: &Call,
    fields: &Fields<'_>,
    key: &str,
    note: &str,
) -> Result<Vec<String>> {
    let to = fields.strs_or_none(key)?.unwrap_or_default();
    if to.len() > RECIPIENTS_MAX {
        return Err(Error::bad_request(format!("{key} may name at most {RECIPIENTS_MAX}")));
    }
    let people = People::of(call).await?;
    let mut addresses = BTreeSet::new();
    for (at, named) in to.iter().enumerate() {
        let wrong = |what: String| Error::bad_request(format!("{key}[{at}]: {what}"));
        addresses.extend(people.find(call, named).await?.map_err(wrong)?);
    }
    for named in mentions(note) {
        if let Ok(found) = people.find(call, named).await? {
            addresses.extend(found);
        }
    }
    if addresses.len() > RECIPIENTS_MAX {
        let message = format!("{} people are named, {RECIPIENTS_MAX} at most", addresses.len());
        return Err(Error::bad_request(message));
    }
    for address in &addresses {
        if !allowlists::may_mail(call, address).await? {
            let message =
                format!("{address}: the organisation's domain allowlist lacks its domain");
            return Err(Error::bad_request(message));
        }
    }
    Ok(addresses.into_iter().collect())
}

/// `@name` words of a text, without what ends a sentence.
fn mentions(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || "(),;".contains(c))
        .filter(|word| word.len() > 1 && word.starts_with('@'))
        .map(|word| word.trim_end_matches(['.', ':', '!', '?']))
        .take(RECIPIENTS_MAX)
}

/// Whom a mention can mean.
struct People {
    users: Vec<User>,
    teams: Vec<Team>,
}

impl People {
    async fn of(call: &Call) -> Result<Self> {
        let control = &call.state.control;
        let users = control.users(call.org()).await?;
        Ok(Self { users, teams: control.teams(call.org()).await? })
    }

    /// The addresses that a mention stands for, or why it stands for none.
    async fn find(
        &self,
        call: &Call,
        named: &str,
    ) -> Result<std::result::Result<Vec<String>, String>> {
        let name = named.trim().trim_start_matches('@').to_lowercase();
        if let Some(handle) = name.strip_prefix("team-") {
            let Some(team) = self.teams.iter().find(|team| team.handle.to_lowercase() == handle)
            else {
                return Ok(Err(format!("there is no team {handle:?}")));
            };
            let members = call.state.control.team_members(call.org(), team.id).await?;
            let is_member = |user: &&User| members.iter().any(|member| member.user == user.id);
            let users = self.users.iter().filter(is_member).filter(|user| !user.disabled());
            return Ok(Ok(users.map(|user| user.email.clone()).collect()));
        }
        Ok(self.person(&name).map(|address| vec![address]))
    }

    fn person(&self, name: &str) -> std::result::Result<String, String> {
        let is_named =
            |user: &&User| user.handle.to_lowercase() == name || user.email.to_lowercase() == name;
        let begins = |user: &&User| {
            user.email.split_once('@').is_some_and(|(local, _)| local.to_lowercase() == name)
        };
        let known: Vec<&User> = match self.users.iter().filter(is_named).collect::<Vec<_>>() {
            none if none.is_empty() => self.users.iter().filter(begins).collect(),
            some => some,
        };
        match known[..] {
            [user] if user.disabled() => Err(format!("{name} is disabled")),
            [user] if email::is_address(&user.email) => Ok(user.email.clone()),
            [_] => Err(format!("{name} has no e-mail address")),
            [] if name.contains('@') && email::is_address(name) => Ok(name.to_owned()),
            [] => Err(format!("{name:?} is neither a user nor an e-mail address")),
            _ => Err(format!("{name:?} may mean several people, name the whole address")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mentions_in_a_note() {
        let check = |text: &str, expect: &[&str]| {
            assert_eq!(mentions(text).collect::<Vec<_>>(), expect, "{text}");
        };
        check(
            "see @ada, (@bob@example.com) and @team-db!",
            &["@ada", "@bob@example.com", "@team-db"],
        );
        check("mail me at x@example.com @ 5", &[]);
        check("", &[]);
    }
}
