//! The store as a whole: settings, grouping, and what becomes of a write that fails.

use std::sync::mpsc;

use rusqlite::params;
use serde_json::json;
use sync_core::domain::{AreaCode, ServerTime};

use super::change_log::{self, append_row, hash_at, newest};
use super::writer::QUEUE_MAX;
use super::{Failed, Store};

const NOW: ServerTime = ServerTime(1_700_000_000_000);

fn area(code: &str) -> AreaCode {
    code.parse().unwrap()
}

fn put(store: &Store, key: &'static str, code: &'static str, value: serde_json::Value) {
    store
        .write_blocking(move |tx| {
            append_row(tx, NOW, Some(&area(code)), "cooperatives", key, Some(&value), None)
        })
        .unwrap();
}

fn count(store: &Store, table: &'static str) -> i64 {
    store
        .read_blocking(|c| {
            Ok::<_, Failed>(c.query_row(&format!("SELECT count(*) FROM {table}"), [], |r| r.get(0))?)
        })
        .unwrap()
}

#[test]
fn a_store_keeps_its_epoch_when_it_is_opened_again() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(Store::open(dir.path(), 11).unwrap().epoch(), 11);
    assert_eq!(Store::open(dir.path(), 12).unwrap().epoch(), 11);
}

/// R4: a commit is synced to the disk before it is answered.
#[test]
fn the_writer_runs_with_what_durability_rests_on() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), 1).unwrap();
    let settings: (String, i64, i64) = store
        .write_blocking(|tx| {
            let mode = tx.pragma_query_value(None, "journal_mode", |row| row.get(0))?;
            let synchronous = tx.pragma_query_value(None, "synchronous", |row| row.get(0))?;
            let keys = tx.pragma_query_value(None, "foreign_keys", |row| row.get(0))?;
            Ok::<_, Failed>((mode, synchronous, keys))
        })
        .unwrap();
    assert_eq!(settings, ("wal".to_owned(), 2, 1));
}

#[test]
fn a_data_folder_may_be_called_anything() {
    let dir = tempfile::tempdir().unwrap();
    let odd = dir.path().join("100%?mode=ro#%41 巡访");
    drop(Store::open(&odd, 11).unwrap());
    assert!(odd.join(super::FILE).is_file());
    assert_eq!(Store::open(&odd, 12).unwrap().read_blocking(newest).unwrap().0, 0);
}

#[test]
fn a_store_of_a_newer_server_is_not_touched() {
    let dir = tempfile::tempdir().unwrap();
    drop(Store::open(dir.path(), 1).unwrap());
    let file = rusqlite::Connection::open(dir.path().join("xunfang.sqlite")).unwrap();
    file.pragma_update(None, "user_version", 999).unwrap();
    assert!(matches!(Store::open(dir.path(), 1), Err(Failed::Newer { found: 999, .. })));
}

/// R4: one write of a group fails or panics, the others stand, and none is answered before the commit.
#[test]
fn writes_that_share_a_commit_fail_alone() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), 1).unwrap();
    let insert = |key: &'static str| {
        move |tx: &rusqlite::Transaction<'_>| -> Result<usize, Failed> {
            Ok(tx.execute("INSERT INTO meta VALUES (?1, 'x')", [key])?)
        }
    };
    // The writer is held in a first write until all the others wait, so that they form one group.
    let (go, gate) = mpsc::channel::<()>();
    let (held, is_held) = mpsc::channel::<()>();
    let first = store.writer.enqueue_blocking(move |_| {
        held.send(()).unwrap();
        gate.recv().unwrap();
        Ok::<_, Failed>(())
    });
    is_held.recv().unwrap();
    let good = store.writer.enqueue_blocking(insert("good"));
    let failing = store.writer.enqueue_blocking(move |tx| {
        insert("undone")(tx)?;
        Err::<(), _>(Failed::Closed)
    });
    let panicking = store.writer.enqueue_blocking(move |tx| -> Result<(), Failed> {
        insert("undone too")(tx)?;
        panic!("a bug in a write")
    });
    let mut last = store.writer.enqueue_blocking(insert("last"));
    assert!(last.try_recv().is_err(), "nothing is answered before its commit");
    go.send(()).unwrap();
    first.blocking_recv().unwrap().unwrap();
    good.blocking_recv().unwrap().unwrap();
    assert!(matches!(failing.blocking_recv().unwrap(), Err(Failed::Closed)));
    assert!(matches!(panicking.blocking_recv().unwrap(), Err(Failed::Panicked)));
    last.blocking_recv().unwrap().unwrap();
    assert_eq!(count(&store, "meta"), 3, "the epoch, good and last");
}

