//! A disk that loses its power: what was synced stays, of everything else each sector may have come
//! through whole, in part, as garbage or not at all.
//!
//! A sector that comes out as garbage takes along what was synced in it before: only whole sectors are
//! written. Most disks are better than that, and by default SQLite counts on it
//! (`SQLITE_IOCAP_POWERSAFE_OVERWRITE`); the store doesn't.

use std::collections::BTreeMap;
use std::fs::DirEntry;
use std::io;
use std::path::Path;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::recording::{FileId, Step};

/// Disks write so many bytes at once: older ones, newer ones.
const SECTOR_BYTES: [usize; 2] = [512, 4096];
/// Systems keep so many bytes of a file in memory, or none of them.
const PAGE_BYTES: usize = 4096;

/// What is on the disk for certain, and what is on its way there.
#[derive(Debug, Clone, Default)]
pub struct Disk {
    files: BTreeMap<FileId, File>,
    names: BTreeMap<String, FileId>,
    /// Names made and deleted since the folder was synced.
    renames: Vec<(String, Option<FileId>)>,
}

#[derive(Debug, Clone, Default)]
struct File {
    synced: Vec<u8>,
    unsynced: Vec<Unsynced>,
}

#[derive(Debug, Clone)]
enum Unsynced {
    Write(u64, Box<[u8]>),
    Cut(u64),
}

/// The files of a folder as somebody finds them after the power came back.
pub type Image = BTreeMap<String, Vec<u8>>;

/// What becomes of a sector.
enum Fate {
    Kept,
    Dropped,
    /// Only so much of its beginning was written.
    Torn(f64),
    /// All of it, with what other writes put there.
    Garbled,
}

/// How likely what is in this image; nothing much goes wrong in some, everything in others.
struct Luck {
    /// That something came through.
    kept: f64,
    /// That what did not is harmed instead of as it was.
    harmed: f64,
    sector_bytes: usize,
}

impl Disk {
    /// A disk on which these files are for certain, numbered in the order of their names.
    pub fn with(image: &Image) -> Self {
        let file = |bytes: &Vec<u8>| File { synced: bytes.clone(), unsynced: Vec::new() };
        Self {
            files: image.values().map(file).enumerate().collect(),
            names: image.keys().cloned().zip(0..).collect(),
            renames: Vec::new(),
        }
    }

    /// Does what was asked for.
    pub fn apply(&mut self, step: &Step) {
        match step {
            Step::Made(file, name) => {
                self.files.insert(*file, File::default());
                self.renames.push((name.clone(), Some(*file)));
            }
            Step::Deleted(name) => self.renames.push((name.clone(), None)),
            Step::Wrote(file, at, bytes) => self.hold(*file, Unsynced::Write(*at, bytes.clone())),
            Step::Cut(file, size) => self.hold(*file, Unsynced::Cut(*size)),
            Step::Synced(file) => self.files.entry(*file).or_default().sync(),
            Step::FolderSynced => {
                for (name, file) in self.renames.drain(..) {
                    match file {
                        Some(file) => self.names.insert(name, file),
                        None => self.names.remove(&name),
                    };
                }
            }
            Step::Forgotten(file, seed) => self.files.entry(*file).or_default().forget(*seed),
            Step::Put(file, name, bytes) => {
                self.apply(&Step::FolderSynced);
                self.names.insert(name.clone(), *file);
                self.files.insert(*file, File { synced: bytes.to_vec(), unsynced: Vec::new() });
            }
            Step::NotSynced(_) | Step::Promised(_) => {}
        }
    }

    fn hold(&mut self, file: FileId, unsynced: Unsynced) {
        self.files.entry(file).or_default().unsynced.push(unsynced);
    }

