//! Traces of agents, as OpenTelemetry sends them, made into runs. What was sent is kept span by span, and a run is what
//! all spans of it say together, in whatever order they came. Nothing here reads a clock, a store or a request.
//!
//! Names of attributes are those of the GenAI conventions, OpenInference, OpenLLMetry, Vercel's AI SDK and Langfuse as
//! they were in November 2026, every generation of them.

pub mod attributes;
pub mod class;
pub mod identity;
pub mod limits;
pub mod messages;
pub mod receive;
pub mod run;
pub mod span;
pub mod tokens;

#[cfg(test)]
mod tests;
