//! Areas in SQL: everything below an area has a code that starts with its code.

use sync_core::domain::AreaCode;

/// The first and the first no longer matching code of an area: `area >= ?1 AND area < ?2`, which an
/// index can answer.
pub fn range(prefix: &AreaCode) -> (String, String) {
    // A colon is the character after the digit nine.
    (prefix.as_str().to_owned(), format!("{prefix}:"))
}
