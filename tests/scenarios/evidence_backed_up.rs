//! 照片也要备份: the county's server is backed up with its photos, each of which is copied once. The machine
//! is lost, another is restored, and every photo is there byte for byte. What the disk spoiled is told when
//! the backup is made, and what nobody has any more is not said to be there. (B9)

use std::fs;

use serde_json::json;
use server::backup;
use server::store::Failed;
use sync_core::domain::{EvidenceId, FileHash};
use xunfang_tests::{District, Phone, PhoneFile, pictures};

use crate::evidence::{kept, line_of, photo, with_li};

fn backs_up(district: &District, to: &std::path::Path) -> backup::Made {
    let now = district.clock().now();
    backup::make(district.folder(), to, now, &mut |_, _, _| {}).expect("a backup can be made")
}

fn hash(file: &PhoneFile) -> FileHash {
    file.sha256().parse().expect("a hash")
}

fn arrived(li: &Phone, visit: &str) -> serde_json::Value {
    li.row("evidence_arrived", visit).expect("something has arrived")["arrived"].clone()
}

fn sorted(evidence: &[EvidenceId]) -> Vec<String> {
    let mut ids: Vec<String> = evidence.iter().map(ToString::to_string).collect();
    ids.sort();
    ids
}

fn beside(backups: &std::path::Path, file: &PhoneFile) -> std::path::PathBuf {
    let sha256 = file.sha256();
    backups.join("evidence").join(&sha256[..2]).join(sha256)
}

/// B9: a photo is in the backup once, and back where it was after a restore.
#[tokio::test(flavor = "multi_thread")]
async fn photos_are_copied_once_and_put_back() {
    let (mut district, mut li, visit) = with_li().await;
    let photos: Vec<PhoneFile> = (0..4).map(|seed| photo(&visit, pictures::jpeg(200, 100, seed))).collect();
    let line = line_of(&district, &li);
    photos[..2].iter().for_each(|photo| assert_eq!(line.uploads(photo).1.status, 204));
    let half = line.begun(&photos[3]);
    line.sends(&half, 0, &photos[3].bytes[..500]);

    let backups = tempfile::tempdir().expect("a temporary folder can be made");
    let first = backs_up(&district, backups.path());
    assert_eq!((first.evidence.files, first.evidence.new), (2, 2));
    assert_eq!(line.uploads(&photos[2]).1.status, 204);
    district.minutes_go_by(1);
    let second = backs_up(&district, backups.path());
    assert_eq!((second.evidence.files, second.evidence.new), (3, 1));
    assert_eq!(second.evidence.bytes, photos[2].bytes.len() as u64);

    district.restores(&backups).await;
    district.reaches(&mut li);
    li.line.renews().await;
    for photo in &photos[..3] {
        assert_eq!(fs::read(kept(&district, photo)).expect("it is back"), photo.bytes);
    }
    let line = line_of(&district, &li);
    assert_eq!(line.begins(&photos[0]).offset(), Some(photos[0].bytes.len()));
    assert_eq!(line.asks(&half).offset(), Some(0), "what was under way begins again");
    assert_eq!(line.sends(&half, 0, &photos[3].bytes).status, 204);
}

/// B9: a photo that the disk spoiled is told, and all others are in the backup.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_disk_spoiled_is_told_and_holds_nothing_else_up() {
    let (mut district, mut li, visit) = with_li().await;
    let photos: Vec<PhoneFile> = (0..3).map(|seed| photo(&visit, pictures::jpeg(200, 100, seed))).collect();
    let line = line_of(&district, &li);
    photos.iter().for_each(|photo| assert_eq!(line.uploads(photo).1.status, 204));
    let mut spoiled = photos[0].bytes.clone();
    spoiled[300] ^= 1;
    fs::write(kept(&district, &photos[0]), spoiled).expect("it can be written");
    fs::remove_file(kept(&district, &photos[1])).expect("it can be removed");

    let backups = tempfile::tempdir().expect("a temporary folder can be made");
    let made = backs_up(&district, backups.path());
    let mut gone = vec![hash(&photos[0]), hash(&photos[1])];
    gone.sort();
    assert_eq!(made.evidence.damaged, gone);
    assert!(matches!(made.evidence.sound(), Err(Failed::EvidenceDamaged(2))));
    assert!(made.file.exists());
    assert_eq!(fs::read(beside(backups.path(), &photos[2])).expect("it is there"), photos[2].bytes);
    let names = fs::read_dir(beside(backups.path(), &photos[0]).parent().expect("a folder"));
    assert_eq!(names.expect("it is there").count(), 0, "nothing half is left there");

    let named: Vec<EvidenceId> =
        photos.iter().map(|photo| li.adds_evidence(visit.parse().expect("an id"), photo, "")).collect();
    li.syncs().await;
    assert_eq!(arrived(&li, &visit), json!(sorted(&named)));
    district.minutes_go_by(1);
    backs_up(&district, backups.path());
    district.restores(&backups).await;
    district.reaches(&mut li);
    li.line.renews().await;
    li.syncs().await;
    assert_eq!(
        arrived(&li, &visit),
        json!([named[2].to_string()]),
        "what nobody has is not said to be there"
    );
    let line = line_of(&district, &li);
    assert_eq!(line.uploads(&photos[0]).1.status, 204);
    assert_eq!(line.uploads(&photos[1]).1.status, 204);
    li.syncs().await;
    assert_eq!(arrived(&li, &visit), json!(sorted(&named)));
}
