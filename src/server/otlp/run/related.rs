//! Other runs that a run has to do with: those to whose spans its own have links.

use super::tree::Tree;
use crate::domain::{document::MAX_RELATED, ids::RunId};
use std::collections::HashSet;
use uuid::Uuid;

/// The runs, in the order of the spans that name them, each by its trace: what became of that is known when it is read.
pub fn runs(tree: &Tree, run_id: RunId) -> Vec<RunId> {
    let own: HashSet<_> = tree.nodes.iter().map(|node| node.span.trace_id).collect();
    let links = tree.nodes.iter().flat_map(|node| &node.span.links);
    let others = links.filter(|link| !own.contains(&link.trace_id));
    let mut seen = HashSet::from([run_id]);
    let others = others.map(|link| RunId(Uuid::from_bytes(link.trace_id.to_bytes())));
    others.filter(|id| seen.insert(*id)).take(MAX_RELATED).collect()
}
