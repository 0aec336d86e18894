//! The administrative tree: codes by GB/T 2260 (province, prefecture, county: two, four, six digits)
//! and GB/T 10114 (township-level unit: nine digits).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::id::BadId;

/// A node of the administrative tree, and the scope of everything below it: an area's code starts with
/// the codes of the areas it lies in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AreaCode(String);

/// Where the code of each level ends: province, prefecture, county, township-level unit.
const LEVEL_ENDS: [usize; 4] = [2, 4, 6, 9];

impl AreaCode {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `area` is this area or lies below it.
    pub fn contains(&self, area: &AreaCode) -> bool {
        area.0.starts_with(&self.0)
    }

    /// The area this one lies in; none for a province.
    pub fn parent(&self) -> Option<AreaCode> {
        let level = LEVEL_ENDS.iter().position(|end| *end == self.0.len())?;
        let end = LEVEL_ENDS[level.checked_sub(1)?];
        Some(AreaCode(self.0[..end].to_owned()))
    }
}

impl FromStr for AreaCode {
    type Err = BadId;

    /// Reads a code without padding. `140600`, as statistics write a prefecture, is refused: as a
    /// prefix it would contain nothing of the prefecture.
    fn from_str(text: &str) -> Result<Self, BadId> {
        let digits = text.bytes().all(|c| c.is_ascii_digit());
        let whole = LEVEL_ENDS.contains(&text.len());
        let padded = || {
            let starts = [0].into_iter().chain(LEVEL_ENDS);
            starts
                .zip(LEVEL_ENDS)
                .filter(|(_, end)| *end <= text.len())
                .any(|(start, end)| text[start..end].bytes().all(|c| c == b'0'))
        };
        if digits && whole && !padded() {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn area(code: &str) -> AreaCode {
        code.parse().unwrap_or_else(|_| panic!("{code} is an area code"))
    }

    #[test]
    fn an_area_contains_itself_and_what_lies_below_it() {
        let district = area("140602");
        assert!(district.contains(&district));
        assert!(district.contains(&area("140602100")));
        assert!(area("14").contains(&district));
        assert!(!district.contains(&area("1406")));
        assert!(!district.contains(&area("140603")));
        assert!(!area("140602100").contains(&area("140602101")));
    }

    #[test]
    fn parents_lead_up_to_the_province() {
        let mut codes = vec![area("140602100")];
        while let Some(parent) = codes.last().and_then(AreaCode::parent) {
            codes.push(parent);
        }
        assert_eq!(codes, [area("140602100"), area("140602"), area("1406"), area("14")]);
    }

    #[test]
    fn what_is_no_code_is_refused() {
        for text in
            ["", "1", "140", "14060", "1406021", "1406021000", "14060a", "１４", "00", "140600", "140602000"]
        {
            assert!(text.parse::<AreaCode>().is_err(), "{text:?}");
        }
    }
}
