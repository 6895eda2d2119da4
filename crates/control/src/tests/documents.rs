use std::collections::HashSet;

use model::OrgId;
use serde_json::{Value, json};

use super::{START_MS, Setup, assert_error, on_each};
use crate::{DOCUMENT_BYTES_MAX, DocumentFilter, DocumentId, Error, Expect, PutDocument};

const KIND: &str = "dashboard";

fn put(id: &str, body: Value, expect: Expect) -> PutDocument<'_> {
    PutDocument { kind: KIND, id, name: "n", body, expect }
}

#[tokio::test]
async fn what_came_in_goes_out() {
    on_each("round-trip", async |setup| {
        let control = &setup.control;
        for text in [
            r#"{"z":1,"a":{"unknown":[null,true,1.5,-3,18446744073709551615]},"b":"\u0000é\""}"#,
            "[]",
            "null",
            "\"text\"",
            "0.1",
        ] {
            let body: Value = serde_json::from_str(text).unwrap();
            let made = control
                .create_document(&setup.admin, KIND, DocumentId::Uuid, "name", body)
                .await
                .unwrap();
            let read = control.document(OrgId::FIRST, KIND, &made.id).await.unwrap();
            assert_eq!(read, made);
            assert_eq!(read.body.to_string(), text, "key order included");
            assert_eq!((read.version, read.author), (1, Some(setup.admin_id)));
            assert_eq!((read.created_ms, read.modified_ms), (START_MS, START_MS));
        }
    })
    .await;
}

#[tokio::test]
async fn ids_are_made() {
    on_each("ids", async |setup| {
        let make = async |kind: &str, id: DocumentId| {
            let made = setup.control.create_document(&setup.admin, kind, id, "", json!({})).await;
            made.map(|document| document.id)
        };
        for expect in ["1", "2", "3"] {
            assert_eq!(make("monitor", DocumentId::Sequence).await.unwrap(), expect);
        }
        assert_eq!(make("downtime", DocumentId::Sequence).await.unwrap(), "1");
        let grouped = make(KIND, DocumentId::Grouped).await.unwrap();
        let shape: Vec<_> = grouped.split('-').map(str::len).collect();
        assert_eq!(shape, [3, 3, 3], "{grouped}");
        assert!(make(KIND, DocumentId::Uuid).await.unwrap().parse::<uuid::Uuid>().is_ok());
        assert_eq!(make(KIND, DocumentId::Given("mine".to_owned())).await.unwrap(), "mine");
        assert_error!(make(KIND, DocumentId::Given("mine".to_owned())).await, Error::Conflict(_));
        for id in ["", "a\0b", &"x".repeat(513)] {
            let made = make(KIND, DocumentId::Given(id.to_owned())).await;
            assert_error!(made, Error::Invalid { field: "id", .. });
        }
        let other = setup.other_org().await;
        let theirs = setup
            .control
            .create_document(&other, "monitor", DocumentId::Sequence, "", json!({}))
            .await
            .unwrap();
        assert_eq!(theirs.id, "1");
        assert_error!(
            setup.control.document(other.org, KIND, "mine").await,
            Error::NotFound { .. }
        );
    })
    .await;
}

#[derive(Debug, PartialEq)]
enum End {
    Version(i64),
    Conflict,
    NotFound,
}

async fn check(setup: &Setup, id: &str, expect: Expect, end: End) {
    let result = setup.control.put_document(&setup.admin, put(id, json!({}), expect)).await;
    let got = match &result {
        Ok(document) => End::Version(document.version),
        Err(Error::Conflict(_)) => End::Conflict,
        Err(Error::NotFound { .. }) => End::NotFound,
        Err(error) => panic!("{error}"),
    };
    assert_eq!(got, end, "{id} {expect:?}: {result:?}");
}

#[tokio::test]
async fn a_put_says_what_it_expects() {
    on_each("expect", async |setup| {
        check(setup, "a", Expect::Present, End::NotFound).await;
        check(setup, "a", Expect::Version(1), End::NotFound).await;
        check(setup, "a", Expect::Absent, End::Version(1)).await;
        check(setup, "a", Expect::Absent, End::Conflict).await;
        check(setup, "a", Expect::Any, End::Version(2)).await;
        check(setup, "a", Expect::Present, End::Version(3)).await;
        check(setup, "a", Expect::Version(2), End::Conflict).await;
        check(setup, "a", Expect::Version(3), End::Version(4)).await;
        check(setup, "b", Expect::Any, End::Version(1)).await;
        let big = json!("x".repeat(DOCUMENT_BYTES_MAX));
        let result = setup.control.put_document(&setup.admin, put("c", big, Expect::Any)).await;
        assert_error!(result, Error::Invalid { .. });
    })
    .await;
}

