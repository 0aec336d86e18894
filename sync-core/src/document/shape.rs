//! Change → edits: the reverse of writing. Knows the only forms of operations that a record's changes
//! may have; anything else is no edit of ours. How much a change may hold is the gate's business.

use automerge::legacy::{Key, ObjectId, Op, OpId, OpType};
use automerge::{Change, ObjType, ROOT, ReadDoc, Value};

use super::edit::{Edit, scalar_of_value};
use super::record::Record;
use super::schema::{self, Container, Scalar};
use crate::domain::ChangeHash;

/// Genesis writes four values into the root before it creates the containers.
const ROOT_VALUES: u64 = 4;

/// A form of operations that a record's changes may have.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Shape {
    Put { container: Container, key: String, value: Scalar },
    Make { container: Container, key: String, fields: Vec<(&'static str, Scalar)> },
    PutIn { object: OpId, field: &'static str, value: Scalar },
    Summary,
}

impl Shape {
    /// Whether it gives this key of this container a value.
    fn puts(&self, to: Container, under: &str) -> bool {
        matches!(self, Self::Put { container, key, .. } if *container == to && key == under)
    }
}

/// Whether a change consists of nothing but known forms. Looks at the change alone: nothing needs to be
/// merged for it.
pub fn is_well_shaped(record: &Record, change: &[u8]) -> bool {
    Change::try_from(change).is_ok_and(|change| shapes(record, &change).is_some())
}

impl Record {
    /// What a change that the record holds wrote; none where it has an unknown form.
    pub(super) fn edits_in(&self, hash: ChangeHash) -> Option<Vec<Edit>> {
        let named = automerge::ChangeHash(hash.0);
        let change = self.document.get_change_by_hash(&named)?;
        let edit = |shape| match shape {
            Shape::Put { container, key, value } => Some(Edit::Put { container, key, value }),
            Shape::Make { container, key, fields } => Some(Edit::Make { container, key, fields }),
            Shape::PutIn { object, field, value } => {
                let (container, key) = self.made_by(&object)?;
                Some(Edit::PutIn { container, key, field, value })
            }
            Shape::Summary => {
                let (_, summary) = self.document.get(ROOT, schema::SUMMARY).ok()??;
                Some(Edit::Summary(self.document.text_at(&summary, &[named]).ok()?))
            }
        };
        shapes(self, &change)?.into_iter().map(edit).collect()
    }

    /// Under which key of which container the map stands that this operation made.
    fn made_by(&self, made: &OpId) -> Option<(Container, String)> {
        [Container::Findings, Container::Evidence].into_iter().find_map(|container| {
            let (_, map) = self.document.get(ROOT, container.key()).ok()??;
            let is_it = |key: &String| {
                let values = self.document.get_all(&map, key.as_str()).unwrap_or_default();
                values.iter().any(|(value, id)| {
                    matches!(value, Value::Object(_))
                        && matches!(id, automerge::ObjId::Id(counter, actor, _) if *counter == made.0 && *actor == made.1)
                })
            };
            let key = self.document.keys(&map).find(is_it)?;
            Some((container, key))
        })
    }

    /// What genesis created under this operation: a container, or the summary.
    fn created_by_genesis(&self, object: &ObjectId) -> Option<Created> {
        let ObjectId::Id(OpId(counter, actor)) = object else { return None };
        if *actor != self.of().actor() {
            return None;
        }
        let index = usize::try_from(counter.checked_sub(ROOT_VALUES + 1)?).ok()?;
        match Container::ALL.get(index) {
            Some(container) => Some(Created::Container(*container)),
            None if index == Container::ALL.len() => Some(Created::Summary),
            None => None,
        }
    }
}

enum Created {
    Container(Container),
    Summary,
}

fn shapes(record: &Record, change: &Change) -> Option<Vec<Shape>> {
    if change.message().is_some_and(|text| !text.is_empty()) || !change.extra_bytes().is_empty() {
        return None;
    }
    let change = change.decode();
    let mut shapes: Vec<Shape> = Vec::new();
    let mut open: Option<OpId> = None;
    for (index, op) in change.operations.iter().enumerate() {
        let id = OpId(change.start_op.get() + index as u64, change.actor_id.clone());
        match record.created_by_genesis(&op.obj) {
            Some(Created::Summary) => {
                is_text(op).then_some(())?;
                if !shapes.contains(&Shape::Summary) {
                    shapes.push(Shape::Summary);
                }
            }
            Some(Created::Container(container)) => {
                let key = map_key(op)?;
                match &op.action {
                    OpType::Put(value) if is_flat(container) => {
                        let value = scalar_of_value(value)?;
                        // Of several values written to one key, the last one counts.
                        shapes.pop_if(|last| last.puts(container, &key));
                        shapes.push(Shape::Put { container, key, value });
                    }
                    OpType::Make(ObjType::Map) if !is_flat(container) && op.pred.is_empty() => {
                        open = Some(id);
                        shapes.push(Shape::Make { container, key, fields: Vec::new() });
                    }
                    _ => return None,
                }
            }
            None => {
                let ObjectId::Id(object) = &op.obj else { return None };
                let OpType::Put(value) = &op.action else { return None };
                let value = scalar_of_value(value)?;
                let key = map_key(op)?;
                if open.as_ref() == Some(object) {
                    let Some(Shape::Make { container, fields, .. }) = shapes.last_mut() else { return None };
                    let field = fields_of(*container).iter().find(|field| **field == key)?;
                    fields.push((field, value));
                } else {
                    let field = schema::WITHDRAWN;
                    (key == field).then_some(())?;
                    shapes.push(Shape::PutIn { object: object.clone(), field, value });
                }
            }
        }
    }
    (!shapes.is_empty()).then_some(shapes)
}

/// Whether a container's values are scalars.
const fn is_flat(container: Container) -> bool {
    !matches!(container, Container::Findings | Container::Evidence | Container::Positions)
}

const fn fields_of(container: Container) -> &'static [&'static str] {
    match container {
        Container::Findings => &[
            schema::finding::ITEM,
            schema::finding::TEXT,
            schema::finding::SEVERITY,
            schema::finding::DUE,
            schema::finding::RESPONSIBLE,
            schema::WITHDRAWN,
        ],
        Container::Evidence => &[
            schema::evidence::ITEM,
            schema::evidence::FINDING,
            schema::evidence::SHA256,
            schema::evidence::BYTES,
            schema::evidence::MEDIA_TYPE,
            schema::evidence::NAME,
            schema::evidence::TAKEN_AT,
            schema::fix::LATITUDE_E7,
            schema::fix::LONGITUDE_E7,
            schema::fix::ACCURACY_M,
            schema::WITHDRAWN,
        ],
        Container::Positions => &[
            schema::fix::LATITUDE_E7,
            schema::fix::LONGITUDE_E7,
            schema::fix::ACCURACY_M,
            schema::fix::SOURCE,
        ],
        _ => &[],
    }
}

fn map_key(op: &Op) -> Option<String> {
    match &op.key {
        Key::Map(key) if !op.insert => Some(key.to_string()),
        _ => None,
    }
}

/// Inserting or deleting characters.
fn is_text(op: &Op) -> bool {
    match (&op.key, &op.action) {
        (Key::Seq(_), OpType::Put(automerge::ScalarValue::Str(_))) => op.insert,
        (Key::Seq(_), OpType::Delete) => !op.insert,
        _ => false,
    }
}
