//! Tokens and money, each counted once. Agents repeat what their models used, so that only the innermost calls of models
//! count, and what agents say only where no model says anything.

use super::{
    attributes::{
        self, AGENT_CACHED_TOKENS, AGENT_INPUT_TOKENS, AGENT_OUTPUT_TOKENS, CACHE_WRITE_TOKENS, CACHED_TOKENS, COST,
        COST_DETAILS, INPUT_TOKENS, KEY_TYPE, LANGFUSE_INPUT_TOKENS, OUTPUT_TOKENS,
    },
    limits,
    run::tree::{Node, Tree},
    span::SpanData,
};
use crate::domain::{
    cost::{self as money, MAX_DOLLARS, Usd},
    document::{MAX_ROWS, TokenUsage},
};
use serde_json::Value;

/// The key type of what was paid for elsewhere.
const EXTERNAL: &str = "external";
/// The id of a row for all that there is no row for.
const REST: &str = "rest";

/// What one span says that it used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Usage {
    input: i64,
    output: i64,
    cached: i64,
    cost: Option<Usd>,
}

/// One row for each call of a model that used anything.
pub fn token_history(tree: &Tree) -> Vec<TokenUsage> {
    let mut rows = of_models(tree);
    if rows.is_empty() {
        let outermost =
            tree.nodes.iter().filter(|node| node.class.is_agent()).filter(|node| Usage::of_agent(node.span).is_some());
        let outermost = outermost.min_by_key(|node| node.depth);
        rows.extend(
            outermost.and_then(|node| Some((Usage::of_agent(node.span)?, node))).map(|(usage, node)| row(usage, node)),
        );
    }
    if rows.iter().all(|row| row.usd_cost.is_none()) {
        rows.extend(cost_of_the_whole(tree));
    }
    held(rows)
}

/// The model that wrote most of a run's output.
pub fn main_model(rows: &[TokenUsage], tree: &Tree) -> Option<String> {
    let mut totals = std::collections::BTreeMap::<&str, i64>::new();
    for (model, row) in rows.iter().filter_map(|row| Some((row.model.as_deref()?, row))) {
        *totals.entry(model).or_default() += row.output_tokens;
    }
    let most = totals.iter().rev().max_by_key(|(_, output)| **output).map(|(model, _)| (*model).to_owned());
    most.or_else(|| tree.nodes.iter().find_map(|node| limits::name(&attributes::model(node.span)?)))
}

fn of_models(tree: &Tree) -> Vec<TokenUsage> {
    let usages: Vec<Option<Usage>> =
        tree.nodes.iter().map(|node| Usage::of_model(node.span).filter(|_| node.class.is_model())).collect();
    // What lies around a call that was counted repeats it.
    let mut is_around = vec![false; usages.len()];
    for at in (0..usages.len()).filter(|at| usages[*at].is_some()) {
        for around in tree.above(at) {
            if std::mem::replace(&mut is_around[around], true) {
                break;
            }
        }
    }
    let counted = tree.nodes.iter().zip(usages).zip(is_around).filter(|(_, is_around)| !is_around);
    counted.filter_map(|((node, usage), _)| Some(row(usage?, node))).collect()
}

fn row(usage: Usage, node: &Node) -> TokenUsage {
    TokenUsage {
        id: node.id.clone(),
        key_type: key_type(node.span),
        model: attributes::model(node.span).and_then(|model| limits::name(&model)),
        input_tokens: limits::count(usage.input),
        output_tokens: limits::count(usage.output),
        cached_input_tokens: limits::count(usage.cached),
        usd_cost: usage.cost,
    }
}

fn key_type(span: &SpanData) -> String {
    attributes::text(span, KEY_TYPE).and_then(|text| limits::name(&text)).unwrap_or_else(|| EXTERNAL.to_owned())
}

