//! The spans of a run in the order of their beginning, each with the one above it.

use crate::{
    domain::time::Timestamp,
    server::otlp::{
        attributes,
        class::SpanClass,
        span::{Span, SpanData, SpanId, TraceId},
    },
};
use chrono::TimeDelta;
use std::{
    collections::{HashMap, HashSet},
    iter,
};

/// How far the clock of a client may be ahead of ours.
const MAX_AHEAD: TimeDelta = TimeDelta::minutes(5);

/// The spans of a run. There is at least one.
pub struct Tree<'a> {
    /// By their start, one above another before it.
    pub nodes: Vec<Node<'a>>,
    pub started_at: Timestamp,
    /// The last start or end of any span.
    pub last_seen_at: Timestamp,
    /// When the last span came.
    pub received_at: Timestamp,
}

/// One span of a run.
pub struct Node<'a> {
    pub span: &'a SpanData,
    /// The id of its step, unique in the run.
    pub id: String,
    pub class: SpanClass,
    /// Times, held within what can be.
    pub started_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    /// Where the span above it stands; none for one whose parent never came or which would lie inside itself.
    pub parent: Option<usize>,
    /// How many are above it.
    pub depth: usize,
}

impl<'a> Tree<'a> {
    /// Puts spans in order; `None` when there are only log records without theirs.
    pub fn new(spans: &'a [Span]) -> Option<Self> {
        let mut whole: Vec<&Span> = spans.iter().filter(|span| span.is_whole()).collect();
        whole.sort_by_key(|span| key(&span.data));
        let parents = parents(&whole);
        let depths = depths(&parents);
        let mut order: Vec<usize> = (0..whole.len()).collect();
        order.sort_by_key(|at| (whole[*at].data.started_at, depths[*at], key(&whole[*at].data)));
        let mut places = vec![0; order.len()];
        for (place, at) in order.iter().enumerate() {
            places[*at] = place;
        }
        let mut seen = HashSet::new();
        let nodes: Vec<Node> = order
            .iter()
            .map(|at| {
                let span = &whole[*at].data;
                let (started_at, ended_at) = held_times(whole[*at]);
                Node {
                    span,
                    // Spans of two traces may have one id.
                    id: if seen.insert(span.span_id) {
                        span.span_id.to_string()
                    } else {
                        format!("{}-{}", span.trace_id, span.span_id)
                    },
                    class: SpanClass::of(span),
                    started_at,
                    ended_at,
                    parent: parents[*at].map(|parent| places[parent]),
                    depth: depths[*at],
                }
            })
            .collect();
        Some(Self {
            started_at: nodes.iter().map(|node| node.started_at).min()?,
            last_seen_at: nodes.iter().map(|node| node.ended_at.unwrap_or(node.started_at)).max()?,
            received_at: spans.iter().map(Span::received_at).max()?,
            nodes,
        })
    }

    /// All that lie around a span, from the inside.
    pub fn above(&self, at: usize) -> impl Iterator<Item = usize> {
        iter::successors(self.nodes[at].parent, |at| self.nodes[*at].parent)
    }

    /// The root with which the run began: of an agent's, else any.
    pub fn first_root(&self) -> Option<usize> {
        self.roots().min_by_key(|at| (!self.nodes[*at].class.is_ai(), *at))
    }

    /// The root with which the run ends, which is another one only when the run has several traces. One that has no end
    /// yet comes last.
    pub fn last_root(&self) -> Option<usize> {
        let end = |node: &Node| node.ended_at.unwrap_or(Timestamp::MAX);
        self.roots().max_by_key(|at| (self.nodes[*at].class.is_ai(), end(&self.nodes[*at]), *at))
    }

    /// The outermost span that came from another process, whose parent may be sent to somebody else.
    pub fn entry(&self) -> Option<usize> {
        self.places().find(|at| self.nodes[*at].parent.is_none() && self.nodes[*at].span.has_remote_parent)
    }

    /// A root and then the agents, the outermost first.
    pub fn outermost(&self, root: Option<usize>) -> impl Iterator<Item = usize> {
        let mut agents: Vec<usize> =
            self.places().filter(|at| self.nodes[*at].class.is_agent() && Some(*at) != root).collect();
        agents.sort_by_key(|at| self.nodes[*at].depth);
        root.into_iter().chain(agents)
    }

    /// The first of several attributes that any span has, for each name the root's first and then in order.
    pub fn text(&self, names: &[&str]) -> Option<String> {
        let root = self.first_root();
        let places: Vec<usize> = root.into_iter().chain(self.places()).collect();
        names.iter().find_map(|name| places.iter().find_map(|at| attributes::text(self.nodes[*at].span, &[name])))
    }

    /// Where the spans stand.
    pub fn places(&self) -> std::ops::Range<usize> {
        0..self.nodes.len()
    }

    fn roots(&self) -> impl Iterator<Item = usize> {
        self.places().filter(|at| self.nodes[*at].span.parent_id.is_none())
    }
}

/// The start of a span, at most so far ahead, and the end as long after it as was told.
fn held_times(span: &Span) -> (Timestamp, Option<Timestamp>) {
    let started_at = span.data.started_at.min(span.received_at().plus(MAX_AHEAD));
    let took = |end: Timestamp| TimeDelta::microseconds((end.micros() - span.data.started_at.micros()).max(0));
    (started_at, span.data.ended_at.map(|end| started_at.plus(took(end))))
}

fn key(span: &SpanData) -> (TraceId, SpanId) {
    (span.trace_id, span.span_id)
}

/// Where the parent of each stands.
fn parents(spans: &[&Span]) -> Vec<Option<usize>> {
    let places: HashMap<_, _> = spans.iter().enumerate().map(|(at, span)| (key(&span.data), at)).collect();
    let mut parents: Vec<Option<usize>> =
        spans.iter().map(|span| places.get(&(span.data.trace_id, span.data.parent_id?)).copied()).collect();
    // What lies inside itself has no place: the first of each circle stands on top.
    let mut is_placed = vec![false; spans.len()];
    for at in 0..spans.len() {
        let mut way = HashSet::new();
        let mut next = Some(at);
        while let Some(here) = next.filter(|here| !is_placed[*here]) {
            if !way.insert(here) {
                parents[here] = None;
                break;
            }
            next = parents[here];
        }
        for here in way {
            is_placed[here] = true;
        }
    }
    parents
}

fn depths(parents: &[Option<usize>]) -> Vec<usize> {
    let mut depths: Vec<Option<usize>> = vec![None; parents.len()];
    for at in 0..parents.len() {
        let mut way = Vec::new();
        let mut next = Some(at);
        while let Some(here) = next.filter(|here| depths[*here].is_none()) {
            way.push(here);
            next = parents[here];
        }
        let above = next.and_then(|known| depths[known]).map_or(0, |depth| depth + 1);
        for (here, depth) in way.into_iter().rev().zip(above..) {
            depths[here] = Some(depth);
        }
    }
    depths.into_iter().map(Option::unwrap_or_default).collect()
}
