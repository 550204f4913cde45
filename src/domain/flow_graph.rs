//! The flow of a run as a graph: read from what the engine wrote, laid out from top to bottom, with the path that the
//! run took.

mod layout;

use super::{json::Json, step::StepLog, text::cut};
use layout::Tree;
use serde_json::Value;
use std::{
    borrow::Borrow,
    collections::{HashMap, HashSet},
    iter::successors,
};

/// How many nodes a flow may have to be drawn.
pub const MAX_NODES: usize = 200;
/// How many edges it may have.
const MAX_EDGES: usize = 1_000;
/// The size of a node's box.
pub const BOX_WIDTH: i32 = 200;
pub const BOX_HEIGHT: i32 = 36;
/// How much of a name is kept, and how much of it fits into a box, in characters.
const LABEL_CHARS: usize = 120;
const BOX_CHARS: usize = 24;

/// A flow, laid out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FlowGraph {
    pub nodes: Vec<Node>,
    pub edges: Vec<Edge>,
    pub width: i32,
    pub height: i32,
}

/// A step of the flow and the corner of its box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    id: String,
    pub label: String,
    /// The node inside which this one lies.
    parent: Option<usize>,
    pub x: i32,
    pub y: i32,
    /// What encloses the nodes inside this one; it begins behind the box.
    pub frame: Option<Frame>,
}

/// A rectangle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame {
    pub x: i32,
    pub y: i32,
    pub width: i32,
    pub height: i32,
}

/// What leads from one node to another one beside it. An edge into or out of a frame leads from or to the frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    from: usize,
    pub to: usize,
    /// Whether it closes a circle.
    is_back: bool,
    /// The `d` of a path that ends just above the middle of the box of `to`.
    pub path: String,
}

/// What became of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    NotReached,
    Taken,
    Failed,
}

/// The path of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// For each node.
    pub nodes: Vec<Reach>,
    /// For each edge, whether the run went along it.
    pub edges: Vec<bool>,
    /// The path in words.
    pub words: String,
}

impl Taken {
    /// Whether any step is known to have run.
    pub fn is_known(&self) -> bool {
        self.nodes.iter().any(|node| *node != Reach::NotReached)
    }
}

impl Node {
    /// The label, cut to fit the box.
    pub fn short(&self) -> String {
        match cut(&self.label, BOX_CHARS) {
            short if short.len() < self.label.len() => format!("{}…", cut(short, BOX_CHARS - 1).trim_end()),
            whole => whole.to_owned(),
        }
    }
}

impl FlowGraph {
    /// Reads a flow; `None` when it has no nodes that we can find, or too many to draw.
    pub fn read(flow: &Json) -> Option<Self> {
        let flow = flow.to_value();
        let (entries, is_list) = ["nodes", "steps"].iter().find_map(|key| entries(flow.get(key)?))?;
        let mut index = HashMap::new();
        let mut nodes = Vec::new();
        let mut values = Vec::new();
        for (id, value) in entries {
            if !index.contains_key(&id) {
                index.insert(id.clone(), nodes.len());
                nodes.push(Node { label: label(value, &id), id, parent: None, x: 0, y: 0, frame: None });
                values.push(value);
            }
        }
        let known = |value: &Value| index.get(&id(value)?).copied();
        let side = |value: &Value, keys: &[&str]| keys.iter().find_map(|key| known(value.get(key)?));
        let root = nodes.len();
        let parent = |value: &&Value| side(value, &["parent", "parent_id", "parentId"]).unwrap_or(root);
        let tree = Tree::new(values.iter().map(parent).collect());
        for (node, parent) in nodes.iter_mut().zip(&tree.parents) {
            node.parent = Some(*parent).filter(|parent| *parent != root);
        }

        let written = ["edges", "connections", "links"].iter().filter_map(|key| flow.get(key)?.as_array()).flatten();
        let ends = |edge: &Value| match edge.as_array().map(Vec::as_slice) {
            Some([from, to]) => Some((known(from)?, known(to)?)),
            _ => Some((side(edge, &["from", "source"])?, side(edge, &["to", "target"])?)),
        };
        let mut pairs: Vec<_> = written.filter_map(ends).collect();
        if pairs.is_empty() {
            for (from, next) in values.iter().enumerate().filter_map(|(from, value)| Some((from, value.get("next")?))) {
                let next = next.as_array().map_or(std::slice::from_ref(next), Vec::as_slice);
                pairs.extend(next.iter().filter_map(|to| Some((from, known(to)?))));
            }
        }
        // The members of an object are in no order.
        if pairs.is_empty() && is_list {
            pairs = tree.children[root].windows(2).map(|pair| (pair[0], pair[1])).collect();
        }

        let mut seen = HashSet::new();
        let pairs = pairs.into_iter().map(|(from, to)| tree.side_by_side(from, to));
        let edges: Vec<Edge> = pairs
            .filter(|(from, to)| from != to && seen.insert((*from, *to)))
            .map(|(from, to)| Edge { from, to, is_back: false, path: String::new() })
            .take(MAX_EDGES + 1)
            .collect();
        if edges.len() > MAX_EDGES {
            return None;
        }
        let mut graph = Self { nodes, edges, width: 0, height: 0 };
        layout::lay_out(&mut graph, &tree);
        Some(graph)
    }

