//! The organisation: what it is called, its settings, its configuration values.

use control::{Org, OrgPatch, Permission};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::answer::Answer;
use crate::body::Fields;
use crate::call::Call;
use crate::docs::{self, Doc, Kind};
use crate::door::Need;
use crate::error::{Error, Result};
use crate::routes::Routes;
use crate::times;

/// Source: openapi core-v1 `Organization.name`.
const NAME_CHARS_MAX: usize = 32;

pub(crate) fn routes(routes: Routes) -> Routes {
    let manage = Need::Permission(Permission::ORG_MANAGEMENT);
    let config = "/api/v2/org_configs/{org_config_name}";
    routes
        .get("/api/v1/org", Need::Caller, v1_list)
        .get("/api/v1/org/{public_id}", Need::Caller, v1_get)
        .put("/api/v1/org/{public_id}", manage, v1_update)
        .get("/api/v2/org", Need::Caller, v2_list)
        .get("/api/v2/org_configs", Need::Caller, config_list)
        .get(config, Need::Caller, config_get)
        .patch(config, manage, config_update)
        .put("/api/v2/login/org_configs/max_session_duration", manage, max_session_duration)
        .get("/api/v2/saml_configurations", manage, saml_list)
}

/// The settings that the API shows, with what they are until someone sets them.
fn default_settings() -> Value {
    json!({
        "default_landing_page": null,
        "custom_landing_page": null,
        "private_widget_share": false,
        "manage_reports": null,
        "saml": {"enabled": false},
        "saml_can_be_enabled": false,
        "saml_login_url": null,
        "saml_idp_endpoint": null,
        "saml_idp_metadata_uploaded": false,
        "saml_idp_metadata_valid_until": null,
        "saml_idp_initiated_login": {"enabled": false},
        "saml_strict_mode": {"enabled": false},
        "saml_autocreate_access_role": "st",
        "saml_autocreate_users_domains": {"enabled": false, "domains": []},
    })
}

fn v1_show(org: &Org) -> Value {
    let mut settings = default_settings();
    for (name, value) in &org.settings {
        if name != "description" {
            settings[name.as_str()] = value.clone();
        }
    }
    json!({
        "public_id": org.public_id,
        "name": org.name,
        "description": org.settings.get("description"),
        "created": times::plain(org.created_ms),
        "subscription": {
            "id": null,
            "type": "self_hosted",
            "billing_plan_id": null,
            "started": org.created_ms.div_euclid(1000),
            "expires": null,
            "finished": null,
            "is_custom": false,
            "is_trial": false,
            "is_expired": false,
        },
        "billing": {"type": "parent_billing"},
        "trial": false,
        "settings": settings,
    })
}

async fn v1_list(call: Call) -> Result<Answer> {
    let org = call.state.control.org(call.org()).await?;
    Ok(Answer::ok(json!({"orgs": [v1_show(&org)]})))
}

/// The caller's own organisation, when the path names it. Others do not exist for the caller.
async fn own(call: &Call) -> Result<Org> {
    let org = call.state.control.org(call.org()).await?;
    let name = call.segment("public_id");
    match name == org.public_id || name == org.uuid.to_string() {
        true => Ok(org),
        false => Err(Error::not_found(format!("organization {name} not found"))),
    }
}

async fn v1_get(call: Call) -> Result<Answer> {
    Ok(Answer::ok(json!({"org": v1_show(&own(&call).await?)})))
}

async fn v1_update(call: Call) -> Result<Answer> {
    let org = own(&call).await?;
    let body = call.json()?;
    let fields = Fields::of(&body)?;
    let name = match fields.has("name") {
        true => Some(fields.text("name")?.to_owned()),
        false => None,
    };
    if name.as_ref().is_some_and(|name| name.chars().count() > NAME_CHARS_MAX) {
        return Err(fields.wrong("name", &format!("at most {NAME_CHARS_MAX} characters")));
    }
    let mut settings = match fields.object_or_none("settings")? {
        Some(given) => checked_settings(&given)?,
        None => Map::new(),
    };
    if let Some(description) = fields.str_or_none("description")? {
        settings.insert("description".into(), json!(description));
    }
    let settings = (!settings.is_empty()).then_some(settings);
    if name.is_none() && settings.is_none() {
        return Ok(Answer::ok(json!({"org": v1_show(&org)})));
    }
    let org = call.state.control.update_org(&call.actor(), OrgPatch { name, settings }).await?;
    Ok(Answer::ok(json!({"org": v1_show(&org)})))
}

