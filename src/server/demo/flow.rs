//! The flow of a skill as it was when the run started. All runs of one version carry the same text.

use super::skills::{Skill, Work};
use crate::domain::json::Json;
use serde_json::{Value, json};

/// The version that was published when a run of this age in days was created.
pub const fn version(days_old: i64) -> u8 {
    match days_old {
        ..8 => 3,
        8..20 => 2,
        _ => 1,
    }
}

/// The nodes and edges of a version.
pub fn snapshot(skill: &Skill, version: u8) -> Json {
    let steps: Vec<_> = skill.steps.iter().filter(|step| step.since <= version).collect();
    let nodes: Vec<Value> = steps
        .iter()
        .map(|step| {
            let mut node = json!({ "id": step.id, "name": step.name, "type": step.work.kind() });
            if let Work::Tool(tool) = step.work {
                node["tool"] = json!(tool);
                node["retries"] = json!(1);
            }
            if let Work::Group { lanes } = step.work {
                node["lanes"] = json!(lanes);
            }
            if let Some(parent) = step.parent {
                node["parent"] = json!(parent);
            }
            node
        })
        .collect();
    let outer: Vec<&str> = steps.iter().filter(|step| step.parent.is_none()).map(|step| step.id).collect();
    let edges: Vec<Value> = outer.windows(2).map(|pair| json!({ "from": pair[0], "to": pair[1] })).collect();
    Json::from(&json!({
        "name": skill.name,
        "version": version,
        "trigger": skill.trigger,
        "limits": { "minutes": 60, "tokens": 120_000 },
        "nodes": nodes,
        "edges": edges,
    }))
}
