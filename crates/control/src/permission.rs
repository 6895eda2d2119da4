//! Datadog's permissions: names, ids, and sets of them.
//!
//! The table `permissions.tsv` holds what `GET /api/v2/permissions` answers. Ids are Datadog's, the
//! same for every organisation, because Terraform files and scripts carry them. A role stores names;
//! a [`PermissionSet`] is a bit per line of the table, made when a principal is loaded.
//!
//! Besides the permissions there are *scopes* that only narrow a key (`metrics_read`,
//! `timeseries_query`, …): no role has to grant them, a key without scopes has them all.

use std::collections::HashMap;
use std::sync::LazyLock;

use uuid::Uuid;

const TABLE: &str = include_str!("permissions.tsv");

/// Scopes that narrow keys and that no role grants.
/// Source: docs.datadoghq.com "OAuth2 authorization endpoints and scopes".
const SCOPES_ONLY: &[&str] =
    &["events_read", "hosts_read", "metrics_read", "timeseries_query", "usage_metering_read"];

/// Words for the bits of a set: permissions first, then [`SCOPES_ONLY`].
const SET_WORDS: usize = 8;

/// One permission as the table describes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PermissionInfo {
    pub id: Uuid,
    pub name: &'static str,
    pub display_name: &'static str,
    /// `read`, `write` or `other`.
    pub display_type: &'static str,
    pub group_name: &'static str,
    /// Every new role has it until someone takes it away.
    pub restricted: bool,
    least: Managed,
}

/// The roles that each organisation has from the start, from least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Managed {
    ReadOnly,
    Standard,
    Admin,
}

impl Managed {
    pub const ALL: [Self; 3] = [Self::Admin, Self::Standard, Self::ReadOnly];

    pub fn role_name(self) -> &'static str {
        match self {
            Self::Admin => "Datadog Admin Role",
            Self::Standard => "Datadog Standard Role",
            Self::ReadOnly => "Datadog Read Only Role",
        }
    }

    pub(crate) fn stored(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Standard => "standard",
            Self::ReadOnly => "read_only",
        }
    }

    pub(crate) fn from_stored(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|managed| managed.stored() == text)
    }
}

struct Table {
    permissions: Vec<PermissionInfo>,
    bits: HashMap<&'static str, usize>,
    by_id: HashMap<Uuid, usize>,
}

static PERMISSIONS: LazyLock<Table> = LazyLock::new(|| {
    let permissions: Vec<_> = TABLE
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| parse_line(line).expect("BUG: permissions.tsv is checked by a test"))
        .collect();
    let names = permissions.iter().map(|p| p.name).chain(SCOPES_ONLY.iter().copied());
    let bits = names.enumerate().map(|(bit, name)| (name, bit)).collect();
    let by_id = permissions.iter().enumerate().map(|(bit, p)| (p.id, bit)).collect();
    Table { permissions, bits, by_id }
});

fn parse_line(line: &'static str) -> Option<PermissionInfo> {
    let mut fields = line.split('\t');
    let mut next = || fields.next();
    Some(PermissionInfo {
        name: next()?,
        id: next()?.parse().ok()?,
        display_type: next()?,
        restricted: next()? == "restricted",
        least: Managed::from_stored(next()?)?,
        group_name: next()?,
        display_name: next()?,
    })
}

/// All permissions, grouped and in a stable order.
pub fn permissions() -> &'static [PermissionInfo] {
    &PERMISSIONS.permissions
}

/// A permission by its id or its name.
pub fn find_permission(id_or_name: &str) -> Option<&'static PermissionInfo> {
    let table = &*PERMISSIONS;
    let bit = match id_or_name.parse::<Uuid>() {
        Ok(id) => table.by_id.get(&id),
        Err(_) => table.bits.get(id_or_name),
    };
    table.permissions.get(*bit?)
}

/// Whether a key or token may be narrowed to this name.
pub fn is_scope(name: &str) -> bool {
    PERMISSIONS.bits.contains_key(name)
}

/// A permission that code asks for at the door, [`crate::Principal::require`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Permission(&'static str);

macro_rules! named {
    ($($constant:ident = $name:literal),+ $(,)?) => {
        impl Permission {
            $(pub const $constant: Self = Self($name);)+
            #[cfg(test)]
            const NAMED: &'static [Self] = &[$(Self::$constant),+];
        }
    };
}

named! {
    API_KEYS_DELETE = "api_keys_delete",
    API_KEYS_READ = "api_keys_read",
    API_KEYS_WRITE = "api_keys_write",
    AUDIT_LOGS_READ = "audit_logs_read",
    CLIENT_TOKENS_READ = "client_tokens_read",
    CLIENT_TOKENS_WRITE = "client_tokens_write",
    DASHBOARDS_PUBLIC_SHARE = "dashboards_public_share",
    DASHBOARDS_READ = "dashboards_read",
    DASHBOARDS_WRITE = "dashboards_write",
    EVENTS_READ = "events_read",
    HOST_TAGS_WRITE = "host_tags_write",
    HOSTS_READ = "hosts_read",
    METRIC_TAGS_WRITE = "metric_tags_write",
    METRICS_METADATA_WRITE = "metrics_metadata_write",
    METRICS_READ = "metrics_read",
    MONITORS_DOWNTIME = "monitors_downtime",
    MONITORS_READ = "monitors_read",
    MONITORS_WRITE = "monitors_write",
    NOTEBOOKS_READ = "notebooks_read",
    NOTEBOOKS_WRITE = "notebooks_write",
    ORG_APP_KEYS_READ = "org_app_keys_read",
    ORG_APP_KEYS_WRITE = "org_app_keys_write",
    ORG_MANAGEMENT = "org_management",
    SERVICE_ACCOUNT_WRITE = "service_account_write",
    TEAMS_MANAGE = "teams_manage",
    TIMESERIES_QUERY = "timeseries_query",
    USAGE_READ = "usage_read",
    USER_ACCESS_INVITE = "user_access_invite",
    USER_ACCESS_MANAGE = "user_access_manage",
    USER_APP_KEYS = "user_app_keys",
}

