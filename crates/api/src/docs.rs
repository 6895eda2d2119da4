//! Small objects that people set and that need no table of their own: kept as documents of control.

use control::{Document, DocumentFilter, Expect, PutDocument};
use model::OrgId;
use serde_json::Value;

use crate::State;
use crate::call::Call;
use crate::error::Result;

/// A stored object.
pub(crate) type Doc = Document;

/// What sort of object, and under which name its kind is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    AppKeyRegistration,
    DomainAllowlist,
    HistoricalMetrics,
    HostMute,
    IpAllowlist,
    MetricMetadata,
    OrgConfig,
    TagConfiguration,
    TagIndexingExemption,
    TagIndexingRule,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::AppKeyRegistration => "app_key_registration",
            Self::DomainAllowlist => "domain_allowlist",
            Self::HistoricalMetrics => "historical_metrics_configuration",
            Self::HostMute => "host_mute",
            Self::IpAllowlist => "ip_allowlist",
            Self::MetricMetadata => "metric_metadata",
            Self::OrgConfig => "org_config",
            Self::TagConfiguration => "metric_tag_configuration",
            Self::TagIndexingExemption => "tag_indexing_rule_exemption",
            Self::TagIndexingRule => "tag_indexing_rule",
        }
    }
}

pub(crate) async fn find(state: &State, org: OrgId, kind: Kind, id: &str) -> Result<Option<Doc>> {
    Ok(state.control.find_document(org, kind.name(), id).await?)
}

/// All objects of a kind, by id. For kinds that people make by hand, so there are few of them.
pub(crate) async fn list(state: &State, org: OrgId, kind: Kind) -> Result<Vec<Doc>> {
    let mut filter = DocumentFilter::default();
    let mut all = Vec::new();
    loop {
        let page = state.control.documents(org, kind.name(), &filter).await?;
        let is_last = page.documents.is_empty();
        all.extend(page.documents);
        if is_last || all.len() >= page.total {
            return Ok(all);
        }
        filter.offset = all.len();
    }
}

/// Makes or replaces an object.
pub(crate) async fn put(call: &Call, kind: Kind, id: &str, name: &str, body: Value) -> Result<Doc> {
    let put = PutDocument { kind: kind.name(), id, name, body, expect: Expect::Any };
    Ok(call.state.control.put_document(&call.actor(), put).await?)
}

/// Deletes an object; says whether there was one.
pub(crate) async fn remove(call: &Call, kind: Kind, id: &str) -> Result<bool> {
    match call.state.control.delete_document(&call.actor(), kind.name(), id).await {
        Ok(_removed) => Ok(true),
        Err(control::Error::NotFound { .. }) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
