//! Small objects that people set and that need no table of their own: kept as documents of control.

use control::{Document, DocumentFilter, DocumentId, DocumentPage, Expect, PutDocument};
use model::OrgId;
use serde_json::Value;

use crate::State;
use crate::call::Call;
use crate::error::{Error, Result};

/// A stored object.
pub(crate) type Doc = Document;

/// What sort of object, and under which name its kind is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    AppKeyRegistration,
    Dashboard,
    DashboardList,
    DomainAllowlist,
    GraphSnapshot,
    HistoricalMetrics,
    HostMute,
    IpAllowlist,
    MetricMetadata,
    Notebook,
    OrgConfig,
    Powerpack,
    SharedDashboard,
    Slo,
    TagConfiguration,
    TagIndexingExemption,
    TagIndexingRule,
    UserInvitation,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::AppKeyRegistration => "app_key_registration",
            Self::Dashboard => "dashboard",
            Self::DashboardList => "dashboard_list",
            Self::DomainAllowlist => "domain_allowlist",
            Self::GraphSnapshot => "graph_snapshot",
            Self::HistoricalMetrics => "historical_metrics_configuration",
            Self::HostMute => "host_mute",
            Self::IpAllowlist => "ip_allowlist",
            Self::MetricMetadata => "metric_metadata",
            Self::Notebook => "notebook",
            Self::OrgConfig => "org_config",
            Self::Powerpack => "powerpack",
            Self::SharedDashboard => "shared_dashboard",
            Self::Slo => "slo",
            Self::TagConfiguration => "metric_tag_configuration",
            Self::TagIndexingExemption => "tag_indexing_rule_exemption",
            Self::TagIndexingRule => "tag_indexing_rule",
            Self::UserInvitation => "user_invitation",
        }
    }
}

pub(crate) async fn find(state: &State, org: OrgId, kind: Kind, id: &str) -> Result<Option<Doc>> {
    Ok(state.control.find_document(org, kind.name(), id).await?)
}

/// The object that a segment of the path names; `called` is what a message says when there is none.
pub(crate) async fn of_path(call: &Call, kind: Kind, segment: &str, called: &str) -> Result<Doc> {
    let id = call.segment(segment);
    let found = find(&call.state, call.org(), kind, id).await?;
    found.ok_or_else(|| Error::not_found(format!("{called} {id} not found")))
}

/// All objects of a kind, by id. For kinds that people make by hand, so there are few of them.
pub(crate) async fn list(state: &State, org: OrgId, kind: Kind) -> Result<Vec<Doc>> {
    collect(state, org, kind, DocumentFilter::default()).await
}

/// All objects of a kind that were deleted and can be restored.
pub(crate) async fn list_deleted(state: &State, org: OrgId, kind: Kind) -> Result<Vec<Doc>> {
    let filter = DocumentFilter { deleted: true, ..DocumentFilter::default() };
    collect(state, org, kind, filter).await
}

async fn collect(
    state: &State,
    org: OrgId,
    kind: Kind,
    mut filter: DocumentFilter,
) -> Result<Vec<Doc>> {
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

/// A page of the objects of a kind that a filter finds.
pub(crate) async fn page(
    state: &State,
    org: OrgId,
    kind: Kind,
    filter: &DocumentFilter,
) -> Result<DocumentPage> {
    Ok(state.control.documents(org, kind.name(), filter).await?)
}

/// Makes an object under a given or a made id.
pub(crate) async fn create(
    call: &Call,
    kind: Kind,
    id: DocumentId,
    name: &str,
    body: Value,
) -> Result<Doc> {
    let control = &call.state.control;
    Ok(control.create_document(&call.actor(), kind.name(), id, name, body).await?)
}

/// Replaces an object that is there.
pub(crate) async fn replace(call: &Call, old: &Doc, name: &str, body: Value) -> Result<Doc> {
    let expect = Expect::Version(old.version);
    let put = PutDocument { kind: &old.kind, id: &old.id, name, body, expect };
    Ok(call.state.control.put_document(&call.actor(), put).await?)
}

/// Brings a deleted object back; says whether there was one.
pub(crate) async fn restore(call: &Call, kind: Kind, id: &str) -> Result<bool> {
    match call.state.control.restore_document(&call.actor(), kind.name(), id).await {
        Ok(_restored) => Ok(true),
        Err(control::Error::NotFound { .. }) => Ok(false),
        Err(error) => Err(error.into()),
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