/// The settings that may be set by this route, of the types that the specification gives them.
fn checked_settings(given: &Fields<'_>) -> Result<Map<String, Value>> {
    let mut settings = given.value().as_object().cloned().unwrap_or_default();
    given.bool_or_none("private_widget_share")?;
    for name in ["saml", "saml_idp_initiated_login", "saml_strict_mode"] {
        if let Some(switch) = given.object_or_none(name)? {
            switch.bool_or_none("enabled")?;
        }
    }
    if let Some(domains) = given.object_or_none("saml_autocreate_users_domains")? {
        domains.bool_or_none("enabled")?;
        domains.strs_or_none("domains")?;
    }
    if let Some(role) = given.str_or_none("saml_autocreate_access_role")?
        && !["st", "adm", "ro", "ERROR"].contains(&role)
    {
        return Err(given.wrong("saml_autocreate_access_role", "st, adm, ro or ERROR"));
    }
    // What the server finds out for itself is not set from outside.
    for name in [
        "saml_can_be_enabled",
        "saml_login_url",
        "saml_idp_endpoint",
        "saml_idp_metadata_uploaded",
        "description",
    ] {
        settings.remove(name);
    }
    Ok(settings)
}

async fn v2_list(call: Call) -> Result<Answer> {
    let org = call.state.control.org(call.org()).await?;
    let part = call.query.get("filter[name]").unwrap_or_default().to_lowercase();
    let this = json!({"type": "orgs", "id": org.uuid});
    let shown = org.name.to_lowercase().contains(&part);
    let managed = if shown { vec![this.clone()] } else { Vec::new() };
    Ok(Answer::ok(json!({
        "data": {"type": "managed_orgs", "id": org.uuid, "relationships": {
            "current_org": {"data": this},
            "managed_orgs": {"data": managed},
        }},
        "included": [{"type": "orgs", "id": org.uuid, "attributes": {
            "name": org.name,
            "public_id": org.public_id,
            "description": org.settings.get("description").and_then(Value::as_str).unwrap_or(""),
            "disabled": false,
            "sharing": "none",
            "url": "",
            "created_at": times::iso(org.created_ms),
            "modified_at": times::iso(org.modified_ms),
        }}],
    })))
}

/// A configuration value of the organisation.
struct Config {
    name: &'static str,
    description: &'static str,
    /// `bool`, `string`, `security_contacts_list`, `seconds`.
    value_type: &'static str,
}

const CONFIGS: [Config; 5] = [
    Config {
        name: "custom_roles",
        description: "Whether roles other than the three managed ones may be made and changed.",
        value_type: "bool",
    },
    Config {
        name: "monitor_timezone",
        description: "The time zone of monitors that name none.",
        value_type: "timezone",
    },
    Config {
        name: "security_contacts",
        description: "List of emails for security event notifications of an organization",
        value_type: "security_contacts_list",
    },
    Config {
        name: "default_dashboard_timezone",
        description: "The time zone of dashboards that name none.",
        value_type: "timezone",
    },
    Config {
        name: "max_session_duration",
        description: "Seconds after which people have to sign in again.",
        value_type: "seconds",
    },
];

impl Config {
    fn default(&self) -> Value {
        match self.value_type {
            "bool" => json!(true),
            "timezone" => json!("UTC"),
            "seconds" => json!(1_209_600),
            _ => json!([]),
        }
    }

