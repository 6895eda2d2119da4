use model::OrgId;
use serde_json::json;
use uuid::Uuid;

use super::{assert_error, on_each, set};
use crate::{
    Error, Managed, NewUser, OrgPatch, Permission, PermissionSet, RolePatch, TeamFields,
    TeamMember, UserPatch, UserStatus, find_permission,
};

fn user(email: &str) -> NewUser {
    NewUser { email: email.to_owned(), ..NewUser::default() }
}

#[tokio::test]
async fn users() {
    on_each("users", async |setup| {
        let control = &setup.control;
        for email in ["", "@", "a@", "@b", "a b@c", "a@b\0", &"x".repeat(400)] {
            let result = control.create_user(&setup.admin, user(email)).await;
            assert_error!(result, Error::Invalid { field: "email", .. });
        }
        let short = NewUser { password: Some("short".to_owned()), ..user("a@example.com") };
        let result = control.create_user(&setup.admin, short).await;
        assert_error!(result, Error::Invalid { field: "password", .. });

        let ann = control.create_user(&setup.admin, user("Ann@example.com")).await.unwrap();
        assert_eq!((&*ann.handle, ann.status), ("ann@example.com", UserStatus::Pending));
        let again = control.create_user(&setup.admin, user("ann@EXAMPLE.com")).await;
        assert_error!(again, Error::Conflict(_));
        assert_eq!(control.user(OrgId::FIRST, ann.id).await.unwrap(), ann);
        assert_eq!(control.user_by_handle(OrgId::FIRST, "ANN@example.com").await.unwrap(), ann);
        control.set_password(&setup.admin, ann.id, "long enough").await.unwrap();
        let patch = UserPatch { name: Some("Ann".to_owned()), ..UserPatch::default() };
        let ann = control.update_user(&setup.admin, ann.id, patch).await.unwrap();
        assert_eq!((ann.name.as_deref(), ann.status), (Some("Ann"), UserStatus::Active));

        // Service accounts may share an e-mail and do not sign in.
        for _ in 0..2 {
            let robot = NewUser { service_account: true, ..user("robot@example.com") };
            let robot = control.create_user(&setup.admin, robot).await.unwrap();
            assert_eq!(robot.handle, robot.id.to_string());
            let result = control.set_password(&setup.admin, robot.id, "long enough").await;
            assert_error!(result, Error::Invalid { .. });
        }
        assert_eq!(control.users(OrgId::FIRST).await.unwrap().len(), 4);
        let other = setup.other_org().await;
        assert_error!(control.user(other.org, ann.id).await, Error::NotFound { .. });
        assert_error!(
            control.update_user(&other, ann.id, UserPatch::default()).await,
            Error::NotFound { .. }
        );
    })
    .await;
}

#[tokio::test]
async fn the_last_administrator_stays() {
    on_each("last-admin", async |setup| {
        let control = &setup.control;
        let me = control.user(OrgId::FIRST, setup.admin_id).await.unwrap();
        let disable = || UserPatch { disabled: Some(true), ..UserPatch::default() };
        let result = control.update_user(&setup.admin, me.id, disable()).await;
        assert_error!(result, Error::Conflict(_));
        let result = control.remove_user_role(&setup.admin, me.id, me.roles[0]).await;
        assert_error!(result, Error::Conflict(_));
        assert_eq!(control.user(OrgId::FIRST, me.id).await.unwrap(), me, "nothing is left behind");

        let second = NewUser {
            password: Some("long enough".to_owned()),
            roles: me.roles.clone(),
            ..user("b@example.com")
        };
        control.create_user(&setup.admin, second).await.unwrap();
        let gone = control.update_user(&setup.admin, me.id, disable()).await.unwrap();
        assert!(gone.disabled());
    })
    .await;
}

#[tokio::test]
async fn roles_grant_at_once() {
    on_each("roles", async |setup| {
        let control = &setup.control;
        let new = NewUser { password: Some("long enough".to_owned()), ..user("bob@example.com") };
        let bob = control.create_user(&setup.admin, new).await.unwrap();
        let crate::Login::Session(session) =
            control.login("bob@example.com", "long enough", "x").await.unwrap()
        else {
            panic!("no session")
        };
        let may = async |permission: Permission| {
            let principal = control.principal_of_session(&session.token).await.unwrap();
            principal.expect("a principal").require(permission).is_ok()
        };
        assert!(!may(Permission::MONITORS_WRITE).await);
        let role =
            control.create_role(&setup.admin, "ops", set(&["monitors_write"])).await.unwrap();
        assert_eq!(role.permissions, PermissionSet::defaults().union(set(&["monitors_write"])));
        control.add_user_role(&setup.admin, bob.id, role.id).await.unwrap();
        control.add_user_role(&setup.admin, bob.id, role.id).await.unwrap();
        assert!(may(Permission::MONITORS_WRITE).await);
        assert_eq!(control.role(OrgId::FIRST, role.id).await.unwrap().user_count, 1);
        assert_eq!(control.role_users(OrgId::FIRST, role.id).await.unwrap()[0].id, bob.id);

        let permission = find_permission("monitors_write").unwrap();
        control.withdraw_permission(&setup.admin, role.id, permission).await.unwrap();
        assert!(!may(Permission::MONITORS_WRITE).await);
        control.grant_permission(&setup.admin, role.id, permission).await.unwrap();
        assert!(may(Permission::MONITORS_WRITE).await);
        let dashboards_read = find_permission("dashboards_read").unwrap();
        control.withdraw_permission(&setup.admin, role.id, dashboards_read).await.unwrap();
        let patch = RolePatch { name: Some("ops2".to_owned()), permissions: Some(set(&[])) };
        let patched = control.update_role(&setup.admin, role.id, patch).await.unwrap();
        let kept = PermissionSet::defaults().without(set(&["dashboards_read"]));
        assert_eq!((&*patched.name, patched.permissions), ("ops2", kept));

        control.remove_user_role(&setup.admin, bob.id, role.id).await.unwrap();
        assert!(!may(Permission::MONITORS_READ).await);
        control.add_user_role(&setup.admin, bob.id, role.id).await.unwrap();
        control.delete_role(&setup.admin, role.id).await.unwrap();
        assert!(!may(Permission::MONITORS_READ).await);
    })
    .await;
}

