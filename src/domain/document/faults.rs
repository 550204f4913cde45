//! All that is wrong with the shape of what cannot be read as what it should be. A reader stops at the first fault: so the
//! place that it names is mended, and what is left is read again, until it can be. Members and rows are read by themselves,
//! so that a long document with many faults is not read as often as it has some.

use super::{
    Fault, MAX_FAULTS,
    node::{Node, Step},
    read::told,
};
use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;
use std::{
    collections::{HashMap, HashSet},
    fmt::Write,
};

/// Bytes that are read to find all faults, beside a few times those that came.
const READ_AT_LEAST: usize = 1024 * 1024;

/// What is wrong with an object that cannot be read as a `T`, and with what it says where that can be told. Nothing when it
/// is no object.
pub(super) fn of_object<T: DeserializeOwned>(json: &[u8], check: impl Fn(&T) -> Vec<Fault>) -> Vec<Fault> {
    let Some((Node::Object(members), is_all)) = parts(json) else { return Vec::new() };
    let mut mending = Mending::of(json.len(), is_all);
    let (frame, mut seen) = (required::<T>(), HashSet::new());
    let mut mended = Vec::with_capacity(members.len());
    for (name, value) in members {
        if !seen.insert(name.clone()) {
            mending.note(&name, &name, format!("duplicate field `{name}`"));
        } else if let Some(value) = mending.member::<T>(&frame, &name, value) {
            mended.push((name, value));
        }
    }
    for (name, dummy) in frame {
        if !mended.iter().any(|(there, _)| *there == name) {
            mending.note(&name, "", format!("missing field `{name}`"));
            mended.push((name, dummy));
        }
    }
    mending.judge(&Node::Object(mended), check)
}

/// What is wrong with an array that cannot be read as the rows that are a `T`, and with what they say where that can be
/// told. Nothing when it is no array.
pub(super) fn of_rows<T: DeserializeOwned>(json: &[u8], check: impl Fn(&T) -> Vec<Fault>) -> Vec<Fault> {
    let Some((Node::Array(rows), is_all)) = parts(json) else { return Vec::new() };
    let mut mending = Mending::of(json.len(), is_all);
    let row = |(index, row)| {
        let mut one = Node::Array(vec![row]);
        mending.mend::<T>(&mut one, Some(index));
        one.into_last()
    };
    let rows = rows.into_iter().enumerate().filter_map(row).collect();
    mending.judge(&Node::Array(rows), check)
}

fn parts(json: &[u8]) -> Option<(Node<'_>, bool)> {
    Node::take_apart(std::str::from_utf8(json).ok()?)
}

/// The members that a `T` must have, each with a value that it may have.
fn required<T: DeserializeOwned>() -> Vec<(String, Node<'static>)> {
    let mut least = Node::Object(Vec::new());
    Mending::of(0, true).mend::<T>(&mut least, None);
    match least {
        Node::Object(members) => members,
        Node::Text(_) | Node::Array(_) => Vec::new(),
    }
}

/// A value that fits where the member of this name is missing.
fn dummy(name: &str) -> Node<'static> {
    Node::Text(match name {
        "status" => "\"running\"",
        "created_at" => "\"2026-01-01T00:00:00Z\"",
        "size" => "0",
        // Ids, names and other texts.
        _ => "\"6ab5b1d0-3c3e-4b83-8a52-0d6f64f1c1f4\"",
    })
}

/// Why a value cannot be read.
struct Flaw {
    /// The place: of a member that is missing or there twice, its own.
    path: Vec<Step>,
    is: Kind,
    message: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Wrong,
    Missing,
    Duplicate,
}

/// Reads a value, or says why not.
fn attempt<T: DeserializeOwned>(json: &str) -> Result<T, Flaw> {
    let mut reader = serde_json::Deserializer::from_str(json);
    serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let steps = error.path().iter().filter_map(|segment| match segment {
            Segment::Map { key } => Some(Step::Key(key.clone())),
            Segment::Seq { index } => Some(Step::Index(*index)),
            Segment::Enum { .. } | Segment::Unknown => None,
        });
        let (mut path, error) = (steps.collect::<Vec<_>>(), error.inner());
        // Where it stands in what is read here says nothing of where it stood.
        let (message, at) = (error.to_string(), format!(" at line {} column {}", error.line(), error.column()));
        let message = message.strip_suffix(&at).unwrap_or(&message).to_owned();
        let of_kind = |(words, kind)| Some((message.strip_prefix(words)?.split('`').next()?, kind));
        let kinds = [("missing field `", Kind::Missing), ("duplicate field `", Kind::Duplicate)];
        let is = kinds.into_iter().find_map(of_kind).map_or(Kind::Wrong, |(name, kind)| {
            path.push(Step::Key(name.to_owned()));
            kind
        });
        Flaw { path, is, message }
    })
}

