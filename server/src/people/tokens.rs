//! Access tokens: JSON Web Tokens signed with ES256 (RFC 7519, RFC 9068), and the chain of refresh
//! tokens. Every check of time uses the time that is handed in.

use std::path::Path;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use p256::SecretKey;
use p256::pkcs8::{DecodePrivateKey, EncodePrivateKey, EncodePublicKey, LineEnding};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use sync_core::domain::{DeviceId, PersonId, ServerTime};

use super::SessionId;
use crate::data_folder;

/// How long an access token is good.
pub const ACCESS_TOKEN_MS: i64 = 15 * 60 * 1000;
/// The name of the key's file in the data folder.
pub const KEY_FILE: &str = "token-key.pem";

const ISSUER: &str = "xunfang";
const AUDIENCE: &str = "xunfang-api";
/// The media type of access tokens (RFC 9068 §2.1), so that no other token of ours passes for one.
const TYPE: &str = "at+jwt";

/// What an access token says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    iss: String,
    aud: String,
    /// The person.
    pub sub: PersonId,
    /// The device.
    pub did: DeviceId,
    /// The session, which can be ended before the token runs out.
    pub sid: SessionId,
    /// Names this token.
    jti: String,
    iat: i64,
    nbf: i64,
    /// When it runs out, in seconds since 1970 (RFC 7519 §4.1.4).
    exp: i64,
}

impl Claims {
    /// When the token runs out.
    pub fn expires_at(&self) -> ServerTime {
        ServerTime(self.exp * 1000)
    }
}

/// Issues and checks tokens.
pub struct Tokens {
    encoding: EncodingKey,
    decoding: DecodingKey,
    validation: Validation,
    secret: [u8; 32],
}

/// Why an access token is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadToken {
    /// It was good, and its time has run out.
    #[error("the token has expired")]
    Expired,
    /// It was not issued here for this purpose, was altered, or is not good yet.
    #[error("the token is not valid: {0}")]
    Invalid(String),
}

/// The key can't be read or kept.
#[derive(Debug, thiserror::Error)]
pub enum KeyFailed {
    /// The file can't be read or written.
    #[error("the token key {KEY_FILE} in the data folder: {0}")]
    File(#[from] std::io::Error),
    /// The file holds no P-256 key.
    #[error("the token key {KEY_FILE} in the data folder is not a P-256 private key in PEM")]
    NotAKey,
}

impl Tokens {
    /// Reads the key from the data folder, or makes it there on the first start from `entropy`, readable
    /// for the server's account only.
    pub fn open(folder: &Path, entropy: [u8; 32]) -> Result<Self, KeyFailed> {
        let path = folder.join(KEY_FILE);
        match std::fs::read_to_string(&path) {
            Ok(pem) => Self::from_pem(&pem),
            Err(missing) if missing.kind() == std::io::ErrorKind::NotFound => {
                let key = SecretKey::from_slice(&entropy).map_err(|_| KeyFailed::NotAKey)?;
                let pem = key.to_pkcs8_pem(LineEnding::LF).map_err(|_| KeyFailed::NotAKey)?;
                data_folder::put(&path, pem.as_bytes())?;
                Self::from_pem(&pem)
            }
            Err(unreadable) => Err(unreadable.into()),
        }
    }

    fn from_pem(pem: &str) -> Result<Self, KeyFailed> {
        let key = SecretKey::from_pkcs8_pem(pem).map_err(|_| KeyFailed::NotAKey)?;
        let private = key.to_pkcs8_der().map_err(|_| KeyFailed::NotAKey)?;
        let public = key.public_key().to_public_key_pem(LineEnding::LF).map_err(|_| KeyFailed::NotAKey)?;
        let mut validation = Validation::new(Algorithm::ES256);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["iss", "aud", "sub"]);
        // The library would look at the machine's clock; `check` uses the time it is given.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        let mut hasher = Sha256::new();
        hasher.update(b"xunfang derived tokens");
        hasher.update(key.to_bytes());
        Ok(Self {
            encoding: EncodingKey::from_ec_der(private.as_bytes()),
            decoding: DecodingKey::from_ec_pem(public.as_bytes()).map_err(|_| KeyFailed::NotAKey)?,
            validation,
            secret: hasher.finalize().into(),
        })
    }

