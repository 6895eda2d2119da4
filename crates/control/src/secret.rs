//! Secrets: the master key, keyed hashes, sealed values, passwords.
//!
//! The master key (32 bytes) lies in `control.key`, mode 0600, or is passed in. Two keys are derived
//! from it: one for the hashes by which credentials are looked up, one that seals. A sealed value
//! has a data key of its own, encrypted by the sealing key ("envelope"), so that the master key can
//! be changed without reading the values. Layout: `docs/formats/control.md`.

use std::fmt;
use std::io::Write as _;
use std::path::Path;

use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use base::secure_bytes;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::{Error, Result};

/// Argon2id's cost: memory in KiB, passes, lanes. OWASP's first choice for servers.
const ARGON2_COST: (u32, u32, u32) = (19_456, 2, 1);
const SEALED_VERSION: u8 = 1;
const NONCE_BYTES: usize = 24;
const TAG_BYTES: usize = 16;
const KEY_BYTES: usize = 32;
/// Version, then nonce and sealed data key, then the value's nonce.
const SEALED_HEAD_BYTES: usize = 1 + NONCE_BYTES + KEY_BYTES + TAG_BYTES + NONCE_BYTES;

/// The key that all others are derived from.
#[derive(Clone, PartialEq, Eq)]
pub struct MasterKey([u8; KEY_BYTES]);

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

impl MasterKey {
    pub fn new(bytes: [u8; KEY_BYTES]) -> Self {
        Self(bytes)
    }

    pub(crate) fn generate() -> Self {
        Self(secure_bytes())
    }

    /// Reads the key file; `None` when there is none.
    pub(crate) fn read(path: &Path) -> Result<Option<Self>> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::unavailable("reading control.key", error)),
        };
        let mut bytes = [0; KEY_BYTES];
        hex::decode_to_slice(text.trim(), &mut bytes).map_err(|error| {
            Error::Corrupt(format!("{} is not 64 hexadecimal digits: {error}", path.display()))
        })?;
        Ok(Some(Self(bytes)))
    }

    pub(crate) fn write(&self, path: &Path) -> Result<()> {
        write_private(path, format!("{}\n", hex::encode(self.0)).as_bytes())
            .map_err(|error| Error::unavailable("writing control.key", error))
    }

    fn derive(&self, purpose: &str) -> [u8; KEY_BYTES] {
        hmac(&self.0, &[purpose.as_bytes()])
    }
}

/// Replaces a file atomically and durably, readable by its owner only.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let partial = path.with_extension("partial");
    match std::fs::remove_file(&partial) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    // `create_new`: the mode holds only for a file that this call makes.
    let mut file =
        std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&partial)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&partial, path)?;
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => std::fs::File::open(parent)?.sync_all(),
        _ => Ok(()),
    }
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac =
        <Hmac<Sha256> as Mac>::new_from_slice(key).expect("BUG: HMAC takes keys of any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// A secret's keyed hash: what a credential or session is looked up by.
pub(crate) type SecretHash = [u8; 32];

/// What is derived from the master key.
pub(crate) struct Secrets {
    lookup: [u8; KEY_BYTES],
    csrf: [u8; KEY_BYTES],
    check: [u8; KEY_BYTES],
    seal: XChaCha20Poly1305,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets(…)")
    }
}

impl Secrets {
    pub(crate) fn new(master: &MasterKey) -> Self {
        Self {
            lookup: master.derive("procyon lookup"),
            csrf: master.derive("procyon csrf"),
            check: master.derive("procyon check"),
            seal: XChaCha20Poly1305::new(&master.derive("procyon seal").into()),
        }
    }

    /// Tells whether two databases or nodes have the same master key, without telling the key.
    pub(crate) fn check(&self) -> String {
        hex::encode(self.check)
    }

    /// `domain` keeps a session from being taken for a key of the same text.
    pub(crate) fn hash(&self, domain: &str, secret: &str) -> SecretHash {
        hmac(&self.lookup, &[domain.as_bytes(), b"\0", secret.as_bytes()])
    }

    pub(crate) fn csrf(&self, session: &str) -> String {
        hex::encode(hmac(&self.csrf, &[session.as_bytes()]))
    }

    /// Encrypts a value. It can be opened only for the same `owner`, the id of its row.
    pub(crate) fn seal(&self, owner: &str, value: &str) -> Vec<u8> {
        let data_key = secure_bytes::<KEY_BYTES>();
        let data_cipher = XChaCha20Poly1305::new(&data_key.into());
        let mut sealed = vec![SEALED_VERSION];
        for (cipher, bytes) in [(&self.seal, &data_key[..]), (&data_cipher, value.as_bytes())] {
            let nonce = secure_bytes::<NONCE_BYTES>();
            let payload = Payload { msg: bytes, aad: owner.as_bytes() };
            let encrypted = cipher
                .encrypt(XNonce::from_slice(&nonce), payload)
                .expect("BUG: values are far below the cipher's limit of 256 GiB");
            sealed.extend_from_slice(&nonce);
            sealed.extend_from_slice(&encrypted);
        }
        sealed
    }

