//! 不是照片的照片: what a phone, or somebody with its token, must not get into the evidence: other files than
//! announced, files with more in them than they say, pictures that would fill the memory, uploads of other
//! people, and games with offsets. Each is refused by name, and nothing of it is kept. (E3, E4, E5)

use std::fs;
use std::io::Write as _;

use image::ImageFormat;
use server::disk::Disk;
use server::store::Failed;
use server::store::grants::Role;
use xunfang_tests::district::{DAY_MS, LIMIN, SHENTOU};
use xunfang_tests::{District, PhoneFile, Uploader, pictures};

use crate::evidence::{kept, line_of, photo, with_li};

/// The files that lie anywhere in the evidence, by name.
fn files_in(district: &District) -> Vec<String> {
    fn walk(folder: &std::path::Path, names: &mut Vec<String>) {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.expect("a folder can be read").path();
            if path.is_dir() { walk(&path, names) } else { names.push(path.display().to_string()) }
        }
    }
    let mut names = Vec::new();
    walk(&district.folder().join("evidence"), &mut names);
    names
}

fn count(district: &District, table: &'static str) -> i64 {
    let count = move |c: &rusqlite::Connection| {
        Ok::<_, Failed>(c.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))?)
    };
    district.app().store.read_blocking(count).expect("it can be read")
}

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A ZIP archive with these empty files.
fn archive(names: &[&str]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for name in names {
        writer.start_file(*name, stored).expect("an archive takes a file");
        writer.write_all(b"<x/>").expect("an archive takes bytes");
    }
    writer.finish().expect("an archive can be closed").into_inner()
}

/// A compound file with this stream.
fn compound(stream: &str) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(std::io::Cursor::new(Vec::new())).expect("it can be made");
    file.create_stream(stream).expect("it takes a stream").write_all(&[7; 6000]).expect("it takes bytes");
    file.flush().expect("it can be closed");
    file.into_inner().into_inner()
}

fn pdf() -> Vec<u8> {
    b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n".to_vec()
}

/// A PNG whose head claims another size than its pixels have.
fn png_of(width: u32, height: u32) -> Vec<u8> {
    let mut png = pictures::picture(8, 8, ImageFormat::Png);
    png[16..20].copy_from_slice(&width.to_be_bytes());
    png[20..24].copy_from_slice(&height.to_be_bytes());
    let mut crc = flate2::Crc::new();
    crc.update(&png[12..29]);
    png[29..33].copy_from_slice(&crc.sum().to_be_bytes());
    png
}