    /// Issues an access token, named by `entropy`.
    pub fn issue(
        &self,
        person: PersonId,
        device: DeviceId,
        session: SessionId,
        now: ServerTime,
        entropy: [u8; 16],
    ) -> (String, ServerTime) {
        let seconds = now.0.div_euclid(1000);
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: person,
            did: device,
            sid: session,
            jti: hex(&entropy),
            iat: seconds,
            nbf: seconds,
            exp: seconds + ACCESS_TOKEN_MS / 1000,
        };
        (self.sign(TYPE, &claims), claims.expires_at())
    }

    fn sign(&self, typ: &str, claims: &Claims) -> String {
        let mut header = Header::new(Algorithm::ES256);
        header.typ = Some(typ.to_owned());
        jsonwebtoken::encode(&header, claims, &self.encoding).expect("BUG: a P-256 key signs any claims")
    }

    /// Checks an access token's signature, algorithm, type, issuer, audience and time.
    pub fn check(&self, token: &str, now: ServerTime) -> Result<Claims, BadToken> {
        let invalid = |why: &str| BadToken::Invalid(why.to_owned());
        let token = jsonwebtoken::decode::<Claims>(token, &self.decoding, &self.validation)
            .map_err(|e| invalid(&e.to_string()))?;
        if token.header.typ.as_deref() != Some(TYPE) {
            return Err(invalid("not an access token"));
        }
        let seconds = now.0.div_euclid(1000);
        match token.claims {
            claims if seconds < claims.nbf => Err(invalid("not good yet")),
            claims if seconds >= claims.exp => Err(BadToken::Expired),
            claims => Ok(claims),
        }
    }

    /// The refresh token that follows `token`. Deriving it lets a repeated request get the same answer
    /// although the server keeps no token, only hashes.
    pub fn successor(&self, token: &RefreshToken) -> RefreshToken {
        RefreshToken(self.derive(b"refresh", &token.0))
    }

    /// What the desk's pages send along with everything that changes something: whoever can't read our
    /// answers can't know it.
    pub fn csrf_token(&self, session: SessionId) -> String {
        hex(&self.derive(b"csrf", session.as_bytes()))
    }

    fn derive(&self, purpose: &[u8], from: &[u8]) -> [u8; 32] {
        let mut hasher = Sha256::new();
        hasher.update(self.secret);
        hasher.update(purpose);
        hasher.update(from);
        hasher.finalize().into()
    }
}

/// What a device keeps to get new access tokens; each is good until its successor has been used.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RefreshToken([u8; 32]);

impl RefreshToken {
    /// The first of a session.
    pub fn new(entropy: [u8; 32]) -> Self {
        Self(entropy)
    }

