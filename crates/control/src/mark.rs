//! What people do with documents besides changing them: they star some, and look at them.
//!
//! Neither is a change of the document: no version, no audit row.

use model::OrgId;
use uuid::Uuid;

use crate::db::args;
use crate::{Control, Error, Result};

/// Stars that one person may give to one kind of document.
const STARS_MAX: i64 = 10_000;

/// How often a document was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Views {
    /// The document's id.
    pub id: String,
    pub count: i64,
    /// When it was last looked at, in unix milliseconds, and by whom, if by a person with an account.
    pub last_ms: i64,
    pub last_by: Option<Uuid>,
}

impl Control {
    /// Gives a person's star to a document, or takes it away. The document itself is not looked for.
    pub async fn set_star(
        &self,
        user: (OrgId, Uuid),
        kind: &str,
        id: &str,
        starred: bool,
    ) -> Result<()> {
        let (org, user) = user;
        let mut tx = self.inner.db.begin().await?;
        if starred {
            let sql = "SELECT COUNT(*) FROM stars WHERE org = $1 AND user_id = $2 AND kind = $3";
            let row = tx.one(sql, args![org, user, kind]).await?;
            if row.map(|row| row.int(0)).transpose()?.unwrap_or(0) >= STARS_MAX {
                return Err(Error::invalid("star", format!("at most {STARS_MAX} stars")));
            }
            let sql = "INSERT INTO stars (org, user_id, kind, id) VALUES ($1, $2, $3, $4) \
                       ON CONFLICT (org, user_id, kind, id) DO NOTHING";
            tx.run(sql, args![org, user, kind, id]).await?;
        } else {
            let sql = "DELETE FROM stars \
                       WHERE org = $1 AND user_id = $2 AND kind = $3 AND id = $4";
            tx.run(sql, args![org, user, kind, id]).await?;
        }
        tx.commit().await
    }

    /// Ids of the documents of a kind that a person has starred.
    pub async fn stars(&self, user: (OrgId, Uuid), kind: &str) -> Result<Vec<String>> {
        let sql = "SELECT id FROM stars WHERE org = $1 AND user_id = $2 AND kind = $3 ORDER BY id";
        let rows = self.inner.db.all(sql, args![user.0, user.1, kind]).await?;
        rows.iter().map(|row| row.text(0)).collect()
    }

    /// Counts that somebody looked at a document; `None` is a visitor without an account.
    pub async fn count_view(
        &self,
        viewer: (OrgId, Option<Uuid>),
        kind: &str,
        id: &str,
    ) -> Result<()> {
        let (org, user) = viewer;
        let mut tx = self.inner.db.begin().await?;
        let sql = "INSERT INTO views (org, kind, id, views, last_ms, last_by) \
                   VALUES ($1, $2, $3, 1, $4, $5) ON CONFLICT (org, kind, id) \
                   DO UPDATE SET views = views.views + 1, last_ms = $4, last_by = $5";
        tx.run(sql, args![org, kind, id, self.inner.clock.now_ms(), user]).await?;
        tx.commit().await
    }

    /// How often the documents of a kind were looked at; those that never were are left out.
    pub async fn views(&self, org: OrgId, kind: &str) -> Result<Vec<Views>> {
        let sql = "SELECT id, views, last_ms, last_by FROM views \
                   WHERE org = $1 AND kind = $2 ORDER BY id";
        let rows = self.inner.db.all(sql, args![org, kind]).await?;
        let views = rows.iter().map(|row| {
            Ok(Views {
                id: row.text(0)?,
                count: row.int(1)?,
                last_ms: row.int(2)?,
                last_by: row.opt_uuid(3)?,
            })
        });
        views.collect()
    }
}
