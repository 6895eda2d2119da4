//! What the web page needs to know before it can show anything: who is signed in, to which server.

use http::header;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::call::Call;
use crate::door::{self, Need};
use crate::error::Result;
use crate::routes::Routes;

pub(crate) fn routes(routes: Routes) -> Routes {
    routes.get("/api/procyon/page", Need::Caller, page)
}

/// The person, their organisation, the address under which they reached the server, and the token
/// that changes need: the page asks for it again whenever it is loaded.
async fn page(call: Call) -> Result<Answer> {
    let control = &call.state.control;
    let user = control.user(call.org(), call.principal().user).await?;
    let org = control.org(call.org()).await?;
    let csrf = door::session_cookie(&call.headers).map(|session| control.csrf_token(session));
    let permissions: Vec<Value> =
        call.principal().permissions.permissions().map(|info| json!(info.name)).collect();
    Ok(Answer::ok(json!({
        "user": {
            "id": user.id, "email": user.email, "handle": user.handle, "name": user.name,
            "title": user.title, "permissions": permissions,
        },
        "org": {"name": org.name, "public_id": org.public_id},
        "csrf_token": csrf,
        "version": call.state.version,
        "url": base_url(&call),
        "time": call.now_ms(),
    })))
}

/// The address of the server as its callers see it, without a slash at the end.
pub(crate) fn base_url(call: &Call) -> String {
    if let Some(url) = &call.state.public_url {
        return url.clone();
    }
    let host = door::text(&call.headers, header::HOST.as_str()).unwrap_or("localhost:8127");
    let scheme = door::text(&call.headers, "x-forwarded-proto").unwrap_or("http");
    format!("{scheme}://{host}")
}
