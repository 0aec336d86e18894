//! Which backups are kept: the newest of each of the last hours, days, weeks and months that have one.

use std::collections::BTreeSet;
use std::str::FromStr;

use sync_core::domain::ServerTime;

use super::Name;

/// How many hours, days, weeks and months keep their newest backup.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Keep {
    hours: u16,
    days: u16,
    weeks: u16,
    months: u16,
}

/// Something that doesn't say what to keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("what to keep looks like 24h,14d,8w,12m: hours, days, weeks, months")]
pub struct BadKeep;

impl FromStr for Keep {
    type Err = BadKeep;

    fn from_str(text: &str) -> Result<Self, BadKeep> {
        let mut keep = Self::default();
        for part in text.split(',') {
            let (at, _) = part.char_indices().next_back().ok_or(BadKeep)?;
            let (number, unit) = part.split_at(at);
            let number = number.parse().map_err(|_| BadKeep)?;
            match unit {
                "h" => keep.hours = number,
                "d" => keep.days = number,
                "w" => keep.weeks = number,
                "m" => keep.months = number,
                _ => return Err(BadKeep),
            }
        }
        Ok(keep)
    }
}

impl Keep {
    /// Those of these backups that need not be kept, the oldest first. The newest is always kept, and an
    /// hour without a backup takes no other's place.
    pub fn expendable(self, names: &[Name]) -> Vec<Name> {
        let mut newest_first = names.to_vec();
        newest_first.sort_unstable_by(|a, b| b.cmp(a));
        let spans = [
            (self.hours, Span::Hour),
            (self.days, Span::Day),
            (self.weeks, Span::Week),
            (self.months, Span::Month),
        ];
        let mut kept: BTreeSet<Name> = newest_first.first().copied().into_iter().collect();
        for (count, span) in spans {
            let mut seen = BTreeSet::new();
            for name in &newest_first {
                if seen.len() == usize::from(count) {
                    break;
                }
                if seen.insert(span.around(name.at)) {
                    kept.insert(*name);
                }
            }
        }
        newest_first.reverse();
        newest_first.retain(|name| !kept.contains(name));
        newest_first
    }
}

/// A stretch of the calendar in China.
#[derive(Clone, Copy)]
enum Span {
    Hour,
    Day,
    /// From Monday to Sunday.
    Week,
    Month,
}

impl Span {
    /// Names the span around a moment.
    fn around(self, at: ServerTime) -> (i32, u8) {
        let shown = at.in_china();
        let day = shown.date();
        match self {
            Self::Hour => (day.to_julian_day(), shown.hour()),
            Self::Day => (day.to_julian_day(), 0),
            Self::Week => (day.to_julian_day() - i32::from(day.weekday().number_days_from_monday()), 0),
            Self::Month => (day.year(), day.month().into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR_MS: i64 = 60 * 60 * 1000;
    /// Sunday 2026-05-31 02:30 in China.
    const LAST: i64 = 1_780_165_800_000;

    /// Backups every so many hours, the last of them at [`LAST`].
    fn every(hours: i64, count: i64) -> Vec<Name> {
        let name = |back| Name { at: ServerTime(LAST - back * hours * HOUR_MS), seq: (count - back) as u64 };
        (0..count).rev().map(name).collect()
    }

    fn kept(keep: &str, names: &[Name]) -> Vec<String> {
        let expendable = keep.parse::<Keep>().unwrap().expendable(names);
        let kept = names.iter().filter(|name| !expendable.contains(name));
        kept.map(|name| name.to_string()["xunfang-2026".len()..][..9].to_owned()).collect()
    }

    #[test]
    fn the_last_days_weeks_and_months_keep_their_newest() {
        let daily = every(24, 120);
        assert_eq!(kept("3d", &daily), ["0529-0230", "0530-0230", "0531-0230"]);
        assert_eq!(kept("2w", &daily), ["0524-0230", "0531-0230"], "each week's Sunday");
        assert_eq!(kept("3m", &daily), ["0331-0230", "0430-0230", "0531-0230"]);
        assert_eq!(
            kept("2d,3w,2m", &daily),
            ["0430-0230", "0517-0230", "0524-0230", "0530-0230", "0531-0230"]
        );
        let hourly = every(1, 60);
        assert_eq!(kept("2h,2d", &hourly), ["0530-2330", "0531-0130", "0531-0230"]);
    }

    /// B8: whatever is to be kept, the newest stays, and so does what nothing newer replaces.
    #[test]
    fn the_newest_is_never_expendable_and_old_ones_stay_while_nothing_newer_comes() {
        assert_eq!(kept("0d", &every(24, 5)), ["0531-0230"]);
        assert!("7d".parse::<Keep>().unwrap().expendable(&[]).is_empty());
        let sparse = every(24 * 40, 3);
        assert_eq!(kept("3d", &sparse).len(), 3, "days without a backup take no place");
        let once = every(24, 30);
        let keep: Keep = "7d,4w,12m".parse().unwrap();
        let expendable = keep.expendable(&once);
        let left: Vec<Name> = once.into_iter().filter(|name| !expendable.contains(name)).collect();
        assert!(keep.expendable(&left).is_empty(), "what is kept stays kept");
    }

    #[test]
    fn what_does_not_say_what_to_keep_is_refused() {
        for text in ["", "7", "d", "7x", "7d,", "-1d", "7d 4w", "七d", "7天"] {
            assert_eq!(text.parse::<Keep>(), Err(BadKeep), "{text}");
        }
    }
}
