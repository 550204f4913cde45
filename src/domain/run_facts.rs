//! What of a run decides where it is listed and how it is counted: when it was created, of which kind it is, and its
//! numbers.

use super::{
    cost::Usd,
    ids::{AiEmployeeId, WorkflowId},
    preset::{DurationPreset, NumberPreset, TokenPreset},
    status::RunStatus,
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

/// What is known of one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunFacts {
    pub created_at: Timestamp,
    pub status: RunStatus,
    /// The resolved source, see [`super::source`].
    pub source: String,
    pub model: Option<String>,
    pub workflow_id: WorkflowId,
    pub ai_employee_id: Option<AiEmployeeId>,
    pub duration_ms: Option<i64>,
    pub total_tokens: Option<i64>,
    /// `None` where nobody says what it cost.
    pub cost: Option<Usd>,
}

impl RunFacts {
    /// Which of the menus' options the run has.
    pub fn kind(&self) -> RunKind {
        RunKind {
            status: self.status,
            source: self.source.clone(),
            model: self.model.clone(),
            workflow_id: self.workflow_id,
            ai_employee_id: self.ai_employee_id,
            duration: self.duration_ms.map(class_of::<DurationPreset>),
            tokens: self.total_tokens.map(class_of::<TokenPreset>),
        }
    }
}

/// Runs that no menu tells apart, but by their date, are of one kind.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RunKind {
    pub status: RunStatus,
    pub source: String,
    pub model: Option<String>,
    pub workflow_id: WorkflowId,
    pub ai_employee_id: Option<AiEmployeeId>,
    /// The position of the menu's range in which the duration lies.
    pub duration: Option<u8>,
    /// … and the total of tokens.
    pub tokens: Option<u8>,
}

fn class_of<P: NumberPreset>(number: i64) -> u8 {
    P::class_of(number.try_into().unwrap_or_default())
}
