//! What phones get: the tail of the log, comparisons, moves, and what an answer without news costs.

use std::collections::BTreeMap;

use serde_json::json;
use sync_core::commands::Command;
use sync_core::domain::{AreaCode, VisitId};
use sync_core::wire::{
    Comparing, Cursor, Entry, IndexEntry, Receipt, ScopePage, ScopeRequest, heads_digest, scope_digest,
};

use super::pull;
use crate::small_district::{District, NOW, Phone, TOWN, area, busy_phone, caller, cooperative};
use crate::store::change_log::append_row;
use crate::store::documents;

const OTHER_TOWN: &str = "140602101";
const DISTRICT: &str = "140602";

fn pull_page(district: &District, request: &ScopeRequest, bytes_max: usize) -> ScopePage {
    let granted = [request.prefix.clone()];
    let epoch = district.store.epoch();
    let pulled = district
        .store
        .read_blocking(|c| pull(c, epoch, &granted, std::slice::from_ref(request), bytes_max))
        .unwrap();
    pulled.scopes.into_iter().next().expect("the area is granted")
}

/// A phone as far as pulling goes: what it holds of one area, and where it stands.
struct Reader {
    prefix: AreaCode,
    cursor: Option<Cursor>,
    held: BTreeMap<VisitId, u64>,
    rows: BTreeMap<(String, String), String>,
    left: Vec<VisitId>,
    pages: usize,
}

impl Reader {
    fn of(prefix: &str) -> Self {
        Self {
            prefix: area(prefix),
            cursor: None,
            held: BTreeMap::new(),
            rows: BTreeMap::new(),
            left: Vec::new(),
            pages: 0,
        }
    }

    /// Pulls until nothing more is waiting. Returns all entries.
    fn pulls(&mut self, district: &District, bytes_max: usize) -> Vec<Entry> {
        let mut all = Vec::new();
        loop {
            let index = self.held.iter().map(|(visit, digest)| IndexEntry { visit: *visit, digest: *digest });
            let request = ScopeRequest {
                prefix: self.prefix.clone(),
                cursor: self.cursor.clone(),
                index: index.collect(),
            };
            let page = pull_page(district, &request, bytes_max);
            self.pages += 1;
            assert!(self.pages < 200, "it comes to an end");
            for entry in &page.entries {
                self.takes(district, entry);
            }
            all.extend(page.entries);
            self.cursor = Some(page.cursor);
            if !page.more {
                assert_eq!(page.digest, Some(scope_digest(self.held.values().copied())), "C2");
                return all;
            }
        }
    }

    fn takes(&mut self, district: &District, entry: &Entry) {
        match entry {
            Entry::Change(pulled) => {
                let heads = district.record(pulled.visit).unwrap().heads();
                self.held.insert(pulled.visit, heads_digest(pulled.visit, &heads));
            }
            Entry::Enter(entered) => {
                let record = sync_core::document::Record::load(&entered.snapshot, &entered.genesis).unwrap();
                self.held.insert(entered.visit, heads_digest(entered.visit, &record.heads()));
            }
            Entry::Leave(visit) => {
                self.held.remove(visit);
                self.left.push(*visit);
            }
            Entry::Row(row) => {
                let key = (row.table.clone(), row.key.clone());
                match &row.value {
                    Some(value) => self.rows.insert(key, value.clone()),
                    None => self.rows.remove(&key),
                };
            }
        }
    }

    fn has_cooperative(&self, number: u8) -> bool {
        self.rows.contains_key(&("cooperatives".to_owned(), cooperative(number).to_string()))
    }
}

fn kinds(entries: &[Entry]) -> Vec<&'static str> {
    let kind = |entry: &Entry| match entry {
        Entry::Change(_) => "change",
        Entry::Enter(_) => "enter",
        Entry::Leave(_) => "leave",
        Entry::Row(_) => "row",
    };
    entries.iter().map(kind).collect()
}

