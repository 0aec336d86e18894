//! The unified social credit code (GB 32100-2015): what identifies a registered organisation, by a code
//! whose last character checks the others.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A unified social credit code, in the standard's own spelling: eighteen digits and capitals.
///
/// Farmers' cooperatives have codes that start with `93` (registered by the market authority, 农民专业合作社).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CreditCode(String);

/// Why a text is no credit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadCreditCode {
    /// Not eighteen digits and capitals, a letter the standard doesn't use (I, O, S, V, Z), or a letter
    /// in the place of the registration authority's area code.
    #[error("a credit code has eighteen digits and letters, without I, O, S, V and Z")]
    Malformed,
    /// The last character doesn't check the others: a copying error.
    #[error("the last character of the credit code does not fit the others")]
    WrongCheck,
}

/// The characters of GB 32100-2015, each worth its place.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Places 3 to 8 hold the area code of the registration authority: digits only.
const AREA: std::ops::Range<usize> = 2..8;

impl CreditCode {
    /// The eighteen characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The code that starts with these seventeen characters.
    pub fn with_check(first17: &str) -> Result<Self, BadCreditCode> {
        let mut code = normalised(first17);
        if code.len() != 17 {
            return Err(BadCreditCode::Malformed);
        }
        code.push(char::from(check_character(&code)?));
        Ok(Self(code))
    }
}

impl FromStr for CreditCode {
    type Err = BadCreditCode;

    /// Reads a code as people write it: lower case, full-width characters and spaces don't matter.
    fn from_str(text: &str) -> Result<Self, BadCreditCode> {
        let code = normalised(text);
        if code.len() != 18 || !code.is_ascii() {
            return Err(BadCreditCode::Malformed);
        }
        let (first17, check) = code.split_at(17);
        let expected = check_character(first17)?;
        worth(check.as_bytes()[0])?;
        if check.as_bytes()[0] == expected { Ok(Self(code)) } else { Err(BadCreditCode::WrongCheck) }
    }
}

/// Upper case, half width, without spaces.
fn normalised(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| match c {
            // The full-width forms of ASCII stand in the same order, 0xFEE0 further on.
            '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
            _ => c,
        })
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

fn worth(c: u8) -> Result<u32, BadCreditCode> {
    ALPHABET.iter().position(|known| *known == c).map(|at| at as u32).ok_or(BadCreditCode::Malformed)
}

/// The character that makes the weighted sum divisible by 31; the weight of place *i* is 3^(i−1) mod 31.
fn check_character(first17: &str) -> Result<u8, BadCreditCode> {
    let mut sum = 0;
    let mut weight = 1;
    for (at, c) in first17.bytes().enumerate() {
        if AREA.contains(&at) && !c.is_ascii_digit() {
            return Err(BadCreditCode::Malformed);
        }
        sum += worth(c)? * weight;
        weight = weight * 3 % 31;
    }
    Ok(ALPHABET[((31 - sum % 31) % 31) as usize])
}

impl TryFrom<String> for CreditCode {
    type Error = BadCreditCode;
    fn try_from(text: String) -> Result<Self, BadCreditCode> {
        text.parse()
    }
}

impl From<CreditCode> for String {
    fn from(code: CreditCode) -> Self {
        code.0
    }
}

impl fmt::Display for CreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn codes_that_were_published_are_read() {
        for code in ["91350100M000100Y43", "91330100799655058B", "9144030071526726XG", "911100007109250324"] {
            assert_eq!(code.parse::<CreditCode>().map(String::from), Ok(code.to_owned()));
        }
    }

    #[test]
    fn a_code_is_read_as_people_write_it() {
        let code: CreditCode = "91350100M000100Y43".parse().unwrap();
        assert_eq!("９１３５０１００Ｍ０００１００Ｙ４３".parse(), Ok(code.clone()));
        assert_eq!(" 91350100 m000100y43　".parse(), Ok(code));
    }

    #[test]
    fn what_is_no_code_is_refused_with_the_reason() {
        let refused = |text: &str| text.parse::<CreditCode>().expect_err("no code");
        assert_eq!(refused(""), BadCreditCode::Malformed);
        assert_eq!(refused("91350100M000100Y4"), BadCreditCode::Malformed);
        assert_eq!(refused("91350100M000100Y433"), BadCreditCode::Malformed);
        assert_eq!(refused("91350100M0001O0Y43"), BadCreditCode::Malformed, "the letter O");
        assert_eq!(refused("9135010AM000100Y43"), BadCreditCode::Malformed, "a letter in the area");
        assert_eq!(refused("合作社合作社"), BadCreditCode::Malformed, "eighteen bytes");
        assert_eq!(refused("91350100M000100Y44"), BadCreditCode::WrongCheck);
    }

    #[test]
    fn json_refuses_what_parsing_refuses() {
        assert!(serde_json::from_str::<CreditCode>("\"91350100M000100Y43\"").is_ok());
        assert!(serde_json::from_str::<CreditCode>("\"91350100M000100Y44\"").is_err());
    }

    fn any_code() -> impl Strategy<Value = CreditCode> {
        "9[123][0-9]{6}[0-9A-HJ-NP-RTUWXY]{9}"
            .prop_map(|first17| CreditCode::with_check(&first17).expect("a well-formed start"))
    }

    proptest! {
        #[test]
        fn any_single_wrong_character_is_found(code in any_code(), at in 0usize..18, other in 0usize..31) {
            let mut wrong = code.as_str().as_bytes().to_vec();
            prop_assume!(wrong[at] != ALPHABET[other]);
            wrong[at] = ALPHABET[other];
            prop_assert!(String::from_utf8(wrong).unwrap().parse::<CreditCode>().is_err());
        }

        #[test]
        fn any_swap_of_neighbours_is_found(code in any_code(), at in 0usize..17) {
            let mut wrong = code.as_str().as_bytes().to_vec();
            prop_assume!(wrong[at] != wrong[at + 1]);
            wrong.swap(at, at + 1);
            prop_assert!(String::from_utf8(wrong).unwrap().parse::<CreditCode>().is_err());
        }

        #[test]
        fn a_code_with_its_check_character_is_read_back(code in any_code()) {
            prop_assert_eq!(code.as_str().parse(), Ok(code.clone()));
        }
    }
}
