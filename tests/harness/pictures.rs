//! Photos that nobody took: as large as real ones, and the same every time.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ExtendedColorType, ImageFormat, RgbImage, RgbaImage};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A picture of coarse and fine grain, of which a JPEG is about as long as of a real scene.
fn scene(width: u32, height: u32, seed: u64) -> RgbImage {
    let mut chance = ChaCha8Rng::seed_from_u64(seed);
    let mut coarse = vec![0; ((width / 8 + 1) * (height / 8 + 1) * 3) as usize];
    chance.fill_bytes(&mut coarse);
    let mut fine = vec![0; (width * height) as usize];
    chance.fill_bytes(&mut fine);
    RgbImage::from_fn(width, height, |x, y| {
        let at = (((y / 8) * (width / 8 + 1) + x / 8) * 3) as usize;
        let grain = fine[(y * width + x) as usize] / 16;
        image::Rgb([coarse[at] / 2 + grain, coarse[at + 1] / 2 + grain, coarse[at + 2] / 2 + grain])
    })
}

/// A JPEG.
pub fn jpeg(width: u32, height: u32, seed: u64) -> Vec<u8> {
    let scene = scene(width, height, seed);
    let mut bytes = Vec::new();
    let mut encoder = JpegEncoder::new_with_quality(&mut bytes, 80);
    encoder.encode(&scene, width, height, ExtendedColorType::Rgb8).expect("a picture can be encoded");
    bytes
}

/// A photo as a phone sends it: its longest side 1,600 pixels.
pub fn photo(seed: u64) -> Vec<u8> {
    jpeg(1600, 1200, seed)
}

/// A signature: ink on nothing.
pub fn signature() -> Vec<u8> {
    let drawn = RgbaImage::from_fn(400, 160, |x, y| {
        let is_ink = (x / 2).abs_diff(y) < 3;
        image::Rgba([0, 0, 0, if is_ink { 255 } else { 0 }])
    });
    encoded(DynamicImage::from(drawn), ImageFormat::Png)
}

/// A picture in another format.
pub fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    encoded(DynamicImage::from(scene(width, height, 1)), format)
}

fn encoded(picture: DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).expect("a picture can be encoded");
    bytes.into_inner()
}
