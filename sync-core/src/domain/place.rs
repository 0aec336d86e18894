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

/// Where a position fix comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FixSource {
    /// The phone's position service, asked by the app (W3C Geolocation).
    Device,
    /// What a photo says of where it was taken (Exif).
    Photo,
}

impl Position {
    /// Whether the coordinates are within their ranges.
    pub const fn is_on_earth(&self) -> bool {
        self.latitude_e7.unsigned_abs() <= 900_000_000 && self.longitude_e7.unsigned_abs() <= 1_800_000_000
    }

    /// Metres to another position along the earth's surface, rounded; within 0.5 % (a sphere stands in
    /// for the ellipsoid).
    pub fn distance_m(&self, other: &Position) -> u32 {
        const EARTH_RADIUS_M: f64 = 6_371_008.8;
        let radians = |e7: i32| (f64::from(e7) / 1e7).to_radians();
        let (from, to) = (radians(self.latitude_e7), radians(other.latitude_e7));
        let half_latitude = (to - from) / 2.0;
        let half_longitude = (radians(other.longitude_e7) - radians(self.longitude_e7)) / 2.0;
        let haversine = half_latitude.sin().powi(2) + from.cos() * to.cos() * half_longitude.sin().powi(2);
        (2.0 * EARTH_RADIUS_M * haversine.sqrt().min(1.0).asin()).round() as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position(latitude_e7: i32, longitude_e7: i32) -> Position {
        Position { latitude_e7, longitude_e7, accuracy_m: 0 }
    }

    #[test]
    fn distances_are_those_on_the_ground() {
        let centre = position(393_180_000, 1_124_250_000);
        assert_eq!(centre.distance_m(&centre), 0);
        // A hundredth of a degree north is 1,112 m; east, at this latitude, 860 m.
        assert_eq!(centre.distance_m(&position(393_280_000, 1_124_250_000)), 1_112);
        assert_eq!(centre.distance_m(&position(393_180_000, 1_124_350_000)), 860);
        let antipode = position(-393_180_000, -675_750_000);
        assert_eq!(centre.distance_m(&antipode), 20_015_114);
    }

    #[test]
    fn the_way_there_is_as_long_as_the_way_back_across_the_date_line() {
        let east = position(0, 1_799_990_000);
        let west = position(0, -1_799_990_000);
        assert_eq!(east.distance_m(&west), west.distance_m(&east));
        assert_eq!(east.distance_m(&west), 222);
    }
}