/// A JPEG that says it is this large, and has pixels for less.
fn jpeg_of(width: u16, height: u16) -> Vec<u8> {
    let mut jpeg = pictures::jpeg(16, 16, 1);
    let frame = jpeg.windows(2).position(|two| two == [0xff, 0xc0]).expect("a frame begins");
    jpeg[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
    jpeg[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
    jpeg
}

/// A JPEG whose scan is repeated for ever.
fn jpeg_of_many_scans() -> Vec<u8> {
    let jpeg = pictures::jpeg(16, 16, 1);
    let scan = jpeg.windows(2).position(|two| two == [0xff, 0xda]).expect("a scan begins");
    let scan = &jpeg[scan..jpeg.len() - 2];
    [&jpeg[..jpeg.len() - 2], &scan.repeat(200), &[0xff, 0xd9]].concat()
}

/// A photo that decodes well, and an archive: it lies in a comment of the photo (ITU-T T.81, B.2.4.5), and the
/// rest of the photo in a comment of the archive.
fn photo_and_archive() -> Vec<u8> {
    let photo = pictures::jpeg(60, 40, 1);
    let mut archive = archive(&["evil.js"]);
    let comment = u16::try_from(photo.len() - 2).expect("a small photo").to_le_bytes();
    let end = archive.len() - 2;
    archive[end..].copy_from_slice(&comment);
    let length = u16::try_from(archive.len() + 2).expect("a small archive").to_be_bytes();
    [&photo[..2], &[0xff, 0xfe], &length, &archive, &photo[2..]].concat()
}

fn with(bytes: Vec<u8>, more: &[u8]) -> Vec<u8> {
    [&bytes, more].concat()
}

/// E4, E5: what is no file of the type that it says, or has something else in it beside.
#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_not_what_it_says_is_refused_by_name() {
    let (district, li, visit) = with_li().await;
    let line = line_of(&district, &li);
    let jpeg = || pictures::jpeg(60, 40, 1);
    let page = b"<!doctype html><script>alert(1)</script>";
    let cut = |bytes: Vec<u8>| bytes[..bytes.len() * 2 / 3].to_vec();
    let hostile: Vec<(&str, &'static str, Vec<u8>, &str)> = vec![
        ("a page that says it is a photo", "image/jpeg", page.to_vec(), "wrong_type"),
        ("a page behind a photo", "image/jpeg", with(jpeg(), page), "wrong_type"),
        ("an archive behind a photo", "image/jpeg", with(jpeg(), &archive(&["evil.js"])), "wrong_type"),
        ("an archive inside a photo", "image/jpeg", photo_and_archive(), "wrong_type"),
        ("two photos in one", "image/jpeg", with(jpeg(), &jpeg()), "wrong_type"),
        ("one byte more", "image/jpeg", with(jpeg(), &[0]), "wrong_type"),
        ("a PNG that says it is a JPEG", "image/jpeg", pictures::signature(), "wrong_type"),
        ("a JPEG that says it is a PNG", "image/png", jpeg(), "wrong_type"),
        ("a page behind a PNG", "image/png", with(pictures::signature(), page), "wrong_type"),
        (
            "a page behind a WebP",
            "image/webp",
            with(pictures::picture(20, 20, ImageFormat::WebP), page),
            "wrong_type",
        ),
        ("a GIF", "image/jpeg", b"GIF89a\x01\0\x01\0\0\0\0;".to_vec(), "wrong_type"),
        ("a PDF behind the head of a GIF", "application/pdf", with(b"GIF89a".to_vec(), &pdf()), "wrong_type"),
        ("a page behind a PDF", "application/pdf", with(pdf(), page), "wrong_type"),
        ("an archive behind a PDF", "application/pdf", with(pdf(), &archive(&["a"])), "wrong_type"),
        ("a PDF without an end", "application/pdf", cut(pdf()), "not_decodable"),
        ("any archive as a document", DOCX, archive(&["evil.exe"]), "wrong_type"),
        ("a sheet as a document", DOCX, archive(&["[Content_Types].xml", "xl/workbook.xml"]), "wrong_type"),
        (
            "a document with macros",
            DOCX,
            archive(&["[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"]),
            "wrong_type",
        ),
        (
            "a program with a document behind it",
            DOCX,
            with(b"MZ\x90\0".to_vec(), &archive(&["[Content_Types].xml", "word/document.xml"])),
            "wrong_type",
        ),
        (
            "a page behind a sheet",
            XLSX,
            with(archive(&["[Content_Types].xml", "xl/workbook.xml"]), page),
            "wrong_type",
        ),
        ("half a sheet", XLSX, cut(archive(&["[Content_Types].xml", "xl/workbook.xml"])), "not_decodable"),
        ("an old sheet as an old document", "application/msword", compound("Workbook"), "wrong_type"),
        ("an installer as an old document", "application/msword", compound("Binary.Evil"), "wrong_type"),
        ("a program", "application/x-msdownload", b"MZ\x90\0".to_vec(), "wrong_type"),
        ("a drawing with scripts in it", "image/svg+xml", b"<svg onload=alert(1)>".to_vec(), "wrong_type"),
        ("half a photo", "image/jpeg", cut(jpeg()), "not_decodable"),
        ("half a PNG", "image/png", cut(pictures::signature()), "not_decodable"),
        ("a photo of noise", "image/jpeg", with(vec![0xff, 0xd8, 0xff], &[0x41; 400]), "not_decodable"),
        ("a photo in two hundred passes", "image/jpeg", jpeg_of_many_scans(), "not_decodable"),
        ("a PNG of 900 megapixels", "image/png", png_of(30_000, 30_000), "too_many_pixels"),
        (
            "a PNG of four thousand million pixels a side",
            "image/png",
            png_of(u32::MAX / 2, u32::MAX / 2),
            "too_many_pixels",
        ),
        ("a JPEG of 4,225 megapixels", "image/jpeg", jpeg_of(65_000, 65_000), "too_many_pixels"),
        ("nothing", "image/jpeg", Vec::new(), "empty_file"),
    ];
    for (what, media_type, bytes, code) in hostile {
        let file = PhoneFile { visit: visit.clone(), media_type, bytes };
        let mut answer = line.begins(&file);
        if answer.status == 201 {
            let upload = answer.headers["location"].clone();
            answer = line.sends(&upload, 0, &file.bytes);
            assert_eq!(line.asks(&upload).status, 404, "{what}: the upload is gone");
        }
        assert_eq!(answer.code(), code, "{what}: {answer:?}");
    }
    assert_eq!(files_in(&district), Vec::<String>::new());
    for table in ["evidence_files", "evidence_arrivals", "uploads"] {
        assert_eq!(count(&district, table), 0, "{table}");
    }
}

/// E4: what is what it says is taken, whatever of the allowed it is.
#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_what_it_says_is_taken() {
    let (district, li, visit) = with_li().await;
    let line = line_of(&district, &li);
    let honest = [
        ("image/jpeg", pictures::jpeg(333, 222, 1)),
        ("image/png", pictures::signature()),
        ("image/webp", pictures::picture(200, 100, ImageFormat::WebP)),
        ("application/pdf", pdf()),
        (DOCX, archive(&["[Content_Types].xml", "word/document.xml"])),
        (XLSX, archive(&["[Content_Types].xml", "xl/workbook.xml"])),
        ("application/msword", compound("WordDocument")),
        ("application/vnd.ms-excel", compound("Workbook")),
    ];
    for (media_type, bytes) in honest {
        let file = PhoneFile { visit: visit.clone(), media_type, bytes };
        let (_, answer) = line.uploads(&file);
        assert_eq!(
            (answer.status, answer.offset()),
            (204, Some(file.bytes.len())),
            "{media_type}: {answer:?}"
        );
        assert_eq!(fs::read(kept(&district, &file)).expect("it is kept"), file.bytes);
    }
}

