//! Invitations of users to join the organisation. One holds for two days; a further one to the same
//! user is a reminder. Those that are over go when the next one is made.
//!
//! Its link, `/join/TOKEN?secret=…`, lets whom it was sent to choose a password. The token names the
//! organisation (`1f-` and the invitation's id); the secret is never stored: it is the server's own
//! signature of the invitation. The link goes by mail, if this server sends mail, and stands in the
//! answer of the call that made it, to be passed on.

use alert::deliver::Letter;
use alert::deliver::letter::escape;
use control::{Actor, DocumentId, Permission, User, UserPatch, UserStatus};
use http::StatusCode;
use model::OrgId;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::answer::Answer;
use crate::body::Fields;
use crate::call::Call;
use crate::docs::{self, Doc, Kind};
use crate::door::Need;
use crate::error::{Error, Result};
use crate::routes::Routes;
use crate::{door, page, procyon, share, times};

const TYPE: &str = "user_invitations";
/// Invitations of one call.
const INVITED_MAX: usize = 1000;
/// Source: `expires_at` and `created_at` of Datadog's answers.
const HOLDS_MS: i64 = 2 * model::DAY_MS;

pub(crate) fn routes(routes: Routes) -> Routes {
    let invite = Need::Permission(Permission::USER_ACCESS_INVITE);
    routes
        .post("/api/v2/user_invitations", invite, create)
        .get("/api/v2/user_invitations/{user_invitation_uuid}", invite, get)
        .get("/api/procyon/invitations/{token}", Need::Nothing, read)
        .post("/api/procyon/invitations/{token}", Need::Nothing, accept)
}

/// What only this server can make of an invitation.
fn secret(call: &Call, doc: &Doc) -> String {
    let (org, id, user) = (doc.org.0, &doc.id, &doc.body["user"]);
    call.state.control.csrf_token(&format!("invitation {id} of {user} to {org}"))
}

fn link(call: &Call, doc: &Doc) -> String {
    let base = page::base_url(call);
    format!("{base}/join/{:x}-{}?secret={}", doc.org.0, doc.id, secret(call, doc))
}

fn expires_ms(doc: &Doc) -> i64 {
    doc.created_ms.saturating_add(HOLDS_MS)
}

fn show(doc: &Doc) -> Value {
    json!({
        "type": TYPE,
        "id": doc.id,
        "attributes": {
            "uuid": doc.id,
            "login_method": null,
            "invite_type": doc.body["invite_type"],
            "created_at": times::iso(doc.created_ms),
            "expires_at": times::iso(expires_ms(doc)),
        },
        "relationships": {"user": {"data": {"type": "users", "id": doc.body["user"]}}},
    })
}

/// The users whom a call names: all of them can be invited.
async fn named(call: &Call) -> Result<Vec<Uuid>> {
    let body = call.json()?;
    let items = Fields::of(&body)?.array("data")?;
    if items.is_empty() || items.len() > INVITED_MAX {
        return Err(Error::bad_request(format!("data must name 1 to {INVITED_MAX} users")));
    }
    let mut users = Vec::with_capacity(items.len());
    for (at, item) in items.iter().enumerate() {
        let wrong = |what: &str| Error::bad_request(format!("data[{at}]{what}"));
        if item["type"] != TYPE {
            return Err(wrong(&format!(".type must be {TYPE}")));
        }
        let user = &item["relationships"]["user"]["data"];
        let id = user["id"].as_str().and_then(|id| id.parse::<Uuid>().ok());
        let id = id.filter(|_| user["type"] == "users");
        let id = id.ok_or_else(|| wrong(".relationships.user.data must name a user by its id"))?;
        let user = call.state.control.user(call.org(), id).await?;
        if user.status == UserStatus::Disabled {
            return Err(wrong(&format!(": {} is disabled", user.handle)));
        }
        users.push(id);
    }
    Ok(users)
}

/// Mails each link to its user, if this server sends mail.
async fn mail(call: &Call, made: &[Doc]) -> Result<()> {
    let outbox = call.state.outbox.as_ref().filter(|outbox| outbox.from().is_some());
    let Some(outbox) = outbox else { return Ok(()) };
    let (org, who) = (call.state.control.org(call.org()).await?.name, &call.principal().handle);
    let mut letters = Vec::with_capacity(made.len());
    for doc in made {
        let user = user_of(call, doc).await?;
        let link = link(call, doc);
        letters.push(Letter {
            to: user.email,
            subject: format!("{who} invited you to {org}"),
            text: format!("{who} invited you to {org} on Procyon.\n\nJoin: {link}\n"),
            html: format!(
                "<p>{} invited you to {} on Procyon.</p>\n<p><a href=\"{}\">Join</a></p>\n",
                escape(who),
                escape(&org),
                escape(&link)
            ),
            ..Letter::default()
        });
    }
    outbox.post(&call.actor(), &letters).await.map_err(share::not_sent)
}