    /// What is read of a file of so many bytes from now on where the system takes pages of it out of its memory,
    /// as it may with those that it takes for written: position and bytes of each. Which they are follows from
    /// `chance`.
    pub fn read_again(&self, file: FileId, size: usize, chance: &mut ChaCha8Rng) -> Vec<(usize, Vec<u8>)> {
        let taken_out = [0.0, 0.5, 1.0][chance.random_range(0..3)];
        let mut on_disk = self.files.get(&file).map_or_else(Vec::new, |file| file.synced.clone());
        // How long the file is, it keeps in memory.
        on_disk.resize(size, 0);
        let pages = on_disk.chunks(PAGE_BYTES).enumerate();
        let pages = pages.filter(|_| chance.random_bool(taken_out));
        pages.map(|(number, page)| (number * PAGE_BYTES, page.to_vec())).collect()
    }

    /// The power fails now.
    pub fn loses_power(&self, chance: &mut ChaCha8Rng) -> Image {
        let luck = Luck::draw(chance);
        let mut names = self.names.clone();
        // Of one name, later comes only after earlier; different names have nothing to do with each other.
        let mut is_stuck: BTreeMap<&str, bool> = BTreeMap::new();
        for (name, file) in &self.renames {
            let is_stuck = is_stuck.entry(name).or_default();
            *is_stuck = *is_stuck || !chance.random_bool(luck.kept);
            match file {
                _ if *is_stuck => {}
                Some(file) => {
                    names.insert(name.clone(), *file);
                }
                None => {
                    names.remove(name);
                }
            }
        }
        let found = |file: FileId, chance: &mut ChaCha8Rng| {
            self.files.get(&file).map_or_else(Vec::new, |file| file.after_power_loss(&luck, chance))
        };
        names.into_iter().map(|(name, file)| (name, found(file, chance))).collect()
    }
}

impl File {
    fn sync(&mut self) {
        for unsynced in self.unsynced.drain(..) {
            match unsynced {
                Unsynced::Write(at, bytes) => put(&mut self.synced, at as usize, &bytes),
                Unsynced::Cut(size) => self.synced.resize(size as usize, 0),
            }
        }
    }

    /// Nothing is on its way any more: what of it had come to the disk is there, and the rest never comes.
    fn forget(&mut self, seed: u64) {
        let mut chance = ChaCha8Rng::seed_from_u64(seed);
        let luck = Luck::draw(&mut chance);
        *self = Self { synced: self.after_power_loss(&luck, &mut chance), unsynced: Vec::new() };
    }

    fn after_power_loss(&self, luck: &Luck, chance: &mut ChaCha8Rng) -> Vec<u8> {
        let mut found = self.synced.clone();
        for unsynced in &self.unsynced {
            match unsynced {
                Unsynced::Cut(size) if chance.random_bool(luck.kept) => found.resize(*size as usize, 0),
                Unsynced::Cut(_) => {}
                Unsynced::Write(at, bytes) => {
                    for (at, piece) in pieces(*at as usize, bytes, luck.sector_bytes) {
                        luck.befalls(&mut found, at, piece, chance);
                    }
                }
            }
        }
        found
    }
}

impl Luck {
    fn draw(chance: &mut ChaCha8Rng) -> Self {
        let kept = [0.0, 0.1, 0.5, 0.9, 0.99, 1.0][chance.random_range(0..6)];
        let harmed = [0.0, 0.5, 1.0][chance.random_range(0..3)];
        Self { kept, harmed, sector_bytes: SECTOR_BYTES[chance.random_range(0..2)] }
    }

    fn fate(&self, chance: &mut ChaCha8Rng) -> Fate {
        if chance.random_bool(self.kept) {
            return Fate::Kept;
        }
        match chance.random_bool(self.harmed) {
            false => Fate::Dropped,
            true if chance.random() => Fate::Torn(chance.random()),
            true => Fate::Garbled,
        }
    }

