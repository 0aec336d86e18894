//! The fields of a cooperative's row that may be found different in the field.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::id::BadId;
use super::{CreditCode, OperatingStatus, Position};

/// A name, an address or a chair has at most this many characters.
const TEXT_CHARS_MAX: usize = 200;

/// A field for which a record may propose a correction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegisterField {
    /// 名称
    Name,
    /// 理事长
    Chair,
    /// 电话
    Telephone,
    /// 住所
    Address,
    /// 所在村
    Village,
    /// 统一社会信用代码
    CreditCode,
    /// 成员数
    MemberCount,
    /// 运行状态
    OperatingStatus,
    /// 位置: latitude and longitude in WGS-84, in ten-millionths of a degree, separated by a comma.
    Position,
}

impl RegisterField {
    /// Every field.
    pub const ALL: [Self; 9] = [
        Self::Name,
        Self::Chair,
        Self::Telephone,
        Self::Address,
        Self::Village,
        Self::CreditCode,
        Self::MemberCount,
        Self::OperatingStatus,
        Self::Position,
    ];

    /// Its name in documents, JSON and tables.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Chair => "chair",
            Self::Telephone => "telephone",
            Self::Address => "address",
            Self::Village => "village",
            Self::CreditCode => "credit_code",
            Self::MemberCount => "member_count",
            Self::OperatingStatus => "operating_status",
            Self::Position => "position",
        }
    }

    /// Whether the field can have this value, written as text.
    pub fn accepts(self, value: &str) -> bool {
        match self {
            Self::Name | Self::Chair | Self::Address | Self::Village => {
                !value.trim().is_empty() && value.chars().count() <= TEXT_CHARS_MAX
            }
            Self::Telephone => {
                (5..=20).contains(&value.len())
                    && value.bytes().all(|c| matches!(c, b'0'..=b'9' | b'+' | b'-' | b' '))
            }
            Self::CreditCode => value.parse::<CreditCode>().is_ok(),
            Self::MemberCount => value.parse::<u32>().is_ok_and(|count| count.to_string() == value),
            Self::OperatingStatus => OperatingStatus::of_key(value).is_some(),
            Self::Position => position_of(value).is_some(),
        }
    }
}

/// The position that a proposed value stands for.
pub fn position_of(value: &str) -> Option<Position> {
    let (latitude, longitude) = value.split_once(',')?;
    let position = Position {
        latitude_e7: latitude.parse().ok()?,
        longitude_e7: longitude.parse().ok()?,
        accuracy_m: 0,
    };
    let is_as_written = format!("{},{}", position.latitude_e7, position.longitude_e7) == value;
    (is_as_written && position.is_on_earth()).then_some(position)
}

impl fmt::Display for RegisterField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.key())
    }
}

impl FromStr for RegisterField {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, BadId> {
        let found = Self::ALL.into_iter().find(|field| field.key() == text);
        found.ok_or(BadId { what: "register field" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_takes_what_can_stand_there_and_nothing_else() {
        for (field, good, bad) in [
            (RegisterField::Chair, "张三", " "),
            (RegisterField::Telephone, "0349-2020001", "张三"),
            (RegisterField::CreditCode, "91350100M000100Y43", "91350100M000100Y44"),
            (RegisterField::MemberCount, "105", "+105"),
            (RegisterField::OperatingStatus, "stopped", "asleep"),
            (RegisterField::Position, "393180000,1124250000", "393180000, 1124250000"),
            (RegisterField::Position, "-1,1", "900000001,0"),
        ] {
            assert!(field.accepts(good), "{field} {good}");
            assert!(!field.accepts(bad), "{field} {bad}");
        }
    }

    #[test]
    fn every_field_is_read_as_it_is_written() {
        for field in RegisterField::ALL {
            assert_eq!(field.key().parse::<RegisterField>().unwrap(), field);
            assert_eq!(serde_json::to_value(field).unwrap(), field.key());
        }
    }
}
