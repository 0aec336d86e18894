//! Takes the body of a request into the partial file of an upload, piece by piece: what arrived stays,
//! however the request ends, unless it was sent with a checksum and can't be proved.

use std::io;
use std::path::Path;
use std::time::Duration;

use futures_util::{Stream, StreamExt};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use tokio::fs::{File, OpenOptions};
use tokio::io::AsyncWriteExt;

use super::hands::InHand;
use crate::data_folder;

/// A connection that is silent for so long is given up.
const SILENCE_MAX: Duration = Duration::from_secs(60);
/// Once somebody else wants the upload, what is on its way over the earlier connection still counts, until
/// that is silent for so long.
const SILENCE_WANTED_MAX: Duration = Duration::from_millis(200);

/// The checksum that was sent with a part (tus 1.0, Checksum).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Checksum {
    /// SHA-1.
    Sha1([u8; 20]),
    /// SHA-256.
    Sha256([u8; 32]),
}

/// How the taking of a body ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// With the body.
    Whole,
    /// The connection broke, or was silent for too long.
    Cut,
    /// Somebody else wants the upload.
    Wanted,
    /// There was more than the upload may have: nothing of this body was kept.
    TooMuch,
    /// The checksum is of something else: nothing of this body was kept.
    WrongChecksum,
}

/// Where a body goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Into<'a> {
    /// The file that it is added to.
    pub(super) partial: &'a Path,
    /// Where it lies until its checksum was compared.
    pub(super) unproven: &'a Path,
    /// So many bytes are still to come.
    pub(super) left: u64,
}

/// Takes a body in. What is kept of it is on the disk when this returns.
pub(super) async fn receive<B, E>(
    body: impl Stream<Item = Result<B, E>> + Unpin,
    into: Into<'_>,
    checksum: Option<&Checksum>,
    in_hand: &InHand,
) -> io::Result<Ended>
where
    B: AsRef<[u8]>,
{
    match checksum {
        None => {
            let mut partial = OpenOptions::new().append(true).create(true).open(into.partial).await?;
            let before = partial.metadata().await?.len();
            let ended = write(body, &mut partial, into.left, in_hand, &mut |_| {}).await?;
            if ended == Ended::TooMuch {
                partial.set_len(before).await?;
            }
            partial.sync_all().await?;
            Ok(ended)
        }
        Some(checksum) => {
            let mut unproven = File::create(into.unproven).await?;
            let mut sum = Sum::like(checksum);
            let ended = write(body, &mut unproven, into.left, in_hand, &mut |bytes| sum.add(bytes)).await?;
            let proved = ended == Ended::Whole && sum.is(checksum);
            if proved {
                let mut partial = OpenOptions::new().append(true).create(true).open(into.partial).await?;
                let mut unproven = File::open(into.unproven).await?;
                tokio::io::copy(&mut unproven, &mut partial).await?;
                partial.sync_all().await?;
            }
            data_folder::remove(into.unproven)?;
            Ok(if ended == Ended::Whole && !proved { Ended::WrongChecksum } else { ended })
        }
    }
}

async fn write<B, E>(
    mut body: impl Stream<Item = Result<B, E>> + Unpin,
    file: &mut File,
    mut left: u64,
    in_hand: &InHand,
    seen: &mut (dyn FnMut(&[u8]) + Send),
) -> io::Result<Ended>
where
    B: AsRef<[u8]>,
{
    let ended = loop {
        let next = tokio::select! {
            biased;
            next = body.next() => next,
            () = tokio::time::sleep(SILENCE_MAX) => break Ended::Cut,
            () = is_wanted_and_silent(in_hand) => break Ended::Wanted,
        };
        match next {
            None => break Ended::Whole,
            Some(Ok(bytes)) => {
                let bytes = bytes.as_ref();
                if bytes.len() as u64 > left {
                    break Ended::TooMuch;
                }
                left -= bytes.len() as u64;
                seen(bytes);
                file.write_all(bytes).await?;
            }
            Some(Err(_)) => break Ended::Cut,
        }
    };
    file.flush().await?;
    Ok(ended)
}

async fn is_wanted_and_silent(in_hand: &InHand) {
    in_hand.is_wanted().await;
    tokio::time::sleep(SILENCE_WANTED_MAX).await;
}

/// A checksum on its way.
enum Sum {
    Sha1(Sha1),
    Sha256(Sha256),
}

impl Sum {
    fn like(checksum: &Checksum) -> Self {
        match checksum {
            Checksum::Sha1(_) => Self::Sha1(Sha1::new()),
            Checksum::Sha256(_) => Self::Sha256(Sha256::new()),
        }
    }

    fn add(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha1(sum) => sum.update(bytes),
            Self::Sha256(sum) => sum.update(bytes),
        }
    }

    fn is(self, checksum: &Checksum) -> bool {
        match (self, checksum) {
            (Self::Sha1(sum), Checksum::Sha1(told)) => sum.finalize().as_slice() == told,
            (Self::Sha256(sum), Checksum::Sha256(told)) => sum.finalize().as_slice() == told,
            _ => false,
        }
    }
}
