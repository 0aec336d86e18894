//! What is done at the office: decisions, moves, rights.

use server::reviews::Refused;
use server::store::grants::Role;
use sync_core::domain::{CooperativeId, ServerTime};

use super::World;
use crate::district::{DISTRICT, area};
use crate::simulation::desk;
use crate::simulation::office::{Right, TOWNS};

impl World {
    pub(super) fn is_decided(&mut self) {
        let by = self.chance.one_of(&self.supervisors).expect("there are supervisors");
        match desk::decides(by, &self.office, self.now, &mut self.chance) {
            Some(Ok(visit)) => self.happens("decides", visit),
            Some(Err(Refused::Store(error))) => self.is_wrong("the server stands", error.to_string()),
            Some(Err(refused)) => self.happens("may not decide", refused),
            None => {}
        }
    }

    pub(super) fn is_settled(&mut self) {
        let by = self.chance.one_of(&self.supervisors).expect("there are supervisors");
        match desk::picks(by, &self.office, self.now, &mut self.chance) {
            Some(Ok(visit)) => self.happens("settles", visit),
            Some(Err(Refused::Store(error))) => self.is_wrong("the server stands", error.to_string()),
            Some(Err(refused)) => self.happens("may not settle", refused),
            None => {}
        }
    }

    pub(super) fn moves(&mut self) {
        let places: Vec<CooperativeId> = self.office.known.places.keys().copied().collect();
        let (Some(id), Some(to)) = (self.chance.one_of(&places), self.chance.one_of(&TOWNS)) else { return };
        self.office.moves(*id, to, ServerTime(self.now));
        self.happens("moves", format_args!("{id} {to}"));
    }

    pub(super) fn gives(&mut self) {
        let phone = self.chance.one_of(&self.phones).expect("there are phones");
        let code = if self.chance.once_in(8) { DISTRICT } else { TOWNS[self.chance.below(TOWNS.len())] };
        let right = Right { person: phone.kept.person, role: Role::Coordinator, area: area(code) };
        if !self.office.known.rights.contains(&right) {
            self.office.gives(right.clone(), ServerTime(self.now));
            self.happens("gives", format_args!("{} {}", right.person, right.area));
        }
    }

    pub(super) fn ends(&mut self) {
        let is_coordinators = |right: &&Right| right.role == Role::Coordinator;
        let rights: Vec<Right> = self.office.known.rights.iter().filter(is_coordinators).cloned().collect();
        let Some(right) = self.chance.one_of(&rights) else { return };
        self.office.ends(right.clone(), ServerTime(self.now));
        self.happens("ends", format_args!("{} {}", right.person, right.area));
    }
}
