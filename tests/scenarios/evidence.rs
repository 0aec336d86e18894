//! 照片一段一段地传: 李秀英 photographs signboards and account books where the network comes and goes. What
//! arrived stays, and her phone goes on from there: after a broken line, after a change of network, after
//! the phone or the server was killed. What arrived whole is byte for byte what she took, and is never sent
//! twice. (E1, E2, E3, E6)

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use server::store::grants::Role;
use sha2::{Digest, Sha256};
use xunfang_tests::district::{SHENTOU, cooperative};
use xunfang_tests::{District, Phone, PhoneFile, Uploader, pictures};

/// A district with 李秀英 and her phone, on which she began a visit.
pub(crate) async fn with_li() -> (District, Phone, String) {
    let mut district = District::open().await;
    district.employs("li", "李秀英", Role::Coordinator, SHENTOU).await;
    let mut li = district.phone_of("li").await;
    li.syncs().await;
    let visit = li.starts_visit(cooperative(0)).to_string();
    (district, li, visit)
}

pub(crate) fn line_of(district: &District, phone: &Phone) -> Uploader {
    Uploader::new(district.url(), &phone.line.access_token)
}

pub(crate) fn photo(visit: &str, bytes: Vec<u8>) -> PhoneFile {
    PhoneFile { visit: visit.to_owned(), media_type: "image/jpeg", bytes }
}

/// Where a file is kept.
pub(crate) fn kept(district: &District, file: &PhoneFile) -> PathBuf {
    let sha256 = file.sha256();
    district.folder().join("evidence").join(&sha256[..2]).join(sha256)
}

/// Waits until the server has taken in what was sent over a line that broke.
fn until_arrived(line: &Uploader, upload: &str, offset: usize) {
    let aside = line.speaking("1.0.0");
    let arrived = (0..1000).any(|_| aside.asks(upload).offset() == Some(offset));
    assert!(arrived, "what arrived stays: {offset}");
}

fn chance(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

fn below(chance: &mut ChaCha8Rng, most: usize) -> usize {
    (chance.next_u64() % most.max(1) as u64) as usize
}

/// E1, E2: the last answer is the receipt; asked again it says the same, and the file announced again by
/// whoever sent it is there without a byte, for this visit and for another.
#[tokio::test(flavor = "multi_thread")]
async fn a_photo_arrives_and_is_never_sent_twice() {
    let (district, mut li, visit) = with_li().await;
    let line = line_of(&district, &li);
    let file = photo(&visit, pictures::photo(1));
    let upload = line.begun(&file);
    let half = file.bytes.len() / 2;
    let answer = line.sends(&upload, 0, &file.bytes[..half]);
    assert_eq!((answer.status, answer.offset()), (204, Some(half)));
    assert!(!kept(&district, &file).exists());
    let answer = line.sends(&upload, half, &file.bytes[half..]);
    assert_eq!((answer.status, answer.offset()), (204, Some(file.bytes.len())), "{answer:?}");
    assert_eq!(fs::read(kept(&district, &file)).expect("it is kept"), file.bytes);

    let again = line.asks(&upload);
    assert_eq!((again.status, again.offset()), (200, Some(file.bytes.len())));
    assert_eq!(again.headers["upload-length"], file.bytes.len().to_string());
    let announced = line.begins(&file);
    assert_eq!((announced.status, announced.offset()), (201, Some(file.bytes.len())));
    assert_eq!(announced.headers["location"], upload);
    let other = PhoneFile { visit: li.starts_visit(cooperative(1)).to_string(), ..file.clone() };
    assert_eq!(line.begins(&other).offset(), Some(file.bytes.len()));
    li.line.renews().await;

    assert_eq!(line.ask("DELETE", &upload, &[], &[]).status, 204);
    assert_eq!(line.asks(&upload).status, 404);
    assert!(kept(&district, &file).exists(), "what is kept stays");
}

/// E3: whoever knows the hash of a file doesn't have it.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_believed_only_to_whoever_sent_it() {
    let (mut district, li, visit) = with_li().await;
    district.employs("wang", "王建国", Role::Coordinator, SHENTOU).await;
    let wang = district.phone_of("wang").await;
    let file = photo(&visit, pictures::jpeg(300, 200, 1));
    assert_eq!(line_of(&district, &li).uploads(&file).1.status, 204);
    let line = line_of(&district, &wang);
    assert_eq!(line.begins(&file).offset(), Some(0));
    assert_eq!(line.uploads(&file).1.status, 204);
}

