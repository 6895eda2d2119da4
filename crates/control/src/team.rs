//! Teams and their members.
//!
//! What control needs of a team has columns (handle, name); the rest of Datadog's attributes is
//! kept as it came.

use model::OrgId;
use serde::Serialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::change::{Action, Subject};
use crate::db::{Row, args};
use crate::{Actor, Change, Control, Error, Result, text};

const TEAMS_MAX: i64 = 10_000;
const ATTRIBUTES_BYTES_MAX: usize = 64 << 10;

/// A team.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Team {
    pub org: OrgId,
    pub id: Uuid,
    /// Unique in the organisation.
    pub handle: String,
    pub name: String,
    /// Description, avatar, …: as they came.
    pub attributes: Map<String, Value>,
    pub user_count: i64,
    pub created_ms: i64,
    pub modified_ms: i64,
}

/// A user in a team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TeamMember {
    pub team: Uuid,
    pub user: Uuid,
    /// `admin`, or nothing for a plain member.
    pub role: Option<String>,
}

/// A new team, or the new state of one.
#[derive(Clone, Debug, Default)]
pub struct TeamFields {
    pub handle: String,
    pub name: String,
    pub attributes: Map<String, Value>,
}

const COLUMNS: &str = "t.org, t.id, t.handle, t.name, t.attributes, t.created_ms, t.modified_ms, \
                       (SELECT COUNT(*) FROM team_members m WHERE m.team_id = t.id)";

fn from_row(row: &Row) -> Result<Team> {
    Ok(Team {
        org: row.org(0)?,
        id: row.uuid(1)?,
        handle: row.text(2)?,
        name: row.text(3)?,
        attributes: row.json(4)?,
        created_ms: row.int(5)?,
        modified_ms: row.int(6)?,
        user_count: row.int(7)?,
    })
}

fn member_from_row(row: &Row) -> Result<TeamMember> {
    Ok(TeamMember { team: row.uuid(0)?, user: row.uuid(1)?, role: row.opt_text(2)? })
}

impl Team {
    fn audit_json(&self) -> Value {
        json!({"handle": self.handle, "name": self.name, "attributes": self.attributes})
    }

    fn subject(&self) -> Subject<'_> {
        Subject { kind: "team", id: self.id.to_string(), name: &self.name }
    }
}

fn check_fields(fields: TeamFields) -> Result<(TeamFields, String)> {
    let attributes = json!(fields.attributes).to_string();
    if attributes.len() > ATTRIBUTES_BYTES_MAX {
        return Err(Error::invalid("attributes", "larger than 64 KiB"));
    }
    let handle = text("handle", fields.handle, 1)?;
    let name = text("name", fields.name, 1)?;
    Ok((TeamFields { handle, name, attributes: fields.attributes }, attributes))
}

impl Control {
    /// All teams by name; at most 10 000.
    pub async fn teams(&self, org: OrgId) -> Result<Vec<Team>> {
        let sql = format!("SELECT {COLUMNS} FROM teams t WHERE t.org = $1 ORDER BY t.name, t.id");
        self.inner.db.all(&sql, args![org]).await?.iter().map(from_row).collect()
    }

    pub async fn team(&self, org: OrgId, id: Uuid) -> Result<Team> {
        let sql = format!("SELECT {COLUMNS} FROM teams t WHERE t.org = $1 AND t.id = $2");
        let row = self.inner.db.one(&sql, args![org, id]).await?;
        row.as_ref().map(from_row).unwrap_or_else(|| Err(Error::not_found("team", id)))
    }

    /// Makes a team. Fails with `Conflict` when the handle is taken.
    pub async fn create_team(&self, actor: &Actor, fields: TeamFields) -> Result<Team> {
        let (fields, attributes) = check_fields(fields)?;
        let mut change = self.change(actor).await?;
        let sql = "SELECT COUNT(*) FROM teams WHERE org = $1";
        let count = change.tx.one(sql, args![actor.org]).await?;
        if count.map(|row| row.int(0)).transpose()?.unwrap_or(0) >= TEAMS_MAX {
            return Err(Error::Conflict(format!("there are {TEAMS_MAX} teams already")));
        }
        let team = Team {
            org: actor.org,
            id: Uuid::new_v4(),
            handle: fields.handle,
            name: fields.name,
            attributes: fields.attributes,
            user_count: 0,
            created_ms: change.now_ms,
            modified_ms: change.now_ms,
        };
        let sql = "INSERT INTO teams (org, id, handle, name, attributes, created_ms, modified_ms) \
                   VALUES ($1, $2, $3, $4, $5, $6, $6)";
        let args = args![team.org, team.id, &team.handle, &team.name, attributes, team.created_ms];
        change.tx.run(sql, args).await?;
        change.audit(Action::Created, team.subject(), None, Some(team.audit_json())).await?;
        change.commit().await?;
        Ok(team)
    }

