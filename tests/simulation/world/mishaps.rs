//! What goes wrong with phones and with the server, and who means harm.

use server::ingest::Caller;
use sha2::Digest;
use sync_core::commands::Part;
use sync_core::domain::ServerTime;

use super::World;
use crate::district::{DAY_MS, MINUTE_MS};
use crate::harness::Kept;
use crate::simulation::ledger::{Held, OnPhone};
use crate::simulation::line::{body_of, push_in};
use crate::simulation::office::Replaced;

impl World {
    pub(super) fn is_reopened(&mut self, number: usize) {
        self.phones[number].is_reopened(&mut self.chance);
        self.happens("reopened", number);
    }

    /// A clock is set, by years at worst.
    pub(super) fn sets_clock(&mut self, number: usize) {
        const TEN_YEARS_MS: i64 = 10 * 365 * DAY_MS;
        let span_ms = *self.chance.one_of(&[MINUTE_MS, DAY_MS, TEN_YEARS_MS]).expect("there are some");
        let ahead_ms = self.chance.ms_below(2 * span_ms) - span_ms;
        self.phones[number].clock_ahead_ms = ahead_ms;
        self.happens("sets clock", format_args!("{number} {ahead_ms}"));
    }

    pub(super) fn is_copied(&mut self, number: usize) {
        const KEPT: usize = 3;
        let phone = &mut self.phones[number];
        phone.copies.push((phone.kept.clone(), phone.actor));
        let over = phone.copies.len().saturating_sub(KEPT);
        phone.copies.drain(..over);
        self.happens("phone is copied", number);
    }

    /// A phone goes on as an older copy of itself: with the app opened anew, or frozen as it was, under the
    /// same actor and with numbers that were used since.
    pub(super) fn goes_back(&mut self, number: usize) {
        let held = self.office.read(Held::read);
        let phone = &mut self.phones[number];
        let Some((disk, actor)) = self.chance.one_of(&phone.copies).cloned() else { return };
        phone.loses_storage(disk, self.now);
        let is_frozen = self.chance.once_in(2);
        if is_frozen {
            phone.actor = actor;
            phone.was_copied = true;
        } else {
            phone.is_reopened(&mut self.chance);
        }
        self.ledger.storage_lost(number, &OnPhone::of(&phone.kept), &held);
        self.happens("phone goes back", format_args!("{number} {is_frozen}"));
    }

    pub(super) fn is_evicted(&mut self, number: usize) {
        let held = self.office.read(Held::read);
        let phone = &mut self.phones[number];
        phone.loses_storage(Kept::new(phone.kept.person), self.now);
        phone.is_reopened(&mut self.chance);
        self.ledger.storage_lost(number, &OnPhone::of(&phone.kept), &held);
        self.happens("storage evicted", number);
    }

    pub(super) fn is_attacked(&mut self) {
        let number = self.chance.below(self.hostile.len());
        let hostile = &self.hostile[number];
        let push = hostile.push(&self.heard, self.now, &mut self.chance);
        let sender = Caller { person: hostile.person, device: hostile.device, part: Part::Field };
        let Some(push) = push_in(&body_of(&push)) else {
            return self.is_wrong("what is written can be read", "a hostile push");
        };
        match self.office.exchanges(sender, push, ServerTime(self.now)) {
            Ok(reply) => {
                self.grants_are_looked_at(sender.person, &reply);
                for receipt in &reply.receipts {
                    self.is_acknowledged(receipt);
                }
                let cursors: Vec<_> = reply.scopes.iter().map(|page| page.cursor.clone()).collect();
                self.hostile[number].cursor = self.chance.one_of(&cursors).cloned();
                self.trace.update(body_of(&reply));
                self.happens("attacks", format_args!("{number} {}", reply.receipts.len()));
            }
            Err(error) => self.is_wrong("the server takes every push", error.to_string()),
        }
    }

    /// The server's machine is replaced by one that starts over an older copy.
    pub(super) fn is_replaced(&mut self) {
        if self.office.copies() == 0 {
            return;
        }
        let number = self.chance.below(self.office.copies());
        let how = if self.chance.once_in(2) { Replaced::Silently } else { Replaced::InANewLife };
        self.office.is_replaced(number, how);
        let held = self.office.read(Held::read);
        self.acknowledged.retain(|(visit, change)| held.has(*visit, *change));
        let disks: Vec<OnPhone> = self.phones.iter().map(|phone| OnPhone::of(&phone.kept)).collect();
        let lost_at: Vec<Option<i64>> = self.phones.iter().map(|phone| phone.storage_lost_at).collect();
        self.ledger.server_lost(&disks, &lost_at, &held);
        self.happens("server replaced", format_args!("{how:?}"));
    }
}
