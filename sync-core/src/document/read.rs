//! Document → [`Inspection`], once.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use automerge::{ObjId, ROOT, ReadDoc, Value};

use super::edit::scalar_of_value;
use super::inspection::{
    Author, Authors, Entry, Field, Finding, Fix, Inspection, Presence, Submission, Withdrawal,
};
use super::record::{ChangeFacts, Record};
use super::schema::{self, Container, Scalar, answer_of, severity_of};
use crate::domain::{ChangeHash, ItemId, PersonId, PhoneTime, Position};

impl Record {
    /// The record as it stands.
    pub fn inspection(&self, authors: &Authors) -> Inspection {
        Reader { record: self, facts: self.facts(), authors, heads: None }.inspection(self.heads())
    }

    /// The record as it stood at these heads; none where the record doesn't hold them.
    pub fn inspection_at(&self, heads: &[ChangeHash], authors: &Authors) -> Option<Inspection> {
        let facts = self.facts();
        if heads.is_empty() || !heads.iter().all(|head| facts.contains_key(head)) {
            return None;
        }
        let at = heads.iter().map(|head| automerge::ChangeHash(head.0)).collect();
        Some(Reader { record: self, facts, authors, heads: Some(at) }.inspection(heads.to_vec()))
    }
}

/// A value of the document with its writer.
struct Written {
    value: Option<Scalar>,
    object: ObjId,
    change: ChangeHash,
    author: Author,
    at: PhoneTime,
}

struct Reader<'a> {
    record: &'a Record,
    facts: BTreeMap<ChangeHash, ChangeFacts>,
    authors: &'a Authors,
    heads: Option<Vec<automerge::ChangeHash>>,
}

