//! Calls of tools: what a model asked for, brought together with the span in which it was done.

use super::{Talk, tree::Tree};
use crate::server::otlp::{
    attributes::{self, TOOL_CALL_ID, TOOL_NAME},
    class::SpanClass,
    messages::{self, Part},
};
use serde_json::Value;
use std::collections::{HashMap, VecDeque};

/// A call of a tool.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Call {
    pub(super) id: Option<String>,
    pub(super) name: String,
    pub(super) arguments: Option<Value>,
    pub(super) result: Option<Value>,
}

/// For each span, the calls that belong to its step: of a tool's span its own, of a model's those that it asked for and
/// that no span tells of.
pub(super) fn calls(tree: &Tree, talks: &[Talk]) -> Vec<Vec<Call>> {
    let results = results(talks);
    let result = |id: &Option<String>| id.as_ref().and_then(|id| results.get(id)).map(|result| (*result).clone());
    let mut asked = Asked::of(tree, talks);
    let mut calls: Vec<Vec<Call>> = tree.nodes.iter().map(|_| Vec::new()).collect();
    for at in tree.places().filter(|at| tree.nodes[*at].class == SpanClass::Tool) {
        let node = &tree.nodes[at];
        let name = attributes::text(node.span, TOOL_NAME)
            .unwrap_or_else(|| node.span.name.strip_prefix("execute_tool ").unwrap_or(&node.span.name).to_owned());
        let id = attributes::text(node.span, TOOL_CALL_ID);
        let is_before = |by: usize| tree.nodes[by].started_at <= node.started_at;
        let wanted = asked.take(id.as_deref(), &name, is_before);
        let (wanted_id, arguments) = wanted.map(|call| (call.id, call.arguments)).unwrap_or_default();
        let id = id.or(wanted_id);
        calls[at].push(Call {
            arguments: talks[at].exchange.input.as_ref().map(|input| unwrapped(input).clone()).or(arguments),
            result: talks[at].exchange.output.as_ref().map(|output| unwrapped(output).clone()).or_else(|| result(&id)),
            id,
            name,
        });
    }
    for (at, call) in asked.calls.into_iter().flatten() {
        calls[at].push(Call { result: result(&call.id), ..call });
    }
    calls
}

/// What a tool was given or answered, without what is put around it: of LangChain the object of a message, by OpenLLMetry
/// also tags and metadata, and of Strands a message.
fn unwrapped(value: &Value) -> &Value {
    let message = value.as_array().filter(|messages| messages.len() == 1).map(|messages| &messages[0]);
    let in_message = || message.filter(|message| message.get("role").is_some())?.get("content");
    let in_metadata =
        || value.get("kwargs").and(value.get("inputs").or_else(|| value.pointer("/output/kwargs/content")));
    let in_object = || value.pointer("/data/tool_call_id").and(value.pointer("/data/content"));
    in_message().or_else(in_metadata).or_else(in_object).unwrap_or(value)
}

/// What models asked for, in order, with the places of the models; what was found is taken out.
struct Asked {
    calls: Vec<Option<(usize, Call)>>,
    by_id: HashMap<String, usize>,
    by_name: HashMap<String, VecDeque<usize>>,
}

impl Asked {
    /// A model that lies in another one repeats its calls.
    fn of(tree: &Tree, talks: &[Talk]) -> Self {
        let mut asked = Self { calls: Vec::new(), by_id: HashMap::new(), by_name: HashMap::new() };
        for at in tree.places().filter(|at| tree.nodes[*at].class.is_model()) {
            for part in messages::calls(tree.nodes[at].span, &talks[at].output) {
                let Part::Call { id, name, arguments } = part else { continue };
                let number = asked.calls.len();
                if let Some(id) = &id {
                    if asked.by_id.contains_key(id) {
                        continue;
                    }
                    asked.by_id.insert(id.clone(), number);
                }
                asked.by_name.entry(name.clone()).or_default().push_back(number);
                asked.calls.push(Some((at, Call { id, name, arguments, result: None })));
            }
        }
        asked
    }

    /// The call of this id; else the first of this name that is left, if it was asked for before. The order in which
    /// tools are asked for is the order in which they are called.
    fn take(&mut self, id: Option<&str>, name: &str, is_before: impl Fn(usize) -> bool) -> Option<Call> {
        if let Some(id) = id {
            let number = *self.by_id.get(id)?;
            return self.calls[number].take().map(|(_, call)| call);
        }
        let numbers = self.by_name.get_mut(name)?;
        while let Some(number) = numbers.front().copied() {
            match &self.calls[number] {
                Some((by, _)) if !is_before(*by) => return None,
                Some(_) => return self.calls[number].take().map(|(_, call)| call),
                None => drop(numbers.pop_front()),
            }
        }
        None
    }
}

/// What tools answered, by the id of the call, as messages tell it.
fn results(talks: &[Talk]) -> HashMap<&String, &Value> {
    let mut results = HashMap::new();
    for part in talks.iter().flat_map(|talk| talk.input.iter().chain(&talk.output)).flat_map(|message| &message.parts) {
        if let Part::Result { id: Some(id), result } = part {
            results.entry(id).or_insert(result);
        }
    }
    results
}
