//! Answers that stand until their organization changes.

use super::store::Stamp;
use axum::body::Bytes;
use quick_cache::{
    DefaultHashBuilder, OptionsBuilder, Weighter,
    sync::{Cache, DefaultLifecycle},
};
use std::hash::Hash;

/// What all answers together may take, in bytes.
const MOST: u64 = 32 * 1024 * 1024;
/// About how long an answer is, in bytes.
const USUAL: u64 = 32 * 1024;
/// What an answer takes beside its bytes: the question, and its place.
const BESIDE: u64 = 4 * 1024;
/// Parts by themselves, of which each has its share; an answer must fit into one.
const SHARDS: usize = 4;

/// An answer, with the moment that it was worked out after.
#[derive(Debug, Clone)]
struct Answer {
    stamp: Stamp,
    bytes: Bytes,
}

#[derive(Debug, Clone)]
struct ByLength;

impl<K> Weighter<K, Answer> for ByLength {
    fn weight(&self, _: &K, answer: &Answer) -> u64 {
        answer.bytes.len() as u64 + BESIDE
    }
}

/// Answers by their questions. Those that are asked for least go when there are too many.
#[derive(Debug)]
pub struct Kept<K>(Cache<K, Answer, ByLength>);

impl<K: Eq + Hash> Default for Kept<K> {
    fn default() -> Self {
        let items = usize::try_from(MOST / USUAL).unwrap_or_default();
        let options = OptionsBuilder::new()
            .estimated_items_capacity(items)
            .weight_capacity(MOST)
            .shards(SHARDS)
            .build()
            .expect("all that is needed is said");
        Self(Cache::with_options(options, ByLength, DefaultHashBuilder::default(), DefaultLifecycle::default()))
    }
}

impl<K: Eq + Hash> Kept<K> {
    /// The answer to a question, when nothing has changed since.
    pub fn get(&self, question: &K, stamp: Stamp) -> Option<Bytes> {
        self.0.get(question).filter(|answer| answer.stamp == stamp).map(|answer| answer.bytes)
    }

    /// Keeps an answer that was worked out after the stamp was read.
    pub fn keep(&self, question: K, stamp: Stamp, bytes: Bytes) {
        self.0.insert(question, Answer { stamp, bytes });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_stands_until_the_next_write() {
        let (kept, [seven, eight]) = (Kept::default(), [7, 8].map(Stamp::of_write));
        kept.keep(1, seven, Bytes::from_static(b"seven"));
        assert_eq!(kept.get(&1, seven), Some(Bytes::from_static(b"seven")));
        assert_eq!((kept.get(&1, eight), kept.get(&2, seven)), (None, None));
        kept.keep(1, eight, Bytes::from_static(b"eight"));
        assert_eq!((kept.get(&1, seven), kept.get(&1, eight)), (None, Some(Bytes::from_static(b"eight"))));
    }

    #[test]
    fn all_answers_together_are_bounded() {
        let (kept, long) = (Kept::default(), Bytes::from(vec![0; 1024 * 1024]));
        for question in 0..200 {
            kept.keep(question, Stamp::default(), long.clone());
        }
        let bytes: usize =
            (0..200).filter_map(|question| kept.get(&question, Stamp::default())).map(|bytes| bytes.len()).sum();
        assert!(bytes > 0 && bytes as u64 <= MOST, "{bytes}");
    }
}
