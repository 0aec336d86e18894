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