impl Reader<'_> {
    fn inspection(&self, mut heads: Vec<ChangeHash>) -> Inspection {
        heads.sort_unstable();
        let checklist = self.record.checklist;
        let summary = self.object(&ROOT, schema::SUMMARY).and_then(|id| self.text(&id));
        Inspection {
            genesis: self.record.of().clone(),
            heads,
            answers: self.fields(Container::Answers, |item, value| answer_of(checklist.item(item)?, value)),
            notes: self.fields(Container::Notes, |_, value| match value {
                Scalar::Text(text) => Some(text.clone()),
                _ => None,
            }),
            findings: self.made(Container::Findings, |written| self.finding(written)),
            present: self.by_person(Container::Present, |person, written| match written.value {
                Some(Scalar::Int(ms)) => {
                    Some(Presence { person, since: PhoneTime(ms), change: written.change })
                }
                _ => None,
            }),
            fixes: self.made(Container::Positions, |written| self.fix(written)),
            confirmations: self.confirmations(),
            submissions: self.by_person(Container::Submissions, |person, written| match written.value {
                Some(Scalar::Int(ms)) => Some(Submission {
                    person,
                    at: PhoneTime(ms),
                    heads: self.facts.get(&written.change)?.deps.clone(),
                    change: written.change,
                }),
                _ => None,
            }),
            withdrawals: self.by_person(Container::Withdrawals, |person, written| match written.value {
                Some(Scalar::Text(reason)) => {
                    Some(Withdrawal { person, at: written.at, reason, change: written.change })
                }
                _ => None,
            }),
            summary: summary.unwrap_or_default(),
            writers: self.writers(),
        }
    }

    /// Keys of a container with every value that nobody has written over.
    fn entries(&self, container: Container) -> Vec<(String, Vec<Written>)> {
        let Some(map) = self.object(&ROOT, container.key()) else { return Vec::new() };
        let document = &self.record.document;
        let keys: Vec<String> = match &self.heads {
            None => document.keys(&map).collect(),
            Some(heads) => document.keys_at(&map, heads).collect(),
        };
        keys.into_iter().map(|key| (key.clone(), self.written(&map, &key))).collect()
    }

    fn written(&self, map: &ObjId, key: &str) -> Vec<Written> {
        let document = &self.record.document;
        let values = match &self.heads {
            None => document.get_all(map, key),
            Some(heads) => document.get_all_at(map, key, heads),
        };
        let with_writer = |(value, id): (Value<'_>, ObjId)| {
            let change = ChangeHash(document.hash_for_opid(&id)?.0);
            let facts = self.facts.get(&change)?;
            let value = match value {
                Value::Scalar(scalar) => scalar_of_value(&scalar),
                Value::Object(_) => None,
            };
            let person = self.authors.get(&facts.actor).copied();
            Some(Written {
                value,
                object: id,
                change,
                author: Author { actor: facts.actor, person },
                at: facts.at,
            })
        };
        values.unwrap_or_default().into_iter().filter_map(with_writer).collect()
    }

    fn object(&self, of: &ObjId, key: &str) -> Option<ObjId> {
        let document = &self.record.document;
        let found = match &self.heads {
            None => document.get(of, key),
            Some(heads) => document.get_at(of, key, heads),
        };
        match found.ok()?? {
            (Value::Object(_), id) => Some(id),
            _ => None,
        }
    }

    fn text(&self, object: &ObjId) -> Option<String> {
        match &self.heads {
            None => self.record.document.text(object).ok(),
            Some(heads) => self.record.document.text_at(object, heads).ok(),
        }
    }

    fn fields<T: PartialEq>(
        &self,
        container: Container,
        parse: impl Fn(&str, &Scalar) -> Option<T>,
    ) -> BTreeMap<ItemId, Field<T>> {
        let field = |key: &str, values: Vec<Written>| {
            Field::new(
                values
                    .into_iter()
                    .map(|written| Entry {
                        value: written.value.as_ref().and_then(|value| parse(key, value)),
                        author: written.author,
                        at: written.at,
                        change: written.change,
                    })
                    .collect(),
            )
        };
        self.entries(container).into_iter().map(|(key, values)| (key.clone(), field(&key, values))).collect()
    }

    /// Maps made in one change each; where a hostile phone used an id twice, the first by change hash.
    fn made<K: FromStr + Ord, T>(
        &self,
        container: Container,
        parse: impl Fn(&Written) -> Option<T>,
    ) -> BTreeMap<K, T> {
        self.entries(container)
            .into_iter()
            .filter_map(|(key, values)| {
                let first = values.iter().min_by_key(|written| written.change)?;
                Some((key.parse().ok()?, parse(first)?))
            })
            .collect()
    }

    fn by_person<T>(&self, container: Container, parse: impl Fn(PersonId, Written) -> Option<T>) -> Vec<T> {
        self.entries(container)
            .into_iter()
            .filter_map(|(key, values)| Some((key.parse().ok()?, values)))
            .flat_map(|(person, values)| values.into_iter().map(move |written| (person, written)))
            .filter_map(|(person, written)| parse(person, written))
            .collect()
    }

    fn scalar(&self, object: &ObjId, field: &str) -> Option<Scalar> {
        self.written(object, field).into_iter().next()?.value
    }

    fn finding(&self, written: &Written) -> Option<Finding> {
        let text = |field| match self.scalar(&written.object, field) {
            Some(Scalar::Text(text)) => Some(text),
            _ => None,
        };
        let withdrawn = self.written(&written.object, schema::finding::WITHDRAWN);
        Some(Finding {
            item: text(schema::finding::ITEM),
            text: text(schema::finding::TEXT)?,
            severity: severity_of(&text(schema::finding::SEVERITY)?)?,
            due: text(schema::finding::DUE).and_then(|day| day.parse().ok()),
            responsible: text(schema::finding::RESPONSIBLE).unwrap_or_default(),
            withdrawn: withdrawn.iter().any(|w| w.value == Some(Scalar::Bool(true))),
            author: written.author,
            at: written.at,
        })
    }

    fn fix(&self, written: &Written) -> Option<Fix> {
        let number = |field| match self.scalar(&written.object, field) {
            Some(Scalar::Int(number)) => Some(number),
            _ => None,
        };
        let position = Position {
            latitude_e7: number(schema::fix::LATITUDE_E7)?.try_into().ok()?,
            longitude_e7: number(schema::fix::LONGITUDE_E7)?.try_into().ok()?,
            accuracy_m: number(schema::fix::ACCURACY_M)?.try_into().ok()?,
        };
        Some(Fix { position, author: written.author, at: written.at })
    }

    fn confirmations(&self) -> BTreeMap<ItemId, Vec<Entry<PersonId>>> {
        let mut confirmations: BTreeMap<ItemId, Vec<Entry<PersonId>>> = BTreeMap::new();
        for (key, values) in self.entries(Container::Confirmations) {
            let mut parts = key.split('/');
            let (Some(item), Some(Ok(person))) = (parts.next(), parts.next().map(str::parse)) else {
                continue;
            };
            let entries = confirmations.entry(item.to_owned()).or_default();
            entries.extend(values.into_iter().map(|written| Entry {
                value: Some(person),
                author: written.author,
                at: written.at,
                change: written.change,
            }));
        }
        confirmations
    }

    /// Everyone who wrote, in the part of the record that is read.
    fn writers(&self) -> Vec<PersonId> {
        let seen: BTreeSet<PersonId> = self
            .changes_read()
            .into_iter()
            .filter_map(|hash| self.authors.get(&self.facts.get(&hash)?.actor).copied())
            .collect();
        seen.into_iter().collect()
    }

    /// The changes that the heads read at stand on, themselves included.
    fn changes_read(&self) -> BTreeSet<ChangeHash> {
        let Some(heads) = &self.heads else { return self.facts.keys().copied().collect() };
        let mut reached = BTreeSet::new();
        let mut open: Vec<ChangeHash> = heads.iter().map(|head| ChangeHash(head.0)).collect();
        while let Some(hash) = open.pop() {
            if reached.insert(hash) {
                open.extend(self.facts.get(&hash).into_iter().flat_map(|facts| &facts.deps));
            }
        }
        reached
    }
}