/// C3: a new grant is a comparison with nothing: the rows of the area and of everyone, then its visits.
/// C5: nothing outside the grant.
#[test]
fn a_first_pull_gives_the_area_and_nothing_else() {
    let district = District::new();
    let phone = busy_phone();
    district.take(caller(1), phone.push());
    let mut reader = Reader::of(TOWN);
    let entries = reader.pulls(&district, usize::MAX);
    assert_eq!(kinds(&entries), ["row", "row", "row", "enter"], "two areas, one cooperative, one visit");
    assert!(reader.has_cooperative(1) && !reader.has_cooperative(2));
    let mut elsewhere = Reader::of(OTHER_TOWN);
    assert_eq!(kinds(&elsewhere.pulls(&district, usize::MAX)), ["row", "row", "row"]);
    let ungranted = district.store.read_blocking(|c| {
        let request = ScopeRequest { prefix: area(TOWN), cursor: None, index: Vec::new() };
        pull(c, district.store.epoch(), &[area(OTHER_TOWN)], &[request], usize::MAX)
    });
    assert_eq!(ungranted.unwrap().scopes, []);
}

/// C1: from a cursor on, exactly what came after, each change with the person its actor is bound to.
#[test]
fn a_cursor_gets_what_came_after_it() {
    let district = District::new();
    let mut phone = busy_phone();
    district.take(caller(1), phone.push());
    let mut reader = Reader::of(TOWN);
    reader.pulls(&district, usize::MAX);
    assert_eq!(reader.pulls(&district, usize::MAX), []);
    let hash = phone.notes("later");
    district.take(caller(1), phone.push());
    let mut elsewhere = Phone::start(3, 2);
    elsewhere.does(Command::Join);
    assert_eq!(district.receipts(caller(3), elsewhere.push()), [Receipt::Accepted]);
    let entries = reader.pulls(&district, usize::MAX);
    let [Entry::Change(pulled)] = entries.as_slice() else { panic!("{entries:?}") };
    assert_eq!((pulled.person, pulled.received_at), (caller(1).person, NOW));
    assert_eq!(sync_core::document::facts_of(&pulled.change).unwrap().hash, hash);
}

/// C1: pages as small as can be come to the same as one large page, in a comparison and in the tail.
#[test]
fn pages_of_any_size_come_to_the_same() {
    let district = District::new();
    let mut phone = busy_phone();
    district.take(caller(1), phone.push());
    let (mut large, mut small) = (Reader::of(DISTRICT), Reader::of(DISTRICT));
    let whole = large.pulls(&district, usize::MAX);
    assert_eq!(small.pulls(&district, 1), whole);
    assert!(small.pages >= whole.len());
    for number in 0..5 {
        phone.notes(&format!("note {number}"));
    }
    district.take(caller(1), phone.push());
    assert_eq!(large.pulls(&district, usize::MAX), small.pulls(&district, 400));
    assert_eq!(large.cursor, small.cursor);
}

/// L3, C4: a cooperative that moves leaves with its visits and reviews and enters whole; for who holds
/// both areas nothing leaves.
#[test]
fn a_move_is_leave_and_enter_and_within_an_area_neither() {
    let district = District::new();
    let phone = busy_phone();
    let visit = phone.open.stored.visit();
    district.take(caller(1), phone.push());
    district
        .store
        .write_blocking(move |tx| {
            let reviews = json!([]);
            append_row(tx, NOW, Some(&area(TOWN)), "reviews", &visit.to_string(), Some(&reviews), None)
        })
        .unwrap();
    let (mut from, mut to, mut both) = (Reader::of(TOWN), Reader::of(OTHER_TOWN), Reader::of(DISTRICT));
    for reader in [&mut from, &mut to, &mut both] {
        reader.pulls(&district, usize::MAX);
    }
    district.moves(1, OTHER_TOWN);
    assert_eq!(kinds(&from.pulls(&district, usize::MAX)), ["row", "leave", "row"]);
    assert!(from.held.is_empty() && !from.has_cooperative(1));
    assert_eq!(from.rows.len(), 2, "the areas");
    assert_eq!(kinds(&to.pulls(&district, usize::MAX)), ["row", "enter", "row"]);
    assert!(to.held.contains_key(&visit) && to.has_cooperative(1));
    assert_eq!(kinds(&both.pulls(&district, usize::MAX)), ["row", "row"], "the rows as they are now");
    assert!(both.left.is_empty() && both.held.contains_key(&visit) && both.has_cooperative(1));
    district.moves(1, TOWN);
    for reader in [&mut from, &mut to, &mut both] {
        reader.pulls(&district, usize::MAX);
    }
    assert!(from.held.contains_key(&visit) && to.held.is_empty() && both.held.contains_key(&visit));
}

