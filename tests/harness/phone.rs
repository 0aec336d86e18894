//! A phone in a story: what it keeps, and the line over which it reaches the server.

use std::ops::{Deref, DerefMut};

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use sync_core::commands::{Answer, Command, File, Refusal, YesNo};
use sync_core::document::Edit;
use sync_core::domain::id::BadCode;
use sync_core::domain::{Actor, CooperativeId, EvidenceId, PersonId, PhoneTime, VisitId};
use sync_core::replica::outbox::Asking;
use sync_core::replica::{Mine, Outcome, Sent};
use sync_core::wire::{Push, Reply};

use super::kept::{Kept, Writer};
use super::line::{Exchange, Fate, Line, Trouble};
use super::uploads::PhoneFile;

/// How many bytes of pages a phone asks for.
const PAGE_BYTES_MAX: u32 = 256 * 1024;

/// A phone with somebody signed in. What it keeps is read as if it were the phone.
pub struct Phone {
    /// What it keeps.
    kept: Kept,
    /// How it reaches the server.
    pub line: Line,
    /// Whoever writes in it at the moment.
    actor: Actor,
    /// How many milliseconds its clock runs ahead of the server's.
    pub clock_ahead_ms: i64,
    chance: ChaCha8Rng,
}

impl Deref for Phone {
    type Target = Kept;

    fn deref(&self) -> &Kept {
        &self.kept
    }
}

impl DerefMut for Phone {
    fn deref_mut(&mut self) -> &mut Kept {
        &mut self.kept
    }
}

impl Phone {
    /// A phone that was just signed in on and has stored nothing yet. Its chance follows from `seed`.
    pub fn new(person: PersonId, line: Line, seed: u64) -> Self {
        let mut chance = ChaCha8Rng::seed_from_u64(seed);
        let actor = Actor(draw(&mut chance));
        Self { kept: Kept::new(person), line, actor, clock_ahead_ms: 0, chance }
    }

    /// Sixteen random bytes.
    pub fn chance(&mut self) -> [u8; 16] {
        draw(&mut self.chance)
    }

    /// What its clock says.
    pub fn now(&self) -> PhoneTime {
        PhoneTime(self.line.server_time().0 + self.clock_ahead_ms)
    }

    fn writer(&self) -> Writer {
        Writer { actor: self.actor, now: self.now() }
    }

    /// Killed and opened again: whatever was not stored is gone, and somebody new writes.
    pub fn is_reopened(&mut self) {
        self.actor = Actor(self.chance());
    }

    /// A copy of all that is stored, as a backup of the phone would have it.
    pub fn backup(&self) -> Self {
        Self {
            kept: self.kept.clone(),
            line: self.line.clone(),
            actor: self.actor,
            clock_ahead_ms: self.clock_ahead_ms,
            chance: self.chance.clone(),
        }
    }

    /// Starts a visit to a cooperative of the register and says *I am here*.
    pub fn starts_visit(&mut self, cooperative: CooperativeId) -> VisitId {
        let new = self.visit_to(cooperative).expect("the phone has the cooperative");
        let (entropy, writer) = (self.chance(), self.writer());
        self.kept.starts(new, entropy, writer)
    }

    /// Joins a visit by the code that somebody else shows.
    pub fn joins_visit(&mut self, cooperative: CooperativeId, code: &str) -> Result<VisitId, BadCode> {
        let new = self.visit_to(cooperative).expect("the phone has the cooperative");
        let writer = self.writer();
        self.kept.joins(new, code, writer)
    }

    /// Starts a visit to a cooperative that the register doesn't have.
    pub fn starts_visit_to_unknown(&mut self, name: &str, area: &str) -> VisitId {
        let cooperative = CooperativeId::random(self.chance());
        let new = Kept::visit_to_unknown(cooperative, name, area.parse().expect("an area code"));
        let (entropy, writer) = (self.chance(), self.writer());
        self.kept.starts(new, entropy, writer)
    }

    /// Carries commands out as one change.
    pub fn does(&mut self, visit: VisitId, commands: &[Command]) -> Result<(), Refusal> {
        let writer = self.writer();
        self.kept.does(visit, writer, commands)?;
        Ok(())
    }

    /// Answers an item.
    pub fn answers(&mut self, visit: VisitId, item: &str, value: Answer) {
        self.does(visit, &[Command::Answer { item: item.to_owned(), value }]).expect("the answer fits");
    }

