//! Two clocks, never mixed: the phone's, which may be wrong, and the server's; and days as people in
//! China count them.

use serde::{Deserialize, Serialize};
use time::{Date, OffsetDateTime, PrimitiveDateTime, UtcOffset};

/// What a phone's clock said: milliseconds since 1970-01-01T00:00Z. It may be wrong by years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PhoneTime(pub i64);

/// What the server's clock said: milliseconds since 1970-01-01T00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ServerTime(pub i64);

/// A calendar day in China Standard Time (UTC+8, no daylight saving).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub Date);

const CHINA_STANDARD_TIME: UtcOffset = match UtcOffset::from_hms(8, 0, 0) {
    Ok(offset) => offset,
    Err(_) => panic!("BUG: +08:00 is an offset"),
};

impl PhoneTime {
    /// Whole seconds since 1970, as Automerge keeps a change's time.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The time of a change that says it was made at `seconds` since 1970.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }
}

impl ServerTime {
    /// The day in China on which this moment falls.
    pub fn day(self) -> Day {
        Day(self.in_china().date())
    }

    /// What a calendar and a clock on the wall in China show, to the second.
    pub fn in_china(self) -> PrimitiveDateTime {
        let moment = OffsetDateTime::from_unix_timestamp(self.0.div_euclid(1000))
            .unwrap_or(OffsetDateTime::UNIX_EPOCH)
            .to_offset(CHINA_STANDARD_TIME);
        PrimitiveDateTime::new(moment.date(), moment.time())
    }

    /// The moment at which a calendar and a clock on the wall in China show this.
    pub fn from_china(shown: PrimitiveDateTime) -> Self {
        Self(shown.assume_offset(CHINA_STANDARD_TIME).unix_timestamp() * 1000)
    }
}

impl Day {
    /// The first moment after this day in China.
    pub fn end(self) -> ServerTime {
        ServerTime::from_china(self.0.next_day().unwrap_or(Date::MAX).midnight())
    }
}

impl Serialize for Day {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), u8::from(self.0.month()), self.0.day())
    }
}

impl std::str::FromStr for Day {
    type Err = super::id::BadId;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = super::id::BadId { what: "day" };
        let shaped = text.len() == 10
            && text.bytes().enumerate().all(
                |(at, c)| {
                    if at == 4 || at == 7 { c == b'-' } else { c.is_ascii_digit() }
                },
            );
        if !shaped {
            return Err(bad);
        }
        let number = |range: std::ops::Range<usize>| text[range].parse::<u16>().map_err(|_| bad);
        let month = time::Month::try_from(number(5..7)? as u8).map_err(|_| bad)?;
        let date = Date::from_calendar_date(i32::from(number(0..4)?), month, number(8..10)? as u8);
        date.map(Day).map_err(|_| bad)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_in_china_ends_at_four_in_the_afternoon_of_greenwich() {
        let day: Day = "2026-12-31".parse().unwrap();
        assert_eq!(day.end(), ServerTime(1_798_732_800_000));
        assert_eq!(day.end().day().to_string(), "2027-01-01");
        assert_eq!(ServerTime(day.end().0 - 1).day(), day);
        assert_eq!(ServerTime::from_china(day.end().in_china()), day.end());
    }
}
