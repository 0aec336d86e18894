//! Ids: opaque, parsed once, never mixed up.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Random bytes handed in by whoever may draw them; this crate never does.
pub type Entropy = [u8; 16];

/// A text that is not the id it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {what}")]
pub struct BadId {
    /// What was expected, as the glossary names it.
    pub what: &'static str,
}

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// The id with these sixteen bytes.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }

            /// A version 4 id made from random bytes (RFC 9562 §5.4).
            pub fn random(entropy: Entropy) -> Self {
                Self(uuid::Builder::from_random_bytes(entropy).into_uuid())
            }

            /// The id's sixteen bytes.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0.as_hyphenated())
            }
        }

        impl FromStr for $name {
            type Err = BadId;
            fn from_str(text: &str) -> Result<Self, BadId> {
                Uuid::try_parse(text).map(Self).map_err(|_| BadId { what: $what })
            }
        }
    };
}

uuid_id!(
    /// A cooperative: opaque, never a credit code, because those get corrected.
    CooperativeId, "cooperative id"
);
uuid_id!(
    /// A visit: UUIDv8 of SHA-256(cooperative id ‖ code), so everyone who knows both derives the same.
    VisitId, "visit id"
);
uuid_id!(
    /// A person who signs in.
    PersonId, "person id"
);
uuid_id!(
    /// A phone or a browser, registered at sign-in.
    DeviceId, "device id"
);
uuid_id!(
    /// A finding within a record.
    FindingId, "finding id"
);
uuid_id!(
    /// A photo or file within a record.
    EvidenceId, "evidence id"
);
uuid_id!(
    /// A position fix within a record.
    FixId, "fix id"
);

impl VisitId {
    /// Derives the id of the visit to `cooperative` with the joining code `code`.
    pub fn derive(cooperative: CooperativeId, code: &VisitCode) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(cooperative.as_bytes());
        hasher.update(code.as_str().as_bytes());
        let digest = hasher.finalize();
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        Self(uuid::Builder::from_custom_bytes(bytes).into_uuid())
    }
}

/// Crockford's base 32 alphabet (no I, L, O, U).
const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// What two people type or scan to work on one visit without a network: eight characters of Crockford
/// base 32. The first numbers the published pair of record schema and checklist version, six are
/// random, the last checks them together with the cooperative id.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct VisitCode(String);

/// Why a typed code can't be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadCode {
    /// Not eight characters of Crockford base 32.
    #[error("a code has eight letters or digits")]
    Malformed,
    /// The check character doesn't fit: a typing error, or another cooperative.
    #[error("the code does not fit this cooperative")]
    WrongCheck,
    /// Made by an app that knows a newer record schema or checklist.
    #[error("the code was made by a newer app")]
    Newer,
}

impl VisitCode {
    /// The newest published pair this build knows: record schema 1 with `quality-2021@1`.
    pub const NEWEST_PAIR: u8 = 1;

    /// Makes the code of a new visit to `cooperative` for the published pair `pair`.
    pub fn make(cooperative: CooperativeId, pair: u8, entropy: Entropy) -> Self {
        let mut symbols = vec![pair & 31];
        symbols.extend(entropy[..6].iter().map(|byte| byte & 31));
        symbols.push(check_symbol(cooperative, &symbols));
        Self(symbols.iter().map(|s| char::from(CROCKFORD[usize::from(*s)])).collect())
    }

    /// Parses what a person typed: case, hyphens and spaces don't matter, and I, L, O are read as
    /// Crockford reads them.
    pub fn parse(text: &str, cooperative: CooperativeId) -> Result<Self, BadCode> {
        let code = Self::from_str(text).map_err(|_| BadCode::Malformed)?;
        let symbols = code.symbols();
        if check_symbol(cooperative, &symbols[..7]) != symbols[7] {
            return Err(BadCode::WrongCheck);
        }
        if code.pair() > Self::NEWEST_PAIR {
            return Err(BadCode::Newer);
        }
        Ok(code)
    }

    /// The number of the published pair of record schema and checklist version.
    pub fn pair(&self) -> u8 {
        self.symbols()[0]
    }

    /// The eight characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn symbols(&self) -> Vec<u8> {
        self.0.bytes().map(|c| symbol(c).expect("BUG: a parsed code has only known symbols")).collect()
    }
}

