//! Documents: versioned JSON objects in Datadog's own shape.
//!
//! A document is known by (organisation, kind, id). The kind is the caller's (`metric_metadata`,
//! `dashboard`, …), the body is kept as it came, unknown keys and key order included. Each change
//! raises the version; a put may name the version that it replaces, so that two editors do not
//! overwrite each other. A deletion keeps the document for [`Control::restore_document`] until
//! [`Control::purge_documents`] removes it.

use base::secure_bytes;
use model::OrgId;
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use crate::change::{Action, Subject};
use crate::db::{Arg, Row, args};
use crate::{Actor, Change, Control, Error, Result};

/// Largest body, as JSON text. A dashboard of some hundred widgets has 300 KiB.
pub const DOCUMENT_BYTES_MAX: usize = 4 << 20;
/// Documents on one page of a list.
pub const DOCUMENTS_PAGE_MAX: usize = 1000;
const KIND_BYTES_MAX: usize = 64;
const ID_BYTES_MAX: usize = 512;
const NAME_BYTES_MAX: usize = 1024;

/// A document as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Document {
    pub org: OrgId,
    pub kind: String,
    pub id: String,
    /// What lists sort and search by.
    pub name: String,
    /// 1 when made; one more with each change.
    pub version: i64,
    pub body: Value,
    /// Who made it.
    pub author: Option<Uuid>,
    pub created_ms: i64,
    pub modified_ms: i64,
    /// When it was deleted, if it was.
    pub deleted_ms: Option<i64>,
}

/// Where the id of a new document comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DocumentId {
    Given(String),
    /// A random UUID.
    Uuid,
    /// The next number of the kind in the organisation, from 1.
    Sequence,
    /// Three groups of three letters or digits, `abc-def-ghi`, as dashboards have.
    Grouped,
}

/// What must be there before a put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// Anything: replaces or makes.
    Any,
    /// Nothing, or a deleted document: makes.
    Absent,
    /// Some version: replaces.
    Present,
    /// This version: replaces.
    Version(i64),
}

/// A document to be stored.
#[derive(Clone, Debug)]
pub struct PutDocument<'a> {
    pub kind: &'a str,
    pub id: &'a str,
    pub name: &'a str,
    pub body: Value,
    pub expect: Expect,
}

/// Which documents of a kind a list holds. The default is the first page of all that are there.
#[derive(Clone, Debug, Default)]
pub struct DocumentFilter {
    /// Only names that contain this, in any letter case.
    pub name_contains: Option<String>,
    /// Only this name exactly.
    pub name: Option<String>,
    /// Only deleted ones, instead of those that are there.
    pub deleted: bool,
    pub offset: usize,
    /// At most [`DOCUMENTS_PAGE_MAX`], which is also what 0 means.
    pub limit: usize,
}

/// A page of a list, oldest first.
#[derive(Clone, Debug, PartialEq)]
pub struct DocumentPage {
    pub documents: Vec<Document>,
    /// How many the filter finds in all.
    pub total: usize,
}

const COLUMNS: &str =
    "org, kind, id, name, version, body, author, created_ms, modified_ms, deleted_ms";

fn from_row(row: &Row) -> Result<Document> {
    Ok(Document {
        org: row.org(0)?,
        kind: row.text(1)?,
        id: row.text(2)?,
        name: row.text(3)?,
        version: row.int(4)?,
        body: row.json(5)?,
        author: row.opt_uuid(6)?,
        created_ms: row.int(7)?,
        modified_ms: row.int(8)?,
        deleted_ms: row.opt_int(9)?,
    })
}

impl Document {
    fn subject(&self) -> Subject<'_> {
        Subject { kind: &self.kind, id: self.id.clone(), name: &self.name }
    }
}

fn check_part(field: &'static str, value: &str, bytes_max: usize) -> Result<()> {
    match value.len() > bytes_max || value.contains('\0') {
        true => {
            Err(Error::invalid(field, format!("longer than {bytes_max} bytes, or a zero byte")))
        }
        false => Ok(()),
    }
}

fn not_found(kind: &str, id: &str) -> Error {
    Error::not_found("document", format!("{kind} {id}"))
}

impl Control {
    /// Stores a new document under a given or made id.
    pub async fn create_document(
        &self,
        actor: &Actor,
        kind: &str,
        id: DocumentId,
        name: &str,
        body: Value,
    ) -> Result<Document> {
        let mut change = self.change(actor).await?;
        let id = match id {
            DocumentId::Given(id) => id,
            DocumentId::Uuid => Uuid::new_v4().to_string(),
            DocumentId::Grouped => grouped_id(),
            DocumentId::Sequence => change.next_in_sequence(kind).await?.to_string(),
        };
        let put = PutDocument { kind, id: &id, name, body, expect: Expect::Absent };
        let document = change.put_document(put).await?;
        change.commit().await?;
        Ok(document)
    }

