//! Reading on a phone: JSON or CBOR becomes one tree, and every structure is read out of the tree.
//!
//! serde writes the code that reads a structure anew for each format, and a structure whose fields may
//! come in any order takes twice the code of one whose fields come in a known order. A phone loads that
//! code over a weak link. Out of a tree, each structure is read by one piece of code for both formats,
//! its fields looked up in the order in which they are declared.
//!
//! Only for what a phone wrote itself or its own server answered: how deep CBOR is nested has no limit
//! here, so the server reads pushes by [`crate::wire::decode`].

use std::borrow::Cow;
use std::fmt;

use minicbor::data::Type;
use minicbor::decode::{self, Decoder};
use serde::de::{
    DeserializeOwned, DeserializeSeed, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use serde::{Deserialize, Deserializer, forward_to_deserialize_any};

/// Text or bytes that are not the structure they should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Misread(String);

/// Reads a structure from JSON. A missing field is none, or its default.
///
/// # Errors
/// Where the text is no JSON, or not of this structure.
pub fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, Misread> {
    let tree: Tree<'_> = serde_json::from_str(text).map_err(|_| Misread("no JSON".to_owned()))?;
    T::deserialize(Branch { tree: &tree, is_text: true })
}

/// Reads a structure from CBOR. A missing field is none, or its default.
///
/// # Errors
/// Where the bytes are no CBOR, or not of this structure.
pub fn from_cbor<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Misread> {
    let tree = grow(&mut Decoder::new(bytes)).map_err(|_| Misread("no CBOR".to_owned()))?;
    T::deserialize(Branch { tree: &tree, is_text: false })
}

/// What JSON and CBOR have in common, as far as this crate uses it.
enum Tree<'i> {
    Nothing,
    Truth(bool),
    Natural(u64),
    Integer(i64),
    /// No structure has one, but a newer one may, and unknown fields are passed over.
    Fraction,
    Text(Cow<'i, str>),
    Bytes(&'i [u8]),
    List(Vec<Self>),
    Map(Vec<(Self, Self)>),
}

/// Reads as much of CBOR as `minicbor_serde` writes of this crate's structures.
fn grow<'i>(decoder: &mut Decoder<'i>) -> Result<Tree<'i>, decode::Error> {
    Ok(match decoder.datatype()? {
        Type::Bool => Tree::Truth(decoder.bool()?),
        Type::U8 | Type::U16 | Type::U32 | Type::U64 => Tree::Natural(decoder.u64()?),
        Type::I8 | Type::I16 | Type::I32 | Type::I64 => Tree::Integer(decoder.i64()?),
        Type::F32 | Type::F64 => {
            decoder.f64()?;
            Tree::Fraction
        }
        Type::String => Tree::Text(Cow::Borrowed(decoder.str()?)),
        Type::Bytes => Tree::Bytes(decoder.bytes()?),
        Type::Array => {
            let mut values = Vec::new();
            for _ in 0..decoder.array()?.unwrap_or(0) {
                values.push(grow(decoder)?);
            }
            Tree::List(values)
        }
        Type::Map => {
            let mut entries = Vec::new();
            for _ in 0..decoder.map()?.unwrap_or(0) {
                entries.push((grow(decoder)?, grow(decoder)?));
            }
            Tree::Map(entries)
        }
        Type::Null => {
            decoder.null()?;
            Tree::Nothing
        }
        other => return Err(decode::Error::type_mismatch(other)),
    })
}

impl<'i> Deserialize<'i> for Tree<'i> {
    fn deserialize<D: Deserializer<'i>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Growing)
    }
}

struct Growing;

impl<'i> Visitor<'i> for Growing {
    type Value = Tree<'i>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Tree<'i>, E> {
        Ok(Tree::Nothing)
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Tree<'i>, E> {
        Ok(Tree::Truth(truth))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Tree<'i>, E> {
        Ok(Tree::Natural(number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Tree<'i>, E> {
        Ok(Tree::Integer(number))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Tree<'i>, E> {
        Ok(Tree::Fraction)
    }

    fn visit_str<E>(self, text: &str) -> Result<Tree<'i>, E> {
        Ok(Tree::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_borrowed_str<E>(self, text: &'i str) -> Result<Tree<'i>, E> {
        Ok(Tree::Text(Cow::Borrowed(text)))
    }

    fn visit_seq<A: SeqAccess<'i>>(self, mut list: A) -> Result<Tree<'i>, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element()? {
            values.push(value);
        }
        Ok(Tree::List(values))
    }

    fn visit_map<A: MapAccess<'i>>(self, mut map: A) -> Result<Tree<'i>, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Tree::Map(entries))
    }
}

/// A part of a tree, to be read.
#[derive(Clone, Copy)]
struct Branch<'t> {
    tree: &'t Tree<'t>,
    /// It comes from JSON, where ids and hashes are text; else from CBOR, where they are bytes.
    is_text: bool,
}

