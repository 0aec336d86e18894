//! 断电的瞬间: the power fails while the server gives a photo its place: written, synced, renamed, the name
//! synced, noted. At whatever step that was, the photo has not arrived before it was noted, and the phone
//! goes on to the end without sending a byte again. (E2, E6)

use std::fs;
use std::path::Path;

use server::store::{Failed, Store};
use xunfang_tests::{District, Phone, PhoneFile, pictures};

use crate::evidence::{kept, line_of, photo, with_li};

/// So many files the store says are kept.
fn noted(store: &Store) -> i64 {
    let count = |c: &rusqlite::Connection| {
        let count = "SELECT (SELECT count(*) FROM evidence_files) + (SELECT count(*) FROM evidence_arrivals)";
        Ok::<_, Failed>(c.query_row(count, [], |row| row.get(0))?)
    };
    store.read_blocking(count).expect("it can be read")
}

/// A photo of which all but the last byte has arrived.
async fn almost_there() -> (District, Phone, PhoneFile, String) {
    let (district, li, visit) = with_li().await;
    let file = photo(&visit, pictures::jpeg(400, 300, 1));
    let line = line_of(&district, &li);
    let upload = line.begun(&file);
    line.sends(&upload, 0, &file.bytes[..file.bytes.len() - 1]);
    (district, li, file, upload)
}

/// What the folder of evidence holds when the power fails.
type Moment = fn(evidence: &Path, partial: &Path, file: &PhoneFile);

fn whole(_: &Path, partial: &Path, file: &PhoneFile) {
    fs::write(partial, &file.bytes).expect("it can be written");
}

fn with_half_a_thumbnail(evidence: &Path, partial: &Path, file: &PhoneFile) {
    whole(evidence, partial, file);
    let name = file.sha256();
    fs::create_dir(evidence.join(&name[..2])).expect("a folder can be made");
    let unfinished = evidence.join(&name[..2]).join(format!("{name}.thumbnail.jpg.unfinished"));
    fs::write(unfinished, "half").expect("it can be written");
}

fn with_a_thumbnail(evidence: &Path, partial: &Path, file: &PhoneFile) {
    whole(evidence, partial, file);
    let name = file.sha256();
    fs::create_dir(evidence.join(&name[..2])).expect("a folder can be made");
    fs::write(evidence.join(&name[..2]).join(format!("{name}.thumbnail.jpg")), "small")
        .expect("it can be written");
}

fn renamed(evidence: &Path, partial: &Path, file: &PhoneFile) {
    with_a_thumbnail(evidence, partial, file);
    let name = file.sha256();
    fs::rename(partial, evidence.join(&name[..2]).join(name)).expect("it can be renamed");
}

/// E2, E6: each step of keeping a file, cut off behind it.
#[tokio::test(flavor = "multi_thread")]
async fn at_whatever_step_the_power_fails_the_phone_goes_on() {
    let moments: [(&str, Moment); 4] = [
        ("written", whole),
        ("half a thumbnail", with_half_a_thumbnail),
        ("a thumbnail", with_a_thumbnail),
        ("renamed", renamed),
    ];
    for (moment, at) in moments {
        let (mut district, mut li, file, upload) = almost_there().await;
        let id = upload.rsplit('/').next().expect("an upload has an id").to_owned();
        district
            .restarts_over(|folder| {
                let evidence = folder.join("evidence");
                at(&evidence, &evidence.join("uploads").join(id), &file);
            })
            .await;
        district.reaches(&mut li);
        let evidence = district.app().evidence.clone();
        evidence.sweep(district.clock().now()).await.expect("it sweeps");
        assert_eq!(noted(&district.app().store), 0, "{moment}: it has not arrived");

        let line = line_of(&district, &li);
        let answer = line.asks(&upload);
        assert_eq!((answer.status, answer.offset()), (200, Some(file.bytes.len())), "{moment}");
        assert_eq!(noted(&district.app().store), 2, "{moment}: now it has");
        assert_eq!(fs::read(kept(&district, &file)).expect("it is kept"), file.bytes, "{moment}");
        let left = fs::read_dir(district.folder().join("evidence/uploads")).expect("it is there");
        assert_eq!(left.count(), 0, "{moment}: nothing else is left");
    }
}

