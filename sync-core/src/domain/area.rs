//! The administrative tree: codes by GB/T 2260 (province, prefecture, county: two, four, six digits)
//! and GB/T 10114 (township-level unit: nine digits).
use super::id::BadId;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A node of the administrative tree, and the scope of everything below it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AreaCode(String);

impl AreaCode {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `area` is this area or lies below it.
    pub fn contains(&self, area: &AreaCode) -> bool {
        area.0.starts_with(&self.0)
    }
}

impl FromStr for AreaCode {
    type Err = BadId;
    fn from_str(text: &str) -> Result<Self, BadId> {
        let digits = text.bytes().all(|c| c.is_ascii_digit());
        if digits && matches!(text.len(), 2 | 4 | 6 | 9) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadId { what: "area code" })
        }
    }
}

impl TryFrom<String> for AreaCode {
    type Error = BadId;
    fn try_from(text: String) -> Result<Self, BadId> {
        text.parse()
    }
}

impl From<AreaCode> for String {
    fn from(code: AreaCode) -> Self {
        code.0
    }
}

impl fmt::Display for AreaCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
