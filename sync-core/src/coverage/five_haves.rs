//! The five haves (plan 二(三)): met where each of the five is *yes* in the newest approved visit that
//! assessed that item.

use serde::{Deserialize, Serialize};

use crate::commands::YesNo;
use crate::document::Inspection;
use crate::domain::Checklist;

/// What is known of one of the five.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Assessment {
    /// It is there.
    Yes,
    /// It is not.
    No,
    /// Nobody looked, or two people disagree.
    #[default]
    NotAssessed,
}

/// What is known of each of the five, from one visit or from several.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FiveHaves {
    /// 场地
    pub premises: Assessment,
    /// 牌子
    pub signboard: Assessment,
    /// 制度
    pub rules: Assessment,
    /// 账本
    pub account_books: Assessment,
    /// 组织机构
    pub governance_bodies: Assessment,
}

impl FiveHaves {
    /// What one record says of the five. An answer to an item that is not asked, because the outcome or
    /// the operating status was changed after it, says nothing.
    pub fn read(inspection: &Inspection, checklist: &Checklist) -> Self {
        let assess = |id: &str| {
            let asked = checklist.asked(inspection).any(|item| item.id == id);
            match inspection.yes_no(id).filter(|_| asked) {
                Some(YesNo::Yes) => Assessment::Yes,
                Some(YesNo::No) => Assessment::No,
                Some(YesNo::NotApplicable) | None => Assessment::NotAssessed,
            }
        };
        Self {
            premises: assess("premises"),
            signboard: assess("signboard"),
            rules: assess("rules"),
            account_books: assess("account_books"),
            governance_bodies: assess("governance_bodies"),
        }
    }

    /// What the approved visits of a cooperative say together, newest first: of each item, what the
    /// newest that assessed it says.
    pub fn of_visits(newest_first: impl IntoIterator<Item = Self>) -> Self {
        let newest = |newer: Assessment, older: Assessment| match newer {
            Assessment::NotAssessed => older,
            Assessment::Yes | Assessment::No => newer,
        };
        newest_first.into_iter().fold(Self::default(), |newer, older| Self {
            premises: newest(newer.premises, older.premises),
            signboard: newest(newer.signboard, older.signboard),
            rules: newest(newer.rules, older.rules),
            account_books: newest(newer.account_books, older.account_books),
            governance_bodies: newest(newer.governance_bodies, older.governance_bodies),
        })
    }

    /// Whether they are met: yes with all five, no with one missing; else it can't be said yet.
    pub fn met(&self) -> Option<bool> {
        let all = [self.premises, self.signboard, self.rules, self.account_books, self.governance_bodies];
        if all.contains(&Assessment::No) {
            Some(false)
        } else if all.contains(&Assessment::NotAssessed) {
            None
        } else {
            Some(true)
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::domain::checklist::newest;

    const ALL: FiveHaves = FiveHaves {
        premises: Assessment::Yes,
        signboard: Assessment::Yes,
        rules: Assessment::Yes,
        account_books: Assessment::Yes,
        governance_bodies: Assessment::Yes,
    };

    fn entry(value: Value, change: &str) -> Value {
        let author = json!({"actor": "01".repeat(16), "person": null});
        json!({"value": value, "author": author, "at": 0, "change": change.repeat(32)})
    }

    /// A record with these answers, each item with one value or with several in conflict.
    fn inspection(answers: &[(&str, &[Value])]) -> Inspection {
        let answers: serde_json::Map<String, Value> = answers
            .iter()
            .map(|(item, values)| {
                let field =
                    values.iter().zip(["0a", "0b"]).map(|(value, change)| entry(value.clone(), change));
                ((*item).to_owned(), field.collect())
            })
            .collect();
        let id = "00000000-0000-8000-8000-000000000001";
        serde_json::from_value(json!({
            "genesis": {"schema": 1, "visit": id, "cooperative": id, "checklist": "quality-2021@1"},
            "heads": [], "answers": answers, "notes": {}, "findings": {},
            "follow_ups": {}, "evidence": {}, "corrections": {}, "present": [], "fixes": {},
            "confirmations": {}, "submissions": [], "withdrawals": [], "summary": "", "writers": [],
        }))
        .expect("an inspection")
    }

    fn read(answers: &[(&str, &[Value])]) -> FiveHaves {
        FiveHaves::read(&inspection(answers), newest("quality-2021").unwrap())
    }

    fn yes() -> Value {
        json!({"kind": "yes_no", "value": "yes"})
    }

    fn no() -> Value {
        json!({"kind": "yes_no", "value": "no"})
    }

    fn choice(id: &str) -> Value {
        json!({"kind": "choice", "value": id})
    }

    #[test]
    fn a_record_assesses_what_it_answers() {
        let held = [choice("held")];
        let read = read(&[("visit_outcome", &held), ("premises", &[yes()]), ("rules", &[no()])]);
        assert_eq!(
            read,
            FiveHaves { premises: Assessment::Yes, rules: Assessment::No, ..FiveHaves::default() }
        );
    }

    #[test]
    fn an_item_in_conflict_counts_as_not_assessed() {
        let held = [choice("held")];
        let read = read(&[("visit_outcome", &held), ("premises", &[yes(), no()])]);
        assert_eq!(read.premises, Assessment::NotAssessed);
    }

    #[test]
    fn an_answer_to_an_item_no_longer_asked_says_nothing() {
        let stopped = [choice("stopped")];
        let held = [choice("held")];
        let read = read(&[("visit_outcome", &held), ("operating_status", &stopped), ("premises", &[yes()])]);
        assert_eq!(read, FiveHaves::default());
    }

    #[test]
    fn a_later_no_takes_it_back_and_a_visit_that_did_not_look_says_nothing() {
        let no_books = FiveHaves { account_books: Assessment::No, ..FiveHaves::default() };
        assert_eq!(FiveHaves::of_visits([FiveHaves::default(), ALL]).met(), Some(true));
        assert_eq!(FiveHaves::of_visits([no_books, ALL]).met(), Some(false));
        assert_eq!(FiveHaves::of_visits([ALL, no_books]).met(), Some(true));
    }

    #[test]
    fn they_are_met_by_all_five_and_unknown_while_one_was_never_looked_at() {
        assert_eq!(ALL.met(), Some(true));
        assert_eq!(FiveHaves { signboard: Assessment::NotAssessed, ..ALL }.met(), None);
        assert_eq!(FiveHaves { signboard: Assessment::No, ..FiveHaves::default() }.met(), Some(false));
        assert_eq!(FiveHaves::of_visits([]).met(), None);
    }
}
