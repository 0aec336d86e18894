//! Photos and files: taken in piece by piece, looked at, and kept by their hash.
//!
//! | module | what it holds |
//! |---|---|
//! | [`places`] | where files lie, and the order in which they get there |
//! | `hands` | one at a time works on an upload |
//! | `receive` | takes a body into a partial file |
//! | [`check`] | whether what arrived is what was announced |
//! | `file_type` | what the bytes of a file are |
//!
//! A file has arrived once its row is committed, after it was written, synced, renamed to its hash, and the
//! name synced. Whatever cuts this off before leaves an upload under way.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures_util::Stream;
use sync_core::domain::evidence::{EVIDENCE_BYTES_MAX, MEDIA_TYPES, is_picture};
use sync_core::domain::{FileHash, ServerTime};
use tokio::sync::{Semaphore, watch};
use tokio::task::spawn_blocking;

use crate::clock::Clock;
use crate::read_tables::visit_evidence;
use crate::store::evidence::{KeptFile, Sender};
use crate::store::uploads::{Announced, Upload, UploadId, Waiting};
use crate::store::{Failed, Store, evidence as files, uploads};

pub mod check;
mod file_type;
mod hands;
pub mod places;
mod receive;

use check::NotTheFile;
use hands::{Hands, InHand};
use places::Places;
pub use receive::Checksum;
use receive::{Ended, Into};

/// An upload of which nobody hears for so long is let go of.
pub const SILENT_MS_MAX: i64 = 7 * 24 * 60 * 60 * 1000;
/// Being heard of is noted no more often than this.
const TOUCHED_MS_MIN: i64 = 60 * 60 * 1000;
/// How long it is from one sweep to the next.
const BETWEEN_SWEEPS: Duration = Duration::from_secs(60 * 60);
/// One person may have so many uploads under way: more photos than anybody takes in a day.
const UPLOADS_OF_ONE_MAX: u64 = 200;
/// The uploads of one person may announce so many bytes together.
const BYTES_OF_ONE_MAX: u64 = 512 * 1024 * 1024;
/// Everybody's may.
const BYTES_MAX: u64 = 16 * 1024 * 1024 * 1024;
/// What one person sent and no record names may have so many bytes: records may come later than their photos.
const UNNAMED_BYTES_OF_ONE_MAX: u64 = 1024 * 1024 * 1024;
/// So many files are looked at at the same time; each takes up to 20 MiB and what decoding takes.
const CHECKS_MAX: usize = 2;

/// Takes evidence in and finds it again.
#[derive(Clone)]
pub struct Evidence {
    store: Store,
    places: Places,
    hands: Arc<Hands>,
    checks: Arc<Semaphore>,
    /// Held while a file gets its place and its row, or is taken back.
    placing: Arc<tokio::sync::Mutex<()>>,
    /// Shared by those who begin uploads, whose partial files lie there before their rows; held alone by
    /// whoever sweeps.
    beginning: Arc<tokio::sync::RwLock<()>>,
}

/// How far an upload has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The upload.
    pub upload: Upload,
    /// So many bytes have arrived. All of them means that the file is kept: checked, on the disk, and noted.
    pub offset: u64,
}

impl Progress {
    /// When the upload is let go of, if nobody hears of it until then.
    pub fn expires_at(&self) -> ServerTime {
        ServerTime(self.upload.touched_at.0 + SILENT_MS_MAX)
    }
}

/// A part of a file, as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Where it begins.
    pub offset: u64,
    /// How long it says it is.
    pub length: Option<u64>,
    /// Its checksum, where one came with it.
    pub checksum: Option<Checksum>,
}

/// Why evidence is not taken.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// There is no such upload of this person on this device.
    #[error("there is no such upload")]
    Unknown,
    /// Nothing was announced.
    #[error("the file is empty")]
    Empty,
    /// More was announced than a file may have, or sent than was announced.
    #[error("the file is too large")]
    TooLarge,
    /// The part begins elsewhere than where the upload stands.
    #[error("the upload stands at {0}")]
    Offset(u64),
    /// The part isn't what its checksum is of.
    #[error("the checksum is of something else")]
    WrongChecksum,
    /// Somebody came later and works on it now.
    #[error("the upload went on elsewhere")]
    InUse,
    /// Too much is under way.
    #[error("too many uploads are under way")]
    TooManyUploads,
    /// What arrived is not what was announced. The upload is gone.
    #[error("what arrived is not what was announced: {0:?}")]
    NotTheFile(NotTheFile),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] Failed),
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        Refused::Store(error.into())
    }
}

