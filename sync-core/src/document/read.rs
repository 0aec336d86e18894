//! Document → [`Inspection`], once.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use automerge::{ObjId, ROOT, ReadDoc, Value};

use super::edit::scalar_of_value;
use super::inspection::{
    Author, Authors, Entry, Evidence, Field, Finding, Fix, Inspection, Presence, Submission, Withdrawal,
};
use super::record::{ChangeFacts, Record};
use super::schema::{
    self, Container, Fields, Scalar, answer_of, fix_source_of, rectification_of, severity_of,
};
use crate::domain::{ChangeHash, ItemId, PersonId, PhoneTime};

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

/// A map under a random id.
struct Map<'a> {
    reader: &'a Reader<'a>,
    object: &'a ObjId,
}

impl Fields for Map<'_> {
    fn field(&self, name: &str) -> Option<Scalar> {
        self.reader.written(self.object, name).into_iter().next()?.value
    }
}

fn text<K>(_: &K, value: &Scalar) -> Option<String> {
    match value {
        Scalar::Text(text) => Some(text.clone()),
        _ => None,
    }
}

impl Reader<'_> {
    fn inspection(&self, mut heads: Vec<ChangeHash>) -> Inspection {
        heads.sort_unstable();
        let checklist = self.record.checklist;
        let summary = self.object(&ROOT, schema::SUMMARY).and_then(|id| self.text(&id));
        Inspection {
            genesis: self.record.of().clone(),
            heads,
            answers: self
                .fields(Container::Answers, |item: &String, value| answer_of(checklist.item(item)?, value)),
            notes: self.fields(Container::Notes, text),
            follow_ups: self
                .fields(Container::FollowUps, |finding, value| rectification_of(&text(finding, value)?)),
            evidence: self.made(Container::Evidence, |written| self.evidence(written)),
            corrections: self.fields(Container::Corrections, text),
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

    fn fields<K: FromStr + Ord, T: PartialEq>(
        &self,
        container: Container,
        parse: impl Fn(&K, &Scalar) -> Option<T>,
    ) -> BTreeMap<K, Field<T>> {
        let field = |key: &K, values: Vec<Written>| {
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
        self.entries(container)
            .into_iter()
            .filter_map(|(key, values)| {
                let key = key.parse().ok()?;
                let field = field(&key, values);
                Some((key, field))
            })
            .collect()
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

    fn map<'a>(&'a self, written: &'a Written) -> Map<'a> {
        Map { reader: self, object: &written.object }
    }

    fn is_withdrawn(&self, written: &Written) -> bool {
        let withdrawn = self.written(&written.object, schema::WITHDRAWN);
        withdrawn.iter().any(|written| written.value == Some(Scalar::Bool(true)))
    }

    fn finding(&self, written: &Written) -> Option<Finding> {
        let map = self.map(written);
        Some(Finding {
            item: map.text(schema::finding::ITEM),
            text: map.text(schema::finding::TEXT)?,
            severity: severity_of(&map.text(schema::finding::SEVERITY)?)?,
            due: map.text(schema::finding::DUE).and_then(|day| day.parse().ok()),
            responsible: map.text(schema::finding::RESPONSIBLE).unwrap_or_default(),
            withdrawn: self.is_withdrawn(written),
            author: written.author,
            at: written.at,
        })
    }

    fn evidence(&self, written: &Written) -> Option<Evidence> {
        let map = self.map(written);
        Some(Evidence {
            item: map.text(schema::evidence::ITEM),
            finding: map.text(schema::evidence::FINDING).and_then(|id| id.parse().ok()),
            file: map.file()?,
            withdrawn: self.is_withdrawn(written),
            author: written.author,
            at: written.at,
        })
    }

    fn fix(&self, written: &Written) -> Option<Fix> {
        let map = self.map(written);
        let source = fix_source_of(&map.text(schema::fix::SOURCE)?)?;
        Some(Fix { position: map.position()?, source, author: written.author, at: written.at })
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