/// E4: the hash is of what arrived, not of what was announced.
#[tokio::test(flavor = "multi_thread")]
async fn another_file_than_announced_is_refused() {
    let (district, li, visit) = with_li().await;
    let line = line_of(&district, &li);
    let file = photo(&visit, pictures::jpeg(60, 40, 1));
    let mut altered = file.bytes.clone();
    altered[200] ^= 1;
    let upload = line.begun(&file);
    assert_eq!(line.sends(&upload, 0, &altered).code(), "wrong_hash");
    assert_eq!(files_in(&district), Vec::<String>::new());
    assert_eq!(line.uploads(&file).1.status, 204, "the file itself is still welcome");
}

/// E3: nobody sees, fills, or ends another's upload, not even the same person on another device; and nobody
/// uploads without the right to write in records.
#[tokio::test(flavor = "multi_thread")]
async fn an_upload_is_nobody_elses() {
    let (mut district, li, visit) = with_li().await;
    district.employs("wang", "王建国", Role::Coordinator, LIMIN).await;
    district.employs("supervisor", "赵审核", Role::Supervisor, SHENTOU).await;
    let line = line_of(&district, &li);
    let file = photo(&visit, pictures::jpeg(60, 40, 1));
    let upload = line.begun(&file);
    for account in ["wang", "li"] {
        let other = district.phone_of(account).await;
        let foreign = line_of(&district, &other);
        assert_eq!(foreign.asks(&upload).status, 404, "{account}");
        assert_eq!(foreign.sends(&upload, 0, &file.bytes).code(), "unknown_upload", "{account}");
        assert_eq!(foreign.ask("DELETE", &upload, &[], &[]).code(), "unknown_upload", "{account}");
    }
    let supervisor = district.phone_of("supervisor").await;
    assert_eq!(line_of(&district, &supervisor).begins(&file).code(), "not_allowed");
    let nobody = Uploader::new(district.url(), "x.y.z");
    assert_eq!(nobody.begins(&file).code(), "token_invalid");
    assert_eq!(line.asks(&upload).offset(), Some(0));
    district.ends_grants(li.person).await;
    assert_eq!(line.begins(&file).code(), "not_allowed");
}