#[tokio::test]
async fn deleted_documents_can_come_back() {
    on_each("delete", async |setup| {
        let control = &setup.control;
        let made = put("a", json!({"x": 1}), Expect::Any);
        let made = control.put_document(&setup.admin, made).await.unwrap();
        let gone = control.delete_document(&setup.admin, KIND, "a").await.unwrap();
        assert_eq!(gone.deleted_ms, Some(START_MS));
        assert_eq!(control.find_document(OrgId::FIRST, KIND, "a").await.unwrap(), None);
        let again = control.delete_document(&setup.admin, KIND, "a").await;
        assert_error!(again, Error::NotFound { .. });
        let back = control.restore_document(&setup.admin, KIND, "a").await.unwrap();
        assert_eq!((&back.body, back.version), (&made.body, 3));
        let again = control.restore_document(&setup.admin, KIND, "a").await;
        assert_error!(again, Error::NotFound { .. });

        control.delete_document(&setup.admin, KIND, "a").await.unwrap();
        check(setup, "a", Expect::Version(4), End::NotFound).await;
        check(setup, "a", Expect::Absent, End::Version(5)).await;
        control.delete_document(&setup.admin, KIND, "a").await.unwrap();
        assert_eq!(control.purge_documents(START_MS).await.unwrap(), 0);
        assert_eq!(control.purge_documents(START_MS + 1).await.unwrap(), 1);
        let back = control.restore_document(&setup.admin, KIND, "a").await;
        assert_error!(back, Error::NotFound { .. });
    })
    .await;
}

#[tokio::test]
async fn lists() {
    on_each("lists", async |setup| {
        let control = &setup.control;
        for (id, name) in [("1", "CPU of web"), ("2", "100% disk"), ("10", "a_b"), ("11", "aXb")] {
            let id = DocumentId::Given(id.to_owned());
            control.create_document(&setup.admin, KIND, id, name, json!({})).await.unwrap();
        }
        let id = DocumentId::Given("other".to_owned());
        control.create_document(&setup.admin, "notebook", id, "CPU", json!({})).await.unwrap();
        control.delete_document(&setup.admin, KIND, "11").await.unwrap();
        let check = async |filter: DocumentFilter, expect: &[&str], total: usize| {
            let page = control.documents(OrgId::FIRST, KIND, &filter).await.unwrap();
            let ids: Vec<_> = page.documents.iter().map(|document| &*document.id).collect();
            assert_eq!((&*ids, page.total), (expect, total), "{filter:?}");
        };
        let part = |part: &str| DocumentFilter {
            name_contains: Some(part.to_owned()),
            ..DocumentFilter::default()
        };
        check(DocumentFilter::default(), &["1", "2", "10"], 3).await;
        check(DocumentFilter { limit: 2, ..DocumentFilter::default() }, &["1", "2"], 3).await;
        check(DocumentFilter { offset: 2, ..DocumentFilter::default() }, &["10"], 3).await;
        check(DocumentFilter { offset: usize::MAX, ..DocumentFilter::default() }, &[], 3).await;
        check(DocumentFilter { deleted: true, ..DocumentFilter::default() }, &["11"], 1).await;
        check(part("cpu"), &["1"], 1).await;
        check(part("%"), &["2"], 1).await;
        check(part("a_b"), &["10"], 1).await;
        check(part("\\"), &[], 0).await;
        check(part("\0"), &[], 0).await;
        let exact = |name: &str| DocumentFilter {
            name: Some(name.to_owned()),
            ..DocumentFilter::default()
        };
        check(exact("CPU of web"), &["1"], 1).await;
        check(exact("CPU"), &[], 0).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_writers_lose_nothing() {
    const WRITERS: i64 = 8;
    const ROUNDS: i64 = 5;
    on_each("writers", async |setup| {
        let start = put("shared", json!(0), Expect::Any);
        setup.control.put_document(&setup.admin, start).await.unwrap();
        let tasks: Vec<_> = (0..WRITERS)
            .map(|_| {
                let (control, admin) = (setup.control.clone(), setup.admin.clone());
                tokio::spawn(async move {
                    let mut ids = Vec::new();
                    for _ in 0..ROUNDS {
                        loop {
                            let read =
                                control.document(OrgId::FIRST, KIND, "shared").await.unwrap();
                            let body = json!(read.body.as_i64().unwrap() + 1);
                            let expect = Expect::Version(read.version);
                            match control.put_document(&admin, put("shared", body, expect)).await {
                                Ok(_) => break,
                                Err(Error::Conflict(_)) => {}
                                Err(error) => panic!("{error}"),
                            }
                        }
                        let id = DocumentId::Sequence;
                        let made = control.create_document(&admin, "monitor", id, "", json!({}));
                        ids.push(made.await.unwrap().id);
                    }
                    ids
                })
            })
            .collect();
        let mut ids = HashSet::new();
        for task in tasks {
            ids.extend(task.await.unwrap());
        }
        assert_eq!(ids.len() as i64, WRITERS * ROUNDS, "each id once");
        let end = setup.control.document(OrgId::FIRST, KIND, "shared").await.unwrap();
        assert_eq!(end.body, json!(WRITERS * ROUNDS), "no increment is lost");
        assert_eq!(end.version, WRITERS * ROUNDS + 1);
    })
    .await;
}
