//! Messages that were taken apart into one attribute for each leaf: `llm.input_messages.0.message.role`.

use crate::server::otlp::span::SpanData;
use serde_json::Value;
use std::collections::BTreeMap;

/// The most steps of a path; what has more is not a message.
const MAX_STEPS: usize = 16;
/// Steps of OpenInference that only repeat what the one before them said.
const WRAPPERS: [&str; 3] = ["message", "tool_call", "message_content"];

/// Puts the attributes under `prefix` together again; `None` when there are none.
pub(super) fn gather(span: &SpanData, prefix: &str) -> Option<Value> {
    let under = format!("{prefix}.");
    let mut root = Tree::default();
    for (name, value) in span.attributes.range(under.clone()..).take_while(|(name, _)| name.starts_with(&under)) {
        let steps: Vec<&str> = name[under.len()..].split('.').filter(|step| !WRAPPERS.contains(step)).collect();
        if steps.len() <= MAX_STEPS {
            steps.into_iter().fold(&mut root, |tree, step| tree.children.entry(step.to_owned()).or_default()).leaf =
                Some(value.clone());
        }
    }
    (!root.children.is_empty()).then(|| root.into_value())
}

#[derive(Default)]
struct Tree {
    leaf: Option<Value>,
    children: BTreeMap<String, Tree>,
}

impl Tree {
    fn into_value(self) -> Value {
        if self.children.is_empty() {
            return self.leaf.unwrap_or_default();
        }
        // Some clients leave numbers out, so that only their order counts.
        let numbers: Option<Vec<u32>> = self.children.keys().map(|step| step.parse().ok()).collect();
        if let Some(numbers) = numbers {
            let items: BTreeMap<u32, Self> = numbers.into_iter().zip(self.children.into_values()).collect();
            return items.into_values().map(Self::into_value).collect();
        }
        self.children.into_iter().map(|(step, tree)| (step, tree.into_value())).collect()
    }
}