async fn user_of(call: &Call, doc: &Doc) -> Result<User> {
    let id = doc.body["user"].as_str().and_then(|id| id.parse().ok()).unwrap_or_default();
    Ok(call.state.control.user(doc.org, id).await?)
}

async fn create(call: Call) -> Result<Answer> {
    let users = named(&call).await?;
    let mut known = docs::list(&call.state, call.org(), Kind::UserInvitation).await?;
    let now_ms = call.now_ms();
    for over in known.extract_if(.., |doc| expires_ms(doc) <= now_ms) {
        docs::remove(&call, Kind::UserInvitation, &over.id).await?;
    }
    let mut made: Vec<Doc> = Vec::with_capacity(users.len());
    for user in users {
        let user = user.to_string();
        let is_known = known.iter().chain(&made).any(|doc| doc.body["user"] == user.as_str());
        let invite_type = if is_known { "basic_reminder" } else { "basic_invite" };
        let body = json!({"user": user, "invite_type": invite_type});
        let name = format!("invitation of {user}");
        let kind = Kind::UserInvitation;
        made.push(docs::create(&call, kind, DocumentId::Uuid, &name, body).await?);
    }
    mail(&call, &made).await?;
    let shown = made.iter().map(|doc| {
        let mut shown = show(doc);
        shown["attributes"]["link"] = json!(link(&call, doc));
        shown
    });
    Ok(Answer::created(json!({"data": shown.collect::<Vec<_>>()})))
}

async fn get(call: Call) -> Result<Answer> {
    let kind = Kind::UserInvitation;
    let doc = docs::of_path(&call, kind, "user_invitation_uuid", "user invitation").await?;
    Ok(Answer::ok(json!({"data": show(&doc)})))
}

/// The invitation of the path, when the secret proves that its link was followed, and its user.
async fn enter(call: &Call) -> Result<(Doc, User)> {
    let gone = || Error::new(StatusCode::GONE, "this invitation is over: ask for another one");
    let (org, id) = call.segment("token").split_once('-').ok_or_else(gone)?;
    let org = u32::from_str_radix(org, 16).map(OrgId).map_err(|_no_number| gone())?;
    let now_secs = call.state.clock.now_secs();
    if call.state.limit.take(org, "/api/procyon/invitations", now_secs).exceeded {
        return Err(Error::new(StatusCode::TOO_MANY_REQUESTS, "Too many requests"));
    }
    let found = docs::find(&call.state, org, Kind::UserInvitation, id).await?;
    let brought = call.query.get("secret").unwrap_or_default();
    let is_good = |doc: &Doc| {
        expires_ms(doc) > call.now_ms()
            && door::same(secret(call, doc).as_bytes(), brought.as_bytes())
    };
    let doc = found.filter(is_good).ok_or_else(gone)?;
    let user = user_of(call, &doc).await?;
    match user.status {
        UserStatus::Pending => Ok((doc, user)),
        UserStatus::Active => {
            Err(Error::new(StatusCode::CONFLICT, "you have joined already: sign in"))
        }
        UserStatus::Disabled => Err(gone()),
    }
}

/// What the page says before a password is chosen.
async fn read(call: Call) -> Result<Answer> {
    let (doc, user) = enter(&call).await?;
    let org = call.state.control.org(doc.org).await?;
    Ok(Answer::ok(json!({
        "email": user.email, "name": user.name, "org": org.name,
        "expires_at": times::iso_z(expires_ms(&doc)),
    })))
}

/// Sets the password, and the name if one is given; the link has done its work then.
async fn accept(call: Call) -> Result<Answer> {
    procyon::check_origin(&call)?;
    let (doc, user) = enter(&call).await?;
    let body = call.json()?;
    let fields = Fields::of(&body)?;
    let (password, name) = (fields.str("password")?, fields.str_or_none("name")?);
    let actor = Actor { user: Some(user.id), name: user.handle, ..Actor::system(doc.org) };
    let control = &call.state.control;
    control.set_password(&actor, user.id, password).await?;
    if let Some(name) = name.map(str::trim).filter(|name| !name.is_empty()) {
        let patch = UserPatch { name: Some(name.to_owned()), ..UserPatch::default() };
        control.update_user(&actor, user.id, patch).await?;
    }
    control.delete_document(&actor, Kind::UserInvitation.name(), &doc.id).await?;
    Ok(Answer::no_content())
}
