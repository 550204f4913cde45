//! Answers that stand until their organization changes.

use axum::body::Bytes;
use quick_cache::{Weighter, sync::Cache};
use std::hash::Hash;

/// What all answers together may take, in bytes.
const MOST: u64 = 32 * 1024 * 1024;
/// About how long an answer is, in bytes.
const USUAL: u64 = 32 * 1024;
/// What an answer takes beside its bytes: the question, and its place.
const BESIDE: u64 = 1024;

/// An answer, with the number of the last write that it may know of.
#[derive(Debug, Clone)]
struct Answer {
    change: u64,
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
        Self(Cache::with_weighter(usize::try_from(MOST / USUAL).unwrap_or_default(), MOST, ByLength))
    }
}

impl<K: Eq + Hash> Kept<K> {
    /// The answer to a question, when nothing was written since it was worked out; `change` is the number of the last write.
    pub fn get(&self, question: &K, change: u64) -> Option<Bytes> {
        self.0.get(question).filter(|answer| answer.change == change).map(|answer| answer.bytes)
    }

    /// Keeps an answer that was worked out after the number of the last write was read.
    pub fn keep(&self, question: K, change: u64, bytes: Bytes) {
        self.0.insert(question, Answer { change, bytes });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_stands_until_the_next_write() {
        let kept = Kept::default();
        kept.keep(1, 7, Bytes::from_static(b"seven"));
        assert_eq!(kept.get(&1, 7), Some(Bytes::from_static(b"seven")));
        assert_eq!((kept.get(&1, 8), kept.get(&2, 7)), (None, None));
        kept.keep(1, 8, Bytes::from_static(b"eight"));
        assert_eq!((kept.get(&1, 7), kept.get(&1, 8)), (None, Some(Bytes::from_static(b"eight"))));
    }

    #[test]
    fn all_answers_together_are_bounded() {
        let (kept, long) = (Kept::default(), Bytes::from(vec![0; 1024 * 1024]));
        for question in 0..200 {
            kept.keep(question, 1, long.clone());
        }
        let bytes: usize = (0..200).filter_map(|question| kept.get(&question, 1)).map(|bytes| bytes.len()).sum();
        assert!(bytes > 0 && bytes as u64 <= MOST, "{bytes}");
    }
}
