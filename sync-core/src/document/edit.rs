//! Edits: what a command writes, and how they become one change.

use automerge::transaction::{CommitOptions, Transactable, Transaction};
use automerge::{ActorId, ObjId, ObjType, ROOT, ReadDoc, ScalarValue, Value};

use super::record::Record;
use super::schema::{self, Container, Scalar};
use crate::domain::{Actor, ChangeHash, PhoneTime};

/// One thing to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// Give a key of a container a value.
    Put {
        /// The container.
        container: Container,
        /// The key.
        key: String,
        /// The value.
        value: Scalar,
    },
    /// Make a map of its own under a key, whole.
    Make {
        /// The container.
        container: Container,
        /// The key.
        key: String,
        /// The fields.
        fields: Vec<(&'static str, Scalar)>,
    },
    /// Give a field of such a map a value.
    PutIn {
        /// The container.
        container: Container,
        /// The key.
        key: String,
        /// The field.
        field: &'static str,
        /// The value.
        value: Scalar,
    },
    /// Make the summary say this.
    Summary(
        /// The whole text.
        String,
    ),
}

impl Record {
    /// Writes edits as one change of `actor`. An edit that would change nothing writes nothing; where
    /// none writes anything there is no change.
    ///
    /// Returns the change's hash and its raw bytes.
    pub fn commit(&mut self, actor: Actor, at: PhoneTime, edits: &[Edit]) -> Option<(ChangeHash, Vec<u8>)> {
        self.document.set_actor(ActorId::from(actor.as_bytes().as_slice()));
        let mut change = self.document.transaction();
        for edit in edits {
            write(&mut change, edit).expect("BUG: a decided edit can be written");
        }
        if change.pending_ops() == 0 {
            change.rollback();
            return None;
        }
        let (hash, _) = change.commit_with(CommitOptions::default().with_time(at.seconds()));
        let hash = ChangeHash(hash.expect("BUG: a change with operations has a hash").0);
        let change = self.document.get_last_local_change().expect("BUG: a change was just made");
        Some((hash, change.raw_bytes().to_vec()))
    }
}

fn write(change: &mut Transaction<'_>, edit: &Edit) -> Result<(), automerge::AutomergeError> {
    match edit {
        Edit::Put { container, key, value } => {
            let map = child(change, &ROOT, container.key())?;
            put(change, &map, key, value)
        }
        Edit::Make { container, key, fields } => {
            let map = child(change, &ROOT, container.key())?;
            let made = change.put_object(&map, key.as_str(), ObjType::Map)?;
            fields.iter().try_for_each(|(field, value)| change.put(&made, *field, scalar_value(value)))
        }
        Edit::PutIn { container, key, field, value } => {
            let map = child(change, &ROOT, container.key())?;
            let made = child(change, &map, key)?;
            put(change, &made, field, value)
        }
        Edit::Summary(text) => {
            let summary = child(change, &ROOT, schema::SUMMARY)?;
            change.update_text(&summary, text)
        }
    }
}

/// Puts a value, unless it is the only one there already: an equal value is no news. Where two values
/// stand against each other, putting one of them settles it and is.
fn put(
    change: &mut Transaction<'_>,
    map: &ObjId,
    key: &str,
    value: &Scalar,
) -> Result<(), automerge::AutomergeError> {
    let value = scalar_value(value);
    let standing = change.get_all(map, key)?;
    match standing.as_slice() {
        [(Value::Scalar(only), _)] if **only == value => Ok(()),
        [] if value == ScalarValue::Null => Ok(()),
        [] | [_] => change.put(map, key, value),
        _ => {
            // Putting what happens to win already, Automerge would only delete the other values, and
            // the change would not say what was chosen. So a value that is none of them comes between,
            // which nobody ever sees: reading a change back passes over it.
            let stands = |value: &ScalarValue| {
                standing.iter().any(|(one, _)| matches!(one, Value::Scalar(one) if **one == *value))
            };
            let is_null_free = value != ScalarValue::Null && !stands(&ScalarValue::Null);
            let between = if is_null_free { ScalarValue::Null } else { false.into() };
            change.put(map, key, between)?;
            change.put(map, key, value)
        }
    }
}

fn child(change: &Transaction<'_>, of: &ObjId, key: &str) -> Result<ObjId, automerge::AutomergeError> {
    match change.get(of, key)? {
        Some((Value::Object(_), id)) => Ok(id),
        _ => Err(automerge::AutomergeError::InvalidObjId(key.to_owned())),
    }
}

fn scalar_value(value: &Scalar) -> ScalarValue {
    match value {
        Scalar::Text(text) => ScalarValue::Str(text.as_str().into()),
        Scalar::Int(number) => ScalarValue::Int(*number),
        Scalar::Bool(truth) => ScalarValue::Boolean(*truth),
        Scalar::Null => ScalarValue::Null,
    }
}

/// The scalar that a value of the document is; none for kinds that no record holds.
pub(super) fn scalar_of_value(value: &ScalarValue) -> Option<Scalar> {
    match value {
        ScalarValue::Str(text) => Some(Scalar::Text(text.to_string())),
        ScalarValue::Int(number) => Some(Scalar::Int(*number)),
        ScalarValue::Boolean(truth) => Some(Scalar::Bool(*truth)),
        ScalarValue::Null => Some(Scalar::Null),
        _ => None,
    }
}