#[tokio::test]
async fn managed_roles_stay() {
    on_each("managed", async |setup| {
        let control = &setup.control;
        let roles = control.roles(OrgId::FIRST).await.unwrap();
        assert_eq!(roles.len(), 3);
        for role in roles {
            let managed = role.managed.unwrap();
            assert_eq!(role.name, managed.role_name());
            assert_eq!(role.permissions, PermissionSet::managed(managed));
            assert_eq!(role.user_count, i64::from(managed == Managed::Admin));
            let result = control.delete_role(&setup.admin, role.id).await;
            assert_error!(result, Error::Denied(_));
            let patch = RolePatch { name: Some("x".to_owned()), permissions: None };
            let result = control.update_role(&setup.admin, role.id, patch).await;
            assert_error!(result, Error::Denied(_));
        }
        let result = control.delete_role(&setup.admin, Uuid::nil()).await;
        assert_error!(result, Error::NotFound { .. });
    })
    .await;
}

#[tokio::test]
async fn teams() {
    on_each("teams", async |setup| {
        let control = &setup.control;
        let fields = |handle: &str| TeamFields {
            handle: handle.to_owned(),
            name: "Core".to_owned(),
            attributes: json!({"color": 3, "avatar": null}).as_object().cloned().unwrap(),
        };
        let team = control.create_team(&setup.admin, fields("core")).await.unwrap();
        let again = control.create_team(&setup.admin, fields("core")).await;
        assert_error!(again, Error::Conflict(_));
        assert_error!(
            control.create_team(&setup.admin, fields("")).await,
            Error::Invalid { field: "handle", .. }
        );
        assert_eq!(control.team(OrgId::FIRST, team.id).await.unwrap(), team);
        let member = |user, role: Option<&str>| TeamMember {
            team: team.id,
            user,
            role: role.map(str::to_owned),
        };
        let me = setup.admin_id;
        for role in [None, Some("admin")] {
            control.put_team_member(&setup.admin, &member(me, role)).await.unwrap();
            let members = control.team_members(OrgId::FIRST, team.id).await.unwrap();
            assert_eq!(members, [member(me, role)]);
            assert_eq!(control.user_teams(OrgId::FIRST, me).await.unwrap(), members);
        }
        let result = control.put_team_member(&setup.admin, &member(me, Some("king"))).await;
        assert_error!(result, Error::Invalid { field: "role", .. });
        let result = control.put_team_member(&setup.admin, &member(Uuid::nil(), None)).await;
        assert_error!(result, Error::NotFound { .. });
        let renamed = control.update_team(&setup.admin, team.id, fields("core2")).await.unwrap();
        assert_eq!(renamed.handle, "core2");
        control.remove_team_member(&setup.admin, team.id, me).await.unwrap();
        let again = control.remove_team_member(&setup.admin, team.id, me).await;
        assert_error!(again, Error::NotFound { .. });
        control.delete_team(&setup.admin, team.id).await.unwrap();
        assert!(control.teams(OrgId::FIRST).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn organisations() {
    on_each("organisations", async |setup| {
        let control = &setup.control;
        let org = control.org(OrgId::FIRST).await.unwrap();
        assert!(org.public_id.len() == 9 && org.app_keys_one_time_read());
        assert_eq!(control.org_by_public_id(&org.public_id).await.unwrap(), org);
        let patch = OrgPatch {
            name: Some("Mine".to_owned()),
            settings: json!({"a": 1, "b": 2}).as_object().cloned(),
        };
        control.update_org(&setup.admin, patch).await.unwrap();
        let patch = OrgPatch { name: None, settings: json!({"a": null}).as_object().cloned() };
        let org = control.update_org(&setup.admin, patch).await.unwrap();
        assert_eq!((&*org.name, json!(org.settings)), ("Mine", json!({"b": 2})));
        let other = setup.other_org().await;
        assert_eq!(other.org, OrgId(2));
        assert_eq!(control.orgs().await.unwrap().len(), 2);
        assert_error!(control.org(OrgId(3)).await, Error::NotFound { .. });
    })
    .await;
}