    fn check(&self, value: &Value) -> Result<()> {
        let (fits, expected) = match self.value_type {
            "bool" => (value.is_boolean(), "true or false"),
            "timezone" => (value.as_str().is_some_and(is_timezone), "the name of a time zone"),
            "seconds" => (
                value.as_i64().is_some_and(|secs| (3600..=31_536_000).contains(&secs)),
                "a number of seconds from an hour to a year",
            ),
            _ => {
                let contact = |v: &Value| v.as_str().is_some_and(|text| text.contains('@'));
                let fits = value.as_array().is_some_and(|list| list.iter().all(contact));
                (fits, "a list of e-mail addresses")
            }
        };
        match fits {
            true => Ok(()),
            false => {
                Err(Error::bad_request(format!("{}: the value must be {expected}", self.name)))
            }
        }
    }

    fn show(&self, doc: Option<&Doc>) -> Value {
        let value = doc.map_or_else(|| self.default(), |doc| doc.body["value"].clone());
        // The same for every organisation, as Datadog's are.
        let id = Uuid::new_v5(&Uuid::NAMESPACE_OID, self.name.as_bytes());
        json!({"type": "org_configs", "id": id, "attributes": {
            "name": self.name,
            "description": self.description,
            "value_type": self.value_type,
            "value": value,
            "modified_at": doc.map(|doc| times::iso(doc.modified_ms)),
        }})
    }
}

/// Whether a text has the form of an IANA time zone's name.
fn is_timezone(text: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "_+-".contains(c))
    };
    text.len() <= 64
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.split('/').all(part)
}

fn config(name: &str) -> Result<&'static Config> {
    let found = CONFIGS.iter().find(|config| config.name == name);
    found.ok_or_else(|| Error::not_found(format!("org config {name} not found")))
}

async fn config_list(call: Call) -> Result<Answer> {
    let docs = docs::list(&call.state, call.org(), Kind::OrgConfig).await?;
    let doc = |config: &Config| docs.iter().find(|doc| doc.id == config.name);
    let data: Vec<_> = CONFIGS.iter().map(|config| config.show(doc(config))).collect();
    Ok(Answer::ok(json!({"data": data})))
}

async fn config_get(call: Call) -> Result<Answer> {
    let config = config(call.segment("org_config_name"))?;
    let doc = docs::find(&call.state, call.org(), Kind::OrgConfig, config.name).await?;
    Ok(Answer::ok(json!({"data": config.show(doc.as_ref())})))
}

async fn config_update(call: Call) -> Result<Answer> {
    let config = config(call.segment("org_config_name"))?;
    let body = call.json()?;
    let attributes = Fields::attributes(&body, &["org_configs"])?;
    let value = attributes.get("value");
    let value = value.ok_or_else(|| Error::bad_request("data.attributes.value is required"))?;
    config.check(value)?;
    let body = json!({"value": value});
    let doc = docs::put(&call, Kind::OrgConfig, config.name, config.name, body).await?;
    Ok(Answer::ok(json!({"data": config.show(Some(&doc))})))
}

async fn max_session_duration(call: Call) -> Result<Answer> {
    let body = call.json()?;
    let attributes = Fields::attributes(&body, &["max_session_duration"])?;
    let value = json!(attributes.int("max_session_duration")?);
    let config = config("max_session_duration")?;
    config.check(&value)?;
    let body = json!({"value": value});
    docs::put(&call, Kind::OrgConfig, config.name, config.name, body).await?;
    Ok(Answer::no_content())
}

/// No identity provider can be connected yet, so there is none to list.
async fn saml_list(_call: Call) -> Result<Answer> {
    Ok(Answer::ok(json!({"data": []})))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn configuration_values_have_types() {
        let check = |name: &str, value: Value, fits: bool| {
            assert_eq!(config(name).unwrap().check(&value).is_ok(), fits, "{name} {value}");
        };
        check("custom_roles", json!(false), true);
        check("custom_roles", json!("not-a-boolean"), false);
        check("monitor_timezone", json!("UTC"), true);
        check("monitor_timezone", json!("America/New_York"), true);
        check("monitor_timezone", json!("../etc"), false);
        check("security_contacts", json!(["a@example.com"]), true);
        check("security_contacts", json!(["a"]), false);
        check("max_session_duration", json!(604_800), true);
        check("max_session_duration", json!(1), false);
        assert!(config("no_such").is_err());
        for config in &CONFIGS {
            config.check(&config.default()).unwrap();
        }
    }
}
