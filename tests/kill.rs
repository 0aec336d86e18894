//! The real server is killed (`kill -9`) while phones upload over HTTP, started again over the same folder,
//! and what it holds is compared with the receipts.
//!
//! | module | what it holds |
//! |---|---|
//! | [`process`] | a server in a process of its own |
//! | [`hasty`] | one that answers too early |
//!
//! Being killed can't show that a sync to the disk is missing, because what a process wrote outlives it;
//! [`power_loss`](crate::power_loss) shows that. It shows receipts that go out before the commit, which is
//! what the control does; where they are too early by only a few milliseconds, [`power_loss`](crate::power_loss)
//! sees it sooner.
//!
//! When the server is killed follows from a seed, as far as that goes: after so many answers and so many
//! turns of the client, whatever the server is doing then.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use clap::Args;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rusqlite::{Connection, OpenFlags};
use server::clock::Clock;
use server::people::passwords;
use server::read_tables;
use server::store::{self, Failed, Store};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

use crate::claim::Claim;
use crate::crash::coordinator::{self, COORDINATORS};
use crate::crash::{Coordinator, Found, Promised};
use crate::harness::district::BEGIN;
use crate::harness::line::{Fate, Line, Trouble};

pub mod hasty;
pub mod process;

use process::{Program, Server};

/// How much to run.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// Times that the server is killed
    #[arg(long, default_value_t = 1_000)]
    pub cycles: u64,
    /// Times that the control's server is killed; a twentieth of the others where none is given
    #[arg(long)]
    pub control_cycles: Option<u64>,
    /// The binary `xunfang`; beside this one where none is given
    #[arg(long)]
    pub xunfang: Option<PathBuf>,
    /// The binary `claims`, which is the control's server; this one where none is given
    #[arg(skip)]
    pub claims: Option<PathBuf>,
    /// Where chance begins
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// After so many times, a new folder: what is kept is read through each time.
const CYCLES_A_FOLDER: u64 = 50;
/// The server is killed after at most so many answers.
const ANSWERS_MAX: usize = 24;
/// And at most two to the power of so many turns of the client.
const TURNS_MAX_LOG2: u32 = 12;
/// Round trips in which the phones must come to rest once nobody kills the server any more.
const ROUNDS_TO_REST_MAX: usize = 1_000;
/// A control must see something, so it is killed at least so often.
const CONTROL_CYCLES_MIN: u64 = 4;
/// Everybody's password.
const PASSWORD: &str = "kill";

/// Runs everything, the control included.
///
/// # Panics
/// Where the control lost nothing: then the rest means nothing. Where there is no server to start.
pub fn claims(options: &Options) -> Vec<Claim> {
    let this = std::env::current_exe().expect("a process knows its binary");
    let xunfang = options.xunfang.clone().unwrap_or_else(|| this.with_file_name("xunfang"));
    let claims = options.claims.clone().unwrap_or(this);
    let real = Program { binary: xunfang, subcommand: "serve" };
    let hasty = Program { binary: claims, subcommand: "serve-hasty" };
    let control_cycles = options.control_cycles.unwrap_or((options.cycles / 20).max(CONTROL_CYCLES_MIN));
    let run = |what, program: &Program, size, is_control| {
        assert!(program.binary.is_file(), "{} is built first", program.binary.display());
        Killing { what, program, size, is_control, seed: options.seed }.claim()
    };
    let killed = run("kill -9 during uploads", &real, options.cycles, false);
    let control = run("kill -9, receipts before the commit", &hasty, control_cycles, true);
    assert!(control.lost > 0, "a server that answers too early lost nothing: no loss could have been seen");
    vec![killed, control]
}

/// A program that is killed again and again.
struct Killing<'a> {
    what: &'a str,
    program: &'a Program,
    size: u64,
    is_control: bool,
    seed: u64,
}

