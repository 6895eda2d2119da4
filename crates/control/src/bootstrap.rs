use std::path::Path;

use base::secure_bytes;
use model::OrgId;
use serde::{Deserialize, Serialize};

use crate::credential::{CredentialKind, NewCredential};
use crate::secret::write_private;
use crate::user::NewUser;
use crate::{Actor, Control, Error, Managed, Result};

/// Name of the file in the data directory; format: `docs/formats/control.md`.
const FILE: &str = "bootstrap.json";
const ORG_NAME: &str = "Procyon";
const EMAIL: &str = "admin@procyon.local";

/// The first login and keys.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bootstrap {
    pub email: String,
    pub password: String,
    pub api_key: String,
    pub application_key: String,
}

impl std::fmt::Debug for Bootstrap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bootstrap").field("email", &self.email).finish_non_exhaustive()
    }
}

impl Control {
    /// On an empty database: makes the first organisation, its administrator, an API key and an
    /// application key, and writes them to `bootstrap.json` (mode 0600).
    /// Later: reads them from there, or answers `None` when the file is gone.
    ///
    /// The file is durable before the database has what it says: a crash in between leaves an empty
    /// database, and the next start writes the file anew. The other order could lose the only copy.
    pub async fn bootstrap(&self) -> Result<Option<Bootstrap>> {
        let path = self.inner.data_dir.join(FILE);
        if !self.orgs().await?.is_empty() {
            return read(&path);
        }
        let password = first_password();
        let hash = self.hash_password(&password).await?;
        let mut change = self.change(&Actor::system(OrgId::FIRST)).await?;
        if change.tx.one("SELECT id FROM orgs LIMIT 1", vec![]).await?.is_some() {
            // Another node was faster; what it made is in its file.
            return read(&path);
        }
        change.create_org(ORG_NAME).await?;
        let admin = change.managed_role(Managed::Admin).await?;
        let user = NewUser {
            email: EMAIL.to_owned(),
            name: Some("Administrator".to_owned()),
            roles: vec![admin.id],
            ..NewUser::default()
        };
        let user = change.create_user(user, Some(hash)).await?;
        change.actor.user = Some(user.id);
        let key = NewCredential::new(CredentialKind::ApiKey, "First API key", None);
        let api_key = change.issue(key).await?.value;
        let key = NewCredential::new(
            CredentialKind::ApplicationKey,
            "First application key",
            Some(user.id),
        );
        let application_key = change.issue(key).await?.value;
        let first = Bootstrap { email: EMAIL.to_owned(), password, api_key, application_key };
        write(&path, &first)?;
        change.commit().await?;
        Ok(Some(first))
    }
}

fn read(path: &Path) -> Result<Option<Bootstrap>> {
    match std::fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes)
            .map(Some)
            .map_err(|error| Error::Corrupt(format!("{}: {error}", path.display()))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::unavailable("reading bootstrap.json", error)),
    }
}

fn write(path: &Path, first: &Bootstrap) -> Result<()> {
    let mut json = serde_json::to_vec_pretty(first).expect("BUG: four strings are always JSON");
    json.push(b'\n');
    write_private(path, &json).map_err(|error| Error::unavailable("writing bootstrap.json", error))
}

/// Twenty characters of five bits each, in groups that can be typed.
fn first_password() -> String {
    const DIGITS: &[u8; 32] = b"23456789abcdefghijkmnpqrstuvwxyz";
    let random: [u8; 20] = secure_bytes();
    let digits = random.map(|byte| char::from(DIGITS[usize::from(byte & 31)]));
    digits.chunks(5).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}
