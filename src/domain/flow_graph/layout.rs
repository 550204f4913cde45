//! Where the boxes of a flow stand and how its edges run: layers from top to bottom, and what lies inside a node in
//! layers of its own below the node's box.

use super::{BOX_HEIGHT, BOX_WIDTH, Edge, FlowGraph, Frame};
use std::{collections::BTreeMap, iter::successors};

/// Between boxes side by side, and between layers.
const GAP: (i32, i32) = (24, 40);
/// Round what lies inside something.
const PAD: i32 = 20;
/// Between edges that go round the layers, and how many of them get a lane of their own.
const LANE: i32 = 8;
const LANES: i32 = 6;
/// How many nodes without edges stand side by side.
const ABREAST: usize = 3;

/// Which node lies inside which. The number after the last node stands for the whole.
pub struct Tree {
    pub parents: Vec<usize>,
    pub children: Vec<Vec<usize>>,
    depths: Vec<usize>,
    /// The whole, then all nodes from the outside in.
    order: Vec<usize>,
}

impl Tree {
    /// From the parent of each node.
    pub fn new(mut parents: Vec<usize>) -> Self {
        let root = parents.len();
        for node in 0..root {
            // A circle is opened where it is met.
            if successors(Some(node), |node| parents.get(*node).copied()).nth(root + 1).is_some() {
                parents[node] = root;
            }
        }
        let (mut children, mut depths, mut order) = (vec![Vec::new(); root + 1], vec![0; root + 1], vec![root]);
        for (node, parent) in parents.iter().enumerate() {
            children[*parent].push(node);
        }
        for at in 0..=root {
            for &child in &children[order[at]] {
                depths[child] = depths[order[at]] + 1;
                order.push(child);
            }
        }
        Self { parents, children, depths, order }
    }

    /// The two nodes beside one another in or around which these two lie; one node twice if it is around both.
    pub fn side_by_side(&self, mut from: usize, mut to: usize) -> (usize, usize) {
        while self.parents[from] != self.parents[to] {
            let deeper = if self.depths[from] > self.depths[to] { &mut from } else { &mut to };
            *deeper = self.parents[*deeper];
        }
        (from, to)
    }
}

/// Gives everything its place: first the sizes from the inside out, then the places from the outside in.
pub fn lay_out(graph: &mut FlowGraph, tree: &Tree) {
    let layers = layers(&mut graph.edges, tree);
    let (lanes, winding) = lanes(&graph.edges, &layers, tree);
    let (mut blocks, mut ends) = blocks(&layers, &lanes, tree);

    let root = graph.nodes.len();
    (graph.width, graph.height) = (blocks[root].width, blocks[root].height - BOX_HEIGHT);
    // The whole has no box of its own.
    blocks[root].y = -BOX_HEIGHT;
    for &at in &tree.order[1..] {
        let around = blocks[tree.parents[at]];
        let block = &mut blocks[at];
        block.x += around.x;
        block.y += around.y + BOX_HEIGHT;
        ends[at] += around.y + BOX_HEIGHT;
        let node = &mut graph.nodes[at];
        (node.x, node.y) = (block.x + (block.width - BOX_WIDTH) / 2, block.y);
        if !tree.children[at].is_empty() {
            let half = BOX_HEIGHT / 2;
            node.frame = Some(Frame { y: block.y + half, height: block.height - half, ..*block });
        }
    }

    for (edge, lane) in graph.edges.iter_mut().zip(winding) {
        let (from, around) = (blocks[edge.from], blocks[tree.parents[edge.from]]);
        let (start, bottom, end) = (from.x + from.width / 2, from.y + from.height, ends[edge.from]);
        let (to, top) = (graph.nodes[edge.to].x + BOX_WIDTH / 2, graph.nodes[edge.to].y);
        let way = match lane.map(|lane| around.x + around.width - PAD - lane * LANE) {
            None => format!("C{start} {} {to} {} {to} {}", end + 20, top - 24, top - 4),
            Some(lane) => format!("V{}H{lane}V{}H{to}V{}", end + 10, top - 14, top - 4),
        };
        edge.path = format!("M{start} {bottom}V{end}{way}");
    }
}