impl Killing<'_> {
    fn claim(&self) -> Claim {
        let runtime = Runtime::new().expect("the runtime starts");
        let mut claim = Claim {
            what: self.what.to_owned(),
            size: self.size,
            unit: "cycles".to_owned(),
            seed: self.seed,
            lost: 0,
            corrupt: 0,
            panics: 0,
            is_control: self.is_control,
        };
        let mut done = 0;
        while done < self.size {
            let cycles = CYCLES_A_FOLDER.min(self.size - done);
            let mut folder = Folder::settle(self.program, self.seed, done);
            let ended = runtime.block_on(folder.live(cycles, !self.is_control));
            if let Err(failed) = ended {
                folder.found.broken.push(failed.to_string());
            }
            let Folder { found, deaths, cycles, .. } = folder;
            claim.lost += found.lost.len() as u64;
            claim.corrupt += found.broken.len() as u64;
            claim.panics += deaths;
            if !self.is_control {
                let told = found.lost.iter().chain(&found.broken);
                told.for_each(|what| eprintln!("seed {}, folder from cycle {done}: {what}", self.seed));
            }
            done += cycles.max(1);
            eprintln!("{}: {done} of {}", self.what, self.size);
        }
        claim
    }
}

/// Why a folder can't be gone on with.
#[derive(Debug, thiserror::Error)]
enum Ended {
    #[error("the server did not start again: {0}")]
    NotStarted(#[from] io::Error),
    #[error("what it holds can't be read: {0}")]
    Unreadable(#[from] Failed),
}

/// A data folder, those who upload, and what has come to light.
struct Folder<'a> {
    data: TempDir,
    program: &'a Program,
    chance: ChaCha8Rng,
    promised: Arc<Mutex<Promised>>,
    found: Found,
    /// How often the server died without being killed.
    deaths: u64,
    /// How often it was killed.
    cycles: u64,
}

struct Phone {
    coordinator: Coordinator,
    line: Line,
}

impl<'a> Folder<'a> {
    fn settle(program: &'a Program, seed: u64, number: u64) -> Self {
        let data = tempfile::tempdir().expect("a temporary folder can be made");
        let store = Store::open(data.path(), 1).expect("an empty folder takes a store");
        let hash = passwords::hash(PASSWORD, [5; 16]);
        let settled = store.write_blocking::<_, Failed>(move |tx| coordinator::employ(tx, &hash));
        settled.expect("an empty store takes a district");
        let mut chance = ChaCha8Rng::seed_from_u64(seed);
        chance.set_stream(number);
        let (promised, found) = (Arc::default(), Found::default());
        Self { data, program, chance, promised, found, deaths: 0, cycles: 0 }
    }

    /// Lets the phones upload and kills the server, so often, or until something is wrong. Then lets them
    /// come to rest, if they should.
    async fn live(&mut self, cycles: u64, comes_to_rest: bool) -> Result<(), Ended> {
        let mut server = self.program.start(self.data.path())?;
        let mut phones = Vec::new();
        for number in 0..COORDINATORS {
            phones.push(self.signs_in(&server.url, number).await);
        }
        while self.cycles < cycles {
            phones = self.upload_until_killed(phones, &mut server).await?;
            self.cycles += 1;
            server = self.program.start(self.data.path())?;
            self.look()?;
            if !self.found.is_whole() {
                return Ok(());
            }
        }
        if comes_to_rest {
            self.rest(phones, &mut server).await?;
        }
        Ok(())
    }

    async fn signs_in(&mut self, url: &str, number: usize) -> Phone {
        let body = serde_json::json!({
            "account": coordinator::account(number), "password": PASSWORD, "for": "phone",
            "device": { "id": null, "name": "kill" },
        });
        let answer = reqwest::Client::new().post(format!("{url}/api/v1/sign-in")).json(&body).send().await;
        let answer = answer.expect("nobody kills the server yet");
        assert_eq!(answer.status(), 200, "everybody can sign in");
        let signed_in = answer.json().await.expect("the answer is JSON");
        let line = Line::new(url.to_owned(), Clock::by_hand(BEGIN), &signed_in);
        Phone { coordinator: Coordinator::new(coordinator::person(number), self.chance.random()), line }
    }