/// What was found and mended so far.
struct Mending {
    faults: Vec<Fault>,
    /// Places that do not say any more what they said.
    mended: HashSet<String>,
    /// Those of them that were given a value, and how often.
    given: HashMap<String, usize>,
    /// Bytes that may still be read.
    left: usize,
    /// Whether nothing was passed by.
    is_all: bool,
}

impl Mending {
    fn of(bytes: usize, is_all: bool) -> Self {
        let (mended, given) = (HashSet::new(), HashMap::new());
        Self { faults: Vec::new(), mended, given, left: READ_AT_LEAST + 8 * bytes, is_all }
    }

    /// A member of a `T`, mended; `None` when there can be none. Of an array, each item is read by itself.
    fn member<'a, T: DeserializeOwned>(
        &mut self,
        frame: &[(String, Node<'a>)],
        name: &str,
        value: Node<'a>,
    ) -> Option<Node<'a>> {
        let others = frame.iter().filter(|(other, _)| other != name);
        let with = |value| Node::Object(others.clone().cloned().chain([(name.to_owned(), value)]).collect());
        if self.flaw::<T>(&with(value.clone())).is_none() {
            return Some(value);
        }
        if let Node::Text(text) = value
            && let Some((Node::Array(rows), true)) = Node::take_apart(text)
            && self.flaw::<T>(&with(Node::Array(Vec::new()))).is_none()
        {
            let row = |(index, row)| {
                let mut one = with(Node::Array(vec![row]));
                self.mend::<T>(&mut one, Some(index));
                one.into_last().and_then(Node::into_last)
            };
            return Some(Node::Array(rows.into_iter().enumerate().filter_map(row).collect()));
        }
        let mut alone = with(value);
        self.mend::<T>(&mut alone, None);
        alone.into_member(name)
    }

    /// Mends a value until it can be read as a `T`, or nothing more is looked for. A row that is read alone stands at `row`.
    fn mend<T: DeserializeOwned>(&mut self, node: &mut Node<'_>, row: Option<usize>) {
        while let Some(flaw) = self.flaw::<T>(node) {
            if self.take(node, &flaw, row).is_none() {
                self.is_all = false;
                return;
            }
        }
    }

    /// The first flaw of a value; `None` when it has none, or when no more is looked for.
    fn flaw<T: DeserializeOwned>(&mut self, node: &Node<'_>) -> Option<Flaw> {
        let json = node.to_string();
        if self.faults.len() > MAX_FAULTS || json.len() > self.left {
            (self.left, self.is_all) = (0, false);
            return None;
        }
        self.left -= json.len();
        attempt::<T>(&json).err()
    }

    /// Notes a flaw and mends its place; `None` when that cannot be done.
    fn take(&mut self, node: &mut Node<'_>, flaw: &Flaw, row: Option<usize>) -> Option<()> {
        let (last, parent) = flaw.path.split_last()?;
        let place = place(&flaw.path, row);
        let param = if flaw.is == Kind::Missing { self::place(parent, row) } else { place.clone() };
        self.note(&place, &param, flaw.message.clone());
        match (node.at(parent)?, last) {
            (Node::Object(members), Step::Key(name)) if flaw.is == Kind::Missing => {
                members.push((name.clone(), dummy(name)));
                (self.give(place) == 0).then_some(())
            }
            (Node::Object(members), Step::Key(name)) => {
                let (before, mut is_first) = (members.len(), flaw.is == Kind::Duplicate);
                members.retain(|(there, _)| there != name || std::mem::take(&mut is_first));
                (members.len() < before).then_some(())
            }
            (Node::Array(items), Step::Index(index)) => {
                // An item is an object or an id.
                *items.get_mut(*index)? = match self.give(place) {
                    0 => Node::Object(Vec::new()),
                    1 => dummy("id"),
                    _ => return None,
                };
                Some(())
            }
            _ => None,
        }
    }

    /// Notes that a place is given a value; how often it was before.
    fn give(&mut self, place: String) -> usize {
        let given = self.given.entry(place).or_default();
        *given += 1;
        *given - 1
    }

    /// Notes what is wrong with a place, unless that or what is around it does not say any more what it said.
    fn note(&mut self, place: &str, param: &str, message: String) {
        if !self.is_mended(place) {
            if self.faults.len() <= MAX_FAULTS {
                self.faults.push(Fault::new(param, message));
            }
            self.mended.insert(place.to_owned());
        }
    }

    fn is_mended(&self, place: &str) -> bool {
        let around = place.match_indices(['.', '[']).map(|(end, _)| &place[..end]);
        around.chain([place]).any(|place| self.mended.contains(place))
    }

    /// The faults, with those of what the mended value says.
    fn judge<T: DeserializeOwned>(mut self, mended: &Node<'_>, check: impl Fn(&T) -> Vec<Fault>) -> Vec<Fault> {
        if self.is_all
            && let Ok(value) = attempt::<T>(&mended.to_string())
        {
            let of_content: Vec<_> = check(&value).into_iter().filter(|fault| !self.is_mended(&fault.param)).collect();
            self.faults.extend(of_content);
        }
        told(self.faults, self.is_all)
    }
}

