//! Is this key good? `GET|POST /api/v1/validate`, `GET /api/v2/validate`.

use axum::response::Response;
use http::StatusCode;
use serde_json::json;

use crate::answer::{Result, with_json};
use crate::call::Call;

pub(crate) async fn v1(call: Call) -> Result<Response> {
    call.authenticate().await?;
    Ok(with_json(StatusCode::OK, &json!({"valid": true})))
}

/// The trace-agent makes a marker out of `data.id`, the organisation's UUID; API clients read the
/// attributes (openapi core-v2 `ValidateV2Response`).
pub(crate) async fn v2(call: Call) -> Result<Response> {
    let sender = call.authenticate().await?;
    let body = json!({"data": {
        "id": sender.key.org_uuid,
        "type": "validate_v2",
        "attributes": {"valid": true, "api_key_id": sender.key.id, "api_key_scopes": []},
    }});
    Ok(with_json(StatusCode::OK, &body))
}
