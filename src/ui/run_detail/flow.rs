//! The flow as it was when the run started: drawn with the path that was taken, and as JSON.

use super::{flow_graph::FlowGraphView, payload::PayloadView};
use crate::domain::{
    flow_graph::FlowGraph,
    payload::{Payload, PayloadKey, RunPayload},
    run::{Flow, Run},
    step::StepLog,
};
use leptos::prelude::*;
use std::sync::Arc;

/// The flow. One that cannot be drawn, or did not come with the run, is JSON alone.
#[component]
pub fn FlowPart(
    run: Run,
    steps: Vec<Arc<StepLog>>,
    /// How many the run has.
    total: u64,
) -> impl IntoView {
    let flow = if let Flow::Read(flow) = run.flow { flow } else { None };
    let graph = flow.as_ref().and_then(FlowGraph::read);
    let drawing = graph.map(|graph| {
        let taken = graph.taken(&steps);
        view! { <FlowGraphView graph taken is_whole=steps.len() as u64 == total /> }
    });
    view! {
        {drawing}
        <PayloadView key=PayloadKey::Run(RunPayload::Flow) label="Flow" payload=flow.map(Payload::Json) />
    }
}
