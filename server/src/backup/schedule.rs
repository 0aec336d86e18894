//! When the next backup is due: functions of the clock, and of what was made before.

use std::str::FromStr;

use sync_core::domain::ServerTime;
use time::{Duration, PrimitiveDateTime, Time};

/// After a backup that failed, the next attempt comes this much later.
const RETRY_MS: i64 = 10 * 60 * 1000;

/// How often backups are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schedule {
    /// Every day, when clocks in China show this.
    Daily(Time),
    /// So many milliseconds after the one before.
    Every(i64),
}

/// A schedule that can't be understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadSchedule {
    /// No time of day.
    #[error("a time of day looks like 02:30")]
    Time,
    /// No length of time.
    #[error("a length of time looks like 6h or 90m")]
    Length,
}

impl Schedule {
    /// Reads a time of day in China, such as 02:30.
    pub fn at(text: &str) -> Result<Self, BadSchedule> {
        let parse = || {
            let (hour, minute) = text.split_once(':').filter(|_| text.len() == 5)?;
            Time::from_hms(hour.parse().ok()?, minute.parse().ok()?, 0).ok()
        };
        parse().map(Self::Daily).ok_or(BadSchedule::Time)
    }

    /// Reads a length of time, such as 6h or 90m.
    pub fn every(text: &str) -> Result<Self, BadSchedule> {
        let parse = || {
            let (number, minutes) = match text.strip_suffix('h') {
                Some(hours) => (hours, 60),
                None => (text.strip_suffix('m')?, 1),
            };
            let number = u16::from_str(number).ok().filter(|number| *number > 0)?;
            Some(i64::from(number) * minutes * 60 * 1000)
        };
        parse().map(Self::Every).ok_or(BadSchedule::Length)
    }

    /// When a backup is due: at once where there is none, else at the first time after the newest; not so
    /// soon after one that failed. What lies in the future (the clock was set back) counts as of now.
    pub fn due(self, newest: Option<ServerTime>, failed: Option<ServerTime>, now: ServerTime) -> ServerTime {
        let regular = match newest.map(|newest| newest.min(now)) {
            None => now,
            Some(newest) => self.after(newest),
        };
        match failed.map(|failed| failed.min(now)) {
            None => regular,
            Some(failed) => regular.max(ServerTime(failed.0 + RETRY_MS)),
        }
    }

    fn after(self, newest: ServerTime) -> ServerTime {
        match self {
            Self::Every(ms) => ServerTime(newest.0 + ms),
            Self::Daily(time) => {
                let shown = newest.in_china();
                let same_day = PrimitiveDateTime::new(shown.date(), time);
                let next = if same_day > shown { same_day } else { same_day + Duration::days(1) };
                ServerTime::from_china(next)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE_MS: i64 = 60 * 1000;
    /// 2026-04-22 14:00 in China.
    const NOON: ServerTime = ServerTime(1_776_837_600_000);

    fn later(minutes: i64) -> ServerTime {
        ServerTime(NOON.0 + minutes * MINUTE_MS)
    }

    #[test]
    fn a_daily_backup_is_due_at_its_time_in_china() {
        let at = Schedule::at("02:30").unwrap();
        let next = at.due(Some(NOON), None, later(5));
        assert_eq!(next, later(12 * 60 + 30));
        assert_eq!(at.due(Some(next), None, next), ServerTime(next.0 + 24 * 60 * MINUTE_MS));
        let missed = ServerTime(next.0 - 3 * 24 * 60 * MINUTE_MS);
        assert!(at.due(Some(missed), None, NOON) < NOON, "the machine was off at that time: at once");
    }

    #[test]
    fn the_first_is_due_at_once_and_a_failed_one_again_after_ten_minutes() {
        for schedule in [Schedule::at("23:59").unwrap(), Schedule::every("6h").unwrap()] {
            assert_eq!(schedule.due(None, None, NOON), NOON);
            assert_eq!(schedule.due(None, Some(NOON), later(1)), later(10));
        }
        let every = Schedule::every("90m").unwrap();
        assert_eq!(every.due(Some(NOON), None, later(1)), later(90));
        assert_eq!(every.due(Some(NOON), Some(later(90)), later(91)), later(100));
        assert_eq!(
            every.due(Some(later(5_000)), Some(later(5_000)), NOON),
            later(90),
            "the clock was set back"
        );
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in ["", "2:30", "24:00", "02:60", "0230", "02:30:00"] {
            assert_eq!(Schedule::at(text), Err(BadSchedule::Time), "{text}");
        }
        for text in ["", "h", "0h", "6", "6 h", "-1h", "99999h"] {
            assert_eq!(Schedule::every(text), Err(BadSchedule::Length), "{text}");
        }
    }
}
