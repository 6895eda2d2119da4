//! Which addresses may use the API, and to which mail domains we may write.
//!
//! The IP allowlist guards the API and the page, never the intake: a wrong entry must not cost
//! telemetry. It is consulted on every call, so the parsed list is cached for some seconds; a change
//! made here takes effect here at once, on other nodes after that time.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;

use model::OrgId;
use parking_lot::Mutex;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::State;
use crate::answer::Answer;
use crate::body::Fields;
use crate::call::Call;
use crate::docs::{self, Kind};
use crate::door::Need;
use crate::error::{Error, Result};
use crate::routes::Routes;
use crate::times;

/// The one document of each kind.
const ONLY: &str = "1";

/// How long another node's change may take to be seen.
const CACHE: Duration = Duration::from_secs(5);

/// Entries of a list, Datadog's bound.
const ENTRIES_MAX: usize = 1000;

pub(crate) fn routes(routes: Routes) -> Routes {
    let manage = Need::Permission(control::Permission::ORG_MANAGEMENT);
    routes
        .get("/api/v2/ip_allowlist", manage, ip_get)
        .patch("/api/v2/ip_allowlist", manage, ip_update)
        .get("/api/v2/domain_allowlist", manage, domain_get)
        .patch("/api/v2/domain_allowlist", manage, domain_update)
}

/// Parsed lists by organisation, and until when (on the monotonic clock) each is good.
#[derive(Debug, Default)]
pub(crate) struct Cache(Mutex<HashMap<OrgId, (Duration, Arc<Blocks>)>>);

/// `None`: the list is not enabled.
type Blocks = Option<Vec<Block>>;

/// Refuses an address that is not on the organisation's enabled list.
pub(crate) async fn check_address(
    state: &State,
    org: OrgId,
    address: Option<IpAddr>,
) -> Result<()> {
    let now = state.clock.monotonic();
    let cached = {
        let cache = state.allowlists.0.lock();
        cache.get(&org).filter(|(until, _)| now < *until).map(|(_, list)| Arc::clone(list))
    };
    let list = match cached {
        Some(list) => list,
        None => {
            let doc = docs::find(state, org, Kind::IpAllowlist, ONLY).await?;
            let list = Arc::new(blocks(doc.map(|doc| doc.body).unwrap_or_default()));
            state.allowlists.0.lock().insert(org, (now + CACHE, Arc::clone(&list)));
            list
        }
    };
    match &*list {
        Some(blocks) if !allows(blocks, address) => {
            Err(Error::denied("this address is not on the organisation's IP allowlist"))
        }
        _ => Ok(()),
    }
}

/// An enabled list lets in nobody whose address is unknown.
fn allows(blocks: &[Block], address: Option<IpAddr>) -> bool {
    address.is_some_and(|address| blocks.iter().any(|block| block.contains(address)))
}

fn blocks(body: Value) -> Blocks {
    if body["enabled"] != Value::Bool(true) {
        return None;
    }
    let entries = body["entries"].as_array().map_or(&[][..], Vec::as_slice);
    let texts = entries.iter().filter_map(|e| e["data"]["attributes"]["cidr_block"].as_str());
    Some(texts.filter_map(Block::parse).collect())
}

/// A range of addresses: `10.0.0.0/8`, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Block {
    /// With the host bits cleared.
    base: IpAddr,
    prefix: u8,
}

impl Block {
    fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.trim().split_once('/') {
            Some((address, prefix)) => (address, Some(prefix.parse().ok()?)),
            None => (text.trim(), None),
        };
        let address: IpAddr = address.parse().ok()?;
        let bits = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.unwrap_or(bits);
        (prefix <= bits).then(|| Self { base: mask(address, prefix), prefix })
    }

    fn contains(&self, address: IpAddr) -> bool {
        address.is_ipv4() == self.base.is_ipv4() && mask(address, self.prefix) == self.base
    }

    fn text(&self) -> String {
        format!("{}/{}", self.base, self.prefix)
    }
}

fn mask(address: IpAddr, prefix: u8) -> IpAddr {
    let prefix = u32::from(prefix);
    match address {
        IpAddr::V4(v4) => {
            let mask = u32::MAX.checked_shl(32 - prefix).unwrap_or(0);
            Ipv4Addr::from_bits(v4.to_bits() & mask).into()
        }
        IpAddr::V6(v6) => {
            let mask = u128::MAX.checked_shl(128 - prefix).unwrap_or(0);
            Ipv6Addr::from_bits(v6.to_bits() & mask).into()
        }
    }
}

