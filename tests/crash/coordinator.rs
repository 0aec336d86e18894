//! Somebody who visits cooperatives, writes and sends. What they do is drawn from a seed; where their
//! pushes go is somebody else's matter.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rusqlite::Transaction;
use server::ingest::Caller;
use server::people::Use;
use server::store::grants::{Grant, Role};
use server::store::{Failed, devices};
use sync_core::commands::{Answer, Command, Part, YesNo};
use sync_core::domain::{Actor, CooperativeId, DeviceId, PersonId, PhoneTime, VisitId};
use sync_core::replica::outbox::Asking;
use sync_core::wire::{Push, Reply};

use crate::harness::district::{self, BEGIN, LIMIN, SHENTOU};
use crate::harness::kept::{Kept, Writer};

/// Of how many visits a phone knows before it starts no more: what is kept must be read through often.
const VISITS_MAX: usize = 12;
/// How many bytes of pages a phone asks for.
const PAGE_BYTES_MAX: u32 = 64 * 1024;
/// The longest note, in characters; some changes are to be larger than a page of the database.
const NOTE_CHARS_MAX: usize = 1_800;
/// What is answered and noted.
const ITEMS: [&str; 5] = ["premises", "signboard", "rules", "account_books", "governance_bodies"];

/// How many coordinators there are in [`employ`]'s town, the last without a right to be there.
pub const COORDINATORS: usize = 4;

/// A coordinator with a phone.
pub struct Coordinator {
    kept: Kept,
    actor: Actor,
    now: PhoneTime,
    chance: ChaCha8Rng,
}

/// The account of the coordinator that is `number`th.
pub fn account(number: usize) -> String {
    format!("coordinator-{number}")
}

/// Settles the district and employs the coordinators: all in 神头镇 but for the last, who is in 利民镇 and
/// visits 神头镇 all the same, so that something is quarantined too.
pub fn employ(tx: &Transaction<'_>, password_hash: &str) -> Result<(), Failed> {
    district::settle(tx)?;
    for number in 0..COORDINATORS {
        let town = if number + 1 == COORDINATORS { LIMIN } else { SHENTOU };
        let grant = Grant { role: Role::Coordinator, area: district::area(town) };
        district::employ(tx, &account(number), "协调员", &grant, password_hash)?;
    }
    Ok(())
}

/// The phone of a coordinator is known to the server, without anybody signing in.
pub fn register(tx: &Transaction<'_>, number: usize, phone: u64) -> Result<Caller, Failed> {
    let person = person(number);
    let mut bytes = [0xd0; 16];
    bytes[8..].copy_from_slice(&phone.to_be_bytes());
    let device = DeviceId::from_bytes(bytes);
    devices::register(tx, device, person, "", Use::Phone, BEGIN)?;
    Ok(Caller { person, device, part: Part::Field })
}

/// The person that is `number`th among the coordinators.
pub fn person(number: usize) -> PersonId {
    district::person(&account(number))
}

impl Coordinator {
    /// With a new phone; whatever they do follows from `seed`.
    pub fn new(person: PersonId, seed: u64) -> Self {
        let mut chance = ChaCha8Rng::seed_from_u64(seed);
        let actor = Actor(chance.random());
        Self { kept: Kept::new(person), actor, now: PhoneTime(BEGIN.0), chance }
    }

    /// Writes something: in a visit that the phone knows, or in a new one.
    pub fn works(&mut self) {
        let visits = self.kept.visits();
        let visit = match visits.len() {
            0 => self.starts(),
            known if known < VISITS_MAX && self.below(8) == 0 => self.starts(),
            known => visits[self.below(known)],
        };
        for _ in 0..=self.below(5) {
            self.now.0 += 1_000;
            let command = self.thinks_of_something();
            let writer = self.writer();
            // Where the record has come so far that this may not be written any more, it isn't.
            let _ = self.kept.does(visit, writer, &[Command::Join]);
            let _ = self.kept.does(visit, writer, &[command]);
        }
    }

    /// What the phone would send now.
    pub fn push(&self) -> Push {
        let asking = Asking { app: "crash".to_owned(), now: self.now, page_bytes_max: PAGE_BYTES_MAX };
        self.kept.push(&[], asking)
    }

    /// Takes the server's answer. Says whether there is more to ask.
    pub fn takes(&mut self, reply: &Reply) -> bool {
        let fresh_actor = Actor(self.bytes());
        self.kept.takes(reply, fresh_actor).more
    }

    /// Changes without a receipt.
    pub fn unsent(&self) -> usize {
        self.kept.unsent()
    }

    fn starts(&mut self) -> VisitId {
        let known = district::cooperative(self.below(3));
        let new = self.kept.visit_to(known).unwrap_or_else(|| {
            let met = CooperativeId::random(self.bytes());
            Kept::visit_to_unknown(met, "路边合作社", district::area(SHENTOU))
        });
        let (entropy, writer) = (self.bytes(), self.writer());
        self.kept.starts(new, entropy, writer)
    }

    fn thinks_of_something(&mut self) -> Command {
        let item = ITEMS[self.below(ITEMS.len())].to_owned();
        match self.below(3) {
            0 => {
                // The more of the largest there are, the less of anything else.
                let chars = self.below(NOTE_CHARS_MAX).min(self.below(NOTE_CHARS_MAX));
                let text: String = (0..=chars).map(|_| char::from(b'a' + self.below(26) as u8)).collect();
                Command::Note { item, text }
            }
            1 => Command::Answer { item, value: Answer::YesNo(YesNo::Yes) },
            _ => Command::Answer { item, value: Answer::YesNo(YesNo::No) },
        }
    }

    fn writer(&self) -> Writer {
        Writer { actor: self.actor, now: self.now }
    }

    fn below(&mut self, limit: usize) -> usize {
        self.chance.random_range(0..limit)
    }

    fn bytes(&mut self) -> [u8; 16] {
        self.chance.random()
    }
}
