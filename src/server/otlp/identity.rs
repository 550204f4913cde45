//! Which run a span belongs to, and the ids that follow from what clients say.

use super::{
    attributes::{self, RUN_ID},
    span::{Span, SpanData, SpanId, TraceId},
};
use crate::domain::ids::{OrganizationId, RunId};
use std::collections::{BTreeSet, HashMap, HashSet};
use uuid::Uuid;

/// What makes spans one run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RunKey {
    /// The id that the engine gave the run; its spans may be of several traces.
    Named(String),
    Trace(TraceId),
}

/// One run of one organization.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct RunIdentity {
    pub organization_id: OrganizationId,
    pub key: RunKey,
}

impl RunIdentity {
    /// The id of the run: the one that the engine gave, where that is text one made of it; else the bytes of the trace
    /// id, so that a pasted trace id finds the run.
    pub fn run_id(&self) -> RunId {
        match &self.key {
            RunKey::Named(name) => RunId(id_of(self.organization_id, name)),
            RunKey::Trace(trace_id) => RunId(Uuid::from_bytes(trace_id.to_bytes())),
        }
    }
}

/// A UUID as it is, any other text as one made of it that is the same every time in an organization.
pub fn id_of(organization_id: OrganizationId, text: &str) -> Uuid {
    text.parse().unwrap_or_else(|_| Uuid::new_v5(&organization_id.0, text.as_bytes()))
}

/// The run of every span of a trace, in the order of `spans`, which are all that are known of that trace. A span belongs
/// to the run that it names or else the nearest span above it; where none of these does, to the only run that the trace
/// names, else to the run that is the trace. So an answer may change when more of the trace is known.
pub fn run_keys(trace_id: TraceId, spans: &[Span]) -> Vec<RunKey> {
    let named: HashMap<SpanId, String> =
        spans.iter().filter_map(|span| Some((span.data.span_id, named_run(&span.data)?))).collect();
    let parents: HashMap<SpanId, SpanId> =
        spans.iter().filter_map(|span| Some((span.data.span_id, span.data.parent_id?))).collect();
    let distinct: BTreeSet<&String> = named.values().collect();
    let fallback = match distinct.first() {
        Some(only) if distinct.len() == 1 => RunKey::Named((*only).clone()),
        _ => RunKey::Trace(trace_id),
    };
    // With one name or none at all, where a span stands does not matter.
    if distinct.len() < 2 {
        return vec![fallback; spans.len()];
    }
    let mut known: HashMap<SpanId, RunKey> = HashMap::new();
    for span in spans {
        let (mut at, mut passed) = (span.data.span_id, HashSet::new());
        let key = loop {
            if let Some(key) = known.get(&at) {
                break key.clone();
            }
            if let Some(name) = named.get(&at) {
                break RunKey::Named(name.clone());
            }
            // A circle of parents leads nowhere.
            match parents.get(&at) {
                Some(parent) if passed.insert(at) => at = *parent,
                _ => break fallback.clone(),
            }
        };
        known.extend(passed.into_iter().map(|passed| (passed, key.clone())));
        known.insert(span.data.span_id, key);
    }
    spans.iter().map(|span| known.get(&span.data.span_id).cloned().unwrap_or_else(|| fallback.clone())).collect()
}

/// The run that a span names itself.
fn named_run(span: &SpanData) -> Option<String> {
    attributes::text(span, RUN_ID)
}
