//! The state of a run, as an engine of ours would have written it.

use super::{names::Names, tree::Tree};
use crate::{
    domain::json::Json,
    server::otlp::{attributes::STATE_PREFIX, limits},
};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What all pairs of a state may take together, in bytes of JSON.
const MAX_PAIRS: usize = 512 * 1024;
/// The key by which a conversation is found as its client calls it.
const CONVERSATION: &str = "external_conversation_id";

/// `runtimeContext` with the user and the pairs of `alloy.state.*`, and who took part; `None` when all of it is empty.
pub(super) fn state(tree: &Tree, names: &Names) -> Option<Json> {
    let mut pairs = BTreeMap::new();
    let root = tree.first_root();
    for at in root.into_iter().chain(tree.places()) {
        let attributes = tree.nodes[at].span.attributes.range(STATE_PREFIX.to_owned()..);
        for (name, value) in attributes.map_while(|(name, value)| Some((name.strip_prefix(STATE_PREFIX)?, value))) {
            pairs.entry(name.to_owned()).or_insert_with(|| value.clone());
        }
    }
    if let Some(external) = &names.external_conversation_id {
        pairs.insert(CONVERSATION.to_owned(), Value::String(external.clone()));
    }
    let mut left = MAX_PAIRS;
    let pairs: Map<String, Value> = pairs
        .into_iter()
        .filter_map(|(name, value)| {
            let (name, value) = (limits::name(&name)?, without_nul(value));
            left = left.checked_sub(Json::from(&json!({ &name: &value })).as_str().len())?;
            Some((name, value))
        })
        .collect();
    let mut state = Map::new();
    if names.participants.len() > 1 {
        state.insert("participants".to_owned(), json!(names.participants));
    }
    let mut context = Map::new();
    if let Some(user) = names.user.as_deref().and_then(limits::name) {
        context.insert("userId".to_owned(), Value::String(user));
    }
    if !pairs.is_empty() {
        context.insert("state".to_owned(), Value::Object(pairs));
    }
    if !context.is_empty() {
        state.insert("runtimeContext".to_owned(), Value::Object(context));
    }
    (!state.is_empty()).then(|| Json::from(&Value::Object(state)))
}

/// A value that can be asked for cannot hold U+0000; one inside another is none of these.
fn without_nul(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(limits::text(&text)),
        other => other,
    }
}
