//! Whether a file that arrived is the one that was announced: its hash, its type, and that it can be decoded
//! within limits. Makes its thumbnail.

use std::io::{self, Cursor};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use image::codecs::jpeg::JpegEncoder;
use image::{
    DynamicImage, ExtendedColorType, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, RgbImage,
};
use sha2::{Digest, Sha256};

use super::file_type;
use crate::store::uploads::Announced;

/// A picture may have so many pixels: twice what the best phones take.
const PIXELS_MAX: u64 = 50_000_000;
/// Decoding may take so much memory.
const DECODED_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// The longest side of a thumbnail, in pixels.
const THUMBNAIL_SIDE: u32 = 320;
/// The quality of a thumbnail, of 100.
const THUMBNAIL_QUALITY: u8 = 75;

/// Why what arrived is not what was announced. It is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotTheFile {
    /// Its hash is another.
    WrongHash,
    /// It is of another type, or something else is in it beside.
    WrongType,
    /// It has more pixels than are decoded.
    TooManyPixels,
    /// It is damaged.
    NotDecodable,
}

/// Checks a file. Gives the thumbnail, a JPEG, of what is a picture. What a decoder panics over is not
/// decodable.
pub(super) fn check(file: &Path, announced: &Announced) -> io::Result<Result<Option<Vec<u8>>, NotTheFile>> {
    let bytes = std::fs::read(file)?;
    if Sha256::digest(&bytes).as_slice() != announced.sha256.as_bytes() {
        return Ok(Err(NotTheFile::WrongHash));
    }
    Ok(unharmed(|| {
        file_type::check(&announced.media_type, &bytes)?;
        file_type::picture_format(&announced.media_type).map(|format| picture(&bytes, format)).transpose()
    }))
}

/// Makes the thumbnail of a picture that was checked before.
pub(super) fn thumbnail(file: &Path, media_type: &str) -> io::Result<Option<Vec<u8>>> {
    let Some(format) = file_type::picture_format(media_type) else { return Ok(None) };
    let bytes = std::fs::read(file)?;
    Ok(unharmed(|| picture(&bytes, format)).ok())
}

pub(super) fn unharmed<T>(decode: impl FnOnce() -> Result<T, NotTheFile>) -> Result<T, NotTheFile> {
    catch_unwind(AssertUnwindSafe(decode)).unwrap_or_else(|_| {
        tracing::warn!("a decoder panicked over a file");
        Err(NotTheFile::NotDecodable)
    })
}

/// Decodes a picture from its first pixel to its last, and makes it small.
pub(super) fn picture(bytes: &[u8], format: ImageFormat) -> Result<Vec<u8>, NotTheFile> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(DECODED_BYTES_MAX);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    let (width, height) = decoder.dimensions();
    let is_too_large = u64::from(width) * u64::from(height) > PIXELS_MAX;
    if is_too_large || decoder.total_bytes() > DECODED_BYTES_MAX {
        return Err(NotTheFile::TooManyPixels);
    }
    let orientation = decoder.orientation()?;
    let whole = DynamicImage::from_decoder(decoder)?;
    let is_small = width.max(height) <= THUMBNAIL_SIDE;
    let mut small = if is_small { whole } else { whole.thumbnail(THUMBNAIL_SIDE, THUMBNAIL_SIDE) };
    small.apply_orientation(orientation);
    let small = on_paper(&small);
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, THUMBNAIL_QUALITY).encode(
        &small,
        small.width(),
        small.height(),
        ExtendedColorType::Rgb8,
    )?;
    Ok(jpeg)
}

/// What is transparent shows white: a signature is ink without a ground.
fn on_paper(picture: &DynamicImage) -> RgbImage {
    let picture = picture.to_rgba8();
    RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        let [red, green, blue, alpha] = picture.get_pixel(x, y).0;
        let over_white = |ink: u8| {
            let (ink, alpha) = (u16::from(ink), u16::from(alpha));
            ((ink * alpha + 255 * (255 - alpha)) / 255) as u8
        };
        image::Rgb([over_white(red), over_white(green), over_white(blue)])
    })
}

impl From<ImageError> for NotTheFile {
    fn from(error: ImageError) -> Self {
        match error {
            ImageError::Limits(_) => NotTheFile::TooManyPixels,
            _ => NotTheFile::NotDecodable,
        }
    }
}
