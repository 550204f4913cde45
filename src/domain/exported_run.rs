//! A run as an export has it (P-52): what a list shows, its messages whole.

use super::{
    cost::Usd,
    ids::{AiEmployeeId, ConversationId, RunId, WorkflowId},
    status::RunStatus,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One line of an export. The members are the columns of a table in this order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ExportedRun {
    pub id: RunId,
    pub created_at: Timestamp,
    pub started_at: Option<Timestamp>,
    /// When it completed, failed or was cancelled.
    pub finished_at: Option<Timestamp>,
    pub status: RunStatus,
    pub workflow_id: WorkflowId,
    pub workflow_name: String,
    pub ai_employee_id: Option<AiEmployeeId>,
    pub ai_employee_name: Option<String>,
    /// The resolved source, as the filter of this name has it.
    pub channel: String,
    pub conversation_id: Option<ConversationId>,
    pub trigger_id: Option<String>,
    pub model: Option<String>,
    pub duration_ms: Option<i64>,
    pub input_tokens: Option<i64>,
    pub output_tokens: Option<i64>,
    pub total_tokens: Option<i64>,
    /// `null` where nobody says what it cost.
    pub usd_cost: Option<Usd>,
    pub input_message: Option<String>,
    pub output_message: Option<String>,
    pub error_message: Option<String>,
    /// Why it failed, in a sentence.
    pub failure: Option<String>,
}

impl ExportedRun {
    /// The names of the members, which are the head of a table.
    pub const COLUMNS: [&str; 22] = [
        "id",
        "created_at",
        "started_at",
        "finished_at",
        "status",
        "workflow_id",
        "workflow_name",
        "ai_employee_id",
        "ai_employee_name",
        "channel",
        "conversation_id",
        "trigger_id",
        "model",
        "duration_ms",
        "input_tokens",
        "output_tokens",
        "total_tokens",
        "usd_cost",
        "input_message",
        "output_message",
        "error_message",
        "failure",
    ];

    /// The same for a program that calculates: no text that was written by others begins like a formula.
    #[must_use]
    pub fn without_formulas(self) -> Self {
        let text = |text: Option<String>| text.map(without_formula);
        Self {
            workflow_name: without_formula(self.workflow_name),
            ai_employee_name: text(self.ai_employee_name),
            channel: without_formula(self.channel),
            trigger_id: text(self.trigger_id),
            model: text(self.model),
            input_message: text(self.input_message),
            output_message: text(self.output_message),
            error_message: text(self.error_message),
            failure: text(self.failure),
            ..self
        }
    }
}

/// An apostrophe before what would be a formula, as OWASP has it for CSV injection.
fn without_formula(text: String) -> String {
    let is_number = text.parse().is_ok_and(f64::is_finite);
    if !is_number && text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']) {
        format!("'{text}")
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn no_text_of_others_is_a_formula() {
        let run = json!({
            "id": "7f1c9b1e-52d0-4b8e-9c3a-0d4f5a6b7c8d", "created_at": "2026-11-21T14:00:00Z", "started_at": null,
            "finished_at": null, "status": "failed", "workflow_id": "7f1c9b1e-52d0-4b8e-9c3a-0d4f5a6b7c8d",
            "workflow_name": "=1+1", "ai_employee_id": null, "ai_employee_name": "+31 20", "channel": "-x",
            "conversation_id": null, "trigger_id": "@sum", "model": "\tm", "duration_ms": 5, "input_tokens": null,
            "output_tokens": null, "total_tokens": null, "usd_cost": 0.5, "input_message": "a=b", "output_message": "\r=x",
            "error_message": "＝x", "failure": "-12.5"
        });
        let run: ExportedRun = serde_json::from_value(run).unwrap();
        let Value::Object(written) = json!(run) else { panic!("it is an object") };
        assert_eq!(written.len(), ExportedRun::COLUMNS.len());
        let safe = run.without_formulas();
        assert_eq!((safe.workflow_name.as_str(), safe.ai_employee_name.as_deref()), ("'=1+1", Some("'+31 20")));
        assert_eq!(
            (safe.channel.as_str(), safe.trigger_id.as_deref(), safe.model.as_deref()),
            ("'-x", Some("'@sum"), Some("'\tm"))
        );
        assert_eq!((safe.input_message.as_deref(), safe.output_message.as_deref()), (Some("a=b"), Some("'\r=x")));
        assert_eq!((safe.error_message.as_deref(), safe.failure.as_deref()), (Some("'＝x"), Some("-12.5")));
        assert_eq!(without_formula("-inf".to_owned()), "'-inf");
    }
}