    /// A document that is there; `NotFound` for a deleted one.
    pub async fn document(&self, org: OrgId, kind: &str, id: &str) -> Result<Document> {
        let found = self.find_document(org, kind, id).await?;
        found.ok_or_else(|| not_found(kind, id))
    }

    /// A document that is there, or `None`.
    pub async fn find_document(
        &self,
        org: OrgId,
        kind: &str,
        id: &str,
    ) -> Result<Option<Document>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM documents \
             WHERE org = $1 AND kind = $2 AND id = $3 AND deleted_ms IS NULL"
        );
        let row = self.inner.db.one(&sql, args![org, kind, id]).await?;
        row.as_ref().map(from_row).transpose()
    }

    /// A page of the documents of one kind.
    pub async fn documents(
        &self,
        org: OrgId,
        kind: &str,
        filter: &DocumentFilter,
    ) -> Result<DocumentPage> {
        let mut condition = "org = $1 AND kind = $2".to_owned();
        condition.push_str(match filter.deleted {
            true => " AND deleted_ms IS NOT NULL",
            false => " AND deleted_ms IS NULL",
        });
        let mut args = args![org, kind];
        if let Some(name) = &filter.name {
            args.push(Arg::from(name));
            condition.push_str(&format!(" AND name = ${}", args.len()));
        }
        if let Some(part) = &filter.name_contains {
            args.push(Arg::from(like_pattern(part)));
            condition.push_str(&format!(" AND LOWER(name) LIKE ${} ESCAPE '\\'", args.len()));
        }
        let sql = format!("SELECT COUNT(*) FROM documents WHERE {condition}");
        let total = self.inner.db.one(&sql, args.clone()).await?;
        let total = total.map(|row| row.int(0)).transpose()?.unwrap_or(0);
        let limit = match filter.limit {
            0 => DOCUMENTS_PAGE_MAX,
            limit => limit.min(DOCUMENTS_PAGE_MAX),
        };
        args.push(Arg::from(limit as i64));
        args.push(Arg::from(i64::try_from(filter.offset).unwrap_or(i64::MAX)));
        let sql = format!(
            "SELECT {COLUMNS} FROM documents WHERE {condition} \
             ORDER BY created_ms, LENGTH(id), id LIMIT ${} OFFSET ${}",
            args.len() - 1,
            args.len()
        );
        let rows = self.inner.db.all(&sql, args).await?;
        let documents = rows.iter().map(from_row).collect::<Result<_>>()?;
        Ok(DocumentPage { documents, total: usize::try_from(total).unwrap_or(0) })
    }

    /// Stores a document; `Conflict` or `NotFound` when what is there is not what is expected.
    pub async fn put_document(&self, actor: &Actor, put: PutDocument<'_>) -> Result<Document> {
        let mut change = self.change(actor).await?;
        let document = change.put_document(put).await?;
        change.commit().await?;
        Ok(document)
    }

    /// Deletes a document; it can be restored.
    pub async fn delete_document(&self, actor: &Actor, kind: &str, id: &str) -> Result<Document> {
        let mut change = self.change(actor).await?;
        let before = change.document(kind, id).await?.filter(|doc| doc.deleted_ms.is_none());
        let before = before.ok_or_else(|| not_found(kind, id))?;
        let deleted_ms = Some(change.now_ms);
        let after = change.mark_deleted(&before, deleted_ms).await?;
        change.audit(Action::Deleted, after.subject(), Some(before.body), None).await?;
        change.commit().await?;
        Ok(after)
    }

    /// Brings a deleted document back as it was.
    pub async fn restore_document(&self, actor: &Actor, kind: &str, id: &str) -> Result<Document> {
        let mut change = self.change(actor).await?;
        let before = change.document(kind, id).await?.filter(|doc| doc.deleted_ms.is_some());
        let before = before.ok_or_else(|| not_found(kind, id))?;
        let after = change.mark_deleted(&before, None).await?;
        change.audit(Action::Restored, after.subject(), None, Some(after.body.clone())).await?;
        change.commit().await?;
        Ok(after)
    }

    /// Removes for good what was deleted before this time; answers how many.
    pub async fn purge_documents(&self, deleted_before_ms: i64) -> Result<u64> {
        let mut tx = self.inner.db.begin().await?;
        let sql = "DELETE FROM documents WHERE deleted_ms < $1";
        let purged = tx.run(sql, args![deleted_before_ms]).await?;
        tx.commit().await?;
        Ok(purged)
    }
}

impl Change {
    /// The document, deleted or not.
    async fn document(&mut self, kind: &str, id: &str) -> Result<Option<Document>> {
        let sql =
            format!("SELECT {COLUMNS} FROM documents WHERE org = $1 AND kind = $2 AND id = $3");
        let row = self.tx.one(&sql, args![self.actor.org, kind, id]).await?;
        row.as_ref().map(from_row).transpose()
    }

