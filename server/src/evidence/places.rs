//! Where files of evidence lie: `evidence/ab/<sha256>` with its thumbnail beside, and in `evidence/uploads`
//! what is not whole yet. Whatever has its name among the first is whole and on the disk.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use sync_core::domain::FileHash;

use crate::data_folder;
use crate::store::uploads::UploadId;

/// The name of the folder within the data folder, and beside backups.
pub const FOLDER: &str = "evidence";
/// What a thumbnail's name ends with.
const THUMBNAIL: &str = ".thumbnail.jpg";
/// What the name of a part whose checksum is still to be compared ends with.
const UNPROVEN: &str = ".unproven";

/// The folder of evidence.
#[derive(Debug, Clone)]
pub struct Places {
    folder: PathBuf,
}

impl Places {
    /// The evidence in this data folder, or beside backups in this folder.
    pub fn within(folder: &Path) -> Self {
        Self::at(folder.join(FOLDER))
    }

    /// The evidence in a folder of another name.
    pub(crate) fn at(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Where the file with this hash lies, once it is whole.
    pub fn file(&self, sha256: FileHash) -> PathBuf {
        let name = sha256.to_string();
        self.folder.join(&name[..2]).join(name)
    }

    /// Where its thumbnail lies.
    pub(super) fn thumbnail(&self, sha256: FileHash) -> PathBuf {
        let name = sha256.to_string();
        self.folder.join(&name[..2]).join(name + THUMBNAIL)
    }

    pub(super) fn uploads(&self) -> PathBuf {
        self.folder.join("uploads")
    }

    /// What has arrived of an upload.
    pub(super) fn partial(&self, upload: UploadId) -> PathBuf {
        self.uploads().join(upload.to_string())
    }

    /// A part of an upload that was sent with a checksum, until that was compared.
    pub(super) fn unproven(&self, upload: UploadId) -> PathBuf {
        self.uploads().join(format!("{upload}{UNPROVEN}"))
    }

    /// Makes an empty partial file.
    pub(super) fn begin(&self, upload: UploadId) -> io::Result<()> {
        data_folder::make(&self.uploads())?;
        data_folder::put(&self.partial(upload), &[])
    }

    /// How much of an upload has arrived; nothing where there is no partial file.
    pub(super) fn arrived(&self, upload: UploadId) -> io::Result<u64> {
        match fs::metadata(self.partial(upload)) {
            Ok(partial) => Ok(partial.len()),
            Err(missing) if missing.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(error),
        }
    }

    /// Gives a partial file that was found good its place for good, with its thumbnail: written, synced,
    /// renamed, and the name synced.
    pub(super) fn keep(
        &self,
        upload: UploadId,
        sha256: FileHash,
        thumbnail: Option<&[u8]>,
    ) -> io::Result<()> {
        let file = self.file(sha256);
        data_folder::make(file.parent().expect("BUG: a file of evidence lies in a folder"))?;
        if let Some(thumbnail) = thumbnail {
            self.keep_thumbnail(sha256, thumbnail)?;
        }
        let partial = self.partial(upload);
        File::open(&partial)?.sync_all()?;
        fs::rename(&partial, &file)?;
        data_folder::sync(&self.uploads())?;
        data_folder::sync(file.parent().expect("BUG: a file of evidence lies in a folder"))
    }

    pub(super) fn keep_thumbnail(&self, sha256: FileHash, thumbnail: &[u8]) -> io::Result<()> {
        data_folder::put(&self.thumbnail(sha256), thumbnail)
    }

    /// Takes a file back that got its place for good although nobody noted that it is there.
    pub(super) fn take_back(&self, upload: UploadId, sha256: FileHash) -> io::Result<()> {
        match fs::rename(self.file(sha256), self.partial(upload)) {
            Err(missing) if missing.kind() == io::ErrorKind::NotFound => Ok(()),
            outcome => outcome,
        }
    }

    /// Removes what there is of an upload.
    pub(super) fn drop_upload(&self, upload: UploadId) -> io::Result<()> {
        for file in [self.partial(upload), self.unproven(upload)] {
            data_folder::remove(&file)?;
        }
        Ok(())
    }

    /// Removes everything of uploads but of these.
    pub(super) fn drop_uploads_but(&self, known: &[UploadId]) -> io::Result<usize> {
        let mut dropped = 0;
        let entries = match fs::read_dir(self.uploads()) {
            Err(missing) if missing.kind() == io::ErrorKind::NotFound => return Ok(0),
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name();
            let named = name.to_str().and_then(|name| name.split('.').next()?.parse::<UploadId>().ok());
            if !named.is_some_and(|upload| known.contains(&upload)) {
                data_folder::remove(&entry.path())?;
                dropped += 1;
            }
        }
        Ok(dropped)
    }
}
