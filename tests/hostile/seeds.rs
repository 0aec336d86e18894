//! What fuzzing starts from: honest changes and attacks on them.

use std::collections::BTreeMap;

use sync_core::gate::hash_of_malformed;

use super::attacks::{attacks, orphans};
use super::honest::honest;

/// A seed is at most this long: what is long finds nothing that what is short does not.
const SEED_BYTES_MAX: usize = 1_024;

/// The seeds, each under the name of its file.
pub fn seeds() -> BTreeMap<String, Vec<u8>> {
    let honest = honest().next;
    let attacks = attacks(&honest[0]).into_iter().map(|attack| attack.bytes);
    let seeds = honest.iter().cloned().chain(orphans(&honest[0], 1)).chain(attacks);
    let named = |seed: Vec<u8>| (hash_of_malformed(&seed).to_string()[..16].to_owned(), seed);
    seeds.filter(|seed| seed.len() <= SEED_BYTES_MAX).map(named).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    #[test]
    fn the_corpus_is_what_the_seeds_are_now() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
        let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
        let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
        let corpus: BTreeMap<_, _> = files.map(|path| (name(&path), fs::read(&path).unwrap())).collect();
        assert!(corpus == seeds(), "write it anew with cargo xtask fuzz --write-corpus");
    }
}
