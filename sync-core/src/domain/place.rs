//! Where something is. Everything stored is WGS-84, as browsers give it.

use serde::{Deserialize, Serialize};

/// A point in WGS-84 with the accuracy its source claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Latitude in WGS-84, in ten-millionths of a degree.
    pub latitude_e7: i32,
    /// Longitude in WGS-84, in ten-millionths of a degree.
    pub longitude_e7: i32,
    /// Radius in metres within which the point lies with 95 % probability, as the Geolocation API
    /// gives it; 0 where unknown.
    pub accuracy_m: u32,
}

impl Position {
    /// Whether the coordinates are within their ranges.
    pub const fn is_on_earth(&self) -> bool {
        self.latitude_e7.unsigned_abs() <= 900_000_000 && self.longitude_e7.unsigned_abs() <= 1_800_000_000
    }
}