    /// Reads one that came in.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        if digits.len() != 64 || !digits.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
            *byte = u8::from_str_radix(&text[at..at + 2], 16).ok()?;
        }
        Some(Self(bytes))
    }

    /// What the server keeps of it.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }

    /// As it travels.
    pub fn reveal(&self) -> String {
        hex(&self.0)
    }
}

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: ServerTime = ServerTime(1_617_674_400_000);
    const PERSON: PersonId = PersonId::from_bytes([1; 16]);
    const DEVICE: DeviceId = DeviceId::from_bytes([2; 16]);
    const SESSION: SessionId = SessionId::from_bytes([3; 16]);

    fn tokens(seed: u8) -> (tempfile::TempDir, Tokens) {
        let folder = tempfile::tempdir().unwrap();
        let tokens = Tokens::open(folder.path(), [seed; 32]).unwrap();
        (folder, tokens)
    }

    fn is_invalid(tokens: &Tokens, token: &str, now: ServerTime) -> bool {
        matches!(tokens.check(token, now), Err(BadToken::Invalid(_)))
    }

    fn later(ms: i64) -> ServerTime {
        ServerTime(NOW.0 + ms)
    }

    #[test]
    fn a_token_says_who_from_when_to_when() {
        let (_folder, tokens) = tokens(1);
        let (token, expires_at) = tokens.issue(PERSON, DEVICE, SESSION, NOW, [4; 16]);
        assert_eq!(expires_at, later(ACCESS_TOKEN_MS));
        let claims = tokens.check(&token, NOW).unwrap();
        assert_eq!((claims.sub, claims.did, claims.sid), (PERSON, DEVICE, SESSION));
        assert!(tokens.check(&token, later(ACCESS_TOKEN_MS - 1000)).is_ok());
        assert_eq!(tokens.check(&token, later(ACCESS_TOKEN_MS)), Err(BadToken::Expired));
        assert!(is_invalid(&tokens, &token, later(-1000)), "not good yet");
    }

    #[test]
    fn the_key_is_made_once_and_is_for_the_server_only() {
        let (folder, first) = tokens(1);
        let (token, _) = first.issue(PERSON, DEVICE, SESSION, NOW, [4; 16]);
        let again = Tokens::open(folder.path(), [9; 32]).unwrap();
        assert!(again.check(&token, NOW).is_ok(), "the second start reads the first start's key");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(folder.path().join(KEY_FILE)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        std::fs::write(folder.path().join(KEY_FILE), "nonsense").unwrap();
        assert!(matches!(Tokens::open(folder.path(), [9; 32]), Err(KeyFailed::NotAKey)));
    }

    #[test]
    fn foreign_altered_and_unsigned_tokens_are_refused() {
        let (_folder, ours) = tokens(1);
        let (_other_folder, theirs) = tokens(2);
        let (token, _) = theirs.issue(PERSON, DEVICE, SESSION, NOW, [4; 16]);
        assert!(is_invalid(&ours, &token, NOW));
        let (token, _) = ours.issue(PERSON, DEVICE, SESSION, NOW, [4; 16]);
        let (head, rest) = token.split_once('.').unwrap();
        let (body, signature) = rest.split_once('.').unwrap();
        let swapped = theirs.issue(PERSON, DeviceId::from_bytes([9; 16]), SESSION, NOW, [4; 16]).0;
        let other_body = swapped.split('.').nth(1).unwrap();
        // {"alg":"none","typ":"at+jwt"} and {"alg":"HS256","typ":"at+jwt"}
        let none = "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0";
        let hs256 = "eyJhbGciOiJIUzI1NiIsInR5cCI6ImF0K2p3dCJ9";
        for token in [
            format!("{head}.{other_body}.{signature}"),
            format!("{none}.{body}."),
            format!("{hs256}.{body}.{signature}"),
            String::new(),
            "a.b.c".to_owned(),
        ] {
            assert!(is_invalid(&ours, &token, NOW), "{token}");
        }
    }

    #[test]
    fn issuer_audience_and_type_are_checked() {
        let (_folder, tokens) = tokens(1);
        let (token, _) = tokens.issue(PERSON, DEVICE, SESSION, NOW, [4; 16]);
        let good = tokens.check(&token, NOW).unwrap();
        assert!(tokens.check(&tokens.sign(TYPE, &good), NOW).is_ok());
        let refused = [
            tokens.sign("JWT", &good),
            tokens.sign(TYPE, &Claims { iss: "somebody".to_owned(), ..good.clone() }),
            tokens.sign(TYPE, &Claims { aud: "something".to_owned(), ..good.clone() }),
        ];
        for token in refused {
            assert!(is_invalid(&tokens, &token, NOW));
        }
    }

    #[test]
    fn a_refresh_token_has_one_successor_that_only_this_server_can_tell() {
        let (_folder, ours) = tokens(1);
        let (_other_folder, theirs) = tokens(2);
        let first = RefreshToken::new([5; 32]);
        let next = ours.successor(&first);
        assert!(next == ours.successor(&first) && next != first);
        assert!(next != theirs.successor(&first));
        assert!(RefreshToken::parse(&next.reveal()) == Some(next));
        assert!(RefreshToken::parse("é".repeat(32).as_str()).is_none());
        assert_ne!(ours.csrf_token(SESSION), theirs.csrf_token(SESSION));
    }
}
