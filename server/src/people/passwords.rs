//! Passwords, kept as argon2id hashes (RFC 9106) in PHC strings.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

/// Checks that may run at once; each takes 19 MiB and a core.
const CHECKS_AT_ONCE: usize = 2;
/// The longest password looked at, in bytes.
pub const PASSWORD_BYTES_MAX: usize = 256;
/// Checked in place of an unknown account's hash, so that the time an answer takes doesn't tell which
/// accounts exist. No password is known for it.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGtub3dzIGl0$q5lIa5ByK0yUpUzqDWAXgLTNdJ3yAEbUW2vHQ0Zx1Nw";

static CHECKS: Semaphore = Semaphore::const_new(CHECKS_AT_ONCE);

/// Hashes a password with a random salt, with the parameters OWASP recommends (19 MiB, two passes).
pub fn hash(password: &str, salt: [u8; 16]) -> String {
    let hash: PasswordHash = Argon2::default()
        .hash_password_with_salt(password.as_bytes(), &salt)
        .expect("BUG: any password and sixteen bytes of salt make a hash");
    hash.to_string()
}

/// Whether the password belongs to the hash; an unknown account has none, and takes as long.
pub async fn check(password: String, hash: Option<String>) -> bool {
    let _permit = CHECKS.acquire().await.expect("BUG: nobody closes it");
    tokio::task::spawn_blocking(move || {
        let known = verify(&password, hash.as_deref().unwrap_or(NOBODY));
        known && hash.is_some()
    })
    .await
    .expect("BUG: checking a password does not panic")
}

fn verify(password: &str, hash: &str) -> bool {
    let hash = PasswordHash::new(hash).expect("BUG: only hashes are kept");
    Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_password_of_a_known_account_is_good() {
        let known = hash("巡访", [7; 16]);
        assert!(check("巡访".to_owned(), Some(known.clone())).await);
        assert!(!check("巡防".to_owned(), Some(known)).await);
        assert!(!check("巡访".to_owned(), None).await);
    }

    #[test]
    fn an_unknown_account_takes_the_same_work() {
        let work = |text: &str| PasswordHash::new(text).unwrap().params.to_string();
        assert_eq!(work(NOBODY), work(&hash("x", [7; 16])));
    }
}
