//! Evidence: a photo or file that stands outside the record and is named in it by its hash.

/// A file has at most this many bytes.
pub const EVIDENCE_BYTES_MAX: u32 = 20 * 1024 * 1024;

/// What evidence may be, by the names that IANA registers: photos and drawings, PDF, and what WPS and Office
/// write.
pub const MEDIA_TYPES: [&str; 8] = [
    "image/jpeg",
    "image/png",
    "image/webp",
    "application/pdf",
    "application/msword",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.ms-excel",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
];

/// Whether a file of this media type is a picture.
pub fn is_picture(media_type: &str) -> bool {
    media_type.starts_with("image/")
}
