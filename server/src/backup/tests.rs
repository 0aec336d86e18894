//! Backups at the level of files: names, what is refused, what a cut-off restore leaves.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use serde_json::json;
use tempfile::TempDir;

use super::*;
use crate::store::change_log::{append_row, newest};
use crate::store::{HALF_RESTORED, Store, restores};

const NOW: ServerTime = ServerTime(1_776_837_600_000);

fn silent(_: backup::Part, _: u64, _: u64) {}

/// A store with so many rows of the register.
fn store(rows: u64) -> (TempDir, Store) {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open(data.path(), 1).unwrap();
    write(&store, 0, rows);
    (data, store)
}

fn write(store: &Store, from: u64, to: u64) {
    let put = move |tx: &rusqlite::Transaction<'_>| {
        (from..to).try_for_each(|row| {
            append_row(
                tx,
                NOW,
                None,
                "areas",
                &row.to_string(),
                Some(&json!({"name": "x".repeat(500)})),
                None,
            )
        })
    };
    store.write_blocking::<_, Failed>(put).unwrap();
}

fn made(data: &Path, to: &Path) -> Made {
    make(data, to, NOW, &mut silent).unwrap()
}

/// Everything in a folder with its content, the lock aside.
fn content(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file() && path.file_name().unwrap() != "xunfang.lock")
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect();
    files.sort();
    files
}

#[test]
fn a_name_tells_time_and_position_and_nothing_else_is_one() {
    let name = Name { at: NOW, seq: 1234 };
    assert_eq!(name.to_string(), "xunfang-20260422-140000-1234.sqlite");
    assert_eq!("xunfang-20260422-140000-1234.sqlite".parse(), Ok(name));
    for other in
        ["xunfang.sqlite", "xunfang-20261322-140000-1.sqlite", "xunfang-20260422-140000-01.sqlite", "", "啊"]
    {
        assert_eq!(other.parse::<Name>(), Err(NotAName), "{other}");
    }
}

/// B2: a backup holds one moment of the store, whatever is written while it is made.
#[test]
fn what_is_written_meanwhile_waits_for_nobody_and_is_not_in_the_backup() {
    let (data, store) = store(6_000);
    let to = tempfile::tempdir().unwrap();
    let head = store.read_blocking(newest).unwrap();
    let (mut written, mut steps) = (6_000, 0);
    let made = make(data.path(), to.path(), NOW, &mut |part, _, _| {
        if part == backup::Part::Copy {
            steps += 1;
            write(&store, written, written + 100);
            written += 100;
        }
    })
    .unwrap();
    assert!(steps > 1, "the copy took several steps");
    assert_eq!((made.contents.seq, made.contents.hash), head);
    assert_eq!(made.file.file_name().unwrap(), "xunfang-20260422-140000-6000.sqlite");
    assert_eq!(list(to.path()).unwrap(), [Name { at: NOW, seq: 6_000 }]);
    assert_eq!(content(to.path()).len(), 1, "nothing else is left beside it");
}

/// B3: a restored store is the one backed up, in another life that knows where it came from.
#[test]
fn a_restored_store_begins_another_life() {
    let (data, store) = store(10);
    fs::write(data.path().join(KEY_FILE), "a key").unwrap();
    let to = tempfile::tempdir().unwrap();
    let backup = made(data.path(), to.path());
    write(&store, 10, 15);
    drop(store);

    let later = ServerTime(NOW.0 + 60_000);
    let occupied = restore(&backup.file, data.path(), false, 2, later, &mut silent);
    assert!(matches!(occupied, Err(Failed::Occupied)));
    fs::write(data.path().join(KEY_FILE), "another key").unwrap();
    let restored = restore(&backup.file, data.path(), true, 2, later, &mut silent).unwrap();
    let aside = restored.aside.unwrap();
    assert_eq!(aside, data.path().join("before-restore-20260422-140100"));
    assert_eq!(fs::read(data.path().join(KEY_FILE)).unwrap(), b"a key");
    assert_eq!(fs::read(aside.join(KEY_FILE)).unwrap(), b"another key");
    let store = Store::open(data.path(), 3).unwrap();
    assert_eq!(store.epoch(), 2);
    assert_eq!(store.read_blocking(newest).unwrap(), (10, backup.contents.hash));
    let notes = store.read_blocking(restores::all).unwrap();
    assert_eq!(notes, [restored.restore]);
    assert_eq!((notes[0].of_epoch, notes[0].seq, notes[0].replaced_seq), (1, 10, Some(15)));
    assert_eq!(store.read_blocking(|c| restores::common_with(c, 1)).unwrap(), 10);
    assert_eq!(store.read_blocking(|c| restores::common_with(c, 9)).unwrap(), 0);
    let before = Store::open(&aside, 3).unwrap();
    assert_eq!((before.epoch(), before.read_blocking(newest).unwrap().0), (1, 15));
    assert_eq!(*store.newest().borrow(), 10);
    write(&store, 10, 11);
}

/// A backup with what somebody did to it.
fn spoiled(spoil: impl FnOnce(&Path)) -> (TempDir, PathBuf) {
    let (data, _store) = store(200);
    fs::write(data.path().join(KEY_FILE), "the key that signs").unwrap();
    let to = tempfile::tempdir().unwrap();
    let backup = made(data.path(), to.path());
    spoil(&backup.file);
    (to, backup.file)
}

