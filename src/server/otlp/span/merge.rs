//! Several accounts of one span made into one, the same in whatever order they come.

use super::{Event, Link, Span, SpanData};
use crate::domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{cmp::Ordering, mem};

/// Which of two accounts is believed, the greater one: a span before a log record, one with an end, the later end, the
/// later receipt. What is left is decided by what they say, so that the order in which they come never does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Rank {
    is_whole: bool,
    #[serde(default, with = "super::micros::optional")]
    ended_at: Option<Timestamp>,
    #[serde(with = "super::micros")]
    received_at: Timestamp,
    digest: u64,
}

impl Rank {
    pub(super) fn of(data: &SpanData, is_whole: bool, received_at: Timestamp) -> Self {
        let digest = Sha256::digest(text(data));
        let digest = digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte));
        Self { is_whole, ended_at: data.ended_at, received_at, digest }
    }

    pub(super) const fn received_at(self) -> Timestamp {
        self.received_at
    }

    pub(super) const fn is_whole(self) -> bool {
        self.is_whole
    }
}

impl Span {
    /// Adds another account of the same span; whether it said anything new, beyond when it came. Attributes, events and
    /// links of both stay; where both have an attribute, the believed one's.
    pub fn merge(&mut self, mut other: Self) -> bool {
        let before = self.data.clone();
        if other.rank > self.rank {
            mem::swap(self, &mut other);
        }
        for (key, value) in other.data.attributes {
            let theirs = other.older.get(&key).copied().unwrap_or(other.rank);
            let ours = self.data.attributes.contains_key(&key).then(|| self.rank_of(&key));
            if ours.is_none_or(|ours| theirs > ours) {
                self.data.attributes.insert(key.clone(), value);
                self.older.insert(key, theirs);
            }
        }
        self.data.events.append(&mut other.data.events);
        self.data.links.append(&mut other.data.links);
        self.data.put_in_order();
        self.data != before
    }

    fn rank_of(&self, key: &str) -> Rank {
        self.older.get(key).copied().unwrap_or(self.rank)
    }
}

impl SpanData {
    /// Puts events and links into their order, each once.
    pub fn put_in_order(&mut self) {
        let by_time = |one: &Event, two: &Event| (one.at, one.number).cmp(&(two.at, two.number));
        self.events.sort_by(|one, two| by_time(one, two).then_with(|| by_text(one, two)));
        self.events.dedup();
        let by_id = |one: &Link, two: &Link| (one.trace_id, one.span_id).cmp(&(two.trace_id, two.span_id));
        self.links.sort_by(|one, two| by_id(one, two).then_with(|| by_text(one, two)));
        self.links.dedup();
    }
}

fn by_text<T: Serialize>(one: &T, two: &T) -> Ordering {
    text(one).cmp(&text(two))
}

/// A value in memory, whose keys are text, as JSON; it can always be written.
fn text<T: Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}
