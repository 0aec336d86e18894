//! The data folder and the small files in it: for the server's account only, and still there after the
//! power failed. A new name is on the disk only once the folder it stands in was synced.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// Makes the folder and those it lies in, open to the server's account only: it holds names and telephone
/// numbers. One that exists keeps the rights it was given.
pub fn make(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    let missing: Vec<&Path> = folder.ancestors().take_while(|ancestor| !is_there(ancestor)).collect();
    for folder in missing.into_iter().rev() {
        match builder.create(folder) {
            // Another start was faster.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            outcome => outcome?,
        }
        sync(around(folder))?;
    }
    Ok(())
}

/// Puts a file into its folder, whole or not at all, for the server's account only: whoever finds it by its
/// name finds all of it, and it stays.
pub fn put(file: &Path, content: &[u8]) -> io::Result<()> {
    let mut unfinished = file.as_os_str().to_owned();
    unfinished.push(".unfinished");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut written = options.open(&unfinished)?;
    written.write_all(content)?;
    written.sync_all()?;
    std::fs::rename(&unfinished, file)?;
    sync(around(file))
}

/// Removes a file, where it is there.
pub fn remove(file: &Path) -> io::Result<()> {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Makes names that were given or taken in a folder outlast a power cut.
pub fn sync(folder: &Path) -> io::Result<()> {
    // Other systems open no folder as a file, and keep names by themselves.
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// The folder in which something lies; of a relative name, where the process is.
fn around(of: &Path) -> &Path {
    of.parent().filter(|parent| is_named(parent)).unwrap_or(Path::new("."))
}

fn is_there(folder: &Path) -> bool {
    !is_named(folder) || folder.is_dir()
}

fn is_named(folder: &Path) -> bool {
    !folder.as_os_str().is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_made_with_those_around_it_and_one_that_exists_stays() {
        let around = tempfile::tempdir().unwrap();
        let folder = around.path().join("a/b");
        make(&folder).unwrap();
        put(&folder.join("file"), b"content").unwrap();
        make(&folder).unwrap();
        assert_eq!(std::fs::read(folder.join("file")).unwrap(), b"content");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(&folder), mode(&folder.join("file"))), (0o700, 0o600));
        }
    }

    #[test]
    fn what_a_start_that_was_cut_off_left_is_never_taken_for_the_file() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("file.unfinished"), "half, and longer than the whole").unwrap();
        put(&folder.path().join("file"), b"whole").unwrap();
        assert_eq!(std::fs::read(folder.path().join("file")).unwrap(), b"whole");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left");
    }

    #[test]
    fn a_file_that_cannot_be_finished_is_not_there() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("file.unfinished")).unwrap();
        put(&folder.path().join("file"), b"whole").unwrap_err();
        assert!(!folder.path().join("file").exists());
    }
}
