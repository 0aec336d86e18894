//! Writes what the fuzz targets start from into the folder named: honest changes and attacks on them,
//! each in a file by its name's hash.

use std::path::PathBuf;
use std::{env, fs};

use hostile::{attacks, honest, orphans};
use sync_core::gate::hash_of_malformed;

/// A seed is at most this long: what is long finds nothing that what is short does not.
const SEED_BYTES_MAX: usize = 1_024;

fn main() -> std::io::Result<()> {
    let folder = env::args_os().nth(1).map(PathBuf::from).expect("the folder to write into");
    let honest = honest().next;
    let attacks = attacks(&honest[0]).into_iter().map(|attack| attack.bytes);
    let mut seeds: Vec<_> = honest.iter().cloned().chain(orphans(&honest[0], 1)).chain(attacks).collect();
    seeds.retain(|seed| seed.len() <= SEED_BYTES_MAX);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    for seed in &seeds {
        fs::write(folder.join(&hash_of_malformed(seed).to_string()[..16]), seed)?;
    }
    println!("{} seeds in {}", seeds.len(), folder.display());
    Ok(())
}
