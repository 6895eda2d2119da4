//! Dashboards shared with people who have no account: the settings, and who is invited.
//!
//! A share is known by its token, which names the organisation too, so that a visitor's call finds
//! it (`1f-0123…`: the organisation in hex, 32 random hex digits). An invitation's secret is never
//! stored: it is the server's own signature of the token, the address and the time, see [`secret`].
//! What visitors may read is the matter of [`super::visit`].

use std::collections::{HashMap, HashSet};

use alert::deliver::Letter;
use alert::deliver::letter::escape;
use control::{Control, DocumentId, Permission, Views};
use http::StatusCode;
use model::OrgId;
use serde_json::{Map, Value, json};

use super::{Authors, check};
use crate::State;
use crate::answer::Answer;
use crate::body::Fields;
use crate::call::Call;
use crate::docs::{self, Doc, Kind};
use crate::door::{self, Need};
use crate::error::{Error, Result};
use crate::routes::Routes;
use crate::{page, share, times};

/// People who may be invited to one dashboard.
const INVITED_MAX: usize = 1000;
/// How long an invitation opens its dashboard when the share does not say.
const SESSION_DAYS: i64 = 30;
/// Most of the above that a share may ask for.
const SESSION_DAYS_MAX: i64 = 365;
const INVITATION: &str = "public_dashboard_invitation";
/// The kind of shares among views: each visit counts.
pub(super) const VIEWED: &str = "shared_dashboard";

const CALLED: &str = "Shared dashboard with token";

/// The settings that people decide, with what holds when they are not sent.
fn defaults() -> Value {
    json!({
        "dashboard_id": null,
        "dashboard_type": null,
        "embeddable_domains": [],
        "expiration": null,
        "global_time": {"live_span": "1h"},
        "global_time_selectable_enabled": false,
        "invitees": [],
        "selectable_template_vars": null,
        "session_duration_in_days": null,
        "share_list": [],
        "share_type": "open",
        "status": "active",
        "title": null,
        "viewing_preferences": {"high_density": false, "theme": "system"},
    })
}

pub(super) fn routes(routes: Routes) -> Routes {
    let read = Need::Permission(Permission::DASHBOARDS_READ);
    let share = Need::Permission(Permission::DASHBOARDS_PUBLIC_SHARE);
    let one = "/api/v1/dashboard/public/{token}";
    let invitation = "/api/v1/dashboard/public/{token}/invitation";
    routes
        .post("/api/v1/dashboard/public", share, create)
        .get("/api/procyon/dashboards/{dashboard_id}/shares", read, of_dashboard)
        .get(one, read, get)
        .put(one, share, update)
        .delete(one, share, delete)
        .get(invitation, read, invitations)
        .post(invitation, share, invite)
        .delete(invitation, share, uninvite)
}

fn not_found(token: &str) -> Error {
    Error::not_found(format!("{CALLED} {token} not found"))
}

fn new_token(org: OrgId) -> String {
    let random: [u8; 16] = base::secure_bytes();
    format!("{:x}-{:032x}", org.0, u128::from_be_bytes(random))
}

/// The organisation that a token names; whether it has such a share is not said.
fn org_of(token: &str) -> Option<OrgId> {
    let (org, random) = token.split_once('-')?;
    let plain = random.len() == 32 && random.bytes().all(|b| b.is_ascii_hexdigit());
    plain.then(|| u32::from_str_radix(org, 16).ok().map(OrgId)).flatten()
}

/// Which sites may show a dashboard that is shared with other sites.
#[derive(Clone, Debug)]
pub struct Embeds(Control);

impl Embeds {
    pub fn new(control: Control) -> Self {
        Self(control)
    }

    /// The sites of a share, as a `frame-ancestors` policy takes them; `None` when the token is of no
    /// such share.
    ///
    /// # Errors
    /// Those of the control database.
    pub async fn sites(
        &self,
        token: &str,
    ) -> std::result::Result<Option<Vec<String>>, control::Error> {
        let Some(org) = org_of(token) else { return Ok(None) };
        let found = self.0.find_document(org, Kind::SharedDashboard.name(), token).await?;
        let share = found.filter(|doc| doc.body["share_type"] == "embed");
        Ok(share.map(|doc| sites(&doc.body).map(str::to_owned).collect()))
    }
}