    async fn next_in_sequence(&mut self, kind: &str) -> Result<i64> {
        check_part("kind", kind, KIND_BYTES_MAX)?;
        let sql = "INSERT INTO sequences (org, kind, next) VALUES ($1, $2, 2) \
                   ON CONFLICT (org, kind) DO UPDATE SET next = sequences.next + 1 \
                   RETURNING next - 1";
        let row = self.tx.one(sql, args![self.actor.org, kind]).await?;
        row.ok_or_else(|| Error::Corrupt("a sequence did not answer".to_owned()))?.int(0)
    }

    async fn put_document(&mut self, put: PutDocument<'_>) -> Result<Document> {
        check_part("kind", put.kind, KIND_BYTES_MAX)?;
        check_part("id", put.id, ID_BYTES_MAX)?;
        check_part("name", put.name, NAME_BYTES_MAX)?;
        let body = put.body.to_string();
        if put.id.is_empty() {
            return Err(Error::invalid("id", "is empty"));
        }
        if body.len() > DOCUMENT_BYTES_MAX {
            return Err(Error::invalid("data", format!("larger than {DOCUMENT_BYTES_MAX} bytes")));
        }
        let stored = self.document(put.kind, put.id).await?;
        let present = stored.as_ref().filter(|doc| doc.deleted_ms.is_none());
        check_expected(&put, present)?;
        let after = Document {
            org: self.org(),
            kind: put.kind.to_owned(),
            id: put.id.to_owned(),
            name: put.name.to_owned(),
            // Goes on over a deletion, so that a version names one state for ever.
            version: stored.as_ref().map_or(0, |doc| doc.version) + 1,
            body: put.body,
            author: present.map_or(self.actor.user, |doc| doc.author),
            created_ms: present.map_or(self.now_ms, |doc| doc.created_ms),
            modified_ms: self.now_ms,
            deleted_ms: None,
        };
        self.write_document(&after, body).await?;
        let action = if present.is_some() { Action::Modified } else { Action::Created };
        let before = present.map(|doc| doc.body.clone());
        self.audit(action, after.subject(), before, Some(after.body.clone())).await?;
        Ok(after)
    }

    async fn write_document(&mut self, document: &Document, body: String) -> Result<()> {
        let sql = "INSERT INTO documents \
                   (org, kind, id, name, version, body, author, created_ms, modified_ms) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
                   ON CONFLICT (org, kind, id) DO UPDATE SET name = $4, version = $5, body = $6, \
                   author = $7, created_ms = $8, modified_ms = $9, deleted_ms = NULL";
        let args = args![
            document.org,
            &document.kind,
            &document.id,
            &document.name,
            document.version,
            body,
            document.author,
            document.created_ms,
            document.modified_ms,
        ];
        self.tx.run(sql, args).await.map(drop)
    }

    async fn mark_deleted(
        &mut self,
        before: &Document,
        deleted_ms: Option<i64>,
    ) -> Result<Document> {
        let after = Document {
            deleted_ms,
            version: before.version + 1,
            modified_ms: self.now_ms,
            ..before.clone()
        };
        let sql = "UPDATE documents SET deleted_ms = $1, version = $2, modified_ms = $3 \
                   WHERE org = $4 AND kind = $5 AND id = $6";
        let args = args![
            after.deleted_ms,
            after.version,
            after.modified_ms,
            after.org,
            &after.kind,
            &after.id,
        ];
        self.tx.run(sql, args).await?;
        Ok(after)
    }
}

fn check_expected(put: &PutDocument<'_>, present: Option<&Document>) -> Result<()> {
    let name = || format!("{} {}", put.kind, put.id);
    match (put.expect, present) {
        (Expect::Absent, Some(_)) => Err(Error::Conflict(format!("{} exists already", name()))),
        (Expect::Present | Expect::Version(_), None) => Err(not_found(put.kind, put.id)),
        (Expect::Version(expected), Some(doc)) if doc.version != expected => {
            let at = doc.version;
            Err(Error::Conflict(format!("{} is at version {at}, not {expected}", name())))
        }
        _ => Ok(()),
    }
}

fn like_pattern(part: &str) -> String {
    let mut pattern = String::from("%");
    for c in part.to_lowercase().chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// `abc-def-ghi` of 32 letters and digits (without `0 1 l o`): 45 bits, so that among a million
/// dashboards a new one clashes once in thirty million times, and is refused then.
fn grouped_id() -> String {
    const DIGITS: &[u8; 32] = b"23456789abcdefghijkmnpqrstuvwxyz";
    let random: [u8; 9] = secure_bytes();
    let mut id = String::with_capacity(11);
    for (at, byte) in random.iter().enumerate() {
        if at > 0 && at % 3 == 0 {
            id.push('-');
        }
        id.push(char::from(DIGITS[usize::from(byte & 31)]));
    }
    id
}