impl From<rusqlite::Error> for Refused {
    fn from(error: rusqlite::Error) -> Self {
        Refused::Store(error.into())
    }
}

impl Evidence {
    /// The evidence beside a store.
    pub fn of(store: Store) -> Self {
        let places = Places::within(store.folder());
        let checks = Arc::new(Semaphore::new(CHECKS_MAX));
        Self {
            store,
            places,
            hands: Arc::default(),
            checks,
            placing: Arc::default(),
            beginning: Arc::default(),
        }
    }

    /// Begins an upload, or goes on with the one that this device announced before. Where this person sent
    /// the very file before, it has arrived already.
    pub async fn begin(
        &self,
        sender: Sender,
        announced: Announced,
        entropy: [u8; 16],
        now: ServerTime,
    ) -> Result<Progress, Refused> {
        if announced.bytes == 0 {
            return Err(Refused::Empty);
        }
        if announced.bytes > EVIDENCE_BYTES_MAX {
            return Err(Refused::TooLarge);
        }
        if !MEDIA_TYPES.contains(&announced.media_type.as_str()) {
            return Err(Refused::NotTheFile(NotTheFile::WrongType));
        }
        let id = UploadId::random(entropy);
        let beginning = self.beginning.read().await;
        let places = self.places.clone();
        blocking(move || places.begin(id)).await?;
        let is_there = self.places.file(announced.sha256).is_file();
        let begin = move |tx: &rusqlite::Transaction<'_>| {
            if let Some(known) = uploads::of_the_same(tx, sender.device, sender.person, &announced)?
                && (is_there || !known.is_finished)
            {
                uploads::touch(tx, known.id, now)?;
                return Ok(Upload { touched_at: now, ..known });
            }
            let is_finished = is_there && was_kept(tx, &announced, sender)?;
            let Sender { person, device } = sender;
            let upload = Upload { id, person, device, announced, touched_at: now, is_finished };
            if is_finished {
                arrive(tx, &upload, now)?;
            } else {
                check_room(
                    &uploads::waiting(tx, person)?,
                    files::unnamed_bytes(tx, person)?,
                    &upload.announced,
                )?;
            }
            uploads::insert(tx, &upload)?;
            Ok(upload)
        };
        let begun = self.store.write::<Upload, Refused>(begin).await;
        let upload = match begun {
            Ok(upload) if upload.id == id && !upload.is_finished => {
                return Ok(Progress { upload, offset: 0 });
            }
            other => {
                let places = self.places.clone();
                blocking(move || places.drop_upload(id)).await?;
                other?
            }
        };
        drop(beginning);
        self.progress(sender, upload.id, now).await
    }

    /// How far an upload has come. Where everything had arrived and nobody had looked at it yet, somebody
    /// does now.
    pub async fn progress(&self, sender: Sender, id: UploadId, now: ServerTime) -> Result<Progress, Refused> {
        let this = self.clone();
        undisturbed(async move {
            let in_hand = this.hands.take(id).await;
            let (upload, offset) = this.standing(sender, id, now).await?;
            this.settle(in_hand, upload, offset, now).await
        })
        .await
    }

    /// Takes a part of a file. What arrives of it stays, even where the connection breaks. With the last
    /// byte the file is looked at and kept.
    pub async fn receive<B, E>(
        &self,
        sender: Sender,
        id: UploadId,
        part: Part,
        body: impl Stream<Item = Result<B, E>> + Send + Unpin + 'static,
        now: ServerTime,
    ) -> Result<Progress, Refused>
    where
        B: AsRef<[u8]> + Send + 'static,
        E: Send + 'static,
    {
        let this = self.clone();
        undisturbed(async move {
            let in_hand = this.hands.take(id).await;
            let (upload, offset) = this.standing(sender, id, now).await?;
            if part.offset != offset {
                return Err(Refused::Offset(offset));
            }
            let left = u64::from(upload.announced.bytes) - offset;
            if part.length.is_some_and(|length| length > left) {
                return Err(Refused::TooLarge);
            }
            if upload.is_finished {
                return Ok(Progress { upload, offset });
            }
            let (partial, unproven) = (this.places.partial(id), this.places.unproven(id));
            let into = Into { partial: &partial, unproven: &unproven, left };
            match receive::receive(body, into, part.checksum.as_ref(), &in_hand).await? {
                Ended::TooMuch => return Err(Refused::TooLarge),
                Ended::WrongChecksum => return Err(Refused::WrongChecksum),
                Ended::Wanted => return Err(Refused::InUse),
                Ended::Whole | Ended::Cut => {}
            }
            let offset = this.places.arrived(id)?;
            this.settle(in_hand, upload, offset, now).await
        })
        .await
    }

    /// Gives an upload up; what arrived of it is removed. A file that is kept stays.
    pub async fn give_up(&self, sender: Sender, id: UploadId, now: ServerTime) -> Result<(), Refused> {
        let this = self.clone();
        undisturbed(async move {
            let _in_hand = this.hands.take(id).await;
            this.standing(sender, id, now).await?;
            this.let_go(id).await
        })
        .await
    }

    /// Lets go of uploads of which nobody heard for long, and of files that no upload knows.
    pub async fn sweep(&self, now: ServerTime) -> Result<(), Refused> {
        let before = ServerTime(now.0 - SILENT_MS_MAX);
        let silent = self.store.write::<_, Failed>(move |tx| uploads::delete_silent(tx, before)).await?;
        let _alone = self.beginning.write().await;
        let known = self.store.read(uploads::under_way).await?;
        let places = self.places.clone();
        let dropped = blocking(move || places.drop_uploads_but(&known)).await?;
        if silent + dropped > 0 {
            tracing::info!(silent, dropped, "let go of uploads that nobody went on with");
        }
        Ok(())
    }

    /// Sweeps now and then, until the server stops.
    pub async fn keep_swept(self, clock: Clock, mut stopping: watch::Receiver<bool>) {
        loop {
            if let Err(failed) = self.sweep(clock.now()).await {
                tracing::error!(%failed, "uploads could not be swept");
            }
            tokio::select! {
                () = tokio::time::sleep(BETWEEN_SWEEPS) => {}
                _ = stopping.wait_for(|is_stopping| *is_stopping) => return,
            }
        }
    }

    /// The file with this hash, where it is kept and lies where it should.
    pub async fn file(&self, sha256: FileHash) -> Result<Option<(KeptFile, PathBuf)>, Refused> {
        let Some(kept) = self.store.read::<_, Failed>(move |c| files::file(c, sha256)).await? else {
            return Ok(None);
        };
        let file = self.places.file(sha256);
        if tokio::fs::try_exists(&file).await? {
            return Ok(Some((kept, file)));
        }
        tracing::error!(%sha256, "a file of evidence is gone from the data folder");
        Ok(None)
    }

    /// The thumbnail of a picture that is kept; made again where it is missing.
    pub async fn thumbnail(&self, kept: &KeptFile) -> Result<Option<PathBuf>, Refused> {
        let thumbnail = self.places.thumbnail(kept.sha256);
        if !is_picture(&kept.media_type) || tokio::fs::try_exists(&thumbnail).await? {
            return Ok(Some(thumbnail).filter(|_| is_picture(&kept.media_type)));
        }
        let (places, kept) = (self.places.clone(), kept.clone());
        let _room = self.checks.acquire().await.map_err(|_| Failed::Closed)?;
        let made = blocking(move || {
            let Some(jpeg) = check::thumbnail(&places.file(kept.sha256), &kept.media_type)? else {
                return Ok(false);
            };
            places.keep_thumbnail(kept.sha256, &jpeg).map(|()| true)
        });
        Ok(made.await?.then_some(thumbnail))
    }

    /// An upload in hand, and how much of it has arrived.
    async fn standing(
        &self,
        sender: Sender,
        id: UploadId,
        now: ServerTime,
    ) -> Result<(Upload, u64), Refused> {
        let upload = self.store.read::<_, Failed>(move |c| uploads::get(c, id)).await?;
        let mut upload = upload
            .filter(|upload| (upload.person, upload.device) == (sender.person, sender.device))
            .ok_or(Refused::Unknown)?;
        if now.0 - upload.touched_at.0 >= TOUCHED_MS_MIN {
            self.store.write::<_, Failed>(move |tx| uploads::touch(tx, id, now)).await?;
            upload.touched_at = now;
        }
        if upload.is_finished {
            let whole = u64::from(upload.announced.bytes);
            return Ok((upload, whole));
        }
        self.take_back(&upload).await?;
        let offset = self.places.arrived(id)?;
        Ok((upload, offset))
    }

    /// Where keeping a file was cut off between its name and its row, the file goes back to its upload.
    async fn take_back(&self, upload: &Upload) -> Result<(), Refused> {
        let (id, sha256) = (upload.id, upload.announced.sha256);
        if tokio::fs::try_exists(self.places.partial(id)).await? {
            return Ok(());
        }
        let _placing = self.placing.lock().await;
        if self.store.read::<_, Failed>(move |c| files::file(c, sha256)).await?.is_none() {
            let places = self.places.clone();
            blocking(move || places.take_back(id, sha256)).await?;
        }
        Ok(())
    }

    /// Says how far an upload has come; looks at the file and keeps it once everything has arrived.
    async fn settle(
        &self,
        _in_hand: InHand,
        mut upload: Upload,
        offset: u64,
        now: ServerTime,
    ) -> Result<Progress, Refused> {
        if upload.is_finished || offset < u64::from(upload.announced.bytes) {
            return Ok(Progress { upload, offset });
        }
        let checked = {
            let _room = self.checks.acquire().await.map_err(|_| Failed::Closed)?;
            let (partial, announced) = (self.places.partial(upload.id), upload.announced.clone());
            blocking(move || check::check(&partial, &announced)).await?
        };
        match checked {
            Ok(thumbnail) => {
                self.keep(&upload, thumbnail, now).await?;
                (upload.is_finished, upload.touched_at) = (true, now);
                Ok(Progress { upload, offset })
            }
            Err(not_the_file) => {
                tracing::info!(upload = %upload.id, ?not_the_file, "refused a file of evidence");
                self.let_go(upload.id).await?;
                Err(Refused::NotTheFile(not_the_file))
            }
        }
    }

    /// Gives a file its place, then its row.
    async fn keep(
        &self,
        upload: &Upload,
        thumbnail: Option<Vec<u8>>,
        now: ServerTime,
    ) -> Result<(), Refused> {
        let _placing = self.placing.lock().await;
        let (places, id, announced) = (self.places.clone(), upload.id, upload.announced.clone());
        blocking(move || places.keep(id, announced.sha256, thumbnail.as_deref())).await?;
        let upload = upload.clone();
        let note = move |tx: &rusqlite::Transaction<'_>| {
            let Announced { sha256, bytes, media_type, .. } = upload.announced.clone();
            files::keep(tx, &KeptFile { sha256, bytes, media_type }, now)?;
            arrive(tx, &upload, now)?;
            uploads::finish(tx, id, now)
        };
        Ok(self.store.write::<_, Failed>(note).await?)
    }

    async fn let_go(&self, id: UploadId) -> Result<(), Refused> {
        self.store.write::<_, Failed>(move |tx| uploads::delete(tx, id)).await?;
        let places = self.places.clone();
        Ok(blocking(move || places.drop_upload(id)).await?)
    }
}

