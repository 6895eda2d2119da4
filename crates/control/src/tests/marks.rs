use std::time::Duration;

use model::OrgId;

use super::{START_MS, on_each};
use crate::Views;

const KIND: &str = "dashboard";

#[tokio::test]
async fn stars_belong_to_a_person_and_views_are_counted() {
    on_each("marks", async |setup| {
        let (control, me) = (&setup.control, (OrgId::FIRST, setup.admin_id));
        let other = setup.other_org().await;
        setup.clear_audit().await;
        for (id, starred) in [("b", true), ("a", true), ("a", true), ("b", false), ("c", false)] {
            control.set_star(me, KIND, id, starred).await.unwrap();
        }
        assert_eq!(control.stars(me, KIND).await.unwrap(), ["a"]);
        assert_eq!(control.stars(me, "notebook").await.unwrap(), Vec::<String>::new());
        assert_eq!(control.stars((other.org, me.1), KIND).await.unwrap(), Vec::<String>::new());

        control.count_view((me.0, Some(me.1)), KIND, "a").await.unwrap();
        setup.clock.advance(Duration::from_secs(1));
        control.count_view((me.0, Some(me.1)), KIND, "a").await.unwrap();
        let last_ms = START_MS + 1000;
        let expect = Views { id: "a".to_owned(), count: 2, last_ms, last_by: Some(me.1) };
        assert_eq!(control.views(me.0, KIND).await.unwrap(), [expect]);
        assert_eq!(control.views(other.org, KIND).await.unwrap(), []);
        assert_eq!(setup.audited().await, Vec::<String>::new(), "marks are no changes");
    })
    .await;
}
