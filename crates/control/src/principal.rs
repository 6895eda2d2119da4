use model::OrgId;
use uuid::Uuid;

use crate::{Denied, Permission, PermissionSet};

/// Who asks, and what they may do. Made only by the authentication of [`crate::Control`].
#[derive(Clone, Debug)]
pub struct Principal {
    pub org: OrgId,
    /// The organisation's UUID, as v2 answers show it.
    pub org_uuid: Uuid,
    pub user: Uuid,
    /// The user's handle, for the audit trail and for `creator` fields.
    pub handle: String,
    pub kind: PrincipalKind,
    pub permissions: PermissionSet,
    /// When the session or token ends, in unix milliseconds.
    pub expires_ms: Option<i64>,
}

/// By what the principal has shown who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrincipalKind {
    /// An application key (its id) next to an API key.
    ApplicationKey(Uuid),
    /// A personal or service access token (its id).
    AccessToken(Uuid),
    /// A browser's session. Changes need a CSRF token, see [`crate::Control::csrf_token`].
    Session,
}

impl PrincipalKind {
    /// The name that the audit trail uses.
    pub fn name(self) -> &'static str {
        match self {
            Self::ApplicationKey(_) => "application_key",
            Self::AccessToken(_) => "access_token",
            Self::Session => "session",
        }
    }
}

impl Principal {
    /// The one door: refuses what the principal's roles and scopes do not grant.
    pub fn require(&self, permission: Permission) -> Result<(), Denied> {
        match self.permissions.contains(permission) {
            true => Ok(()),
            false => Err(Denied { permission: permission.name() }),
        }
    }

    /// This principal as the author of a change.
    pub fn actor(&self) -> Actor {
        Actor {
            org: self.org,
            user: Some(self.user),
            name: self.handle.clone(),
            via: self.kind.name(),
        }
    }
}

/// The author of a change, written into the audit trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The organisation that is changed.
    pub org: OrgId,
    pub user: Option<Uuid>,
    pub name: String,
    /// `application_key`, `access_token`, `session` or `system`.
    pub via: &'static str,
}

impl Actor {
    /// Procyon itself: bootstrap, retention, migrations.
    pub fn system(org: OrgId) -> Self {
        Self { org, user: None, name: "procyon".to_owned(), via: "system" }
    }
}