impl<'t> Branch<'t> {
    fn number<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        match self.tree {
            Tree::Natural(number) => visitor.visit_u64(*number),
            Tree::Integer(number) => visitor.visit_i64(*number),
            _ => Err(misfit()),
        }
    }
}

/// `deserialize_…` of each kind of value that has a single form in a tree.
macro_rules! read_as {
    ($($method:ident)* => $read:ident) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
            self.$read(visitor)
        })*
    };
}

impl<'de> Deserializer<'de> for Branch<'_> {
    type Error = Misread;

    fn is_human_readable(&self) -> bool {
        self.is_text
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        match self.tree {
            Tree::Truth(truth) => visitor.visit_bool(*truth),
            Tree::Natural(_) | Tree::Integer(_) => self.number(visitor),
            Tree::Text(text) => visitor.visit_str(text),
            Tree::Bytes(bytes) => visitor.visit_bytes(bytes),
            Tree::List(_) => self.deserialize_seq(visitor),
            Tree::Map(_) => self.deserialize_map(visitor),
            Tree::Nothing => visitor.visit_unit(),
            Tree::Fraction => Err(misfit()),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        match self.tree {
            Tree::Truth(truth) => visitor.visit_bool(*truth),
            _ => Err(misfit()),
        }
    }

    read_as! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 => number
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        match self.tree {
            Tree::Text(text) => visitor.visit_str(text),
            _ => Err(misfit()),
        }
    }

    read_as! { deserialize_string deserialize_identifier => deserialize_str }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        match self.tree {
            Tree::Bytes(bytes) => visitor.visit_bytes(bytes),
            _ => Err(misfit()),
        }
    }

    read_as! { deserialize_byte_buf => deserialize_bytes }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        match self.tree {
            Tree::Nothing => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Misread> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        match self.tree {
            Tree::List(values) => visitor.visit_seq(Values { left: values, of: self }),
            _ => Err(misfit()),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Misread> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        match self.tree {
            Tree::Map(entries) => visitor.visit_map(Entries { left: entries, of: self }),
            _ => Err(misfit()),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misread> {
        match self.tree {
            Tree::Map(entries) => visitor.visit_seq(Fields { left: fields, entries, of: self }),
            _ => Err(misfit()),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misread> {
        match self.tree {
            Tree::Map(entries) => match entries.as_slice() {
                [(name, value)] => visitor.visit_enum(Variant { name, value, of: self }),
                _ => Err(misfit()),
            },
            name => visitor.visit_enum(Variant { name, value: &Tree::Nothing, of: self }),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misread> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { f32 f64 char unit unit_struct tuple_struct }
}

/// The values of a list, one after the other.
struct Values<'t> {
    left: &'t [Tree<'t>],
    of: Branch<'t>,
}

impl<'de> SeqAccess<'de> for Values<'_> {
    type Error = Misread;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Misread> {
        let Some((tree, left)) = self.left.split_first() else { return Ok(None) };
        self.left = left;
        seed.deserialize(Branch { tree, ..self.of }).map(Some)
    }
}

/// The entries of a map, one after the other.
struct Entries<'t> {
    left: &'t [(Tree<'t>, Tree<'t>)],
    of: Branch<'t>,
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = Misread;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Misread> {
        let Some((tree, _)) = self.left.first() else { return Ok(None) };
        seed.deserialize(Branch { tree, ..self.of }).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Misread> {
        let Some(((_, tree), left)) = self.left.split_first() else { return Err(misfit()) };
        self.left = left;
        seed.deserialize(Branch { tree, ..self.of })
    }
}

/// The fields of a structure in the order in which it declares them.
struct Fields<'t> {
    left: &'static [&'static str],
    entries: &'t [(Tree<'t>, Tree<'t>)],
    of: Branch<'t>,
}

impl<'t> Fields<'t> {
    /// The next field, or none where it is missing; none after the last field.
    fn next(&mut self) -> Option<Option<&'t Tree<'t>>> {
        let (field, left) = self.left.split_first()?;
        self.left = left;
        let named = |(key, _): &&(Tree<'_>, Tree<'_>)| matches!(key, Tree::Text(name) if name == field);
        Some(self.entries.iter().find(named).map(|(_, value)| value))
    }
}

impl<'de> SeqAccess<'de> for Fields<'_> {
    type Error = Misread;

    /// What is missing reads as none; a field that can't be none then takes its default, if it has one.
    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Misread> {
        let Some(field) = self.next() else { return Ok(None) };
        let value = seed.deserialize(Branch { tree: field.unwrap_or(&Tree::Nothing), ..self.of });
        if field.is_some() { value.map(Some) } else { Ok(value.ok()) }
    }
}