    /// Answers an item with yes or no.
    pub fn answers_yes_no(&mut self, visit: VisitId, item: &str, yes: bool) {
        self.answers(visit, item, Answer::YesNo(if yes { YesNo::Yes } else { YesNo::No }));
    }

    /// Answers everything that is asked of a visit that was held, each item in a change of its own as
    /// on the phone's screen, with a position and a summary.
    pub fn fills_in(&mut self, visit: VisitId) {
        super::filling::fill_in(self, visit);
    }

    /// Adds a photo or file of the visit as a whole to its record; it goes up by another way.
    pub fn adds_evidence(&mut self, visit: VisitId, file: &PhoneFile, name: &str) -> EvidenceId {
        let evidence = EvidenceId::random(self.chance());
        let file = File {
            sha256: file.sha256().parse().expect("a hash"),
            bytes: file.bytes.len() as u32,
            media_type: file.media_type.to_owned(),
            name: name.to_owned(),
            taken_at: self.now(),
            position: None,
        };
        let add = Command::AddEvidence { evidence, item: None, finding: None, file };
        self.does(visit, &[add]).expect("the evidence fits");
        evidence
    }

    /// Hands the record in.
    pub fn submits(&mut self, visit: VisitId) {
        self.does(visit, &[Command::Submit]).expect("the record is complete");
    }

    /// Writes edits that no command of this app would make, as an app with a fault might.
    pub fn writes_past_the_rules(&mut self, visit: VisitId, edits: &[Edit]) {
        let open = self.open(visit);
        let (actor, now) = (self.actor, self.now());
        let (hash, bytes) =
            open.record().clone().commit(actor, now, edits).expect("the edits change something");
        let mut stored = open.stored;
        stored.actors.insert(actor, self.person);
        stored.mine.push(Mine { hash, bytes, at: now, sent: Sent::No, replaces: None });
        self.keep(&stored);
    }

    /// Enters again all that was refused.
    pub fn reenters(&mut self, visit: VisitId) -> Result<(), Refusal> {
        let writer = self.writer();
        let refused = self.stored(visit).attention;
        refused.iter().try_for_each(|attention| self.kept.reenters(visit, writer, attention.change))
    }

    /// Enters again what was refused last, and nothing else.
    pub fn reenters_last(&mut self, visit: VisitId) -> Result<(), Refusal> {
        let writer = self.writer();
        let last = self.stored(visit).attention.last().expect("something was refused").change;
        self.kept.reenters(visit, writer, last)
    }

    /// What it would send now.
    pub fn push(&self) -> Push {
        let asking = Asking { app: "story".to_owned(), now: self.now(), page_bytes_max: PAGE_BYTES_MAX };
        self.kept.push(&[], asking)
    }

    /// Sends a push and takes the answer, unless the line loses one of them. Says whether to ask again.
    pub async fn sends(&mut self, push: &Push, fate: Fate) -> Result<Outcome, Trouble> {
        let reply = self.line.sync(push, fate).await?;
        Ok(self.takes(&reply))
    }

    /// Syncs until there is no more to ask, over a line that lets everything through.
    pub async fn syncs(&mut self) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        loop {
            let push = self.push();
            let mut answer = self.sends(&push, Fate::Through).await;
            if matches!(&answer, Err(Trouble::Refused { code, .. }) if code == "token_expired") {
                self.line.renews().await;
                answer = self.sends(&push, Fate::Through).await;
            }
            let outcome = answer.expect("the server answers");
            let (is_more, is_unsent) =
                (outcome.more || (outcome.heard > 0 && self.kept.has_to_tell()), self.unsent() > 0);
            let was_sent = outcome.sent > 0 || outcome.refused > 0;
            outcomes.push(outcome);
            let is_at_rest = !is_more && (!is_unsent || !was_sent);
            if is_at_rest {
                return outcomes;
            }
            assert!(outcomes.len() < 1_000, "the phone and the server never come to rest");
        }
    }

    /// What went over the line with the last request.
    pub fn last_exchange(&self) -> Exchange {
        self.line.last_exchange()
    }

    /// Takes the server's answer.
    pub fn takes(&mut self, reply: &Reply) -> Outcome {
        let fresh_actor = Actor(self.chance());
        let outcome = self.kept.takes(reply, fresh_actor);
        if outcome.renews_actor {
            self.actor = fresh_actor;
        }
        outcome
    }
}

fn draw(chance: &mut ChaCha8Rng) -> [u8; 16] {
    let mut bytes = [0; 16];
    chance.fill_bytes(&mut bytes);
    bytes
}