/// E2: the answer is lost and the server killed: it had arrived, and says so.
#[tokio::test(flavor = "multi_thread")]
async fn behind_the_last_step_it_has_arrived() {
    let (mut district, mut li, file, upload) = almost_there().await;
    line_of(&district, &li).sends(&upload, file.bytes.len() - 1, &file.bytes[file.bytes.len() - 1..]);
    district.restarts().await;
    district.reaches(&mut li);
    assert_eq!(noted(&district.app().store), 2);
    assert_eq!(line_of(&district, &li).asks(&upload).offset(), Some(file.bytes.len()));
}

/// E2: what a part with a checksum left unproved counts for nothing, and goes.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_proved_counts_for_nothing() {
    let (mut district, mut li, file, upload) = almost_there().await;
    let id = upload.rsplit('/').next().expect("an upload has an id").to_owned();
    let unproven = |folder: &Path| folder.join(format!("evidence/uploads/{id}.unproven"));
    let stray = "evidence/uploads/0190b6a0-0000-4000-8000-000000000001";
    district
        .restarts_over(|folder| {
            fs::write(unproven(folder), "x").expect("it can be written");
            fs::write(folder.join(stray), "nobody's").expect("it can be written");
        })
        .await;
    district.reaches(&mut li);
    let line = line_of(&district, &li);
    assert_eq!(line.asks(&upload).offset(), Some(file.bytes.len() - 1));
    district.app().evidence.sweep(district.clock().now()).await.expect("it sweeps");
    assert!(!district.folder().join(stray).exists(), "what no upload knows is removed");
    assert_eq!(line.sends(&upload, file.bytes.len() - 1, &file.bytes[file.bytes.len() - 1..]).status, 204);
}

/// E4: a disk that kept the length of a file and lost its bytes is found out; the phone begins again.
#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_the_disk_lost_are_found_out() {
    let (mut district, mut li, file, upload) = almost_there().await;
    let id = upload.rsplit('/').next().expect("an upload has an id").to_owned();
    district
        .restarts_over(|folder| {
            let zeros = vec![0; file.bytes.len() - 1];
            fs::write(folder.join("evidence/uploads").join(id), zeros).expect("it can be written");
        })
        .await;
    district.reaches(&mut li);
    let line = line_of(&district, &li);
    let answer = line.sends(&upload, file.bytes.len() - 1, &file.bytes[file.bytes.len() - 1..]);
    assert_eq!(answer.code(), "wrong_hash");
    assert_eq!(noted(&district.app().store), 0);
    assert_eq!(line.uploads(&file).1.status, 204);
}

/// E2, R5: the file has its place and its row can't be written. It has not arrived; asked again, it does.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_can_not_be_noted_has_not_arrived() {
    let (district, li, file, upload) = almost_there().await;
    let store = district.app().store.clone();
    let run = async |sql: &'static str| {
        store
            .write(move |tx| Ok::<_, Failed>(tx.execute_batch(sql)?))
            .await
            .expect("the schema can be changed");
    };
    run("CREATE TRIGGER fault BEFORE INSERT ON evidence_files BEGIN SELECT RAISE(ABORT, 'fault'); END").await;
    let line = line_of(&district, &li);
    let last = file.bytes.len() - 1;
    assert_eq!(line.sends(&upload, last, &file.bytes[last..]).status, 500);
    assert!(kept(&district, &file).exists(), "it had its place");
    assert_eq!(line.asks(&upload).status, 500);
    assert_eq!(noted(&store), 0);
    run("DROP TRIGGER fault").await;
    assert_eq!(line.asks(&upload).offset(), Some(file.bytes.len()));
    assert_eq!(noted(&store), 2);
    assert_eq!(fs::read(kept(&district, &file)).expect("it is kept"), file.bytes);
}

/// E2: the file can't get its place. It has not arrived, and nothing of it is lost.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_can_not_be_placed_has_not_arrived() {
    let (district, li, file, upload) = almost_there().await;
    let line = line_of(&district, &li);
    let in_the_way = district.folder().join("evidence").join(&file.sha256()[..2]);
    fs::write(&in_the_way, "a file where a folder should be").expect("it can be written");
    let last = file.bytes.len() - 1;
    assert_eq!(line.sends(&upload, last, &file.bytes[last..]).code(), "unavailable");
    assert_eq!(noted(&district.app().store), 0);
    fs::remove_file(&in_the_way).expect("it can be removed");
    assert_eq!(line.asks(&upload).offset(), Some(file.bytes.len()));
    assert_eq!(noted(&district.app().store), 2);
}
