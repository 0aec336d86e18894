//! What is a file from its first byte to its last, and what only looks so.

use std::io::{Cursor, Write};

use image::{DynamicImage, ImageFormat, RgbImage};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::check::{NotTheFile, picture, unharmed};
use super::file_type;

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

fn drawn(format: ImageFormat) -> Vec<u8> {
    let scene = RgbImage::from_fn(40, 30, |x, y| image::Rgb([(x * y) as u8, (x * 6) as u8, (y * 8) as u8]));
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(scene).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn archive() -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for name in ["[Content_Types].xml", "word/document.xml"] {
        writer.start_file(name, stored).unwrap();
        writer.write_all(b"<x/>").unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn compound() -> Vec<u8> {
    let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    file.create_stream("WordDocument").unwrap().write_all(&[7; 5000]).unwrap();
    file.flush().unwrap();
    file.into_inner().into_inner()
}

fn honest() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("image/jpeg", drawn(ImageFormat::Jpeg)),
        ("image/png", drawn(ImageFormat::Png)),
        ("image/webp", drawn(ImageFormat::WebP)),
        ("application/pdf", b"%PDF-1.4\n1 0 obj<<>>endobj\n%%EOF".to_vec()),
        (DOCX, archive()),
        ("application/msword", compound()),
    ]
}

/// E4: no part of a file is taken for the file, and nothing can be put behind it. (Compound files have no end
/// that a reader would see.)
#[test]
fn neither_less_nor_more_than_a_file_is_a_file() {
    for (media_type, bytes) in honest().into_iter().filter(|(kind, _)| *kind != "application/msword") {
        assert_eq!(file_type::check(media_type, &bytes), Ok(()), "{media_type}");
        for length in 0..bytes.len() {
            assert!(file_type::check(media_type, &bytes[..length]).is_err(), "{media_type} cut at {length}");
        }
        for more in 1..=u8::MAX {
            let is_blank = media_type == "application/pdf" && b"\r\n\t ".contains(&more);
            let behind = file_type::check(media_type, &[&bytes[..], &[more]].concat());
            assert_eq!(behind.is_err(), !is_blank, "{media_type} with {more} behind");
        }
    }
}

/// E4: a file of one type is of no other.
#[test]
fn a_file_is_of_one_type() {
    for (said, _) in honest() {
        for (is, bytes) in honest() {
            assert_eq!(file_type::check(said, &bytes).is_ok(), said == is, "{is} said to be {said}");
        }
    }
}

/// E4: whatever is altered in a file, looking at it comes to an end and harms nothing.
#[test]
fn looking_at_an_altered_file_comes_to_an_end() {
    let mut chance = ChaCha8Rng::seed_from_u64(1);
    for (media_type, bytes) in honest() {
        for _ in 0..400 {
            let mut altered = bytes.clone();
            for _ in 0..1 + chance.next_u32() % 8 {
                let at = chance.next_u32() as usize % altered.len();
                altered[at] = chance.next_u32() as u8;
            }
            let _ = unharmed(|| {
                file_type::check(media_type, &altered)?;
                file_type::picture_format(media_type).map(|format| picture(&altered, format)).transpose()
            });
        }
    }
}

/// E4: what a decoder panics over is not decodable, and the server goes on.
#[test]
fn a_panic_is_a_file_that_can_not_be_decoded() {
    assert_eq!(
        unharmed(|| -> Result<(), _> { panic!("a decoder met what it never expected") }),
        Err(NotTheFile::NotDecodable)
    );
}
