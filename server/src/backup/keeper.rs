//! Backups that the server makes by itself, and what became of them.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sync_core::domain::ServerTime;
use tokio::sync::watch;

use super::retention::Keep;
use super::schedule::Schedule;
use super::{Name, list, make};
use crate::clock::Clock;
use crate::store::Failed;

/// However long it is until the next backup, the clock is looked at this often: it may have been set.
const LOOK_MS: i64 = 60 * 1000;

/// What to do by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The data folder.
    pub data: PathBuf,
    /// Where backups go.
    pub to: PathBuf,
    /// When.
    pub schedule: Schedule,
    /// Which are kept.
    pub keep: Keep,
}

/// How things stand with the backups that the server makes by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// The newest good one.
    pub newest: Option<Name>,
    /// What failed since, when and why.
    pub failed: Option<(ServerTime, String)>,
    /// When the next is due.
    pub due: ServerTime,
}

/// Makes backups when they are due; cheap to clone. Without a plan there are none.
#[derive(Debug, Clone, Default)]
pub struct Keeper(Option<Arc<Planned>>);

#[derive(Debug)]
struct Planned {
    plan: Plan,
    failed: Mutex<Option<(ServerTime, String)>>,
}

impl Keeper {
    /// A keeper that goes by a plan.
    pub fn of(plan: Plan) -> Self {
        Self(Some(Arc::new(Planned { plan, failed: Mutex::default() })))
    }

    /// How things stand; none without a plan.
    pub fn standing(&self, now: ServerTime) -> Option<Standing> {
        self.0.as_ref().map(|planned| planned.standing(now))
    }

    /// Makes backups as they fall due, until the server stops.
    pub async fn keep(self, clock: Clock, mut stopping: watch::Receiver<bool>) {
        let Some(planned) = self.0 else { return };
        loop {
            let (working, now) = (Arc::clone(&planned), clock.now());
            let waiting = tokio::task::spawn_blocking(move || working.look(now)).await;
            let wait_ms = waiting.map_or(LOOK_MS, |due| (due.0 - clock.now().0).clamp(0, LOOK_MS));
            tokio::select! {
                () = tokio::time::sleep(Duration::from_millis(wait_ms.cast_unsigned())) => {}
                _ = stopping.wait_for(|is_stopping| *is_stopping) => return,
            }
        }
    }

    /// Makes a backup if one is due.
    #[cfg(test)]
    fn look(&self, now: ServerTime) -> ServerTime {
        self.0.as_ref().expect("there is a plan").look(now)
    }
}

impl Planned {
    fn standing(&self, now: ServerTime) -> Standing {
        let (newest, unreadable) = match list(&self.plan.to) {
            Ok(names) => (names.last().copied(), None),
            Err(error) => (None, Some((now, error.to_string()))),
        };
        let failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let last_attempt = failed.as_ref().map(|(at, _)| *at);
        let due = self.plan.schedule.due(newest.map(|newest| newest.at), last_attempt, now);
        Standing { newest, failed: failed.or(unreadable), due }
    }

    /// Makes a backup if one is due, and lets go of those that need not be kept. Returns when the next is.
    fn look(&self, now: ServerTime) -> ServerTime {
        let due = self.standing(now).due;
        if now < due {
            return due;
        }
        let outcome = self.make(now);
        let failed = outcome.err().map(|failed| (now, failed.to_string()));
        if let Some((_, why)) = &failed {
            tracing::error!(to = %self.plan.to.display(), "no backup could be made, or not of all: {why}");
        }
        *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = failed;
        self.standing(now).due
    }

    /// Only after a backup that is good, older ones are let go of.
    fn make(&self, now: ServerTime) -> Result<(), Failed> {
        let Plan { data, to, keep, .. } = &self.plan;
        let made = make(data, to, now, &mut |_, _, _| {})?;
        tracing::info!(file = %made.file.display(), bytes = made.bytes, seq = made.contents.seq, "backed up");
        for name in keep.expendable(&list(to)?) {
            std::fs::remove_file(to.join(name.to_string()))?;
            tracing::info!(%name, "let go of an older backup");
        }
        made.evidence.sound()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    const DAY_MS: i64 = 24 * 60 * 60 * 1000;
    /// 2026-04-22 14:00 in China.
    const NOON: ServerTime = ServerTime(1_776_837_600_000);

    /// B7, B8: made when due, kept as planned; one that fails is told, takes nothing away, and is tried
    /// again.
    #[test]
    fn backups_are_made_when_due_and_a_failure_is_told_and_takes_nothing_away() {
        let (data, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let store = Store::open(data.path(), 1).unwrap();
        let plan = Plan {
            data: data.path().to_owned(),
            to: to.path().to_owned(),
            schedule: Schedule::at("02:30").unwrap(),
            keep: "3d".parse().unwrap(),
        };
        let keeper = Keeper::of(plan);
        let mut due = keeper.look(NOON);
        assert_eq!(
            keeper.standing(NOON).unwrap().newest.map(|name| name.at),
            Some(NOON),
            "the first at once"
        );
        assert_eq!(keeper.look(ServerTime(due.0 - 1)), due, "not before its time");
        for _ in 0..5 {
            due = keeper.look(due);
        }
        let kept = list(to.path()).unwrap();
        assert_eq!(kept.len(), 3);
        assert_eq!(kept[2].at, ServerTime(due.0 - DAY_MS));

        drop(store);
        std::fs::rename(data.path().join(crate::store::FILE), data.path().join("gone")).unwrap();
        let again = keeper.look(due);
        let standing = keeper.standing(due).unwrap();
        assert_eq!(standing.failed, Some((due, Failed::NoStore.to_string())));
        assert_eq!((list(to.path()).unwrap(), standing.newest), (kept.clone(), Some(kept[2])));
        std::fs::rename(data.path().join("gone"), data.path().join(crate::store::FILE)).unwrap();
        keeper.look(again);
        assert_eq!(keeper.standing(again).unwrap().failed, None);
        assert_eq!(keeper.standing(again).unwrap().newest.map(|name| name.at), Some(again));
        assert!(Keeper::default().standing(NOON).is_none());
    }
}