impl Permission {
    /// The permission of this name, for routes that take theirs from a table.
    pub fn named(name: &str) -> Option<Self> {
        PERMISSIONS.bits.get_key_value(name).map(|(name, _)| Self(name))
    }

    pub fn name(self) -> &'static str {
        self.0
    }
}

/// A set of permissions and scopes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PermissionSet([u64; SET_WORDS]);

impl PermissionSet {
    /// Everything: what the system itself and the tests act with.
    pub fn all() -> Self {
        Self::of(PERMISSIONS.bits.keys().copied())
    }

    /// The named ones. Unknown names are left out: a newer version may have stored them.
    pub fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut set = Self::default();
        for bit in names.into_iter().filter_map(|name| PERMISSIONS.bits.get(name)) {
            set.0[bit / 64] |= 1 << (bit % 64);
        }
        set
    }

    /// What a managed role grants.
    pub fn managed(role: Managed) -> Self {
        Self::of(permissions().iter().filter(|p| p.least <= role).map(|p| p.name))
    }

    /// What every new role grants until someone takes it away.
    pub fn defaults() -> Self {
        Self::of(permissions().iter().filter(|p| p.restricted).map(|p| p.name))
    }

    pub(crate) fn scopes_only() -> Self {
        Self::of(SCOPES_ONLY.iter().copied())
    }

    pub fn contains(&self, permission: Permission) -> bool {
        let bit = PERMISSIONS.bits.get(permission.0);
        bit.is_some_and(|bit| self.0[bit / 64] >> (bit % 64) & 1 == 1)
    }

    #[must_use]
    pub fn union(mut self, other: Self) -> Self {
        self.0.iter_mut().zip(other.0).for_each(|(word, other)| *word |= other);
        self
    }

    #[must_use]
    pub fn intersection(mut self, other: Self) -> Self {
        self.0.iter_mut().zip(other.0).for_each(|(word, other)| *word &= other);
        self
    }

    /// What is in this set and not in the other.
    #[must_use]
    pub fn without(mut self, other: Self) -> Self {
        self.0.iter_mut().zip(other.0).for_each(|(word, other)| *word &= !other);
        self
    }

    pub fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// The permissions of the set in the table's order; scopes that no role grants are left out.
    pub fn permissions(&self) -> impl Iterator<Item = &'static PermissionInfo> {
        let set = *self;
        permissions().iter().filter(move |p| set.contains(Permission(p.name)))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_table_is_whole() {
        let lines: Vec<_> = TABLE.lines().filter(|line| !line.starts_with('#')).collect();
        for line in &lines {
            let info = parse_line(line).unwrap_or_else(|| panic!("cannot read {line:?}"));
            assert!(matches!(info.display_type, "read" | "write" | "other"), "{line}");
            assert_eq!(line.split('\t').count(), 7, "{line}");
        }
        let ids: HashSet<_> = permissions().iter().map(|p| p.id).collect();
        let names: HashSet<_> = permissions().iter().map(|p| p.name).collect();
        assert_eq!((ids.len(), names.len()), (lines.len(), lines.len()));
        assert!(lines.len() + SCOPES_ONLY.len() <= SET_WORDS * 64);
    }

    #[test]
    fn each_named_permission_exists() {
        for permission in Permission::NAMED {
            assert!(is_scope(permission.name()), "{}", permission.name());
        }
    }

    #[test]
    fn managed_roles_grow() {
        let [admin, standard, read_only] = Managed::ALL.map(PermissionSet::managed);
        let check = |permission: Permission, expect: [bool; 3]| {
            let got = [admin, standard, read_only].map(|set| set.contains(permission));
            assert_eq!(got, expect, "{}", permission.name());
        };
        check(Permission::USER_ACCESS_MANAGE, [true, false, false]);
        check(Permission::API_KEYS_WRITE, [true, false, false]);
        check(Permission::MONITORS_WRITE, [true, true, false]);
        check(Permission::DASHBOARDS_READ, [true, true, true]);
        assert_eq!(admin.permissions().count(), permissions().len());
        assert_eq!(admin.union(standard).union(read_only), admin);
        assert!(read_only.without(standard).without(admin).is_empty());
    }

    #[test]
    fn found_by_id_and_by_name() {
        let by_name = find_permission("dashboards_write").unwrap();
        assert_eq!(find_permission(&by_name.id.to_string()), Some(by_name));
        assert_eq!(find_permission("nonsense"), None);
        assert_eq!(find_permission("metrics_read"), None, "a scope is no permission");
        assert!(Permission::named("metrics_read").is_some());
    }

    #[test]
    fn sets_combine() {
        let a = PermissionSet::of(["monitors_read", "monitors_write", "of_the_future"]);
        let b = PermissionSet::of(["monitors_write", "dashboards_read"]);
        assert_eq!(a.intersection(b), PermissionSet::of(["monitors_write"]));
        assert_eq!(a.without(b), PermissionSet::of(["monitors_read"]));
        assert_eq!(a.union(b).permissions().count(), 3);
        assert!(PermissionSet::default().is_empty() && !a.is_empty());
    }
}