/// Only what may stand in a policy: what is stored may be older than the check.
fn sites(settings: &Value) -> impl Iterator<Item = &str> {
    let listed = settings["embeddable_domains"].as_array().into_iter().flatten();
    listed.filter_map(Value::as_str).filter(|site| is_site(site))
}

/// Whether a text is `example.com`, `*.example.com`, `https://example.com:8443`.
/// Source: the `host-source` of Content Security Policy Level 3, without a path.
fn is_site(text: &str) -> bool {
    let schemes = ["https://", "http://"];
    let rest = schemes.iter().find_map(|scheme| text.strip_prefix(scheme)).unwrap_or(text);
    let (host, port) = rest.split_once(':').unwrap_or((rest, "443"));
    let host = host.strip_prefix("*.").unwrap_or(host);
    let is_label = |label: &str| {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        !label.is_empty() && label.len() < 64 && label.bytes().all(plain)
    };
    host.len() <= 253 && host.split('.').all(is_label) && port.parse::<u16>().is_ok()
}

/// Ids of the dashboards that have a share.
pub(crate) async fn shared(call: &Call) -> Result<HashSet<String>> {
    let shares = docs::list(&call.state, call.org(), Kind::SharedDashboard).await?;
    let id = |doc: &Doc| doc.body["dashboard_id"].as_str().map(str::to_owned);
    Ok(shares.iter().filter_map(id).collect())
}

/// When shares were last opened, by token.
async fn visits(call: &Call) -> Result<HashMap<String, Views>> {
    let views = call.state.control.views(call.org(), VIEWED).await?;
    Ok(views.into_iter().map(|views| (views.id.clone(), views)).collect())
}

/// The share of a token, for a visitor.
pub(super) async fn by_token(state: &State, token: &str) -> Result<Doc> {
    let org = org_of(token).ok_or_else(|| not_found(token))?;
    let found = docs::find(state, org, Kind::SharedDashboard, token).await?;
    found.ok_or_else(|| not_found(token))
}

async fn find(call: &Call) -> Result<Doc> {
    docs::of_path(call, Kind::SharedDashboard, "token", CALLED).await
}

async fn shown(call: &Call, doc: &Doc) -> Result<Answer> {
    let authors = Authors::of(call, [doc]).await?;
    let visits = visits(call).await?;
    Ok(Answer::ok(show(call, doc, &authors, visits.get(&doc.id))))
}

/// For the page: every share of one dashboard, the oldest first.
async fn of_dashboard(call: Call) -> Result<Answer> {
    let dashboard = super::find(&call, call.segment("dashboard_id")).await?;
    let mut found = docs::list(&call.state, call.org(), Kind::SharedDashboard).await?;
    found.retain(|doc| doc.body["dashboard_id"] == dashboard.id.as_str());
    found.sort_by_key(|doc| doc.created_ms);
    let authors = Authors::of(&call, &found).await?;
    let visits = visits(&call).await?;
    let one = |doc: &Doc| {
        let mut shown = show(&call, doc, &authors, visits.get(&doc.id));
        shown["views"] = json!(visits.get(&doc.id).map_or(0, |visits| visits.count));
        shown
    };
    let shares: Vec<Value> = found.iter().map(one).collect();
    Ok(Answer::ok(json!({"shares": shares})))
}

fn show(call: &Call, doc: &Doc, authors: &Authors, visits: Option<&Views>) -> Value {
    let mut shown = Map::new();
    shown.insert("author".to_owned(), authors.creator(doc));
    shown.insert("created".to_owned(), json!(times::iso(doc.created_ms)));
    for (name, default) in defaults().as_object().into_iter().flatten() {
        let value = doc.body.get(name).unwrap_or(default);
        shown.insert(name.clone(), value.clone());
    }
    let last = visits.map(|visits| times::iso(visits.last_ms));
    shown.insert("last_accessed".to_owned(), json!(last));
    shown.insert("token".to_owned(), json!(doc.id));
    let place = if doc.body["share_type"] == "embed" { "embed" } else { "public" };
    let url = format!("{}/{place}/{}", page::base_url(call), doc.id);
    shown.insert("public_url".to_owned(), json!(url));
    Value::Object(shown)
}