/// A variant, with what it holds.
struct Variant<'t> {
    name: &'t Tree<'t>,
    value: &'t Tree<'t>,
    of: Branch<'t>,
}

impl<'de, 't> EnumAccess<'de> for Variant<'t> {
    type Error = Misread;
    type Variant = Branch<'t>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Branch<'t>), Misread> {
        let name = seed.deserialize(Branch { tree: self.name, ..self.of })?;
        Ok((name, Branch { tree: self.value, ..self.of }))
    }
}

impl<'de> VariantAccess<'de> for Branch<'_> {
    type Error = Misread;

    fn unit_variant(self) -> Result<(), Misread> {
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Misread> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Misread> {
        self.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misread> {
        self.deserialize_struct("", fields, visitor)
    }
}

fn misfit() -> Misread {
    Misread("a value of another kind is expected".to_owned())
}

/// The sentences are short: what serde would say of each structure is as much text as the structures are
/// code, and nobody on a phone reads it.
impl Error for Misread {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }

    fn invalid_type(_: serde::de::Unexpected<'_>, _: &dyn serde::de::Expected) -> Self {
        misfit()
    }

    fn invalid_value(_: serde::de::Unexpected<'_>, _: &dyn serde::de::Expected) -> Self {
        misfit()
    }

    fn invalid_length(_: usize, _: &dyn serde::de::Expected) -> Self {
        misfit()
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        misfit()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Serialize;

    use super::*;
    use crate::domain::VisitId;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Leaf {
        visit: VisitId,
        note: Option<String>,
        #[serde(default)]
        tags: Vec<String>,
        delta: i32,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum Kind {
        Bare,
        One(u64),
        Named { at: i64, done: bool },
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Whole {
        leaves: BTreeMap<VisitId, Leaf>,
        kinds: Vec<Kind>,
        #[serde(with = "serde_bytes")]
        bytes: Vec<u8>,
        pair: (u8, bool),
    }

    fn leaf() -> Leaf {
        let visit = VisitId::from_bytes([7; 16]);
        Leaf { visit, note: Some("马邑\n".to_owned()), tags: vec!["a".to_owned()], delta: -5 }
    }

    #[test]
    fn what_serde_writes_is_read_back() {
        let kinds = vec![Kind::Bare, Kind::One(u64::MAX), Kind::Named { at: i64::MIN, done: true }];
        let leaves = [(leaf().visit, leaf())].into();
        let whole = Whole { leaves, kinds, bytes: vec![0, 255], pair: (200, false) };
        let cbor = crate::wire::encode(&whole);
        assert_eq!(from_cbor::<Whole>(&cbor), Ok(whole));
        assert_eq!(from_json::<Leaf>(&serde_json::to_string(&leaf()).unwrap()), Ok(leaf()));
    }

    #[test]
    fn fields_come_in_any_order_and_unknown_ones_are_passed_over() {
        let json = r#"{"delta": 1, "newer": [1.5, {}], "visit": "07070707-0707-0707-0707-070707070707"}"#;
        let read = Leaf { note: None, tags: Vec::new(), delta: 1, ..leaf() };
        assert_eq!(from_json::<Leaf>(json), Ok(read));
    }

    #[test]
    fn what_is_missing_or_of_another_kind_is_refused() {
        let visit = r#""visit": "07070707-0707-0707-0707-070707070707""#;
        for fields in ["", r#", "delta": "1""#, r#", "delta": 1.0"#, r#", "delta": 1, "tags": "a""#] {
            assert!(from_json::<Leaf>(&format!("{{{visit}{fields}}}")).is_err(), "{fields}");
        }
        assert!(from_json::<Kind>(r#"{"One": 1, "Bare": null}"#).is_err());
        assert!(from_json::<Kind>(r#""Two""#).is_err());
        assert!(from_json::<Leaf>("{").is_err());
        assert!(from_cbor::<Leaf>(&[0xa1, 0x01]).is_err());
    }
}
