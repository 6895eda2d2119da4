use std::time::Duration;

use model::{DAY_MS, OrgId};
use serde_json::json;
use uuid::Uuid;

use super::{START_MS, Setup, assert_error, on_each, set};
use crate::{
    CredentialKind, CredentialPatch, Error, Login, NewCredential, NewUser, OrgPatch, Permission,
    PrincipalKind, UserPatch,
};

const API: CredentialKind = CredentialKind::ApiKey;
const APP: CredentialKind = CredentialKind::ApplicationKey;

async fn api_key(setup: &Setup, name: &str) -> crate::Issued {
    // A moment of its own for each, because lists are ordered by it.
    setup.clock.advance(Duration::from_millis(1));
    let new = NewCredential::new(API, name, None);
    setup.control.create_credential(&setup.admin, new).await.unwrap()
}

async fn works(setup: &Setup, value: &str) -> bool {
    setup.control.api_key(value).await.unwrap().is_some()
}

#[tokio::test]
async fn api_keys_open_until_they_are_revoked() {
    on_each("api-keys", async |setup| {
        let control = &setup.control;
        let [a, b] = [api_key(setup, "a").await, api_key(setup, "b").await];
        assert_eq!(a.value.len(), 32);
        assert!(a.value.ends_with(&a.credential.last4));
        let auth = control.api_key(&a.value).await.unwrap().unwrap();
        assert_eq!((auth.id, auth.org), (a.credential.id, OrgId::FIRST));
        assert_eq!(auth.org_uuid, control.org(OrgId::FIRST).await.unwrap().uuid);
        for (value, expect) in [
            (&*b.value, true),
            (&*setup.first.api_key, true),
            (&*a.value.to_uppercase(), a.value == a.value.to_uppercase()),
            (&a.value[1..], false),
            ("", false),
            ("ffffffffffffffffffffffffffffffff", false),
            (&*setup.first.application_key, false),
            ("\0", false),
        ] {
            assert_eq!(works(setup, value).await, expect, "{value:?}");
            assert_eq!(works(setup, value).await, expect, "{value:?} from memory");
        }
        let shown = control.credential_value(OrgId::FIRST, API, a.credential.id).await.unwrap();
        assert_eq!(shown.as_deref(), Some(&*a.value));
        let found = control.credential_by_value(OrgId::FIRST, API, &a.value).await.unwrap();
        assert_eq!(found, a.credential);

        control.revoke_credential(&setup.admin, API, a.credential.id).await.unwrap();
        assert!(!works(setup, &a.value).await, "revoked");
        assert!(works(setup, &b.value).await, "the other one lives on");
        assert_error!(
            control.revoke_credential(&setup.admin, API, a.credential.id).await,
            Error::NotFound { .. }
        );
        let names: Vec<_> = control.credentials(OrgId::FIRST, API, None).await.unwrap();
        let names: Vec<_> = names.iter().map(|key| &*key.name).collect();
        assert_eq!(names, ["First API key", "b"]);
    })
    .await;
}

#[tokio::test]
async fn known_keys_need_no_database() {
    on_each("no-sql", async |setup| {
        let (api, app) = (&setup.first.api_key, &setup.first.application_key);
        assert!(works(setup, api).await);
        assert!(setup.control.principal_of_keys(api, app).await.unwrap().is_some());
        setup.control.inner.db.close().await;
        assert!(works(setup, api).await);
        assert!(setup.control.principal_of_keys(api, app).await.unwrap().is_some());
        // What cannot be checked is not wrong: an Agent would throw its data away.
        assert_error!(setup.control.api_key(&"0".repeat(32)).await, Error::Unavailable { .. });
    })
    .await;
}

#[tokio::test]
async fn another_node_learns_of_a_change() {
    on_each("two-nodes", async |setup| {
        let other = setup.open_again().await;
        let key = api_key(setup, "shared").await;
        assert!(other.api_key(&key.value).await.unwrap().is_some());
        setup.control.revoke_credential(&setup.admin, API, key.credential.id).await.unwrap();
        other.refresh().await.unwrap();
        assert!(other.api_key(&key.value).await.unwrap().is_none());
        other.close().await;
    })
    .await;
}

