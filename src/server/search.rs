//! What is found by words (P-23), worked out purely and in one way for both databases: the words of a text, what somebody
//! asks for, the texts of a run, and the stretch of them that is shown for a match.

pub mod document;
mod flat;
pub mod ids;
pub mod options;
pub mod query;
pub mod snippet;
mod taken;
mod words;