    /// Replaces a team's fields.
    pub async fn update_team(&self, actor: &Actor, id: Uuid, fields: TeamFields) -> Result<Team> {
        let (fields, attributes) = check_fields(fields)?;
        let mut change = self.change(actor).await?;
        let before = change.team(id).await?;
        let after = Team {
            handle: fields.handle,
            name: fields.name,
            attributes: fields.attributes,
            modified_ms: change.now_ms,
            ..before.clone()
        };
        let sql = "UPDATE teams SET handle = $1, name = $2, attributes = $3, modified_ms = $4 \
                   WHERE id = $5";
        let args = args![&after.handle, &after.name, attributes, after.modified_ms, id];
        change.tx.run(sql, args).await?;
        let (old, new) = (before.audit_json(), after.audit_json());
        change.audit(Action::Modified, after.subject(), Some(old), Some(new)).await?;
        change.commit().await?;
        Ok(after)
    }

    pub async fn delete_team(&self, actor: &Actor, id: Uuid) -> Result<()> {
        let mut change = self.change(actor).await?;
        let before = change.team(id).await?;
        change.tx.run("DELETE FROM teams WHERE id = $1", args![id]).await?;
        let old = before.audit_json();
        change.audit(Action::Deleted, before.subject(), Some(old), None).await?;
        change.commit().await
    }

    /// The members of a team.
    pub async fn team_members(&self, org: OrgId, team: Uuid) -> Result<Vec<TeamMember>> {
        self.team(org, team).await?;
        let sql = "SELECT team_id, user_id, role FROM team_members WHERE team_id = $1 \
                   ORDER BY user_id";
        self.inner.db.all(sql, args![team]).await?.iter().map(member_from_row).collect()
    }

    /// The teams of a user.
    pub async fn user_teams(&self, org: OrgId, user: Uuid) -> Result<Vec<TeamMember>> {
        self.user(org, user).await?;
        let sql = "SELECT team_id, user_id, role FROM team_members WHERE user_id = $1 \
                   ORDER BY team_id";
        self.inner.db.all(sql, args![user]).await?.iter().map(member_from_row).collect()
    }

    /// Adds a user to a team, or changes the role of a member.
    pub async fn put_team_member(&self, actor: &Actor, member: &TeamMember) -> Result<()> {
        if member.role.as_deref().is_some_and(|role| role != "admin") {
            return Err(Error::invalid("role", "is admin or nothing"));
        }
        let mut change = self.change(actor).await?;
        let team = change.team(member.team).await?;
        change.user(member.user).await?;
        let sql = "INSERT INTO team_members (team_id, user_id, role) VALUES ($1, $2, $3) \
                   ON CONFLICT (team_id, user_id) DO UPDATE SET role = $3";
        change.tx.run(sql, args![member.team, member.user, member.role.clone()]).await?;
        let new = json!({"member": member.user, "role": member.role});
        change.audit(Action::Modified, team.subject(), None, Some(new)).await?;
        change.commit().await
    }

    pub async fn remove_team_member(&self, actor: &Actor, team: Uuid, user: Uuid) -> Result<()> {
        let mut change = self.change(actor).await?;
        let found = change.team(team).await?;
        let sql = "DELETE FROM team_members WHERE team_id = $1 AND user_id = $2";
        if change.tx.run(sql, args![team, user]).await? == 0 {
            return Err(Error::not_found("team member", user));
        }
        let old = json!({"member": user});
        change.audit(Action::Modified, found.subject(), Some(old), None).await?;
        change.commit().await
    }
}

impl Change {
    async fn team(&mut self, id: Uuid) -> Result<Team> {
        let sql = format!("SELECT {COLUMNS} FROM teams t WHERE t.org = $1 AND t.id = $2");
        let row = self.tx.one(&sql, args![self.actor.org, id]).await?;
        row.as_ref().map(from_row).unwrap_or_else(|| Err(Error::not_found("team", id)))
    }
}