impl FromStr for VisitCode {
    type Err = BadId;
    fn from_str(text: &str) -> Result<Self, BadId> {
        let mut code = String::with_capacity(8);
        for c in text.bytes().filter(|c| !matches!(c, b'-' | b' ')) {
            let value = symbol(c).ok_or(BadId { what: "visit code" })?;
            code.push(char::from(CROCKFORD[usize::from(value)]));
        }
        if code.len() == 8 { Ok(Self(code)) } else { Err(BadId { what: "visit code" }) }
    }
}

impl<'de> Deserialize<'de> for VisitCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl fmt::Display for VisitCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for VisitCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VisitCode({})", self.0)
    }
}

fn symbol(c: u8) -> Option<u8> {
    let c = match c.to_ascii_uppercase() {
        b'I' | b'L' => b'1',
        b'O' => b'0',
        other => other,
    };
    CROCKFORD.iter().position(|known| *known == c).map(|at| at as u8)
}

fn check_symbol(cooperative: CooperativeId, symbols: &[u8]) -> u8 {
    let mut hasher = Sha256::new();
    hasher.update(cooperative.as_bytes());
    hasher.update(symbols);
    hasher.finalize()[0] & 31
}

macro_rules! bytes_id {
    ($(#[$doc:meta])* $name:ident, $len:literal, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $len]);

        impl $name {
            /// The bytes.
            pub const fn as_bytes(&self) -> &[u8; $len] {
                &self.0
            }
        }

        impl TryFrom<&[u8]> for $name {
            type Error = BadId;
            fn try_from(bytes: &[u8]) -> Result<Self, BadId> {
                bytes.try_into().map(Self).map_err(|_| BadId { what: $what })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl FromStr for $name {
            type Err = BadId;
            fn from_str(text: &str) -> Result<Self, BadId> {
                let bad = BadId { what: $what };
                if text.len() != 2 * $len || !text.is_ascii() {
                    return Err(bad);
                }
                let mut bytes = [0; $len];
                for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
                    let pair = std::str::from_utf8(pair).map_err(|_| bad)?;
                    *byte = u8::from_str_radix(pair, 16).map_err(|_| bad)?;
                }
                Ok(Self(bytes))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    serializer.collect_str(self)
                } else {
                    serializer.serialize_bytes(&self.0)
                }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                if deserializer.is_human_readable() {
                    String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
                } else {
                    let bytes = serde_bytes::ByteBuf::deserialize(deserializer)?;
                    Self::try_from(bytes.as_slice()).map_err(serde::de::Error::custom)
                }
            }
        }
    };
}

bytes_id!(
    /// Whoever writes one run of changes: random, fresh each time a phone opens its store.
    Actor, 16, "actor"
);
bytes_id!(
    /// SHA-256 of a change, which names it.
    ChangeHash, 32, "change hash"
);
bytes_id!(
    /// SHA-256 of a file, which names it.
    FileHash, 32, "file hash"
);

#[cfg(test)]
mod tests {
    use super::*;

    const COOPERATIVE: CooperativeId = CooperativeId::from_bytes([7; 16]);

    #[test]
    fn a_code_survives_how_people_type_it() {
        let code = VisitCode::make(COOPERATIVE, 1, [3; 16]);
        let typed = format!("{}-{}", &code.as_str()[..4].to_lowercase(), &code.as_str()[4..]);
        assert_eq!(VisitCode::parse(&typed, COOPERATIVE), Ok(code));
    }

    #[test]
    fn a_code_is_refused_for_another_cooperative_a_newer_pair_and_a_typing_error() {
        let code = VisitCode::make(COOPERATIVE, 1, [3; 16]);
        let other = CooperativeId::from_bytes([8; 16]);
        assert_eq!(VisitCode::parse(code.as_str(), other), Err(BadCode::WrongCheck));
        let newer = VisitCode::make(COOPERATIVE, 2, [3; 16]);
        assert_eq!(VisitCode::parse(newer.as_str(), COOPERATIVE), Err(BadCode::Newer));
        assert_eq!(VisitCode::parse("ABC", COOPERATIVE), Err(BadCode::Malformed));
    }

    #[test]
    fn a_visit_id_is_the_same_for_all_who_know_cooperative_and_code() {
        let code = VisitCode::make(COOPERATIVE, 1, [3; 16]);
        let id = VisitId::derive(COOPERATIVE, &code);
        assert_eq!(id, VisitId::derive(COOPERATIVE, &code.as_str().parse().unwrap()));
        assert_eq!(id.to_string().as_bytes()[14], b'8', "RFC 9562 version 8");
    }
}