async fn ip_get(call: Call) -> Result<Answer> {
    let doc = docs::find(&call.state, call.org(), Kind::IpAllowlist, ONLY).await?;
    let body = doc.map_or_else(|| json!({"enabled": false, "entries": []}), |doc| doc.body);
    Ok(ip_answer(&call, body))
}

fn ip_answer(call: &Call, attributes: Value) -> Answer {
    let id = call.principal().org_uuid;
    Answer::ok(json!({"data": {"type": "ip_allowlist", "id": id, "attributes": attributes}}))
}

async fn ip_update(call: Call) -> Result<Answer> {
    let body = call.json()?;
    let attributes = Fields::attributes(&body, &["ip_allowlist"])?;
    let doc = docs::find(&call.state, call.org(), Kind::IpAllowlist, ONLY).await?;
    let old = doc.map(|doc| doc.body).unwrap_or_default();
    let entries = match attributes.get("entries") {
        Some(_) => ip_entries(&call, &attributes, &old)?,
        None => old["entries"].as_array().cloned().unwrap_or_default(),
    };
    let was_enabled = old["enabled"].as_bool().unwrap_or(false);
    let enabled = attributes.bool_or_none("enabled")?.unwrap_or(was_enabled);
    let new = json!({"enabled": enabled, "entries": entries});
    if let Some(blocks) = blocks(new.clone())
        && !allows(&blocks, call.address)
    {
        return Err(Error::bad_request(
            "data.attributes.entries: your own address is not on the list, \
             enabling it would lock you out",
        ));
    }
    let doc = docs::put(&call, Kind::IpAllowlist, ONLY, "IP allowlist", new).await?;
    call.state.allowlists.0.lock().remove(&call.org());
    Ok(ip_answer(&call, doc.body))
}

/// The entries as stored: checked, with ids and times; those with a known id keep their creation.
fn ip_entries(call: &Call, attributes: &Fields<'_>, old: &Value) -> Result<Vec<Value>> {
    let entries = attributes.array("entries")?;
    if entries.len() > ENTRIES_MAX {
        let message = format!("a list of at most {ENTRIES_MAX} entries");
        return Err(attributes.wrong("entries", &message));
    }
    let now = times::iso(call.now_ms());
    let known = |id: &str| {
        let olds = old["entries"].as_array()?;
        olds.iter().find(|entry| entry["data"]["id"] == id)
    };
    let mut seen = std::collections::HashSet::new();
    let one = |entry: &Value| {
        let data = Fields::of(entry)?.object("data")?;
        let fields = data.object("attributes")?;
        let text = fields.str("cidr_block")?;
        let block = Block::parse(text).ok_or_else(|| {
            Error::bad_request(format!(
                "cidr_block must be an address or a CIDR block, not {text:?}"
            ))
        })?;
        if !seen.insert(block.text()) {
            return Err(Error::bad_request(format!("cidr_block {text:?} is listed twice")));
        }
        let same = data.str_or_none("id")?.and_then(known);
        let id = same.map_or_else(|| json!(Uuid::new_v4()), |old| old["data"]["id"].clone());
        let created = same.map(|old| old["data"]["attributes"]["created_at"].clone());
        Ok(json!({"data": {"type": "ip_allowlist_entry", "id": id, "attributes": {
            "cidr_block": block.text(),
            "note": fields.str_or_none("note")?,
            "created_at": created.unwrap_or_else(|| json!(now)),
            "modified_at": now,
        }}}))
    };
    entries.iter().map(one).collect()
}

async fn domain_get(call: Call) -> Result<Answer> {
    let doc = docs::find(&call.state, call.org(), Kind::DomainAllowlist, ONLY).await?;
    let body = doc.map_or_else(|| json!({"enabled": false, "domains": []}), |doc| doc.body);
    Ok(domain_answer(body))
}

fn domain_answer(attributes: Value) -> Answer {
    Answer::ok(json!({"data": {"type": "domain_allowlist", "id": null, "attributes": attributes}}))
}

