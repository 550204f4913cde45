//! JSON that is being mended: text as it came, taken apart where something in it was changed, and nowhere else.

use super::MAX_ROWS;
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;
use std::fmt::{self, Write};

/// Members of an object that are looked at; no shape has nearly as many.
const MAX_MEMBERS: usize = 1_000;

/// A step on the way to a place in a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Key(String),
    Index(usize),
}

/// A value, taken apart as far as something in it was mended.
#[derive(Debug, Clone)]
pub(super) enum Node<'a> {
    Text(&'a str),
    Object(Vec<(String, Node<'a>)>),
    Array(Vec<Node<'a>>),
}

impl<'a> Node<'a> {
    /// An object or an array, and whether it has no more than is looked at.
    pub fn take_apart(text: &'a str) -> Option<(Self, bool)> {
        let parts: Parts<'a> = serde_json::from_str(text).ok()?;
        Some((parts.node, parts.is_all))
    }

    /// The object or array at a path, taken apart; `None` when there is none, or it has more than is looked at.
    pub fn at(&mut self, path: &[Step]) -> Option<&mut Self> {
        if let Self::Text(text) = self {
            let (node, is_all) = Self::take_apart(text)?;
            *self = is_all.then_some(node)?;
        }
        let Some((step, rest)) = path.split_first() else { return Some(self) };
        match (self, step) {
            (Self::Object(members), Step::Key(name)) => members.iter_mut().find(|(there, _)| there == name)?.1.at(rest),
            (Self::Array(items), Step::Index(index)) => items.get_mut(*index)?.at(rest),
            _ => None,
        }
    }

    /// The member of this name.
    pub fn into_member(self, name: &str) -> Option<Self> {
        match self {
            Self::Object(members) => members.into_iter().find(|(there, _)| there == name).map(|(_, value)| value),
            Self::Text(_) | Self::Array(_) => None,
        }
    }

    /// The last of its parts.
    pub fn into_last(self) -> Option<Self> {
        match self {
            Self::Text(_) => None,
            Self::Object(members) => members.into_iter().next_back().map(|(_, value)| value),
            Self::Array(items) => items.into_iter().next_back(),
        }
    }
}

impl fmt::Display for Node<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Object(members) => {
                f.write_char('{')?;
                for (at, (name, value)) in members.iter().enumerate() {
                    let name = serde_json::to_string(name).map_err(|_| fmt::Error)?;
                    write!(f, "{}{name}:{value}", if at == 0 { "" } else { "," })?;
                }
                f.write_char('}')
            }
            Self::Array(items) => {
                f.write_char('[')?;
                for (at, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if at == 0 { "" } else { "," })?;
                }
                f.write_char(']')
            }
        }
    }
}

/// The parts of an object or an array, as many as are looked at.
struct Parts<'a> {
    node: Node<'a>,
    is_all: bool,
}

impl<'de: 'a, 'a> Deserialize<'de> for Parts<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Parts<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object or an array")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while members.len() < MAX_MEMBERS
                    && let Some((name, value)) = map.next_entry::<String, &'de RawValue>()?
                {
                    members.push((name, Node::Text(value.get())));
                }
                let mut is_all = true;
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {
                    is_all = false;
                }
                Ok(Parts { node: Node::Object(members), is_all })
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut items = Vec::new();
                while items.len() < MAX_ROWS
                    && let Some(item) = seq.next_element::<&'de RawValue>()?
                {
                    items.push(Node::Text(item.get()));
                }
                let mut is_all = true;
                while seq.next_element::<IgnoredAny>()?.is_some() {
                    is_all = false;
                }
                Ok(Parts { node: Node::Array(items), is_all })
            }
        }

        deserializer.deserialize_any(InOrder)
    }
}
