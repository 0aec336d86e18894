//! What the bytes of a file are, and whether they are that from the first to the last: whatever else could
//! be read out of them, such as an archive or a page behind a photo, has no place in them.

use std::io::Cursor;

use image::ImageFormat;

use super::check::NotTheFile;

/// A photo stored in more passes than this is made to keep a decoder busy; real ones have about ten.
const JPEG_SCANS_MAX: usize = 100;

/// The format of a picture of this media type; none for other files.
pub(super) fn picture_format(media_type: &str) -> Option<ImageFormat> {
    match media_type {
        "image/jpeg" => Some(ImageFormat::Jpeg),
        "image/png" => Some(ImageFormat::Png),
        "image/webp" => Some(ImageFormat::WebP),
        _ => None,
    }
}

/// Whether the bytes are a file of this media type and nothing beside. A picture is still to be decoded.
///
/// # Errors
/// [`NotTheFile::WrongType`] for another type and for more than one file; [`NotTheFile::NotDecodable`] for
/// a part of a file.
pub(super) fn check(media_type: &str, bytes: &[u8]) -> Result<(), NotTheFile> {
    match media_type {
        "image/jpeg" => single(bytes, &[0xff, 0xd8, 0xff], jpeg_end),
        "image/png" => single(bytes, b"\x89PNG\r\n\x1a\n", png_end),
        "image/webp" => single(bytes, b"RIFF", webp_end),
        "application/pdf" => single(bytes, b"%PDF-", pdf_end),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => {
            office_open(bytes, "word/document.xml")
        }
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => {
            office_open(bytes, "xl/workbook.xml")
        }
        "application/msword" => compound(bytes, &["WordDocument"]),
        "application/vnd.ms-excel" => compound(bytes, &["Workbook", "Book"]),
        _ => Err(NotTheFile::WrongType),
    }
}

/// A file that starts so, and ends where it says that it ends.
fn single(bytes: &[u8], start: &[u8], end: fn(&[u8]) -> Option<usize>) -> Result<(), NotTheFile> {
    if !bytes.starts_with(start) || ends_as_archive(bytes) {
        return Err(NotTheFile::WrongType);
    }
    match end(bytes) {
        Some(end) if end == bytes.len() => Ok(()),
        Some(_) => Err(NotTheFile::WrongType),
        None => Err(NotTheFile::NotDecodable),
    }
}

/// Where a JPEG ends: behind its end-of-image marker (ITU-T T.81, annex B).
fn jpeg_end(bytes: &[u8]) -> Option<usize> {
    let mut at = 2;
    let mut scans = 0;
    loop {
        if *bytes.get(at)? != 0xff {
            return None;
        }
        while *bytes.get(at)? == 0xff {
            at += 1;
        }
        let marker = bytes[at];
        at += 1;
        match marker {
            0xd9 => return Some(at),
            0x01 | 0xd0..=0xd7 => continue,
            0x00 | 0xd8 => return None,
            _ => {
                let length = usize::from(u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]));
                at += length.max(2);
            }
        }
        if marker == 0xda {
            scans += 1;
            if scans > JPEG_SCANS_MAX {
                return None;
            }
            // Coded data, in which 0xff stands before zero and restart markers only.
            while !matches!(bytes.get(at..at + 2)?, [0xff, next] if !matches!(next, 0x00 | 0xd0..=0xd7)) {
                at += 1;
            }
        }
    }
}

/// Where a PNG ends: behind its `IEND` chunk (W3C PNG §5).
fn png_end(bytes: &[u8]) -> Option<usize> {
    let mut at = 8;
    loop {
        let head = bytes.get(at..at + 8)?;
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        at = at.checked_add(length)?.checked_add(12)?;
        if &head[4..] == b"IEND" {
            return Some(at);
        }
    }
}

/// Where a WebP ends: as its container says (RFC 9649 §2.4).
fn webp_end(bytes: &[u8]) -> Option<usize> {
    let head = bytes.get(..12)?;
    let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
    if &head[8..] == b"WEBP" && length + 8 <= bytes.len() { Some(length + 8) } else { None }
}

/// Where a PDF ends: behind its last `%%EOF` and what is blank there (ISO 32000-2 §7.5.5).
fn pdf_end(bytes: &[u8]) -> Option<usize> {
    let mark = b"%%EOF";
    let last = bytes.windows(mark.len()).rposition(|window| window == mark)? + mark.len();
    let blank = bytes[last..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n' | b' ' | b'\t' | 0));
    Some(last + blank.count())
}

/// The end of a ZIP archive: a record of 22 bytes, with a comment up to the end of the file (APPNOTE §4.3.16).
fn ends_as_archive(bytes: &[u8]) -> bool {
    let tail = &bytes[bytes.len().saturating_sub(22 + usize::from(u16::MAX))..];
    tail.windows(22).enumerate().any(|(at, record)| {
        let comment = usize::from(u16::from_le_bytes([record[20], record[21]]));
        record.starts_with(b"PK\x05\x06") && at + 22 + comment == tail.len()
    })
}

/// A document of Office or WPS as a ZIP archive (ECMA-376, part 2) with this part in it, and without macros.
fn office_open(bytes: &[u8], part: &str) -> Result<(), NotTheFile> {
    if !bytes.starts_with(b"PK\x03\x04") {
        return Err(NotTheFile::WrongType);
    }
    let archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| NotTheFile::NotDecodable)?;
    let has = |name: &str| archive.index_for_name(name).is_some();
    let has_macros = archive.file_names_raw().any(|name| name.ends_with(b"vbaProject.bin"));
    let is_whole = ends_as_archive(bytes) && archive.offset() == 0;
    if is_whole && has("[Content_Types].xml") && has(part) && !has_macros {
        Ok(())
    } else {
        Err(NotTheFile::WrongType)
    }
}

/// A document of older Office or of WPS: a compound file (MS-CFB) with one of these streams in it.
fn compound(bytes: &[u8], streams: &[&str]) -> Result<(), NotTheFile> {
    if !bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]) || ends_as_archive(bytes) {
        return Err(NotTheFile::WrongType);
    }
    let file = cfb::CompoundFile::open(Cursor::new(bytes)).map_err(|_| NotTheFile::NotDecodable)?;
    let is_it = streams.iter().any(|stream| file.is_stream(format!("/{stream}")));
    if is_it { Ok(()) } else { Err(NotTheFile::WrongType) }
}