    /// Which way a run with these steps took. A step is found by its id in the flow, or else by a name that only one
    /// node has.
    pub fn taken(&self, steps: &[impl Borrow<StepLog>]) -> Taken {
        let mut ids = HashMap::new();
        let mut names = HashMap::new();
        for (at, node) in self.nodes.iter().enumerate() {
            ids.insert(node.id.as_str(), at);
            names.entry(node.label.as_str()).and_modify(|only| *only = None).or_insert(Some(at));
        }
        let mut nodes = vec![Reach::NotReached; self.nodes.len()];
        let mut times = vec![0_usize; self.nodes.len()];
        let mut order = Vec::new();
        for step in steps.iter().map(Borrow::borrow).filter(|step| was_reached(step)) {
            let by_id = step.step_id.as_deref().and_then(|id| ids.get(id).copied());
            let by_name = || names.get(cut(step.name.as_deref()?.trim(), LABEL_CHARS)).copied().flatten();
            let Some(at) = by_id.or_else(by_name) else { continue };
            if times[at] == 0 {
                order.push(at);
            }
            times[at] += 1;
            nodes[at] = if step.has_failed() || nodes[at] == Reach::Failed { Reach::Failed } else { Reach::Taken };
        }
        // An engine may log no step for what encloses others.
        for at in &order {
            for around in successors(self.nodes[*at].parent, |at| self.nodes[*at].parent) {
                if nodes[around] == Reach::NotReached {
                    nodes[around] = Reach::Taken;
                }
            }
        }
        // Who went back came by twice.
        let is_taken = |edge: &Edge| {
            let [from, to] = [edge.from, edge.to].map(|end| nodes[end] != Reach::NotReached);
            from && to && (!edge.is_back || times[edge.to] > 1)
        };
        let edges = self.edges.iter().map(is_taken).collect();
        let word = |at: &usize| match nodes[*at] {
            Reach::Failed => format!("{} (failed)", self.nodes[*at].label),
            _ => self.nodes[*at].label.clone(),
        };
        let words = match order.as_slice() {
            [] => "Path not known".to_owned(),
            order => format!("Path taken: {}", order.iter().map(word).collect::<Vec<_>>().join(", ")),
        };
        Taken { nodes, edges, words }
    }
}

/// The nodes with their ids, and whether they were written as a list.
fn entries(nodes: &Value) -> Option<(Vec<(String, &Value)>, bool)> {
    let entries: Vec<_> = match nodes {
        Value::Array(nodes) if nodes.len() <= MAX_NODES => {
            nodes.iter().filter_map(|node| Some((id(node)?, node))).collect()
        }
        Value::Object(nodes) if nodes.len() <= MAX_NODES => nodes.iter().map(|(id, node)| (id.clone(), node)).collect(),
        _ => return None,
    };
    (!entries.is_empty()).then_some((entries, nodes.is_array()))
}

/// An id that is written as such or as a member.
fn id(value: &Value) -> Option<String> {
    text(value).or_else(|| ["id", "step_id", "key"].iter().find_map(|key| text(value.get(key)?)))
}