/// The size of each node with all that is inside and of the whole, with its place in what is around it; and where the
/// layer of each node ends.
fn blocks(layers: &[usize], lanes: &[i32], tree: &Tree) -> (Vec<Frame>, Vec<i32>) {
    let mut blocks = vec![Frame { x: 0, y: 0, width: BOX_WIDTH, height: BOX_HEIGHT }; tree.children.len()];
    let mut ends = vec![0; layers.len()];
    for &level in tree.order.iter().rev().filter(|level| !tree.children[**level].is_empty()) {
        let mut rows: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for &node in &tree.children[level] {
            rows.entry(layers[node]).or_default().push(node);
        }
        let row_width = |row: &Vec<usize>| row.iter().map(|node| blocks[*node].width + GAP.0).sum::<i32>() - GAP.0;
        let widths: Vec<i32> = rows.values().map(row_width).collect();
        let widest = widths.iter().copied().max().unwrap_or_default();
        let mut y = PAD;
        for (row, width) in rows.values().zip(widths) {
            let mut x = PAD + (widest - width) / 2;
            let height = row.iter().map(|node| blocks[*node].height).max().unwrap_or_default();
            for &node in row {
                (blocks[node].x, blocks[node].y, ends[node]) = (x, y, y + height);
                x += blocks[node].width + GAP.0;
            }
            y += height + GAP.1;
        }
        blocks[level].width = widest + 2 * PAD + lanes[level].min(LANES) * LANE;
        blocks[level].height = BOX_HEIGHT + y - GAP.1 + PAD;
    }
    (blocks, ends)
}

/// How many edges go round the layers inside each node, and for each edge that does so, its lane.
fn lanes(edges: &[Edge], layers: &[usize], tree: &Tree) -> (Vec<i32>, Vec<Option<i32>>) {
    let mut lanes = vec![0; tree.children.len()];
    let winding = edges.iter().map(|edge| {
        if !edge.is_back && layers[edge.to] == layers[edge.from] + 1 {
            return None;
        }
        let taken = &mut lanes[tree.parents[edge.from]];
        *taken += 1;
        Some((*taken - 1) % LANES)
    });
    let winding = winding.collect();
    (lanes, winding)
}

/// The layer of each node among those beside it: below all that lead to it, except by an edge back.
fn layers(edges: &mut [Edge], tree: &Tree) -> Vec<usize> {
    let count = tree.parents.len();
    let (mut out, mut has_in) = (vec![Vec::new(); count], vec![false; count]);
    for (at, edge) in edges.iter().enumerate() {
        out[edge.from].push(at);
        has_in[edge.to] = true;
    }
    // First from where the flow begins, so that of a circle it is the way back that is found to be one.
    let mut starts: Vec<usize> = (0..count).collect();
    starts.sort_by_key(|node| has_in[*node]);
    let (mut seen, mut order) = (vec![None; count], Vec::with_capacity(count));
    for start in starts {
        if seen[start].is_none() {
            visit(start, &out, edges, &mut seen, &mut order);
        }
    }
    let mut layers = vec![0; count];
    for node in order.into_iter().rev() {
        for edge in out[node].iter().map(|at| &edges[*at]).filter(|edge| !edge.is_back) {
            layers[edge.to] = layers[edge.to].max(layers[node] + 1);
        }
    }
    for level in &tree.children {
        let alone = level.iter().filter(|node| out[**node].is_empty() && !has_in[**node]);
        for (at, node) in alone.enumerate() {
            layers[*node] = at / ABREAST;
        }
    }
    layers
}

/// Marks the edges back, and lists a node after all to which its other edges lead. No deeper than there are nodes.
fn visit(node: usize, out: &[Vec<usize>], edges: &mut [Edge], seen: &mut [Option<bool>], order: &mut Vec<usize>) {
    seen[node] = Some(true);
    for &at in &out[node] {
        match seen[edges[at].to] {
            None => visit(edges[at].to, out, edges, seen, order),
            Some(is_on_the_way) => edges[at].is_back = is_on_the_way,
        }
    }
    seen[node] = Some(false);
    order.push(node);
}

#[cfg(test)]
mod tests {
    use super::{
        super::{MAX_NODES, Node},
        *,
    };
    use crate::domain::json::Json;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn graph(flow: Value) -> FlowGraph {
        FlowGraph::read(&Json::from(&flow)).unwrap()
    }

    fn edges(pairs: &[(usize, usize)]) -> Vec<Value> {
        pairs.iter().map(|(from, to)| json!({ "from": from, "to": to })).collect()
    }

    /// Boxes by rows, from the left: `a | b c | d`.
    fn rows(graph: &FlowGraph) -> String {
        let mut rows: BTreeMap<i32, Vec<&Node>> = BTreeMap::new();
        for node in &graph.nodes {
            rows.entry(node.y).or_default().push(node);
        }
        let row = |mut row: Vec<&Node>| {
            row.sort_by_key(|node| node.x);
            row.iter().map(|node| node.label.as_str()).collect::<Vec<_>>().join(" ")
        };
        rows.into_values().map(row).collect::<Vec<_>>().join(" | ")
    }

    fn is_apart(one: Frame, other: Frame) -> bool {
        let beside = one.x + one.width <= other.x || other.x + other.width <= one.x;
        beside || one.y + one.height <= other.y || other.y + other.height <= one.y
    }