/// E1, E6: three interruptions cost the heads of the requests and nothing else.
#[tokio::test(flavor = "multi_thread")]
async fn three_interruptions_cost_two_percent_at_most() {
    let (district, li, visit) = with_li().await;
    let line = line_of(&district, &li);
    let file = photo(&visit, pictures::photo(2));
    let whole = file.bytes.len();
    let upload = line.begun(&file);
    let mut offset = 0;
    for cut_at in [whole / 5, whole / 2, whole * 4 / 5] {
        line.is_cut(&upload, offset, &file.bytes[offset..], cut_at - offset);
        until_arrived(&line, &upload, cut_at);
        offset = line.asks(&upload).offset().expect("the upload is known");
    }
    assert_eq!(line.sends(&upload, offset, &file.bytes[offset..]).status, 204);
    assert_eq!(fs::read(kept(&district, &file)).expect("it is kept"), file.bytes);
    let (sent, received) = (line.sent.get(), line.received.get());
    println!("{whole} bytes of photo, {sent} sent with all heads, {received} received");
    assert!(sent * 100 <= whole * 102, "{sent} bytes for {whole}");
}

/// E1: however the stream is cut, what arrives is what was taken.
#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_cut_where_the_file_arrives_byte_for_byte() {
    let (mut district, mut li, visit) = with_li().await;
    for seed in 0..24 {
        let mut chance = chance(seed);
        let side = 64 + below(&mut chance, 500) as u32;
        let file = photo(&visit, pictures::jpeg(side, side, seed));
        let whole = file.bytes.len();
        let mut line = line_of(&district, &li);
        let upload = line.begun(&file);
        let mut offset = 0;
        while offset < whole {
            let left = &file.bytes[offset..];
            let part = &left[..1 + below(&mut chance, left.len())];
            let sum = format!("sha256 {}", STANDARD.encode(Sha256::digest(part)));
            match below(&mut chance, 6) {
                0 => line.is_cut(&upload, offset, left, below(&mut chance, left.len())),
                1 => drop(line.sends_cut(&upload, offset, left, below(&mut chance, left.len()))),
                2 => drop(line.sends_with(&upload, offset, ("upload-checksum", &sum), part)),
                3 => {
                    let beyond = line.sends(&upload, offset + 1 + below(&mut chance, whole), part);
                    assert!(matches!(beyond.code().as_str(), "offset_mismatch" | "too_large"), "{beyond:?}");
                }
                4 if below(&mut chance, 4) == 0 => {
                    district.restarts().await;
                    district.reaches(&mut li);
                    line = line_of(&district, &li);
                }
                _ => drop(line.sends(&upload, offset, part)),
            }
            offset = line.asks(&upload).offset().expect("the upload is known");
        }
        assert_eq!(fs::read(kept(&district, &file)).expect("it is kept"), file.bytes, "seed {seed}");
    }
    assert_eq!(fs::read_dir(district.folder().join("evidence/uploads")).expect("it is there").count(), 0);
}

/// E2: the phone changed its network, and the old connection still seems open. Whoever comes later goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_dead_connection_holds_nothing_up() {
    let (district, li, visit) = with_li().await;
    let line = line_of(&district, &li);
    let file = photo(&visit, pictures::jpeg(400, 300, 3));
    let upload = line.begun(&file);
    let mut dead = line.sends_cut(&upload, 0, &file.bytes, 1000);
    until_arrived(&line, &upload, 1000);
    let answer = line.sends(&upload, 1000, &file.bytes[1000..]);
    assert_eq!((answer.status, answer.offset()), (204, Some(file.bytes.len())));
    // What the network still had of the old connection is too late.
    let _ = dead.write_all(&file.bytes[1000..]);
    assert_eq!(fs::read(kept(&district, &file)).expect("it is kept"), file.bytes);
}