/// E1: a part is taken where the upload stands, no further than announced, in our words, or not at all.
#[tokio::test(flavor = "multi_thread")]
async fn games_with_offsets_and_words_change_nothing() {
    let (district, li, visit) = with_li().await;
    let line = line_of(&district, &li);
    let file = photo(&visit, pictures::jpeg(200, 100, 1));
    let whole = file.bytes.len();
    let upload = line.begun(&file);
    assert_eq!(line.sends(&upload, 0, &file.bytes[..1000]).offset(), Some(1000));

    let too_much = with(file.bytes[1000..].to_vec(), b"!");
    assert_eq!(line.sends(&upload, 0, &file.bytes).code(), "offset_mismatch");
    assert_eq!(line.sends(&upload, whole, &[]).code(), "offset_mismatch");
    assert_eq!(line.sends(&upload, usize::MAX, &[]).code(), "offset_mismatch");
    assert_eq!(line.sends(&upload, 1000, &too_much).code(), "too_large");
    let patch = |headers: &[(&str, &str)], body: &[u8]| line.ask("PATCH", &upload, headers, body).code();
    let part = ("content-type", "application/offset+octet-stream");
    for bad in ["-1", "+1000", "1000.0", "", "0x3e8", "99999999999999999999999"] {
        assert_eq!(patch(&[part, ("upload-offset", bad)], b"x"), "malformed_request", "{bad:?}");
    }
    assert_eq!(patch(&[part], b"x"), "malformed_request");
    assert_eq!(patch(&[part, ("upload-offset", "1000"), ("upload-offset", "0")], b"x"), "malformed_request");
    assert_eq!(patch(&[("upload-offset", "1000")], b"x"), "unsupported_media_type");
    assert_eq!(
        patch(&[("content-type", "application/json"), ("upload-offset", "1000")], b"{}"),
        "unsupported_media_type"
    );
    assert_eq!(
        patch(&[part, ("upload-offset", "1000"), ("content-encoding", "gzip")], b"x"),
        "unsupported_media_type"
    );
    assert_eq!(line.sends_unmeasured(&upload, 1000, &too_much).code(), "too_large");
    assert_eq!(line.asks(&upload).offset(), Some(1000));
    assert_eq!(fs::read_dir(district.folder().join("evidence/uploads")).expect("it is there").count(), 1);

    let begin = |headers: &[(&str, &str)]| line.ask("POST", "/api/v1/evidence/uploads", headers, &[]).code();
    let metadata = file.metadata();
    let told = ("upload-metadata", metadata.as_str());
    assert_eq!(begin(&[told, ("upload-length", "20971521")]), "too_large");
    assert_eq!(begin(&[told, ("upload-length", "99999999999")]), "too_large");
    assert_eq!(begin(&[told, ("upload-length", "0")]), "empty_file");
    assert_eq!(begin(&[told, ("upload-length", "-1")]), "malformed_request");
    assert_eq!(begin(&[told, ("upload-defer-length", "1")]), "malformed_request");
    assert_eq!(begin(&[("upload-length", "10")]), "malformed_request");
    for bad in [
        "sha256 ZZ",
        "sha256 !!,visit ??",
        "",
        ",,,",
        "visit dmlzaXQ=,sha256 YWJj,media_type aW1hZ2UvanBlZw==",
    ] {
        assert_eq!(
            begin(&[("upload-metadata", bad), ("upload-length", "10")]),
            "malformed_request",
            "{bad:?}"
        );
    }
    assert_eq!(line.speaking("0.2.2").begins(&file).code(), "unknown_tus_version");
    assert_eq!(line.sends_unmeasured(&upload, 1000, &file.bytes[1000..]).status, 204);
}

/// E5: nobody announces more than a share of the room, and what nobody goes on with is let go of.
#[tokio::test(flavor = "multi_thread")]
async fn uploads_are_bounded_and_silent_ones_are_let_go_of() {
    let (district, mut li, visit) = with_li().await;
    let line = line_of(&district, &li);
    let announce = |number: u32, bytes: usize| {
        let mut file = photo(&visit, number.to_be_bytes().to_vec());
        let metadata = file.metadata();
        file.bytes = Vec::new();
        let length = bytes.to_string();
        line.ask(
            "POST",
            "/api/v1/evidence/uploads",
            &[("upload-length", &length), ("upload-metadata", &metadata)],
            &[],
        )
    };
    let large = 20 * 1024 * 1024;
    for number in 0..25 {
        assert_eq!(announce(number, large).status, 201);
    }
    let refused = announce(25, large);
    assert_eq!((refused.status, refused.code().as_str()), (429, "too_many_uploads"));
    for number in 100..275 {
        assert_eq!(announce(number, 1).status, 201, "{number}");
    }
    assert_eq!(announce(275, 1).code(), "too_many_uploads");
    assert_eq!(files_in(&district).len(), 200);

    let evidence = district.app().evidence.clone();
    district.days_go_by(6);
    evidence.sweep(district.clock().now()).await.expect("it sweeps");
    assert_eq!(files_in(&district).len(), 200);
    li.line.renews().await;
    let line = line_of(&district, &li);
    let heard_of = announce_again(&line, &visit);
    assert_eq!(heard_of.status, 201, "one of them is gone on with");
    district.minutes_go_by(DAY_MS / 60_000 + 1);
    evidence.sweep(district.clock().now()).await.expect("it sweeps");
    assert_eq!(files_in(&district).len(), 1);
    assert_eq!(count(&district, "uploads"), 1);
}