    fn is_inside(inner: Frame, outer: Frame) -> bool {
        inner.x >= outer.x
            && inner.y >= outer.y
            && inner.x + inner.width <= outer.x + outer.width
            && inner.y + inner.height <= outer.y + outer.height
    }

    fn box_of(node: &Node) -> Frame {
        Frame { x: node.x, y: node.y, width: BOX_WIDTH, height: BOX_HEIGHT }
    }

    /// What must be so of every drawing.
    fn check(graph: &FlowGraph) -> Result<(), TestCaseError> {
        let whole = Frame { x: 0, y: 0, width: graph.width, height: graph.height };
        for (at, node) in graph.nodes.iter().enumerate() {
            prop_assert!(is_inside(box_of(node), whole));
            for other in &graph.nodes[at + 1..] {
                prop_assert!(is_apart(box_of(node), box_of(other)));
            }
            if let Some(around) = node.parent {
                let frame = graph.nodes[around].frame.unwrap();
                prop_assert!(is_inside(node.frame.unwrap_or(box_of(node)), frame) && is_inside(frame, whole));
            }
        }
        for edge in &graph.edges {
            let numbers =
                edge.path.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse::<i32>().ok());
            prop_assert!(!edge.path.contains('-') && numbers.max().unwrap() <= graph.width.max(graph.height));
        }
        Ok(())
    }

    #[test]
    fn nodes_stand_below_what_leads_to_them() {
        for (pairs, expected) in [
            (vec![(0, 1), (1, 2), (2, 3)], "0 | 1 | 2 | 3"),
            (vec![(0, 1), (0, 2), (1, 3), (2, 3), (0, 3)], "0 | 1 2 | 3"),
            (vec![(0, 1), (1, 2), (2, 1), (2, 3)], "0 | 1 | 2 | 3"),
            (vec![(1, 0), (0, 1), (3, 1), (0, 2)], "3 | 1 | 0 | 2"),
            (vec![(3, 0), (0, 3)], "0 1 2 | 3"),
        ] {
            let nodes = ["0", "1", "2", "3"];
            let graph = graph(json!({ "nodes": nodes, "edges": edges(&pairs) }));
            assert_eq!(rows(&graph), expected, "{pairs:?}");
            check(&graph).unwrap();
        }
    }

    #[test]
    fn what_is_inside_stands_in_a_frame_above_what_comes_next() {
        let nodes = json!([
            { "id": "a" }, { "id": "b" }, { "id": "c" },
            { "id": "b1", "parent": "b" }, { "id": "b2", "parent": "b" }, { "id": "b3", "parent": "b2" }
        ]);
        let graph = graph(json!({ "nodes": nodes }));
        assert_eq!(rows(&graph), "a | b | b1 b2 | b3 | c");
        assert_eq!(graph.nodes.iter().filter(|node| node.frame.is_some()).count(), 2);
        check(&graph).unwrap();
    }

    #[test]
    fn a_flow_of_any_shape_is_drawn() {
        let last = MAX_NODES - 1;
        let flat: Vec<Value> = (0..MAX_NODES).map(Value::from).collect();
        let circle = (0..MAX_NODES).map(|id| (id, (id + 1) % MAX_NODES)).collect();
        let star = (1..MAX_NODES).map(|id| (0, id)).collect();
        let inside = |parent: fn(usize) -> usize| {
            (0..MAX_NODES).map(|id| json!({ "id": id, "parent": parent(id) })).collect::<Vec<Value>>()
        };
        for (nodes, pairs) in [
            (flat.clone(), vec![]),
            (flat.clone(), circle),
            (flat, star),
            (inside(|id| id.saturating_sub(1)), vec![(0, last), (last, 0)]),
            (inside(|id| (id + 1) % MAX_NODES), vec![(0, 0), (0, 1)]),
        ] {
            let graph = graph(json!({ "nodes": nodes, "edges": edges(&pairs) }));
            assert_eq!(graph.nodes.len(), MAX_NODES);
            check(&graph).unwrap();
        }
    }

    proptest! {
        #[test]
        fn no_box_lies_on_another_or_outside(
            parents in proptest::collection::vec(proptest::option::of(0..16_usize), 1..=12),
            pairs in proptest::collection::vec((0..12_usize, 0..12_usize), 0..30),
        ) {
            let node = |(id, parent): (usize, &Option<usize>)| json!({ "id": id, "parent": parent });
            let nodes: Vec<_> = parents.iter().enumerate().map(node).collect();
            let count = nodes.len();
            let graph = graph(json!({ "nodes": nodes, "edges": edges(&pairs) }));
            prop_assert_eq!(graph.nodes.len(), count);
            check(&graph)?;
        }
    }
}