#[tokio::test]
async fn last_use_is_written_now_and_then() {
    on_each("last-used", async |setup| {
        let last_used = async || {
            setup.control.flush_last_used().await.unwrap();
            let keys = setup.control.credentials(OrgId::FIRST, API, None).await.unwrap();
            keys[0].last_used_ms
        };
        assert_eq!(last_used().await, None);
        assert!(works(setup, &setup.first.api_key).await);
        assert_eq!(last_used().await, Some(START_MS));
        setup.clock.advance(Duration::from_secs(59));
        assert!(works(setup, &setup.first.api_key).await);
        assert_eq!(last_used().await, Some(START_MS), "not each use");
        setup.clock.advance(Duration::from_secs(1));
        assert!(works(setup, &setup.first.api_key).await);
        assert_eq!(last_used().await, Some(START_MS + 60_000));
    })
    .await;
}

#[tokio::test]
async fn application_keys_act_as_their_owner() {
    on_each("app-keys", async |setup| {
        let control = &setup.control;
        let api = &setup.first.api_key;
        let whole = control.principal_of_keys(api, &setup.first.application_key).await.unwrap();
        let whole = whole.unwrap();
        assert_eq!((whole.user, whole.org), (setup.admin_id, OrgId::FIRST));
        assert!(matches!(whole.kind, PrincipalKind::ApplicationKey(_)));
        whole.require(Permission::USER_ACCESS_MANAGE).unwrap();
        whole.require(Permission::METRICS_READ).unwrap();

        let narrow = NewCredential {
            scopes: Some(vec!["monitors_read".to_owned()]),
            ..NewCredential::new(APP, "narrow", Some(setup.admin_id))
        };
        let narrow = control.create_credential(&setup.admin, narrow).await.unwrap();
        assert_eq!(narrow.value.len(), 40);
        let principal = async || {
            control.principal_of_keys(api, &narrow.value).await.unwrap().expect("a principal")
        };
        assert_eq!(principal().await.permissions, set(&["monitors_read"]));
        let denied = principal().await.require(Permission::MONITORS_WRITE).unwrap_err();
        assert_eq!(denied.to_string(), "the permission monitors_write is required");
        let patch = CredentialPatch {
            scopes: Some(Some(vec!["metrics_read".to_owned()])),
            ..CredentialPatch::default()
        };
        let id = narrow.credential.id;
        control.update_credential(&setup.admin, APP, id, patch).await.unwrap();
        assert_eq!(principal().await.permissions, set(&["metrics_read"]), "takes effect at once");

        for scopes in [vec!["nonsense".to_owned()], vec!["monitors_read".to_owned(); 513]] {
            let new = NewCredential {
                scopes: Some(scopes),
                ..NewCredential::new(APP, "bad", Some(setup.admin_id))
            };
            let result = control.create_credential(&setup.admin, new).await;
            assert_error!(result, Error::Invalid { field: "scopes", .. });
        }
        for owner in [None, Some(Uuid::nil())] {
            let new = NewCredential::new(APP, "nobody's", owner);
            assert!(control.create_credential(&setup.admin, new).await.is_err());
        }
    })
    .await;
}

#[tokio::test]
async fn application_keys_are_shown_once() {
    on_each("once", async |setup| {
        let control = &setup.control;
        let keys = control.credentials(OrgId::FIRST, APP, Some(setup.admin_id)).await.unwrap();
        let value = async || control.credential_value(OrgId::FIRST, APP, keys[0].id).await.unwrap();
        assert_eq!(value().await, None);
        let settings = json!({"app_keys_one_time_read": false, "of_theirs": [1]});
        let patch = OrgPatch { settings: settings.as_object().cloned(), ..OrgPatch::default() };
        let org = control.update_org(&setup.admin, patch).await.unwrap();
        assert_eq!(org.settings["of_theirs"], json!([1]), "unknown keys are kept");
        assert_eq!(value().await.as_deref(), Some(&*setup.first.application_key));
    })
    .await;
}