/// C5: what a visit became after it left an area is not told to who slept meanwhile.
#[test]
fn who_slept_is_not_told_what_happened_elsewhere() {
    let district = District::new();
    let mut phone = busy_phone();
    let mut reader = Reader::of(TOWN);
    reader.pulls(&district, usize::MAX);
    district.take(caller(1), phone.push());
    district.moves(1, OTHER_TOWN);
    phone.notes("elsewhere");
    let grant = "UPDATE grants SET area = '140602'";
    district.runs(grant);
    assert_eq!(district.receipts(caller(1), phone.push())[6], Receipt::Accepted);
    let entries = reader.pulls(&district, usize::MAX);
    assert_eq!(kinds(&entries), ["row", "leave"]);
    assert!(!reader.has_cooperative(1));
}

/// L3: who reads on while a visit is elsewhere, and again once it is back, is told all of it or nothing: the
/// part of its changes that came before it left would build on what was passed over.
#[test]
fn a_visit_that_comes_back_comes_back_whole() {
    let district = District::new();
    let mut phone = busy_phone();
    let mut reader = Reader::of(TOWN);
    reader.pulls(&district, usize::MAX);
    district.take(caller(1), phone.push());
    for key in ["one page", "another"] {
        district
            .store
            .write_blocking(move |tx| {
                append_row(tx, NOW, Some(&area(TOWN)), "reviews", key, Some(&json!([])), None)
            })
            .unwrap();
    }
    phone.notes("later");
    district.take(caller(1), phone.push());
    district.moves(1, OTHER_TOWN);
    let request = ScopeRequest { prefix: area(TOWN), cursor: reader.cursor.clone(), index: Vec::new() };
    let page = pull_page(&district, &request, 1);
    assert!(page.more && kinds(&page.entries) == ["row"], "up to between the changes");
    reader.cursor = Some(page.cursor);
    district.moves(1, TOWN);
    assert_eq!(kinds(&reader.pulls(&district, usize::MAX)), ["row", "leave", "row", "enter"]);
}

/// C3: a cursor of another life of the store, of another history, or from the future makes the phone
/// compare: what it has alike is not sent again, what the server lost is named.
#[test]
fn a_strange_cursor_makes_the_phone_compare() {
    let district = District::new();
    let phone = busy_phone();
    district.take(caller(1), phone.push());
    let mut reader = Reader::of(TOWN);
    reader.pulls(&district, usize::MAX);
    let good = reader.cursor.clone().unwrap();
    let lost = VisitId::from_bytes([0xee; 16]);
    let spoiled: [fn(&mut Cursor); 3] =
        [|cursor| cursor.epoch += 1, |cursor| cursor.hash[0] ^= 1, |cursor| cursor.seq += 100];
    for spoil in spoiled {
        let mut cursor = good.clone();
        spoil(&mut cursor);
        let request = ScopeRequest { prefix: area(TOWN), cursor: Some(cursor.clone()), index: Vec::new() };
        let page = pull_page(&district, &request, usize::MAX);
        assert!(page.lost_after == Some(0) && page.more && page.entries.is_empty());
        assert_eq!(page.cursor.comparing, Some(Comparing::Rows(String::new())));
        reader.cursor = Some(page.cursor);
        reader.held.insert(lost, 1);
        let entries = reader.pulls(&district, usize::MAX);
        assert_eq!(kinds(&entries), ["row", "row", "row", "leave"]);
        assert_eq!(reader.left.pop(), Some(lost));
    }
    reader.held.insert(phone.open.stored.visit(), 1);
    reader.cursor = None;
    assert_eq!(kinds(&reader.pulls(&district, 1)), ["row", "row", "row", "enter"], "what differs, whole");
}

