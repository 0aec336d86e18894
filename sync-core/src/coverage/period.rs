//! Calendar periods, in China Standard Time: a month, a quarter, a half-year, a year.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use time::{Date, Month};

use crate::domain::Day;
use crate::domain::id::BadId;

/// How long a period is, the shortest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Length {
    /// 月
    Month,
    /// 季度
    Quarter,
    /// 半年
    HalfYear,
    /// 年
    Year,
}

impl Length {
    const fn months(self) -> u8 {
        match self {
            Self::Month => 1,
            Self::Quarter => 3,
            Self::HalfYear => 6,
            Self::Year => 12,
        }
    }

    /// The period of this length in which the day lies.
    pub fn of(self, day: Day) -> Period {
        let number = (u8::from(day.0.month()) - 1) / self.months() + 1;
        Period { length: self, year: day.0.year(), number }
    }
}

/// A calendar period, written `2026`, `2026-H2`, `2026-Q3` or `2026-07`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Period {
    length: Length,
    year: i32,
    /// Which of its length within the year, from 1.
    number: u8,
}

impl Period {
    /// How long it is.
    pub fn length(&self) -> Length {
        self.length
    }

    /// Its first day.
    pub fn first(&self) -> Day {
        let month = (self.number - 1) * self.length.months() + 1;
        let month = Month::try_from(month).expect("BUG: a period starts within its year");
        Day(Date::from_calendar_date(self.year, month, 1).expect("BUG: a period's year is a calendar year"))
    }

    /// Its last day.
    pub fn last(&self) -> Day {
        let next = self.next().first().0;
        Day(next.previous_day().expect("BUG: there is a day before the next period"))
    }

    /// Whether the day lies in it.
    pub fn contains(&self, day: Day) -> bool {
        self.length.of(day) == *self
    }

    /// The one after it, of the same length.
    pub fn next(&self) -> Period {
        if self.number == 12 / self.length.months() {
            Period { year: self.year + 1, number: 1, ..*self }
        } else {
            Period { number: self.number + 1, ..*self }
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { length, year, number } = self;
        match length {
            Length::Month => write!(f, "{year:04}-{number:02}"),
            Length::Quarter => write!(f, "{year:04}-Q{number}"),
            Length::HalfYear => write!(f, "{year:04}-H{number}"),
            Length::Year => write!(f, "{year:04}"),
        }
    }
}

impl FromStr for Period {
    type Err = BadId;
    fn from_str(text: &str) -> Result<Self, BadId> {
        let bad = BadId { what: "period" };
        let (year, part) = text.split_once('-').map_or((text, None), |(year, part)| (year, Some(part)));
        let (length, number) = match part {
            None => (Length::Year, "1"),
            Some(part) => match part.strip_prefix('H') {
                Some(number) => (Length::HalfYear, number),
                None => part.strip_prefix('Q').map_or((Length::Month, part), |n| (Length::Quarter, n)),
            },
        };
        let year: i32 = year.parse().map_err(|_| bad)?;
        let number: u8 = number.parse().map_err(|_| bad)?;
        let known = (1949..=2199).contains(&year) && (1..=12 / length.months()).contains(&number);
        let period = Period { length, year, number };
        if known && period.to_string() == text { Ok(period) } else { Err(bad) }
    }
}

impl TryFrom<String> for Period {
    type Error = BadId;
    fn try_from(text: String) -> Result<Self, BadId> {
        text.parse()
    }
}

impl From<Period> for String {
    fn from(period: Period) -> Self {
        period.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ServerTime;

    fn period(text: &str) -> Period {
        text.parse().unwrap_or_else(|_| panic!("{text} is a period"))
    }

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn a_period_has_its_first_and_last_day() {
        for (text, first, last) in [
            ("2026", "2026-01-01", "2026-12-31"),
            ("2026-H1", "2026-01-01", "2026-06-30"),
            ("2026-H2", "2026-07-01", "2026-12-31"),
            ("2026-Q3", "2026-07-01", "2026-09-30"),
            ("2026-02", "2026-02-01", "2026-02-28"),
            ("2028-02", "2028-02-01", "2028-02-29"),
        ] {
            let period = period(text);
            assert_eq!((period.first(), period.last()), (day(first), day(last)), "{text}");
            assert_eq!(period.to_string(), text);
            assert!(period.contains(day(first)) && period.contains(day(last)), "{text}");
            assert!(!period.contains(period.next().first()), "{text}");
        }
    }

    #[test]
    fn what_is_no_period_is_refused() {
        for text in
            ["", "26", "2026-", "2026-H0", "2026-H3", "2026-Q5", "2026-13", "2026-7", "2026-00", "2026-h1"]
        {
            assert!(text.parse::<Period>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_period_begins_at_midnight_in_china() {
        // 2026-07-01T00:00+08:00, which is still June in UTC.
        let midnight = ServerTime(1_782_835_200_000);
        let before = ServerTime(midnight.0 - 1);
        assert_eq!(midnight.day(), day("2026-07-01"));
        assert_eq!(Length::HalfYear.of(midnight.day()), period("2026-H2"));
        assert_eq!(Length::Month.of(before.day()), period("2026-06"));
        assert!(period("2026-H1").contains(before.day()));
    }

    #[test]
    fn after_december_comes_january() {
        assert_eq!(period("2026-12").next(), period("2027-01"));
        assert_eq!(period("2026-H2").next(), period("2027-H1"));
        assert_eq!(period("2026-Q1").next(), period("2026-Q2"));
    }
}