/// A row without tokens for what the outermost span that names a cost says of the whole.
fn cost_of_the_whole(tree: &Tree) -> Option<TokenUsage> {
    let named =
        tree.nodes.iter().filter(|node| !node.class.is_model()).filter_map(|node| Some((cost(node.span)?, node)));
    let (cost, node) = named.min_by_key(|(_, node)| node.depth)?;
    let mut row = row(Usage { input: 0, output: 0, cached: 0, cost: Some(cost) }, node);
    // The same span may have a row for its tokens.
    row.id = format!("{}-cost", row.id);
    row.model = None;
    Some(row)
}

/// No more rows, and no more money together, than a run may have.
fn held(mut rows: Vec<TokenUsage>) -> Vec<TokenUsage> {
    let mut left = MAX_DOLLARS * 1_000_000_000;
    for row in &mut rows {
        row.usd_cost = row.usd_cost.map(|cost| Usd::from_nanos(cost.nanos().min(left)));
        left -= row.usd_cost.map_or(0, Usd::nanos);
    }
    if rows.len() > MAX_ROWS {
        let more = rows.split_off(MAX_ROWS - 1);
        let sum = |count: fn(&TokenUsage) -> i64| limits::count(more.iter().map(count).sum());
        rows.push(TokenUsage {
            id: REST.to_owned(),
            key_type: EXTERNAL.to_owned(),
            model: None,
            input_tokens: sum(|row| row.input_tokens),
            output_tokens: sum(|row| row.output_tokens),
            cached_input_tokens: sum(|row| row.cached_input_tokens),
            usd_cost: more.iter().map(|row| row.usd_cost).fold(None, money::add),
        });
    }
    rows
}

impl Usage {
    fn of_model(span: &SpanData) -> Option<Self> {
        let usage = Self::read(span, INPUT_TOKENS, OUTPUT_TOKENS, CACHED_TOKENS)?;
        let in_langfuse = || {
            INPUT_TOKENS.iter().find(|name| attributes::count(span, &[name]).is_some()) == Some(&LANGFUSE_INPUT_TOKENS)
        };
        // Langfuse counts by price, so that what was cached is not among the rest.
        if usage.cached > usage.input || in_langfuse() {
            let written = attributes::count(span, CACHE_WRITE_TOKENS).map_or(0, limits::count);
            return Some(Self { input: usage.input + usage.cached + written, ..usage });
        }
        Some(usage)
    }

    fn of_agent(span: &SpanData) -> Option<Self> {
        Self::read(span, AGENT_INPUT_TOKENS, AGENT_OUTPUT_TOKENS, AGENT_CACHED_TOKENS)
    }

    fn read(span: &SpanData, input: &[&str], output: &[&str], cached: &[&str]) -> Option<Self> {
        let count = |names: &[&str]| attributes::count(span, names).map(limits::count);
        let (input, output, cached, cost) = (count(input), count(output), count(cached), cost(span));
        let is_said = input.is_some() || output.is_some() || cost.is_some();
        is_said.then(|| Self {
            input: input.unwrap_or(0),
            output: output.unwrap_or(0),
            cached: cached.unwrap_or(0),
            cost,
        })
    }
}

/// What a span says that it cost. Without a word of the client nothing is known: prices change, and a guess would be
/// taken for a fact.
fn cost(span: &SpanData) -> Option<Usd> {
    COST.iter().find_map(|name| dollars(&*attributes::value(span, name)?)).or_else(|| {
        let details = attributes::value(span, COST_DETAILS)?;
        let details = attributes::parsed(&details);
        let amounts: Vec<Usd> = details.as_object()?.values().filter_map(dollars).collect();
        (!amounts.is_empty())
            .then(|| Usd::from_nanos(amounts.iter().fold(0, |sum, amount| sum.saturating_add(amount.nanos()))))
    })
}

fn dollars(value: &Value) -> Option<Usd> {
    let number: f64 = match value {
        Value::Number(number) => number.as_f64()?,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    serde_json::from_value(number.into()).ok()
}