fn announce_again(line: &Uploader, visit: &str) -> xunfang_tests::uploads::Answer {
    let metadata = photo(visit, 0_u32.to_be_bytes().to_vec()).metadata();
    let length = (20 * 1024 * 1024).to_string();
    line.ask(
        "POST",
        "/api/v1/evidence/uploads",
        &[("upload-length", &length), ("upload-metadata", &metadata)],
        &[],
    )
}

/// R8: of one person so many parts are taken at the same time, and no more; others go on.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_takes_all_the_connections() {
    let (mut district, li, visit) = with_li().await;
    district.employs("wang", "王建国", Role::Coordinator, SHENTOU).await;
    let line = line_of(&district, &li);
    let files: Vec<_> = (0..9).map(|seed| photo(&visit, pictures::jpeg(60, 40, seed))).collect();
    let uploads: Vec<_> = files.iter().map(|file| line.begun(file)).collect();
    let part = |number: usize| files[number].bytes.as_slice();
    let held: Vec<_> = (0..8).map(|number| line.sends_cut(&uploads[number], 0, part(number), 100)).collect();
    let partials = uploads.iter().map(|upload| upload.rsplit('/').next().expect("an upload has an id"));
    for partial in partials.take(8).map(|id| district.folder().join("evidence/uploads").join(id)) {
        let is_taken = (0..10_000_000).any(|_| fs::metadata(&partial).is_ok_and(|file| file.len() == 100));
        assert!(is_taken, "what came is written at once");
    }
    assert_eq!(line.asks(&uploads[8]).status, 503);
    assert_eq!(line.sends(&uploads[8], 0, part(8)).code(), "overloaded");
    let wang = district.phone_of("wang").await;
    assert_eq!(line_of(&district, &wang).uploads(&files[8]).1.status, 204);
    drop(held);
    let is_let_in = (0..1000).any(|_| line.asks(&uploads[8]).status == 200);
    assert!(is_let_in, "whoever leaves makes room");
    assert_eq!(line.sends(&uploads[8], 0, part(8)).status, 204);
}

/// R8, E5: while the disk is nearly full nothing is begun and nothing goes on; what arrived is still there
/// when there is room again.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_takes_no_photo_and_loses_none() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};
    let free = Arc::new(AtomicU64::new(10_000));
    let read = Arc::clone(&free);
    let disk = Arc::new(Disk::with(move || Ok(read.load(Ordering::SeqCst)), 1_000));
    let mut district = District::open_with(|app| server::app::App { disk, ..app }).await;
    district.employs("li", "李秀英", Role::Coordinator, SHENTOU).await;
    let mut li = district.phone_of("li").await;
    let visit = {
        li.syncs().await;
        li.starts_visit(xunfang_tests::district::cooperative(0)).to_string()
    };
    let line = line_of(&district, &li);
    let file = photo(&visit, pictures::jpeg(200, 100, 1));
    let upload = line.begun(&file);
    line.sends(&upload, 0, &file.bytes[..1000]);
    free.store(999, Ordering::SeqCst);
    assert_eq!(line.sends(&upload, 1000, &file.bytes[1000..]).code(), "disk_full");
    assert_eq!(line.begins(&file).code(), "disk_full");
    assert_eq!(line.asks(&upload).offset(), Some(1000));
    free.store(1_000, Ordering::SeqCst);
    assert_eq!(line.sends(&upload, 1000, &file.bytes[1000..]).status, 204);
}
