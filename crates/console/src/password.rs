//! Passwords: hashed with argon2id, checked without saying who exists.

use std::sync::{Arc, LazyLock};

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

use crate::Error;

/// The fewest characters a password may have (NIST SP 800-63B asks for 8; there is no second factor here yet).
pub(crate) const FEWEST_CHARACTERS: usize = 10;

/// The most bytes a password may have; longer ones only cost time.
pub(crate) const MOST_BYTES: usize = 256;

/// How many checks run at once; each takes 19 MB and a core for some tens of milliseconds.
const CHECKS_AT_ONCE: usize = 2;

/// The hash that is checked when the name is unknown, so that unknown names take as long as known ones.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash_password("nobody").unwrap_or_default());

/// Hashes a password into PHC form (`$argon2id$…`) with a fresh salt.
///
/// # Errors
/// [`Error::Password`] when the system gives no randomness.
pub fn hash_password(password: &str) -> Result<String, Error> {
    Argon2::default()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|error| Error::Password {
            reason: error.to_string(),
        })
}

/// Whether `password` is the one that `hash` (PHC form) was made from; an unreadable hash fits no password.
#[must_use]
pub fn check_password(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| {
        Argon2::default()
            .verify_password(password.as_bytes(), &hash)
            .is_ok()
    })
}

/// Checks passwords off the request threads, few at a time.
#[derive(Debug, Clone)]
pub(crate) struct PasswordDesk(Arc<Semaphore>);

impl PasswordDesk {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Semaphore::new(CHECKS_AT_ONCE)))
    }

    /// Whether the password fits; with no hash the same work is done and the answer is no.
    pub(crate) async fn check(&self, password: String, hash: Option<String>) -> bool {
        if password.len() > MOST_BYTES {
            return false;
        }
        self.run(move || {
            let known = hash.is_some();
            check_password(&password, hash.as_deref().unwrap_or(&NOBODY)) && known
        })
        .await
        .unwrap_or(false)
    }

    /// Hashes a password.
    pub(crate) async fn hash(&self, password: String) -> Result<String, Error> {
        self.run(move || hash_password(&password))
            .await
            .unwrap_or_else(|| {
                Err(Error::Password {
                    reason: "the hashing thread ended early".into(),
                })
            })
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let permit = Arc::clone(&self.0).acquire_owned().await.ok()?;
        // The permit goes along: a request that is given up does not free a place while its work still runs.
        tokio::task::spawn_blocking(move || {
            let result = work();
            drop(permit);
            result
        })
        .await
        .ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_password_itself_fits_and_equal_passwords_differ_in_salt() {
        let hash = hash_password("正确的口令 horse").unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(check_password("正确的口令 horse", &hash));
        assert!(!check_password("正确的口令 horsE", &hash));
        assert!(!check_password("正确的口令 horse", "not a hash"));
        assert_ne!(hash, hash_password("正确的口令 horse").unwrap());
    }

    #[tokio::test]
    async fn nobody_signs_in_without_a_hash() {
        let desk = PasswordDesk::new();
        assert!(!desk.check("nobody".into(), None).await);
    }
}