/// The settings that result from what is sent, on top of the old ones.
fn settings(call: &Call, sent: &Value, old: &Value) -> Result<Value> {
    let mut settings = old.clone();
    for (name, default) in defaults().as_object().into_iter().flatten() {
        if let Some(value) = sent.get(name) {
            settings[name] = if value.is_null() { default.clone() } else { value.clone() };
        }
    }
    check_settings(call, &settings)?;
    invite_listed(call, &mut settings)?;
    Ok(settings)
}

fn check_settings(call: &Call, settings: &Value) -> Result<()> {
    let fields = Fields::of(settings)?;
    if let Some(expiration) = fields.str_or_none("expiration")? {
        let time = times::parse(expiration, call.now_ms());
        if time.is_none_or(|time| time <= call.now_ms()) {
            return Err(fields.wrong("expiration", "a time to come"));
        }
    }
    let days = fields.int_or_none("session_duration_in_days")?;
    if days.is_some_and(|days| !(1..=SESSION_DAYS_MAX).contains(&days)) {
        return Err(fields.wrong("session_duration_in_days", "between 1 and 365"));
    }
    let wrong_site = fields.strs("embeddable_domains")?.into_iter().find(|site| !is_site(site));
    if let Some(site) = wrong_site {
        let message = format!(
            "embeddable_domains: {site:?} is not a site such as example.com or https://*.example.com"
        );
        return Err(Error::bad_request(message));
    }
    let share_list = fields.strs("share_list")?;
    let invitees = fields.array("invitees")?;
    if share_list.len() > INVITED_MAX || invitees.len() > INVITED_MAX {
        return Err(fields.wrong("share_list", "at most 1000 addresses"));
    }
    let addresses =
        share_list.into_iter().chain(invitees.iter().filter_map(|i| i["email"].as_str()));
    match addresses.into_iter().find(|address| !address.contains('@')) {
        Some(bad) => Err(Error::bad_request(format!("{bad:?} is not an e-mail address"))),
        None => Ok(()),
    }
}

/// Keeps the two forms of the list of invited people, addresses and objects, the same; who shares
/// by invitation is among the invited.
fn invite_listed(call: &Call, settings: &mut Value) -> Result<()> {
    let mut emails: Vec<String> = Vec::new();
    let mut add = |email: &str| {
        if !emails.iter().any(|known| known.eq_ignore_ascii_case(email)) {
            emails.push(email.to_owned());
        }
    };
    if settings["share_type"] == "invite" {
        add(&call.principal().handle);
        let listed = settings["share_list"].as_array().into_iter().flatten();
        listed.filter_map(Value::as_str).for_each(&mut add);
        let invitees = settings["invitees"].as_array().into_iter().flatten();
        invitees.filter_map(|invitee| invitee["email"].as_str()).for_each(&mut add);
    }
    let known = settings["invitees"].as_array().cloned().unwrap_or_default();
    let invitees: Vec<Value> = emails
        .iter()
        .map(|email| {
            let known = known.iter().find(|known| known["email"] == **email).cloned();
            known.unwrap_or_else(|| {
                json!({"email": email, "access_expiration": null,
                    "created_at": times::iso(call.now_ms())})
            })
        })
        .collect();
    settings["share_list"] = json!(emails);
    settings["invitees"] = json!(invitees);
    Ok(())
}

async fn create(call: Call) -> Result<Answer> {
    let body = call.json()?;
    check::check("SharedDashboard", "", &body)?;
    let id = Fields::of(&body)?.str("dashboard_id")?;
    let dashboard = super::find(&call, id).await?;
    let mut settings = settings(&call, &body, &defaults())?;
    if settings["title"].is_null() {
        settings["title"] = json!(dashboard.name);
    }
    let title = settings["title"].as_str().unwrap_or_default().to_owned();
    let token = DocumentId::Given(new_token(call.org()));
    let doc = docs::create(&call, Kind::SharedDashboard, token, &title, settings).await?;
    shown(&call, &doc).await
}

