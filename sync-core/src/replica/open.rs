//! A record being worked on.

use serde::{Deserialize, Serialize};

use super::stored::{Mine, Sent, StoredRecord};
use crate::commands::{Command, Context, Part, Refusal, decide};
use crate::document::{Broken, Genesis, Inspection, Record, SCHEMA_VERSION};
use crate::domain::id::BadCode;
use crate::domain::{
    Actor, AreaCode, ChangeHash, ChecklistRef, CooperativeId, Entropy, PersonId, PhoneTime, VisitCode,
    VisitId,
};
use crate::wire::ProvisionalCooperative;

/// A stored record with its document loaded.
#[derive(Debug, Clone)]
pub struct OpenRecord {
    /// What is stored of it.
    pub stored: StoredRecord,
    record: Record,
}

/// What a new visit is to be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewVisit {
    /// The cooperative; a random id where it is provisional.
    pub cooperative: CooperativeId,
    /// The unit where it is.
    pub area: AreaCode,
    /// Its name, where the register doesn't have it.
    pub provisional_name: Option<String>,
    /// The checklist to go by.
    pub checklist: ChecklistRef,
}

impl OpenRecord {
    /// Starts a visit under a fresh code.
    ///
    /// # Errors
    /// Where the checklist is not known.
    pub fn start(new: NewVisit, entropy: Entropy) -> Result<Self, Broken> {
        let code = VisitCode::make(new.cooperative, VisitCode::NEWEST_PAIR, entropy);
        Self::with_code(new, code)
    }

    /// Joins the visit of which somebody else shows the code.
    ///
    /// # Errors
    /// Where the code is mistyped, made for another cooperative, or made by a newer app.
    pub fn join(new: NewVisit, code: &str) -> Result<Self, BadCode> {
        let code = VisitCode::parse(code, new.cooperative)?;
        Self::with_code(new, code).map_err(|_| BadCode::Newer)
    }

    fn with_code(new: NewVisit, code: VisitCode) -> Result<Self, Broken> {
        let genesis = Genesis {
            schema: SCHEMA_VERSION,
            visit: VisitId::derive(new.cooperative, &code),
            cooperative: new.cooperative,
            checklist: new.checklist,
        };
        let provisional =
            new.provisional_name.map(|name| ProvisionalCooperative { name, area: new.area.clone() });
        Self::open(StoredRecord {
            genesis,
            code,
            area: Some(new.area),
            provisional,
            base: None,
            mine: Vec::new(),
            actors: [].into(),
            attention: Vec::new(),
            received_at: None,
        })
    }

    /// Opens a stored record.
    ///
    /// # Errors
    /// Where the stored bytes don't load.
    pub fn open(stored: StoredRecord) -> Result<Self, Broken> {
        let record = stored.working()?;
        Ok(Self { stored, record })
    }

    /// The document.
    pub const fn record(&self) -> &Record {
        &self.record
    }

    /// The record as the person sees it.
    pub fn inspection(&self) -> Inspection {
        self.record.inspection(&self.stored.actors)
    }

    /// Carries commands out as one change, or, where one is refused, none of them. What is submitted is
    /// the record before the submission, so a submission wants to be alone.
    ///
    /// Returns the change's hash; none where the commands say nothing new.
    ///
    /// # Errors
    /// The first refusal.
    pub fn apply(
        &mut self,
        actor: Actor,
        person: PersonId,
        now: PhoneTime,
        commands: &[Command],
    ) -> Result<Option<ChangeHash>, Refusal> {
        let checklist = self.record.checklist();
        let context = Context { person, now, checklist, part: Part::Field };
        let edits = decide(&self.inspection(), &context, commands)?;
        let Some((hash, bytes)) = self.record.commit(actor, now, &edits) else { return Ok(None) };
        self.stored.actors.insert(actor, person);
        self.stored.mine.push(Mine { hash, bytes, at: now, sent: Sent::No, replaces: None });
        Ok(Some(hash))
    }

    /// Enters again what was refused, as if the person typed it now.
    ///
    /// # Errors
    /// Where it is refused here, too; then it stays where it was.
    pub fn reenter(
        &mut self,
        actor: Actor,
        person: PersonId,
        now: PhoneTime,
        refused: ChangeHash,
    ) -> Result<(), Refusal> {
        let Some(at) = self.stored.attention.iter().position(|a| a.change == refused) else { return Ok(()) };
        let commands = self.stored.attention[at].commands.clone();
        let commands = with_presence(&self.inspection(), person, commands);
        if self.apply(actor, person, now, &commands)?.is_some() {
            let issued = self.stored.mine.last_mut().expect("BUG: a change was just made");
            issued.replaces = Some(refused);
        }
        self.stored.attention.remove(at);
        Ok(())
    }

    /// Lets go of what was refused, because the person says so.
    pub fn dismiss(&mut self, refused: ChangeHash) {
        self.stored.attention.retain(|attention| attention.change != refused);
    }
}

/// Commands of somebody who may have to say first that they are there.
pub(super) fn with_presence(
    inspection: &Inspection,
    person: PersonId,
    mut commands: Vec<Command>,
) -> Vec<Command> {
    let is_present = inspection.present.iter().any(|presence| presence.person == person);
    if !is_present && !commands.contains(&Command::Join) {
        commands.insert(0, Command::Join);
    }
    commands
}