/// Whether the very file that is announced is kept, and this person sent it.
fn was_kept(tx: &rusqlite::Transaction<'_>, announced: &Announced, sender: Sender) -> Result<bool, Failed> {
    let Some(kept) = files::file(tx, announced.sha256)? else { return Ok(false) };
    let is_the_same = kept.bytes == announced.bytes && kept.media_type == announced.media_type;
    Ok(is_the_same && files::was_sent_by(tx, sender.person, announced.sha256)?)
}

/// Notes that a file that is kept has arrived for a visit, and tells whoever follows it.
fn arrive(tx: &rusqlite::Transaction<'_>, upload: &Upload, now: ServerTime) -> Result<(), Failed> {
    let Upload { person, device, announced, .. } = upload;
    files::arrived(tx, announced.visit, announced.sha256, Sender { person: *person, device: *device }, now)?;
    visit_evidence::tell_of(tx, announced.visit, now)
}

fn check_room(waiting: &Waiting, unnamed_bytes: u64, announced: &Announced) -> Result<(), Refused> {
    let more = u64::from(announced.bytes);
    let has_room = waiting.uploads_of_one < UPLOADS_OF_ONE_MAX
        && waiting.bytes_of_one + more <= BYTES_OF_ONE_MAX
        && waiting.bytes + more <= BYTES_MAX
        && unnamed_bytes + more <= UNNAMED_BYTES_OF_ONE_MAX;
    if has_room { Ok(()) } else { Err(Refused::TooManyUploads) }
}

/// Runs work to its end, whether or not whoever asked for it still waits: a file is never left half-way
/// because a connection broke.
async fn undisturbed<T: Send + 'static>(
    work: impl Future<Output = Result<T, Refused>> + Send + 'static,
) -> Result<T, Refused> {
    match tokio::spawn(work).await {
        Ok(outcome) => outcome,
        Err(stopped) => match stopped.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(Failed::Closed.into()),
        },
    }
}

/// Runs what waits for the disk or takes the processor for long on a thread made for that.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    match spawn_blocking(work).await {
        Ok(outcome) => outcome,
        Err(stopped) => match stopped.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => Err(io::Error::other("the server is stopping")),
        },
    }
}

#[cfg(test)]
mod tests;
