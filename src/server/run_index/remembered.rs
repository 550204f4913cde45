//! What was worked out of a block before, and need not be again: a block does not change.

use quick_cache::sync::Cache;
use std::{
    convert::Infallible,
    hash::Hash,
    sync::{Arc, OnceLock},
};

/// Of how many questions a block knows the answers, of those that are asked most. At some 15 KB each they are an eighth of what
/// a full block itself takes; where nearly all runs take about as long, they are several times as much.
const QUESTIONS: usize = 8;

/// Answers by their questions.
#[derive(Debug)]
pub(super) struct Remembered<Q, A>(OnceLock<Cache<Q, Arc<A>>>);

impl<Q: Clone + Eq + Hash, A> Default for Remembered<Q, A> {
    fn default() -> Self {
        Self(OnceLock::new())
    }
}

impl<Q: Clone + Eq + Hash, A> Remembered<Q, A> {
    /// The answer to a question, worked out where it is not known.
    pub fn answer(&self, question: &Q, work: impl FnOnce() -> A) -> Arc<A> {
        let known = self.0.get_or_init(|| Cache::new(QUESTIONS));
        let Ok(answer) = known.get_or_insert_with(question, || Ok::<_, Infallible>(Arc::new(work())));
        answer
    }
}