async fn get(call: Call) -> Result<Answer> {
    let doc = find(&call).await?;
    shown(&call, &doc).await
}

async fn update(call: Call) -> Result<Answer> {
    let old = find(&call).await?;
    let body = call.json()?;
    check::check("SharedDashboardUpdateRequest", "", &body)?;
    let mut settings = settings(&call, &body, &old.body)?;
    // Which dashboard is shared stays.
    for name in ["dashboard_id", "dashboard_type", "invitations"] {
        settings[name] = old.body[name].clone();
    }
    let title = settings["title"].as_str().unwrap_or(&old.name).to_owned();
    let doc = docs::replace(&call, &old, &title, settings).await?;
    shown(&call, &doc).await
}

async fn delete(call: Call) -> Result<Answer> {
    let doc = find(&call).await?;
    docs::remove(&call, Kind::SharedDashboard, &doc.id).await?;
    Ok(Answer::ok(json!({"deleted_public_dashboard_token": doc.id})))
}

fn sent_invitations(doc: &Doc) -> &[Value] {
    doc.body["invitations"].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// What opens the dashboard for one invited person: only this server can make it.
fn secret(state: &State, token: &str, invitation: &Value) -> String {
    let (email, created) = (&invitation["email"], &invitation["created_ms"]);
    state.control.csrf_token(&format!("shared dashboard {token} for {email} since {created}"))
}

/// Whether a visitor brings the secret of an invitation that still holds.
pub(super) fn is_invited(state: &State, doc: &Doc, brought: &str) -> bool {
    let now_ms = state.clock.now_ms();
    let listed = doc.body["share_list"].as_array().map(Vec::as_slice).unwrap_or_default();
    sent_invitations(doc).iter().any(|invitation| {
        invitation["expires_ms"].as_i64().is_some_and(|expires| expires > now_ms)
            && listed.contains(&invitation["email"])
            && door::same(secret(state, &doc.id, invitation).as_bytes(), brought.as_bytes())
    })
}

fn show_invitation(doc: &Doc, invitation: &Value, link: Option<String>) -> Value {
    let time = |name: &str| invitation[name].as_i64().map(times::iso);
    let mut attributes = json!({
        "email": invitation["email"],
        "share_token": doc.id,
        "created_at": time("created_ms"),
        "invitation_expiry": time("expires_ms"),
        "session_expiry": null,
        "has_session": false,
    });
    if let Some(link) = link {
        attributes["link"] = json!(link);
    }
    json!({"type": INVITATION, "attributes": attributes})
}

async fn invitations(call: Call) -> Result<Answer> {
    let doc = find(&call).await?;
    let size = call.query.int_in("page_size", 1..=1000, 100)? as usize;
    let number = call.query.int_in("page_number", 0..=i64::from(u32::MAX), 0)? as usize;
    let all = sent_invitations(&doc);
    let page = all.iter().skip(number.saturating_mul(size)).take(size);
    let data: Vec<_> = page.map(|invitation| show_invitation(&doc, invitation, None)).collect();
    Ok(Answer::ok(json!({"data": data, "meta": {"page": {"total_count": all.len()}}})))
}

/// The addresses that a call about invitations names, and whether it came as a list.
fn named(body: &Value) -> Result<(Vec<String>, bool)> {
    let data =
        Fields::of(body)?.get("data").ok_or_else(|| Error::bad_request("data is required"))?;
    let one = std::slice::from_ref(data);
    let items = data.as_array().map_or(one, Vec::as_slice);
    if items.len() > INVITED_MAX {
        return Err(Error::bad_request("data: at most 1000 invitations"));
    }
    let email = |item: &Value| {
        let email = item["attributes"]["email"].as_str().filter(|email| email.contains('@'));
        let message = "data.attributes.email must be an e-mail address";
        email.map(str::to_owned).ok_or_else(|| Error::bad_request(message))
    };
    Ok((items.iter().map(email).collect::<Result<_>>()?, data.is_array()))
}

/// Mails each link to its address, if this server sends mail.
async fn mail(call: &Call, doc: &Doc, links: &[(String, String)]) -> Result<()> {
    let outbox = call.state.outbox.as_ref().filter(|outbox| outbox.from().is_some());
    let Some(outbox) = outbox else { return Ok(()) };
    let (who, title) = (&call.principal().handle, &doc.name);
    let letter = |(to, link): &(String, String)| Letter {
        to: to.clone(),
        subject: format!("{who} shared the dashboard {title}"),
        text: format!("{who} shared the dashboard {title} with you.\n\nOpen it: {link}\n"),
        html: format!(
            "<p>{} shared the dashboard {} with you.</p>\n<p><a href=\"{}\">Open it</a></p>\n",
            escape(who),
            escape(title),
            escape(link)
        ),
        ..Letter::default()
    };
    let letters: Vec<Letter> = links.iter().map(letter).collect();
    outbox.post(&call.actor(), &letters).await.map_err(share::not_sent)
}

/// Makes invitations, and mails them if it can. The answer holds each link, to be passed on.
async fn invite(call: Call) -> Result<Answer> {
    let doc = find(&call).await?;
    let (emails, as_list) = named(&call.json()?)?;
    if doc.body["share_type"] != "invite" {
        return Err(Error::bad_request("this dashboard is not shared by invitation"));
    }
    let listed = doc.body["share_list"].as_array().map(Vec::as_slice).unwrap_or_default();
    if let Some(stranger) = emails.iter().find(|email| !listed.iter().any(|l| *l == **email)) {
        return Err(Error::bad_request(format!("{stranger} is not in the share_list")));
    }
    let now_ms = call.now_ms();
    let days = doc.body["session_duration_in_days"].as_i64().unwrap_or(SESSION_DAYS);
    let mut all = sent_invitations(&doc).to_vec();
    all.retain(|invitation| !emails.iter().any(|email| invitation["email"] == **email));
    let (mut data, mut links) = (Vec::new(), Vec::new());
    for email in &emails {
        let invitation = json!({"email": email, "created_ms": now_ms,
            "expires_ms": now_ms + days * model::DAY_MS});
        let secret = secret(&call.state, &doc.id, &invitation);
        let link = format!("{}/public/{}?invite={secret}", page::base_url(&call), doc.id);
        links.push((email.clone(), link.clone()));
        data.push(show_invitation(&doc, &invitation, Some(link)));
        all.push(invitation);
    }
    let mut body = doc.body.clone();
    body["invitations"] = json!(all);
    docs::replace(&call, &doc, &doc.name, body).await?;
    mail(&call, &doc, &links).await?;
    let data = match as_list {
        true => Value::Array(data),
        false => data.into_iter().next().unwrap_or(Value::Null),
    };
    Ok(Answer::json(StatusCode::CREATED, json!({"data": data})))
}

async fn uninvite(call: Call) -> Result<Answer> {
    let doc = find(&call).await?;
    let (emails, _) = named(&call.json()?)?;
    let mut body = doc.body.clone();
    let mut all = sent_invitations(&doc).to_vec();
    all.retain(|invitation| !emails.iter().any(|email| invitation["email"] == **email));
    body["invitations"] = json!(all);
    docs::replace(&call, &doc, &doc.name, body).await?;
    Ok(Answer::no_content())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sites_of_a_policy() {
        let check = |text: &str, good: bool| assert_eq!(is_site(text), good, "{text:?}");
        for good in ["example.com", "*.example.com", "https://a.example.com:8443", "localhost:3000"]
        {
            check(good, true);
        }
        for bad in
            ["", "*", "a b", "a;b", "'self'", "https://", "https://a/b", "a..b", "a:x", "data:"]
        {
            check(bad, false);
        }
    }

    #[test]
    fn tokens_name_their_organisation() {
        for org in [1, 0xffff_ffff] {
            let token = new_token(OrgId(org));
            assert_eq!(org_of(&token), Some(OrgId(org)), "{token}");
        }
        for bad in ["", "1", "1-", "1-xyz", "-0123456789abcdef0123456789abcdef"] {
            assert_eq!(org_of(bad), None, "{bad}");
        }
    }
}