    /// Decrypts a value; an error when a bit of it, its owner or the master key is another.
    pub(crate) fn open(&self, owner: &str, sealed: &[u8]) -> Result<String> {
        let corrupt = |what: &str| Error::Corrupt(format!("the sealed value of {owner} {what}"));
        if sealed.len() < SEALED_HEAD_BYTES || sealed[0] != SEALED_VERSION {
            return Err(corrupt("has an unknown form"));
        }
        let decrypt = |cipher: &XChaCha20Poly1305, nonce: &[u8], bytes: &[u8]| {
            let payload = Payload { msg: bytes, aad: owner.as_bytes() };
            // The cipher's error says nothing more, by design.
            cipher.decrypt(XNonce::from_slice(nonce), payload).ok()
        };
        let (key_part, value_part) = sealed[1..].split_at(SEALED_HEAD_BYTES - 1 - NONCE_BYTES);
        let (nonce, encrypted) = key_part.split_at(NONCE_BYTES);
        let data_key: [u8; KEY_BYTES] = decrypt(&self.seal, nonce, encrypted)
            .and_then(|key| key.try_into().ok())
            .ok_or_else(|| corrupt("was changed, or control.key is another"))?;
        let (nonce, encrypted) = value_part.split_at(NONCE_BYTES);
        let value = decrypt(&XChaCha20Poly1305::new(&data_key.into()), nonce, encrypted)
            .ok_or_else(|| corrupt("was changed"))?;
        String::from_utf8(value).map_err(|error| corrupt(&format!("is not text: {error}")))
    }
}

fn argon2() -> Argon2<'static> {
    let (memory, passes, lanes) = ARGON2_COST;
    let params =
        Params::new(memory, passes, lanes, None).expect("BUG: the constants lie within the limits");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// Hashes a password. Takes about 20 ms of a core and 19 MiB: call it off the async threads.
pub(crate) fn hash_password(password: &str) -> Result<String> {
    let salt = SaltString::encode_b64(&secure_bytes::<16>())
        .expect("BUG: 16 bytes are a salt of legal length");
    let hash = argon2().hash_password(password.as_bytes(), &salt);
    Ok(hash.map_err(|error| Error::invalid("password", error.to_string()))?.to_string())
}

/// Whether the password is the one that was hashed. `None`, for a user without a password, takes
/// as long and is false, so that the time does not tell who exists.
pub(crate) fn verify_password(password: &str, hash: Option<&str>) -> bool {
    // A hash of nothing that anyone can type, with the cost of the real ones.
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$\
                          AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let Ok(parsed) = PasswordHash::new(hash.unwrap_or(NOBODY)) else { return false };
    argon2().verify_password(password.as_bytes(), &parsed).is_ok() && hash.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sealed_values_open_only_unchanged() {
        let secrets = Secrets::new(&MasterKey::new([7; 32]));
        let sealed = secrets.seal("row-1", "the value");
        assert_eq!(secrets.open("row-1", &sealed).unwrap(), "the value");
        assert_ne!(sealed, secrets.seal("row-1", "the value"), "each has its own key and nonce");
        for byte in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[byte] ^= 1;
            let error = secrets.open("row-1", &changed).unwrap_err();
            assert!(matches!(error, Error::Corrupt(_)), "byte {byte}: {error}");
        }
        for len in 0..sealed.len() {
            assert!(secrets.open("row-1", &sealed[..len]).is_err(), "cut to {len}");
        }
        assert!(secrets.open("row-2", &sealed).is_err(), "another row");
        let other = Secrets::new(&MasterKey::new([8; 32]));
        assert!(other.open("row-1", &sealed).is_err(), "another master key");
    }

    #[test]
    fn passwords() {
        let hash = hash_password("correct horse").unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let check = |password: &str, hash: Option<&str>, expect: bool| {
            assert_eq!(verify_password(password, hash), expect, "{password:?} {hash:?}");
        };
        check("correct horse", Some(&hash), true);
        check("Correct horse", Some(&hash), false);
        check("", Some(&hash), false);
        check("correct horse", None, false);
        check("correct horse", Some("not a hash"), false);
    }

    #[test]
    fn hashes_depend_on_all_parts() {
        let secrets = Secrets::new(&MasterKey::new([7; 32]));
        let other = Secrets::new(&MasterKey::new([8; 32]));
        let hash = secrets.hash("api_key", "abc");
        assert_eq!(hash, secrets.hash("api_key", "abc"));
        assert_ne!(hash, secrets.hash("session", "abc"));
        assert_ne!(hash, secrets.hash("api_key", "abd"));
        assert_ne!(hash, other.hash("api_key", "abc"));
        assert_ne!(secrets.check(), other.check());
    }

    #[test]
    fn private_files() {
        use std::os::unix::fs::PermissionsExt;
        let dir = crate::testing::TempDir::new("private");
        let path = dir.path().join("control.key");
        let key = MasterKey::generate();
        assert_eq!(MasterKey::read(&path).unwrap(), None);
        key.write(&path).unwrap();
        key.write(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(MasterKey::read(&path).unwrap(), Some(key));
        std::fs::write(&path, "short").unwrap();
        assert!(matches!(MasterKey::read(&path), Err(Error::Corrupt(_))));
    }
}