    async fn upload_until_killed(
        &mut self,
        phones: Vec<Phone>,
        server: &mut Server,
    ) -> Result<Vec<Phone>, Ended> {
        let answers = self.chance.random_range(0..=ANSWERS_MAX);
        let turns = 2_u32.pow(self.chance.random_range(0..=TURNS_MAX_LOG2)) - 1;
        let (told, mut answered) = mpsc::unbounded_channel();
        let uploads = phones.into_iter().map(|mut phone| {
            phone.line = phone.line.to(server.url.clone(), Clock::by_hand(BEGIN));
            tokio::spawn(phone.uploads(Arc::clone(&self.promised), told.clone()))
        });
        let uploads: Vec<_> = uploads.collect();
        drop(told);
        for _ in 0..answers {
            answered.recv().await;
        }
        for _ in 0..turns {
            tokio::task::yield_now().await;
        }
        self.deaths += u64::from(!server.is_running()?);
        server.kill()?;
        let mut phones = Vec::new();
        for upload in uploads {
            let (phone, refused) = upload.await.expect("BUG: a phone panicked");
            // Whoever has signed in was promised to stay signed in.
            self.found.lost.extend(refused);
            phones.push(phone);
        }
        Ok(phones)
    }

    /// Looks into the data folder of the server that has just started.
    fn look(&mut self) -> Result<(), Ended> {
        let file = self.data.path().join(store::FILE);
        let connection =
            Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(Failed::from)?;
        let Found { lost, broken } = locked(&self.promised).look_for(&connection)?;
        self.found.lost.extend(lost);
        self.found.broken.extend(broken);
        Ok(())
    }

    /// Nobody kills the server any more: the phones send all they have. What is derived must be what the
    /// changes come to.
    async fn rest(&mut self, phones: Vec<Phone>, server: &mut Server) -> Result<(), Ended> {
        for mut phone in phones {
            phone.line = phone.line.to(server.url.clone(), Clock::by_hand(BEGIN));
            let unsent = phone.comes_to_rest(&self.promised).await;
            self.found.lost.extend(unsent);
        }
        server.kill()?;
        let dump = |data: &Path| Store::open(data, 1)?.read_blocking(read_tables::dump);
        let live = dump(self.data.path())?;
        self.program.run("rebuild", self.data.path())?;
        if dump(self.data.path())? != live {
            self.found.broken.push("what is derived was not what the changes come to".to_owned());
        }
        self.look()
    }
}

impl Phone {
    /// Works and uploads until the server is gone. Returns what it said if it refused this phone.
    async fn uploads(
        mut self,
        promised: Arc<Mutex<Promised>>,
        answered: mpsc::UnboundedSender<()>,
    ) -> (Self, Option<String>) {
        loop {
            self.coordinator.works();
            match self.round_trip(&promised).await {
                Ok(_) => {
                    // Whoever counted may have counted enough.
                    let _ = answered.send(());
                }
                Err(Trouble::Lost) => return (self, None),
                Err(refused) => return (self, Some(format!("a phone was refused: {refused:?}"))),
            }
        }
    }

    /// Sends what there is until there is nothing more. Says what could not be sent.
    async fn comes_to_rest(mut self, promised: &Mutex<Promised>) -> Option<String> {
        for _ in 0..ROUNDS_TO_REST_MAX {
            match self.round_trip(promised).await {
                Ok(is_more) if !is_more && self.coordinator.unsent() == 0 => return None,
                Ok(_) => {}
                Err(trouble) => return Some(format!("a phone came to no rest: {trouble:?}")),
            }
        }
        Some(format!("{} changes of a phone could not be sent", self.coordinator.unsent()))
    }

    async fn round_trip(&mut self, promised: &Mutex<Promised>) -> Result<bool, Trouble> {
        let push = self.coordinator.push();
        let reply = self.line.sync(&push, Fate::Through).await?;
        locked(promised).hears(&push, &reply);
        Ok(self.coordinator.takes(&reply))
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