/// A path as it is told. Where one row was read alone, it stood at `row`.
fn place(path: &[Step], row: Option<usize>) -> String {
    let (mut place, mut row) = (String::new(), row);
    for step in path {
        let dot = if place.is_empty() { "" } else { "." };
        // Writing to a text does not fail.
        let _ = match step {
            Step::Key(name) => write!(place, "{dot}{name}"),
            Step::Index(index) => write!(place, "[{}]", row.take().unwrap_or(*index)),
        };
    }
    place
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::document::{RunDocument, parse};
    use proptest::{prelude::*, sample::Index};
    use serde_json::{Value, json};

    /// A document with all that it can have, and so many rows of each kind.
    fn document(rows: usize) -> Value {
        let id = |n: usize| format!("00000000-0000-0000-0000-{n:012}");
        let time = "2026-11-21T14:00:00Z";
        let list = |row: &dyn Fn(usize) -> Value| (0..rows).map(row).collect::<Vec<_>>();
        let call = json!({ "id": "c", "name": "look", "arguments": {}, "result": [1, [2]], "error": "no" });
        json!({
            "workflow_name": "Refund triage", "ai_employee_id": id(1), "status": "failed", "created_at": time, "model": "m",
            "started_at": time, "failed_at": time, "duration_ms": 7, "input_message": "in", "flow": { "n": [1] }, "state": {},
            "steps": list(&|n| json!({ "id": format!("s{n}"), "name": "n", "input": [n], "tool_calls": [call] })),
            "token_history": list(&|n| json!({ "id": format!("t{n}"), "key_type": "own", "input_tokens": n, "usd_cost": 0.5 })),
            "attachments": list(&|n| json!({ "id": id(n), "name": "n", "media_type": "text/plain", "size": 1 })),
            "related_runs": list(&|n| json!(id(n))),
            "voice_transcripts": list(&|n| json!({ "id": id(n), "turns": [{ "speaker": "a", "text": "b" }] })),
        })
    }

    /// The places of all members.
    fn places(value: &Value, at: &str, found: &mut Vec<String>) {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    found.push(format!("{at}/{name}"));
                    places(value, &format!("{at}/{name}"), found);
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    places(item, &format!("{at}/{index}"), found);
                }
            }
            _ => {}
        }
    }

    /// What cannot be the value of any member that has a type.
    fn is_free(place: &str) -> bool {
        ["/flow", "/state", "/input", "/arguments", "/result"].iter().any(|free| place.contains(free))
    }

    proptest! {
        #[test]
        fn mending_ends_and_names_every_fault(rows in 0..4_usize, hits in prop::collection::vec((any::<Index>(), 0..3_u8), 0..30)) {
            let mut value = document(rows);
            let mut all = Vec::new();
            places(&value, "", &mut all);
            all.retain(|place| !is_free(place) && !place.contains("/input_message"));
            let mut hit: Vec<String> = Vec::new();
            for (index, how) in hits {
                let place = index.get(&all).clone();
                // Each in a place of its own: none inside of another.
                if hit.iter().any(|hit| place.starts_with(hit.as_str()) || hit.starts_with(place.as_str())) {
                    continue;
                }
                let (parent, name) = place.rsplit_once('/').unwrap();
                let members = value.pointer_mut(parent).unwrap().as_object_mut().unwrap();
                let needed = ["status", "created_at", "id", "key_type", "media_type", "size", "speaker", "text"];
                // A step need not have a name, nor a status.
                let is_of_step = parent.starts_with("/steps/") && !parent.contains("/tool_calls/") && name != "id";
                let is_needed = !is_of_step && (needed.contains(&name) || name == "name");
                match how {
                    0 if is_needed => drop(members.remove(name)),
                    1 => drop(members.insert(format!("{name}{}", hit.len()), json!(1))),
                    _ => drop(members.insert(name.to_owned(), json!({ "no": [true] }))),
                }
                hit.push(place);
            }
            let read = parse(value.to_string().as_bytes());
            prop_assert_eq!(read.map_or_else(|faults| faults.len(), |_| 0), hit.len(), "{}", value);
        }

        #[test]
        fn mending_ends_whatever_comes(rows in 0..3_usize, cuts in prop::collection::vec((any::<Index>(), any::<Index>()), 0..8)) {
            let mut value = document(rows);
            for (to, from) in cuts {
                let mut all = Vec::new();
                places(&value, "", &mut all);
                let moved = value.pointer(from.get::<String>(&all)).cloned().unwrap_or_default();
                *value.pointer_mut(to.get::<String>(&all)).unwrap() = moved;
            }
            let json = value.to_string();
            let faults = of_object::<RunDocument>(json.as_bytes(), RunDocument::faults);
            prop_assert_eq!(faults.is_empty(), parse(json.as_bytes()).is_ok());
            prop_assert!(faults.iter().all(|fault| !fault.message.contains(" at line ")));
        }
    }
}