#[tokio::test]
async fn changed_ciphertext_is_noticed() {
    on_each("tampered", async |setup| {
        let [a, b] = [api_key(setup, "a").await, api_key(setup, "b").await];
        let id = a.credential.id;
        let from = b.credential.id;
        let sql = format!(
            "UPDATE credentials SET sealed = (SELECT sealed FROM credentials WHERE id = '{from}') \
             WHERE id = '{id}'"
        );
        setup.sql(&sql).await;
        let result = setup.control.credential_value(OrgId::FIRST, API, id).await;
        assert_error!(result, Error::Corrupt(_));
        assert!(works(setup, &a.value).await, "its hash is as it was");
    })
    .await;
}

#[tokio::test]
async fn access_tokens_end() {
    on_each("tokens", async |setup| {
        let control = &setup.control;
        let account = NewUser {
            email: "robot@example.com".to_owned(),
            service_account: true,
            ..NewUser::default()
        };
        let account = control.create_user(&setup.admin, account).await.unwrap();
        for (kind, owner, prefix) in [
            (CredentialKind::PersonalAccessToken, setup.admin_id, "ddpat_"),
            (CredentialKind::ServiceAccessToken, account.id, "ddsat_"),
        ] {
            let expires_ms = Some(setup.clock.now_ms() + DAY_MS);
            let new =
                NewCredential { expires_ms, ..NewCredential::new(kind, "token", Some(owner)) };
            let token = control.create_credential(&setup.admin, new.clone()).await.unwrap();
            assert!(token.value.starts_with(prefix), "{prefix}");
            assert!(token.value.contains(&token.credential.public_portion));
            let id = token.credential.id;
            assert_eq!(control.credential_value(OrgId::FIRST, kind, id).await.unwrap(), None);
            let user = async || {
                let principal = control.principal_of_token(&token.value).await.unwrap();
                principal.map(|principal| principal.user)
            };
            assert_eq!(user().await, Some(owner));
            setup.clock.advance(Duration::from_millis(DAY_MS as u64 - 1));
            assert_eq!(user().await, Some(owner));
            setup.clock.advance(Duration::from_millis(1));
            assert_eq!(user().await, None);
            let late = control.create_credential(&setup.admin, new).await;
            assert_error!(late, Error::Invalid { field: "expires_at", .. });
        }
        assert!(control.principal_of_token("ddpat_no_such").await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn client_tokens_are_no_api_keys() {
    on_each("client-tokens", async |setup| {
        let new = NewCredential::new(CredentialKind::ClientToken, "browser", None);
        let token = setup.control.create_credential(&setup.admin, new).await.unwrap();
        assert!(token.value.starts_with("pub") && token.value.len() == 35);
        assert!(setup.control.client_token(&token.value).await.unwrap().is_some());
        assert!(setup.control.api_key(&token.value).await.unwrap().is_none());
        assert!(setup.control.api_key(&token.value[3..]).await.unwrap().is_none());
        assert!(setup.control.client_token(&setup.first.api_key).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn keys_of_two_organisations_do_not_mix() {
    on_each("orgs", async |setup| {
        let control = &setup.control;
        let other = setup.other_org().await;
        let new = NewCredential::new(API, "theirs", None);
        let key = control.create_credential(&other, new).await.unwrap();
        let auth = control.api_key(&key.value).await.unwrap().unwrap();
        assert_eq!(auth.org, other.org);
        let app = &setup.first.application_key;
        assert!(control.principal_of_keys(&key.value, app).await.unwrap().is_none());
        let id = key.credential.id;
        assert_error!(control.credential(OrgId::FIRST, API, id).await, Error::NotFound { .. });
        let revoked = control.revoke_credential(&setup.admin, API, id).await;
        assert_error!(revoked, Error::NotFound { .. });
        let new = NewCredential::new(APP, "x", Some(setup.admin_id));
        let foreign = control.create_credential(&other, new).await;
        assert_error!(foreign, Error::NotFound { .. });
        assert_eq!(control.roles(other.org).await.unwrap().len(), 3);
    })
    .await;
}

async fn login(setup: &Setup, password: &str) -> Login {
    setup.control.login(&setup.first.email, password, "127.0.0.1").await.unwrap()
}

async fn session(setup: &Setup) -> String {
    match login(setup, &setup.first.password).await {
        Login::Session(session) => session.token,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn sessions_end() {
    on_each("sessions", async |setup| {
        let control = &setup.control;
        let opens =
            async |token: &str| control.principal_of_session(token).await.unwrap().is_some();
        let [a, b] = [session(setup).await, session(setup).await];
        assert!(opens(&a).await && opens(&b).await);
        assert!(!opens("").await && !opens(&a[1..]).await);
        let principal = control.principal_of_session(&a).await.unwrap().unwrap();
        assert_eq!((principal.user, principal.kind), (setup.admin_id, PrincipalKind::Session));
        assert_ne!(control.csrf_token(&a), control.csrf_token(&b));
        assert_eq!(control.csrf_token(&a), control.csrf_token(&a));

        control.logout(&a).await.unwrap();
        control.logout(&a).await.unwrap();
        assert!(!opens(&a).await && opens(&b).await, "logout ends one");
        setup.clock.advance(Duration::from_millis(7 * DAY_MS as u64));
        assert!(!opens(&b).await, "time ends all");
        control.purge_sessions().await.unwrap();

        let c = session(setup).await;
        assert!(opens(&c).await);
        control.set_password(&setup.admin, setup.admin_id, "a new password").await.unwrap();
        assert!(!opens(&c).await, "a new password ends all");
        assert_eq!(login(setup, &setup.first.password).await, Login::Wrong);
        assert!(matches!(login(setup, "a new password").await, Login::Session(_)));
    })
    .await;
}

#[tokio::test]
async fn guessing_is_slowed() {
    on_each("throttle", async |setup| {
        for _ in 0..10 {
            assert_eq!(login(setup, "wrong").await, Login::Wrong);
        }
        let right = login(setup, &setup.first.password).await;
        assert_eq!(right, Login::Throttled { retry_after_secs: 901 });
        setup.clock.advance(Duration::from_secs(15 * 60));
        assert!(matches!(login(setup, &setup.first.password).await, Login::Session(_)));
        let nobody = setup.control.login("nobody@example.com", "x", "127.0.0.1").await.unwrap();
        assert_eq!(nobody, Login::Wrong);
    })
    .await;
}

#[tokio::test]
async fn a_disabled_user_is_out_at_once() {
    on_each("disabled", async |setup| {
        let control = &setup.control;
        let new = NewUser {
            email: "eve@example.com".to_owned(),
            password: Some("long enough".to_owned()),
            ..NewUser::default()
        };
        let eve = control.create_user(&setup.admin, new).await.unwrap();
        let new = NewCredential::new(APP, "eve's", Some(eve.id));
        let key = control.create_credential(&setup.admin, new).await.unwrap();
        let Login::Session(session) =
            control.login("EVE@example.com", "long enough", "x").await.unwrap()
        else {
            panic!("no session")
        };
        let who = async || {
            let by_key = control.principal_of_keys(&setup.first.api_key, &key.value).await.unwrap();
            let by_session = control.principal_of_session(&session.token).await.unwrap();
            (by_key.is_some(), by_session.is_some())
        };
        assert_eq!(who().await, (true, true));
        let patch = UserPatch { disabled: Some(true), ..UserPatch::default() };
        control.update_user(&setup.admin, eve.id, patch).await.unwrap();
        assert_eq!(who().await, (false, false));
        let again = control.login("eve@example.com", "long enough", "x").await.unwrap();
        assert_eq!(again, Login::Wrong);
        let patch = UserPatch { disabled: Some(false), ..UserPatch::default() };
        control.update_user(&setup.admin, eve.id, patch).await.unwrap();
        assert_eq!(who().await, (true, false), "the session does not come back");
    })
    .await;
}
