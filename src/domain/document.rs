//! A run as an engine writes it: the document of the contract, checked, and what is derived from it.

mod check;
mod faults;
mod node;
mod read;

pub use check::{MAX_COUNT, MAX_ID_CHARS, MAX_MEMBER_BYTES, MAX_NAME_CHARS, MAX_RELATED, MAX_ROWS};
pub use read::{parse, read, read_rows};

use super::{
    cost::{self, CostLine, Usd},
    ids::{AiEmployeeId, ConversationId, RunId, WorkflowId},
    json::Json,
    objects,
    status::RunStatus,
    step::{Attachment, StepLog, VoiceTranscript},
    time::Timestamp,
    whole,
};
use postcard_schema::Schema;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt};
use utoipa::ToSchema;

/// A whole run. All but `status` and `created_at` may be absent; an unknown member is an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RunDocument {
    /// In a stream of documents; where the path names the run it is the same or left out.
    #[serde(default)]
    #[schema(ignore)]
    pub id: Option<RunId>,
    /// As `id`.
    #[serde(default)]
    #[schema(ignore)]
    pub workflow_id: Option<WorkflowId>,
    #[serde(default)]
    #[schema(max_length = 400)]
    pub workflow_name: Option<String>,
    #[serde(default)]
    pub ai_employee_id: Option<AiEmployeeId>,
    #[serde(default)]
    #[schema(max_length = 400)]
    pub ai_employee_name: Option<String>,
    #[serde(default)]
    pub conversation_id: Option<ConversationId>,
    #[serde(default)]
    #[schema(max_length = 400)]
    pub conversation_title: Option<String>,
    #[serde(default)]
    #[schema(max_length = 400)]
    pub conversation_channel: Option<String>,
    #[serde(default)]
    #[schema(max_length = 400)]
    pub channel: Option<String>,
    #[serde(default)]
    #[schema(max_length = 400)]
    pub trigger_id: Option<String>,
    #[serde(default)]
    pub trigger_url: Option<String>,
    #[serde(default)]
    #[schema(max_length = 400)]
    pub model: Option<String>,
    pub status: RunStatus,
    pub created_at: Timestamp,
    #[serde(default)]
    pub started_at: Option<Timestamp>,
    #[serde(default)]
    pub completed_at: Option<Timestamp>,
    #[serde(default)]
    pub failed_at: Option<Timestamp>,
    #[serde(default)]
    pub suspended_at: Option<Timestamp>,
    #[serde(default)]
    pub cancelled_at: Option<Timestamp>,
    /// The engine's clock when it wrote this; an older document never replaces a newer one.
    #[serde(default)]
    pub updated_at: Option<Timestamp>,
    #[serde(default, deserialize_with = "whole::optional")]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64)]
    pub duration_ms: Option<i64>,
    #[serde(default)]
    pub input_message: Option<String>,
    #[serde(default)]
    pub output_message: Option<String>,
    #[serde(default)]
    pub error_message: Option<String>,
    #[serde(default)]
    #[schema(value_type = serde_json::Value)]
    pub flow: Option<Json>,
    #[serde(default)]
    #[schema(value_type = serde_json::Value)]
    pub state: Option<Json>,
    #[serde(default, deserialize_with = "objects::rows")]
    pub steps: Vec<StepLog>,
    #[serde(default, deserialize_with = "objects::rows")]
    pub token_history: Vec<TokenUsage>,
    #[serde(default, deserialize_with = "objects::rows")]
    pub attachments: Vec<Attachment>,
    #[serde(default, deserialize_with = "objects::rows")]
    pub voice_transcripts: Vec<VoiceTranscript>,
    /// Other runs that it has to do with, here or not.
    #[serde(default)]
    #[schema(max_items = 100)]
    pub related_runs: Vec<RunId>,
}

/// What one call of a model cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenUsage {
    #[schema(min_length = 1, max_length = 128)]
    pub id: String,
    #[schema(max_length = 400)]
    pub key_type: String,
    #[serde(default)]
    #[schema(max_length = 400)]
    pub model: Option<String>,
    #[serde(default, deserialize_with = "whole::number")]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64)]
    pub input_tokens: i64,
    #[serde(default, deserialize_with = "whole::number")]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64)]
    pub output_tokens: i64,
    #[serde(default, deserialize_with = "whole::number")]
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64)]
    pub cached_input_tokens: i64,
    /// `null` where nobody says what it cost, which is not nothing.
    #[serde(default)]
    pub usd_cost: Option<Usd>,
}

/// The most faults that are named at once.
const MAX_FAULTS: usize = 100;

/// What is wrong with one member of a document or one parameter of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Schema, ToSchema)]
pub struct Fault {
    /// The path of the member, or the name of the parameter.
    pub param: String,
    pub message: String,
}