#[test]
fn a_reader_can_not_write() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), 1).unwrap();
    let refused: Result<usize, Failed> =
        store.read_blocking(|c| Ok(c.execute("INSERT INTO meta VALUES ('a', 'b')", [])?));
    assert!(matches!(refused, Err(Failed::Database(_))));
}

/// L2, L4: every row's hash chains it to the one before; what stays as it was leaves no trace, what changed
/// leaves it whole.
#[test]
fn the_log_is_a_chain_and_grows_only_by_what_changed() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), 1).unwrap();
    put(&store, "a", "140602100", json!({"name": "one"}));
    let first = store.read_blocking(newest).unwrap();
    put(&store, "a", "140602100", json!({"name": "one"}));
    assert_eq!(store.read_blocking(newest).unwrap(), first);
    put(&store, "a", "140602100", json!({"name": "two"}));
    let second = store.read_blocking(newest).unwrap();
    assert_eq!((first.0, second.0), (1, 2));
    assert_ne!(first.1, second.1);
    assert_eq!(store.read_blocking(|c| hash_at(c, 1)).unwrap(), Some(first.1));
    assert_eq!(store.read_blocking(|c| hash_at(c, 3)).unwrap(), None);
    assert_eq!(*store.newest().borrow(), 2);
    let history: (String, String) = store
        .read_blocking(|c| {
            Ok::<_, Failed>(c.query_row(
                "SELECT before, after FROM row_history WHERE table_name = ?1 AND key = ?2 AND seq = 2",
                params!["cooperatives", "a"],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )?)
        })
        .unwrap();
    assert_eq!(history, (r#"{"name":"one"}"#.into(), r#"{"name":"two"}"#.into()));
}

/// L2: whoever reads the whole log notices a row that is missing, altered or added.
#[test]
fn a_log_that_was_tampered_with_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), 1).unwrap();
    for (key, code, name) in [("a", "140602100", "one"), ("b", "140602100", "two"), ("a", "140602101", "one")]
    {
        put(&store, key, code, json!({ "name": name }));
    }
    let follow = |connection: &_| change_log::follow(connection, |_| {});
    let end = store.read_blocking(newest).unwrap();
    assert_eq!(store.read_blocking(follow).unwrap(), end);
    for spoil in [
        "UPDATE change_log SET at = at + 1 WHERE seq = 2",
        "UPDATE row_history SET after = '{}' WHERE seq = 1",
        "UPDATE change_log SET other_area = NULL WHERE other_area IS NOT NULL",
        "PRAGMA defer_foreign_keys = ON; DELETE FROM change_log WHERE seq = 2",
    ] {
        let spoilt = store.write_blocking(move |tx| {
            tx.execute_batch(spoil)?;
            Err::<(), _>(follow(tx).expect_err(spoil))
        });
        assert!(matches!(spoilt, Err(Failed::Contradiction(_))), "{spoil}");
    }
    assert_eq!(store.read_blocking(follow).unwrap(), end, "nothing of it was kept");
}