fn spoiled_by_sql(sql: &str) -> (TempDir, PathBuf) {
    spoiled(|file| Connection::open(file).unwrap().execute_batch(sql).unwrap())
}

/// B4: what is no whole backup is refused with a sentence, and changes nothing.
#[test]
fn what_is_no_whole_backup_is_refused_and_changes_nothing() {
    let at_byte = |file: &Path, at: usize| {
        let mut bytes = fs::read(file).unwrap();
        bytes[at] ^= 0x20;
        fs::write(file, bytes).unwrap();
    };
    let torn = spoiled(|file| {
        let bytes = fs::read(file).unwrap();
        fs::write(file, &bytes[..bytes.len() / 2 + 17]).unwrap();
    });
    let flipped = spoiled(|file| {
        let bytes = fs::read(file).unwrap();
        let at = bytes.windows(20).rposition(|window| window == b"xxxxxxxxxxxxxxxxxxxx").unwrap();
        at_byte(file, at);
    });
    // The log says nothing of this: only the digest does.
    let another_key = spoiled(|file| {
        let bytes = fs::read(file).unwrap();
        at_byte(file, bytes.windows(18).position(|window| window == b"the key that signs").unwrap());
    });
    let rubbish_page = spoiled(|file| {
        let mut bytes = fs::read(file).unwrap();
        bytes[4096..6000].fill(0xa5);
        fs::write(file, bytes).unwrap();
    });
    let empty = spoiled(|file| fs::write(file, "").unwrap());
    let text = spoiled(|file| fs::write(file, "not a database ".repeat(100)).unwrap());
    let another_database = spoiled_by_sql("PRAGMA application_id = 7");
    let newer = spoiled_by_sql("PRAGMA user_version = 99");
    let shortened_log = spoiled_by_sql(
        "PRAGMA foreign_keys = OFF; DELETE FROM register_rows WHERE seq = 200;
         DELETE FROM row_history WHERE seq = 200; DELETE FROM change_log WHERE seq = 200",
    );
    let (_data, _store) = store(1);
    let a_store = (tempfile::tempdir().unwrap(), _data.path().join(FILE));
    for (what, (_folder, file), says) in [
        ("torn", torn, "damaged"),
        ("flipped", flipped, "damaged"),
        ("another key", another_key, "damaged"),
        ("rubbish page", rubbish_page, "damaged"),
        ("shortened log", shortened_log, "damaged"),
        ("empty", empty, "not a backup"),
        ("text", text, "not a backup"),
        ("another database", another_database, "not a backup"),
        ("a store itself", a_store, "not a backup"),
        ("newer", newer, "newer server"),
    ] {
        let (data, store) = store(3);
        drop(store);
        let before = content(data.path());
        let refused = restore(&file, data.path(), true, 2, NOW, &mut silent).expect_err(what).to_string();
        assert!(refused.contains(says), "{what}: {refused}");
        assert_eq!(content(data.path()), before, "{what}");
        let nowhere = data.path().join("nowhere");
        restore(&file, &nowhere, false, 2, NOW, &mut silent).expect_err(what);
        assert!(!nowhere.exists(), "{what}");
    }
}

/// B5: a restore that was cut off opens for nothing but the same restore again, and loses nothing.
#[test]
fn a_restore_that_was_cut_off_is_finished_by_the_same_restore() {
    for moved in 0..=2 {
        let (data, store) = store(10);
        let to = tempfile::tempdir().unwrap();
        let backup = made(data.path(), to.path());
        write(&store, 10, 15);
        drop(store);
        // As power would leave it: the mark is there, some files were moved, perhaps the new ones are in place.
        fs::write(data.path().join(HALF_RESTORED), "before").unwrap();
        fs::create_dir(data.path().join("before")).unwrap();
        if moved > 0 {
            fs::rename(data.path().join(FILE), data.path().join("before").join(FILE)).unwrap();
        }
        if moved > 1 {
            fs::write(data.path().join(FILE), "new, whole or not").unwrap();
        }
        assert!(matches!(Store::open(data.path(), 9), Err(Failed::HalfRestored)));
        let restored = restore(&backup.file, data.path(), false, 2, NOW, &mut silent).unwrap();
        assert_eq!(restored.restore.replaced_seq, Some(15));
        assert_eq!(restored.aside, Some(data.path().join("before")));
        let store = Store::open(data.path(), 3).unwrap();
        assert_eq!((store.epoch(), store.read_blocking(newest).unwrap().0), (2, 10));
        let before = Store::open(&data.path().join("before"), 3).unwrap();
        assert_eq!(before.read_blocking(newest).unwrap().0, 15);
    }
}

/// A store that is damaged where nobody looked yet makes no backup that would be believed.
#[test]
fn a_damaged_store_gives_no_backup() {
    let (data, store) = store(10);
    let spoil = |tx: &rusqlite::Transaction<'_>| {
        Ok(tx.execute("UPDATE row_history SET after = '{}' WHERE seq = 5", []).map(|_| ())?)
    };
    store.write_blocking::<_, Failed>(spoil).unwrap();
    let to = tempfile::tempdir().unwrap();
    let refused = make(data.path(), to.path(), NOW, &mut silent).unwrap_err();
    assert!(matches!(refused, Failed::Damaged(_)), "{refused}");
    assert!(content(to.path()).is_empty());
}