impl Fault {
    /// A fault of `param`.
    pub fn new(param: impl Into<String>, message: impl Into<String>) -> Self {
        Self { param: param.into(), message: message.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.param.is_empty() { f.write_str(&self.message) } else { write!(f, "{}: {}", self.param, self.message) }
    }
}

/// The totals over the token history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenTotals {
    pub input: i64,
    pub output: i64,
}

impl TokenTotals {
    /// Both together.
    pub const fn total(self) -> i64 {
        self.input + self.output
    }
}

impl RunDocument {
    /// A run of which nothing else is known.
    pub const fn new(status: RunStatus, created_at: Timestamp) -> Self {
        Self {
            id: None,
            workflow_id: None,
            workflow_name: None,
            ai_employee_id: None,
            ai_employee_name: None,
            conversation_id: None,
            conversation_title: None,
            conversation_channel: None,
            channel: None,
            trigger_id: None,
            trigger_url: None,
            model: None,
            status,
            created_at,
            started_at: None,
            completed_at: None,
            failed_at: None,
            suspended_at: None,
            cancelled_at: None,
            updated_at: None,
            duration_ms: None,
            input_message: None,
            output_message: None,
            error_message: None,
            flow: None,
            state: None,
            steps: Vec::new(),
            token_history: Vec::new(),
            attachments: Vec::new(),
            voice_transcripts: Vec::new(),
            related_runs: Vec::new(),
        }
    }

    /// What the document says of its ids that is not what the path says.
    pub fn strays_from(&self, run_id: RunId, workflow_id: WorkflowId) -> Vec<Fault> {
        let strays = [
            ("id", self.id.is_some_and(|id| id != run_id)),
            ("workflow_id", self.workflow_id.is_some_and(|id| id != workflow_id)),
        ];
        let strays = strays.into_iter().filter(|(_, strays)| *strays);
        strays.map(|(name, _)| Fault::new(name, "is not the one in the path")).collect()
    }

    /// When the run came to its end; `None` while it has none.
    pub fn finished_at(&self) -> Option<Timestamp> {
        [self.completed_at, self.failed_at, self.cancelled_at].into_iter().flatten().max()
    }

    /// The duration given, else the end less the start, in milliseconds.
    pub fn duration(&self) -> Option<i64> {
        let measured = || Some(self.finished_at()?.millis_since(self.started_at.unwrap_or(self.created_at)).max(0));
        self.duration_ms.or_else(measured)
    }

    /// The sums of the token history for each kind of key, in the order of their names.
    pub fn costs(&self) -> Vec<CostLine> {
        let mut lines: BTreeMap<&str, CostLine> = BTreeMap::new();
        for usage in &self.token_history {
            let line = lines.entry(&usage.key_type).or_insert_with(|| CostLine::none(&usage.key_type));
            line.input_tokens += usage.input_tokens;
            line.output_tokens += usage.output_tokens;
            line.cached_input_tokens += usage.cached_input_tokens;
            line.usd_cost = cost::add(line.usd_cost, usage.usd_cost);
        }
        lines.into_values().collect()
    }

    /// The sums of the token history; `None` when there is none.
    pub fn token_totals(&self) -> Option<TokenTotals> {
        (!self.token_history.is_empty()).then(|| TokenTotals {
            input: self.token_history.iter().map(|usage| usage.input_tokens).sum(),
            output: self.token_history.iter().map(|usage| usage.output_tokens).sum(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(members: &str) -> RunDocument {
        parse(format!(r#"{{ "status": "completed", "created_at": "2026-11-21T14:00:00Z"{members} }}"#).as_bytes())
            .unwrap()
    }

    #[test]
    fn costs_are_summed_for_each_kind_of_key() {
        let costs = document(
            r#", "token_history": [{ "id": "a", "key_type": "platform", "input_tokens": 3, "usd_cost": 0.5 },
                                   { "id": "b", "key_type": "own", "output_tokens": 2 },
                                   { "id": "c", "key_type": "platform", "input_tokens": 4, "usd_cost": 0.25 }]"#,
        )
        .costs();
        let [own, platform] = costs.as_slice() else { panic!("{costs:?}") };
        assert_eq!((own.key_type.as_str(), own.output_tokens, own.usd_cost), ("own", 2, None));
        assert_eq!((platform.input_tokens, platform.usd_cost), (7, Some(Usd::from_nanos(750_000_000))));
        assert_eq!(document("").costs(), []);
    }

    #[test]
    fn the_duration_is_given_or_measured() {
        let times = |more: &str| document(&format!(r#", "completed_at": "2026-11-21T14:00:09Z"{more}"#)).duration();
        assert_eq!(times(""), Some(9_000));
        assert_eq!(times(r#", "started_at": "2026-11-21T14:00:02Z""#), Some(7_000));
        assert_eq!(times(r#", "duration_ms": 5"#), Some(5));
    }
}