async fn domain_update(call: Call) -> Result<Answer> {
    let body = call.json()?;
    let attributes = Fields::attributes(&body, &["domain_allowlist"])?;
    let doc = docs::find(&call.state, call.org(), Kind::DomainAllowlist, ONLY).await?;
    let old = doc.map(|doc| doc.body).unwrap_or_default();
    let domains = match attributes.strs_or_none("domains")? {
        None => old["domains"].as_array().cloned().unwrap_or_default(),
        Some(domains) if domains.len() > ENTRIES_MAX => {
            let message = format!("a list of at most {ENTRIES_MAX} domains");
            return Err(attributes.wrong("domains", &message));
        }
        Some(domains) => match domains.iter().find(|domain| !is_mail_domain(domain)) {
            Some(bad) => {
                let message = format!("{bad:?} is not a mail domain such as @example.com");
                return Err(Error::bad_request(message));
            }
            None => domains.into_iter().map(Value::from).collect(),
        },
    };
    let was_enabled = old["enabled"].as_bool().unwrap_or(false);
    let enabled = attributes.bool_or_none("enabled")?.unwrap_or(was_enabled);
    let new = json!({"domains": domains, "enabled": enabled});
    let doc = docs::put(&call, Kind::DomainAllowlist, ONLY, "domain allowlist", new).await?;
    Ok(domain_answer(doc.body))
}

/// Whether the organisation lets mail go to this address.
pub(crate) async fn may_mail(call: &Call, address: &str) -> Result<bool> {
    let doc = docs::find(&call.state, call.org(), Kind::DomainAllowlist, ONLY).await?;
    let Some(body) = doc.map(|doc| doc.body).filter(|body| body["enabled"] == true) else {
        return Ok(true);
    };
    let domain = address.rsplit('@').next().unwrap_or_default().to_lowercase();
    let allowed = body["domains"].as_array().into_iter().flatten().filter_map(Value::as_str);
    Ok(allowed.map(|one| one.trim_start_matches('@').to_lowercase()).any(|one| {
        match one.strip_prefix("*.") {
            Some(parent) => domain.strip_suffix(parent).is_some_and(|rest| rest.ends_with('.')),
            None => one == domain,
        }
    }))
}

/// `@example.com`, with or without the at sign.
fn is_mail_domain(text: &str) -> bool {
    let name = text.strip_prefix('@').unwrap_or(text);
    let label = |label: &str| {
        !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || "-_*".contains(c))
    };
    name.len() <= 255 && name.contains('.') && name.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_hold_addresses() {
        let check = |block: &str, address: &str, expect: bool| {
            let block = Block::parse(block).unwrap();
            assert_eq!(block.contains(address.parse().unwrap()), expect, "{block:?} {address}");
        };
        check("10.0.0.0/8", "10.1.2.3", true);
        check("10.0.0.0/8", "11.1.2.3", false);
        check("127.0.0.1", "127.0.0.1", true);
        check("127.0.0.1", "127.0.0.2", false);
        check("0.0.0.0/0", "1.2.3.4", true);
        check("0.0.0.0/0", "::1", false);
        check("fd00::/8", "fd12::1", true);
        check("::1", "::2", false);
        for bad in ["", "10.0.0.0/33", "10.0.0", "x/8", "10.0.0.0/-1", "::/129"] {
            assert_eq!(Block::parse(bad), None, "{bad}");
        }
        assert_eq!(Block::parse("10.9.9.9/8").unwrap().text(), "10.0.0.0/8");
    }

    #[test]
    fn an_unknown_address_is_not_let_in() {
        let list = blocks(json!({"enabled": true, "entries": [
            {"data": {"attributes": {"cidr_block": "127.0.0.0/8"}}}]}));
        let list = list.unwrap();
        assert!(allows(&list, Some("127.1.1.1".parse().unwrap())));
        assert!(!allows(&list, None));
        assert!(blocks(json!({"enabled": false})).is_none());
    }

    #[test]
    fn mail_domains() {
        for good in ["@example.com", "example.co.uk", "@static-test-domain.test"] {
            assert!(is_mail_domain(good), "{good}");
        }
        for bad in ["", "@", "@example", "a@b.c", "@a b.c", "@.com"] {
            assert!(!is_mail_domain(bad), "{bad}");
        }
    }
}