fn label(node: &Value, id: &str) -> String {
    let name = ["name", "label", "title"].iter().find_map(|key| text(node.get(key)?));
    cut(name.as_deref().unwrap_or(id).trim(), LABEL_CHARS).to_owned()
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()).filter(|text| !text.trim().is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Whether a step that was logged also began.
fn was_reached(step: &StepLog) -> bool {
    match step.status.as_deref() {
        Some("skipped" | "pending") => false,
        Some("cancelled") => step.started_at.is_some(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn graph(flow: &Value) -> Option<FlowGraph> {
        FlowGraph::read(&Json::from(flow))
    }

    /// `id>id` of every edge, with `~` before an edge back.
    fn edges(graph: &FlowGraph) -> String {
        let edge = |edge: &Edge| {
            let [from, to] = [edge.from, edge.to].map(|end| graph.nodes[end].id.as_str());
            format!("{}{from}>{to}", if edge.is_back { "~" } else { "" })
        };
        graph.edges.iter().map(edge).collect::<Vec<_>>().join(" ")
    }

    fn steps(steps: &Value) -> Vec<StepLog> {
        steps.as_array().unwrap().iter().map(|step| serde_json::from_str(&step.to_string()).unwrap()).collect()
    }

    #[test]
    fn reads_what_engines_write() {
        let nodes = json!([{ "id": "a" }, { "step_id": "b" }, { "key": "c" }, { "name": "no id" }, { "id": "a" }]);
        for (flow, expected) in [
            (json!({ "nodes": nodes, "edges": [{ "from": "a", "to": "c" }, ["c", "b"], ["a", "c"]] }), "a>c c>b"),
            (json!({ "steps": nodes, "links": [{ "source": { "id": "b" }, "target": "a" }] }), "b>a"),
            (json!({ "nodes": nodes, "connections": [["a", "b"], ["b", "a"], ["a", "a"], ["a", "z"]] }), "a>b ~b>a"),
            (json!({ "nodes": nodes, "edges": [] }), "a>b b>c"),
            (json!({ "nodes": nodes, "edges": { "a": "b" } }), "a>b b>c"),
            (json!({ "nodes": "none", "steps": ["x", 7] }), "x>7"),
            (json!({ "nodes": { "b": { "next": ["a", "c", "z"] }, "a": { "next": "c" }, "c": null } }), "a>c b>a b>c"),
            (json!({ "steps": { "b": {}, "a": {} } }), ""),
            (json!({ "nodes": ["a", { "id": "b", "parent": "a" }, { "id": "c", "parent": "b" }, "d"] }), "a>d"),
            (
                json!({
                    "nodes": ["a", { "id": "b", "parent": "a" }, { "id": "c", "parent": "a" }, "d"],
                    "edges": [["a", "b"], ["b", "c"], ["c", "a"], ["c", "d"], ["a", "d"]]
                }),
                "b>c a>d",
            ),
        ] {
            assert_eq!(graph(&flow).map(|graph| edges(&graph)).as_deref(), Some(expected), "{flow}");
        }
        let all = |count: usize| (0..count).collect::<Vec<_>>();
        let pairs: Vec<_> = (0..40).flat_map(|from| (0..40).map(move |to| [from, to])).collect();
        for flow in [
            json!(null),
            json!([1]),
            json!({ "nodes": [] }),
            json!({ "nodes": [{ "name": "a" }] }),
            json!({ "nodes": all(MAX_NODES + 1) }),
            json!({ "nodes": all(40), "edges": pairs }),
        ] {
            assert_eq!(graph(&flow), None);
        }
    }

    #[test]
    fn a_node_is_called_by_its_name_or_its_id() {
        let long = "Look up what the customer bought";
        for (node, label, short) in [
            (json!({ "id": "a", "name": " ", "title": " Read " }), "Read", "Read"),
            (json!("a"), "a", "a"),
            (json!({ "id": "a", "label": long }), long, "Look up what the custom…"),
        ] {
            let node = graph(&json!({ "nodes": [node] })).unwrap().nodes.remove(0);
            assert_eq!((node.label.as_str(), node.short().as_str()), (label, short));
        }
    }

    #[test]
    fn the_path_is_what_the_logged_steps_say() {
        let flow = json!({
            "nodes": [
                { "id": "read", "name": "Read" }, { "id": "each" }, { "id": "book", "parent": "each", "name": "Book" },
                { "id": "ask", "name": "Ask" }, { "id": "end", "name": "End" }
            ],
            "edges": [["read", "each"], ["each", "ask"], ["each", "end"], ["each", "read"]]
        });
        let graph = graph(&flow).unwrap();
        let all = json!([
            { "id": "1", "step_id": "read" },
            { "id": "2", "step_id": "other", "name": "Book", "status": "failed" },
            { "id": "3", "step_id": "book", "status": "completed" },
            { "id": "4", "step_id": "ask", "status": "skipped" },
            { "id": "5", "step_id": "end" }
        ]);
        let taken = graph.taken(&steps(&all));
        assert_eq!(taken.nodes, [Reach::Taken, Reach::Taken, Reach::Failed, Reach::NotReached, Reach::Taken]);
        assert_eq!(taken.edges, [true, false, true, false]);
        assert_eq!(taken.words, "Path taken: Read, Book (failed), End");

        let twice = json!([
            { "id": "1", "step_id": "read" }, { "id": "2", "step_id": "each" }, { "id": "3", "step_id": "read" }
        ]);
        let again = graph.taken(&steps(&twice));
        assert_eq!(again.edges, [true, false, false, true]);
        let unknown = graph.taken(&steps(&json!([{ "id": "read" }])));
        assert_eq!((unknown.is_known(), unknown.words.as_str()), (false, "Path not known"));
    }
}