    /// What becomes of a piece that was to be written at a position.
    fn befalls(&self, found: &mut Vec<u8>, at: usize, piece: &[u8], chance: &mut ChaCha8Rng) {
        match self.fate(chance) {
            Fate::Kept => put(found, at, piece),
            Fate::Torn(part) => put(found, at, &piece[..(piece.len() as f64 * part) as usize]),
            Fate::Garbled => {
                put(found, at, piece);
                let begin = at - at % self.sector_bytes;
                let end = found.len().min(begin + self.sector_bytes);
                chance.fill(&mut found[begin..end]);
            }
            // The file may have grown all the same.
            Fate::Dropped if chance.random_bool(0.5) => {
                found.resize(found.len().max(at + piece.len()), 0);
            }
            Fate::Dropped => {}
        }
    }
}

/// The pieces of a write that lie in one sector each.
fn pieces(at: usize, bytes: &[u8], sector_bytes: usize) -> impl Iterator<Item = (usize, &[u8])> {
    let (mut at, mut rest) = (at, bytes);
    std::iter::from_fn(move || {
        let length = rest.len().min(sector_bytes - at % sector_bytes);
        let (piece, behind) = rest.split_at_checked(length).filter(|(piece, _)| !piece.is_empty())?;
        let from = at;
        (at, rest) = (at + length, behind);
        Some((from, piece))
    })
}

fn put(file: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    let end = at + bytes.len();
    file.resize(file.len().max(end), 0);
    file[at..end].copy_from_slice(bytes);
}

/// What is in a folder.
pub fn read_from(folder: &Path) -> io::Result<Image> {
    let found = |entry: io::Result<DirEntry>| {
        let entry = entry?;
        Ok((entry.file_name().to_string_lossy().into_owned(), std::fs::read(entry.path())?))
    };
    std::fs::read_dir(folder)?.map(found).collect()
}

/// Writes an image into an empty folder.
pub fn write_to(folder: &Path, image: &Image) -> io::Result<()> {
    image.iter().try_for_each(|(name, bytes)| std::fs::write(folder.join(name), bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chance(seed: u64) -> ChaCha8Rng {
        ChaCha8Rng::seed_from_u64(seed)
    }

    fn wrote(at: u64, bytes: &[u8]) -> Step {
        Step::Wrote(0, at, bytes.into())
    }

    #[test]
    fn what_was_synced_stays_and_nothing_else_is_certain() {
        let mut disk = Disk::default();
        let steps = [
            Step::Made(0, "a".to_owned()),
            wrote(0, &[1; 5000]),
            Step::Synced(0),
            Step::FolderSynced,
            wrote(4700, &[2; 1000]),
        ];
        steps.iter().for_each(|step| disk.apply(step));
        let images: Vec<Image> = (0..300).map(|seed| disk.loses_power(&mut chance(seed))).collect();
        for image in &images {
            assert_eq!(image["a"][..4096], [1; 4096], "sectors in which all is synced");
        }
        let has = |what: &dyn Fn(&[u8]) -> bool| images.iter().any(|image| what(&image["a"]));
        assert!(has(&|a| a == [1; 5000]), "nothing came through");
        assert!(has(&|a| a.len() == 5700 && a[4700..] == [2; 1000]), "everything came through");
        assert!(has(&|a| a.len() == 5700 && a[4700..5000] == [1; 300]), "later sectors came first");
        assert!(has(&|a| a.iter().skip(5120).any(|byte| *byte > 2)), "garbage");
        assert!(has(&|a| a[4096..4700] != [1; 604]), "garbage takes along what it shares a sector with");
    }

    #[test]
    fn a_name_is_certain_once_its_folder_was_synced() {
        let mut disk = Disk::default();
        disk.apply(&Step::Made(0, "a".to_owned()));
        disk.apply(&wrote(0, &[1]));
        disk.apply(&Step::Synced(0));
        let is_there = |disk: &Disk| -> Vec<bool> {
            (0..50).map(|seed| disk.loses_power(&mut chance(seed)).contains_key("a")).collect()
        };
        assert!(is_there(&disk).contains(&false));
        disk.apply(&Step::FolderSynced);
        assert!(!is_there(&disk).contains(&false));
        disk.apply(&Step::Deleted("a".to_owned()));
        assert!(is_there(&disk).contains(&true) && is_there(&disk).contains(&false));
    }
}