/// L3: a row that moves leaves its old area in the same transaction in which it enters the new one.
#[test]
fn a_moved_row_leaves_and_enters() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), 1).unwrap();
    put(&store, "a", "140602100", json!({"name": "one"}));
    put(&store, "a", "140602101", json!({"name": "one"}));
    let log: Vec<(String, String)> = store
        .read_blocking(|c| {
            let mut rows = c.prepare("SELECT area, other_area FROM change_log WHERE seq > 1 ORDER BY seq")?;
            let rows = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok::<_, Failed>(rows.collect::<Result<_, _>>()?)
        })
        .unwrap();
    let words = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(log, [words("140602100", "140602101"), words("140602101", "140602100")]);
    assert_eq!(count(&store, "register_rows"), 1);
}

/// A store whose writer stands still until the sender is dropped.
fn standing_still(store: &Store) -> mpsc::Sender<()> {
    let (go_on, stopped) = mpsc::channel::<()>();
    let (held, is_held) = mpsc::channel::<()>();
    drop(store.writer.enqueue_blocking(move |_| {
        held.send(()).unwrap();
        // Ends once the other end is dropped.
        let _ = stopped.recv();
        Ok::<_, Failed>(())
    }));
    is_held.recv().unwrap();
    go_on
}

fn insert(key: String) -> impl FnOnce(&rusqlite::Transaction<'_>) -> Result<usize, Failed> {
    move |tx| Ok(tx.execute("INSERT INTO meta VALUES (?1, 'x')", [key])?)
}

/// R8: writes that wait are bounded; the next is told so at once, and those that wait are done.
#[test]
fn the_queue_of_writes_is_bounded() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), 1).unwrap();
    let go_on = standing_still(&store);
    let waiting: Vec<_> =
        (0..QUEUE_MAX).map(|at| store.writer.enqueue(insert(format!("{at}"))).unwrap()).collect();
    let refused = store.writer.enqueue(insert("one more".to_owned()));
    assert!(matches!(refused, Err(Failed::Overloaded)));
    drop(go_on);
    for answer in waiting {
        answer.blocking_recv().unwrap().unwrap();
    }
    assert_eq!(count(&store, "meta"), 1 + QUEUE_MAX as i64);
    store.write_blocking(insert("one more".to_owned())).unwrap();
}

/// R4, R8: where the commit fails, everybody who shared it is told, and nothing of it is there.
#[test]
fn a_commit_that_fails_is_told_to_everybody() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), 1).unwrap();
    let go_on = standing_still(&store);
    let good = store.writer.enqueue(insert("good".to_owned())).unwrap();
    // A reference that is looked at only when everything is committed, and leads nowhere.
    let spoils = |tx: &rusqlite::Transaction<'_>| {
        tx.execute_batch("PRAGMA defer_foreign_keys = ON")?;
        Ok::<_, Failed>(tx.execute("INSERT INTO actors VALUES (x'00', 'nobody', 'nowhere', 0)", [])?)
    };
    let spoiling = store.writer.enqueue(spoils).unwrap();
    drop(go_on);
    assert!(matches!(good.blocking_recv().unwrap(), Err(Failed::Commit(_))));
    assert!(matches!(spoiling.blocking_recv().unwrap(), Err(Failed::Commit(_))));
    assert_eq!((count(&store, "meta"), count(&store, "actors")), (1, 0));
    store.write_blocking(insert("good".to_owned())).unwrap();
}

/// R4, R8: where SQLite gives a transaction up in the middle, as it may when the disk is full, nobody
/// before is told that it was kept, and whoever comes after is committed as always.
#[test]
fn a_transaction_that_was_given_up_is_told_to_everybody_in_it() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path(), 1).unwrap();
    let go_on = standing_still(&store);
    let before = store.writer.enqueue(insert("before".to_owned())).unwrap();
    let given_up = store.writer.enqueue(|tx| Ok::<_, Failed>(tx.execute_batch("ROLLBACK")?)).unwrap();
    let after = store.writer.enqueue(insert("after".to_owned())).unwrap();
    drop(go_on);
    assert!(matches!(before.blocking_recv().unwrap(), Err(Failed::Commit(_))));
    assert!(given_up.blocking_recv().unwrap().is_err());
    after.blocking_recv().unwrap().unwrap();
    assert_eq!(count(&store, "meta"), 2, "the epoch and after");
}