/// L1: what comes in while a phone compares page by page is in the tail that follows.
#[test]
fn nothing_is_lost_between_comparing_and_the_tail() {
    let district = District::new();
    let mut phone = busy_phone();
    district.take(caller(1), phone.push());
    let mut reader = Reader::of(TOWN);
    let request = ScopeRequest { prefix: area(TOWN), cursor: None, index: Vec::new() };
    let first = pull_page(&district, &request, 1);
    reader.cursor = Some(first.cursor);
    phone.notes("meanwhile");
    district.take(caller(1), phone.push());
    let entries = reader.pulls(&district, 1);
    assert_eq!(kinds(&entries), ["row", "row", "enter", "change"]);
}

/// L4: of a row that changed twice, a phone is told the present state once.
#[test]
fn a_row_is_told_as_it_is_now() {
    let district = District::new();
    let mut reader = Reader::of(TOWN);
    reader.pulls(&district, usize::MAX);
    for name in ["first", "second"] {
        district
            .store
            .write_blocking(move |tx| {
                append_row(tx, NOW, None, "areas", TOWN, Some(&json!({"name": name})), None)
            })
            .unwrap();
    }
    let entries = reader.pulls(&district, usize::MAX);
    let [Entry::Row(row)] = entries.as_slice() else { panic!("{entries:?}") };
    assert_eq!(row.value.as_deref(), Some(r#"{"name":"second"}"#));
    district.store.write_blocking(|tx| append_row(tx, NOW, None, "areas", TOWN, None, None)).unwrap();
    let entries = reader.pulls(&district, usize::MAX);
    let [Entry::Row(row)] = entries.as_slice() else { panic!("{entries:?}") };
    assert_eq!((row.key.as_str(), &row.value), (TOWN, &None));
}

/// C2: the digest is that of the phone's own reckoning.
#[test]
fn the_digest_is_over_all_heads_of_the_area() {
    let district = District::new();
    let phone = busy_phone();
    district.take(caller(1), phone.push());
    let digests: Vec<_> =
        district.store.read_blocking(|c| documents::digests_of_area(c, &area(TOWN))).unwrap();
    let visit = phone.open.stored.visit();
    assert_eq!(digests, [(visit, heads_digest(visit, &phone.open.record().heads()))]);
    let elsewhere = district.store.read_blocking(|c| documents::digests_of_area(c, &area(OTHER_TOWN)));
    assert_eq!(elsewhere.unwrap(), []);
}

/// C4: somebody with both towns reads their pages in any order, and ends up with the cooperative that moved
/// from one to the other, by way of a third place or straight.
#[test]
fn a_row_that_moved_between_granted_areas_is_gone_from_neither() {
    let district = District::new();
    let granted = [area(TOWN), area(OTHER_TOWN)];
    let mut readers = granted.clone().map(|town| Reader::of(town.as_str()));
    readers.iter_mut().for_each(|reader| drop(reader.pulls(&district, 1_000_000)));
    let cursors = readers.map(|reader| reader.cursor);
    for way in [&[OTHER_TOWN][..], &[TOWN, "140602102", OTHER_TOWN]] {
        way.iter().for_each(|to| district.moves(1, to));
        let request = ScopeRequest { prefix: area(TOWN), cursor: cursors[0].clone(), index: Vec::new() };
        let epoch = district.store.epoch();
        let pulled = district.store.read_blocking(|c| pull(c, epoch, &granted, &[request], 1_000_000));
        let entries = &pulled.unwrap().scopes[0].entries;
        let is_gone = |entry: &Entry| matches!(entry, Entry::Row(row) if row.value.is_none());
        assert!(!entries.iter().any(is_gone), "{entries:?}");
    }
}