/// E1: a part that came with a checksum counts once that was compared, and not at all where it differs.
#[tokio::test(flavor = "multi_thread")]
async fn a_part_with_a_checksum_counts_once_it_is_proved() {
    let (district, li, visit) = with_li().await;
    let line = line_of(&district, &li);
    let file = photo(&visit, pictures::jpeg(400, 300, 4));
    let upload = line.begun(&file);
    let part = &file.bytes[..5000];
    let sum = format!("sha256 {}", STANDARD.encode(Sha256::digest(part)));
    let damaged = [&file.bytes[..4999], &[!file.bytes[4999]]].concat();
    let refused = line.sends_with(&upload, 0, ("upload-checksum", &sum), &damaged);
    assert_eq!((refused.status, refused.code().as_str()), (460, "checksum_mismatch"));
    assert_eq!(line.asks(&upload).offset(), Some(0));
    assert_eq!(line.sends_with(&upload, 0, ("upload-checksum", &sum), part).offset(), Some(5000));
    let unknown = line.sends_with(&upload, 5000, ("upload-checksum", "md5 AAAA"), &file.bytes[5000..]);
    assert_eq!(unknown.code(), "malformed_request");
    // The SHA-1 of nothing.
    let of_nothing = ("upload-checksum", "sha1 2jmj7l5rSw0yVb/vlWAYkK/YBwk=");
    assert_eq!(line.sends_with(&upload, 5000, of_nothing, &[]).offset(), Some(5000));
    assert_eq!(line.sends(&upload, 5000, &file.bytes[5000..]).offset(), Some(file.bytes.len()));
}

/// E2: what was announced and the answer to it lost is the same upload when announced again, with the first
/// part in the same request or without.
#[tokio::test(flavor = "multi_thread")]
async fn announced_again_it_is_the_same_upload() {
    let (district, li, visit) = with_li().await;
    let line = line_of(&district, &li);
    let file = photo(&visit, pictures::jpeg(400, 300, 5));
    let (length, metadata) = (file.bytes.len().to_string(), file.metadata());
    let begin = |body: &[u8]| {
        let headers = [
            ("upload-length", length.as_str()),
            ("upload-metadata", metadata.as_str()),
            ("content-type", "application/offset+octet-stream"),
        ];
        line.ask("POST", "/api/v1/evidence/uploads", &headers, body)
    };
    let begun = begin(&file.bytes[..2000]);
    assert_eq!((begun.status, begun.offset()), (201, Some(2000)));
    let again = begin(&file.bytes[..2000]);
    assert_eq!((again.status, again.offset()), (201, Some(2000)), "the body is left aside");
    assert_eq!(again.headers["location"], begun.headers["location"]);
    assert_eq!(line.sends(&begun.headers["location"], 2000, &file.bytes[2000..]).status, 204);
    let other = photo(&visit, pictures::jpeg(400, 300, 6));
    let (length, metadata) = (other.bytes.len().to_string(), other.metadata());
    let headers = [
        ("upload-length", length.as_str()),
        ("upload-metadata", metadata.as_str()),
        ("content-type", "application/offset+octet-stream"),
    ];
    let at_once = line.ask("POST", "/api/v1/evidence/uploads", &headers, &other.bytes);
    assert_eq!((at_once.status, at_once.offset()), (201, Some(other.bytes.len())));
    assert!(kept(&district, &other).exists());
}

/// What tus says that a server can do.
#[tokio::test(flavor = "multi_thread")]
async fn the_server_says_what_uploads_can_do() {
    let (district, li, _) = with_li().await;
    let answer = line_of(&district, &li).ask("OPTIONS", "/api/v1/evidence/uploads", &[], &[]);
    assert_eq!(answer.status, 204);
    assert_eq!(answer.headers["tus-version"], "1.0.0");
    assert_eq!(answer.headers["tus-max-size"], (20 * 1024 * 1024).to_string());
    assert_eq!(
        answer.headers["tus-extension"],
        "creation,creation-with-upload,expiration,checksum,termination"
    );
    assert_eq!(answer.headers["tus-checksum-algorithm"], "sha1,sha256");
}
