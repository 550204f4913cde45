//! The flow of a run, drawn, with the path that the run took: SVG without a style of its own, which the policy of the
//! page would refuse.

use crate::domain::flow_graph::{BOX_HEIGHT, BOX_WIDTH, Edge, FlowGraph, Node, Reach, Taken};
use leptos::prelude::*;

/// The drawing of a flow. `is_whole` says whether `taken` was worked out from all steps of the run.
#[component]
pub fn FlowGraphView(graph: FlowGraph, taken: Taken, is_whole: bool) -> impl IntoView {
    let is_known = taken.is_known();
    let has_off = taken.nodes.contains(&Reach::NotReached) || taken.edges.contains(&false);
    let note = match (is_known, has_off) {
        (false, _) => Some("No logged step is known to be one of this flow."),
        (true, true) if is_whole => Some("Dashed: not taken."),
        (true, true) => Some("Dashed: not taken by the steps that were loaded."),
        (true, false) => None,
    };
    let frames = graph.nodes.iter().filter_map(|node| node.frame).map(|frame| {
        view! { <rect class="flow-frame" x=frame.x y=frame.y width=frame.width height=frame.height rx="8"></rect> }
    });
    // What the run went along is drawn over the rest.
    let mut edges: Vec<_> = graph.edges.iter().zip(taken.edges).collect();
    edges.sort_by_key(|(_, is_taken)| *is_taken);
    let edges = edges.into_iter().map(|(edge, is_taken)| {
        let class = match (is_known, is_taken) {
            (false, _) => "flow-edge",
            (true, true) => "flow-edge flow-edge-taken",
            (true, false) => "flow-edge flow-off",
        };
        arrow(edge, &graph.nodes[edge.to], class)
    });
    let boxes = graph.nodes.iter().zip(taken.nodes).map(|(node, reach)| {
        let reach = is_known.then_some(reach);
        view! { <Step node=node.clone() reach /> }
    });
    let (width, height) = (graph.width, graph.height);
    view! {
        <div class="flow" role="group" aria-label="Flow" tabindex="0">
            <svg
                class="flow-drawing"
                role="img"
                aria-label=taken.words
                viewBox=format!("0 0 {width} {height}")
                width=width
                height=height
            >
                {frames.collect_view()}
                {edges.collect_view()}
                {boxes.collect_view()}
            </svg>
        </div>
        {note.map(|note| view! { <p class="flow-note">{note}</p> })}
    }
}

/// An edge and its tip, which touches the box below.
fn arrow(edge: &Edge, to: &Node, class: &'static str) -> impl IntoView + use<> {
    let tip = format!("M{} {}h8l-4 7z", to.x + BOX_WIDTH / 2 - 4, to.y - 7);
    view! {
        <g class=class>
            <path class="flow-line" d=edge.path.clone()></path>
            <path class="flow-tip" d=tip></path>
        </g>
    }
}

/// A box; an SVG inside the other, because that cuts what is too long. No `reach`: nothing is known of the path.
#[component]
fn Step(node: Node, reach: Option<Reach>) -> impl IntoView {
    const ROUND: &str = "M12 18a4 4 0 1 0 8 0a4 4 0 1 0-8 0";
    // A disc, a cross or a ring.
    let (class, mark) = match reach {
        Some(Reach::Taken) => ("flow-step flow-step-taken", Some(ROUND)),
        Some(Reach::Failed) => ("flow-step flow-step-failed", Some("m12 14 8 8m0-8-8 8")),
        Some(Reach::NotReached) => ("flow-step flow-off", Some(ROUND)),
        None => ("flow-step", None),
    };
    let short = node.short();
    view! {
        <svg class=class x=node.x y=node.y width=BOX_WIDTH height=BOX_HEIGHT>
            <title>{node.label}</title>
            <rect x="1" y="1" width=BOX_WIDTH - 2 height=BOX_HEIGHT - 2 rx="6"></rect>
            {mark.map(|mark| view! { <path class="flow-mark" d=mark></path> })}
            <text x="28" y=BOX_HEIGHT / 2 dominant-baseline="central">
                {short}
            </text>
        </svg>
    }
}
