//! The few runs that are unlike the others: very many steps, very large results, long or awkward messages.

use super::{
    cast::Teammate,
    draw::Draw,
    messages::Tone,
    skills::{CONTRACT_REVIEW, REORDER_PLANNING, Skill, WEEKLY_DIGEST},
};
use crate::domain::{json::Json, step::StepLog};
use serde_json::{Value, json};

/// What is odd about a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Oddity {
    None,
    /// A tool answers with nearly a megabyte.
    HeavyResult,
    /// More than sixty steps.
    ManySteps,
    /// Twelve hundred steps.
    TooManySteps,
    /// Twenty kilobytes of mail.
    LongMessage,
    /// Markup and control signs in the message.
    AwkwardMessage,
    /// The engine keeps the steps in the state and logs none.
    StepsInState,
}

/// How large a heavy result is, in bytes.
const HEAVY: usize = 900 * 1024;

impl Oddity {
    /// The oddity of the run that has `age` newer ones.
    pub const fn of(age: u64) -> Self {
        match age {
            31 | 412 => Self::HeavyResult,
            57 => Self::TooManySteps,
            _ if age % 97 == 40 => Self::ManySteps,
            _ if age % 149 == 17 => Self::LongMessage,
            _ if age % 41 == 13 => Self::AwkwardMessage,
            _ if age % 211 == 60 => Self::StepsInState,
            _ => Self::None,
        }
    }

    /// Who does what in it, when that is not left to chance.
    pub const fn work(self) -> Option<(Teammate, &'static Skill)> {
        match self {
            Self::HeavyResult => Some((Teammate::Sol, &WEEKLY_DIGEST)),
            Self::ManySteps => Some((Teammate::Sol, &CONTRACT_REVIEW)),
            Self::TooManySteps => Some((Teammate::Otis, &REORDER_PLANNING)),
            _ => None,
        }
    }

    /// Whether the run has to go through to the end to be odd.
    pub const fn completes(self) -> bool {
        matches!(self, Self::HeavyResult | Self::TooManySteps | Self::StepsInState)
    }

    /// How the run was asked for, when that is not left to chance.
    pub const fn tone(self) -> Option<Tone> {
        match self {
            Self::LongMessage => Some(Tone::Long),
            Self::AwkwardMessage => Some(Tone::Awkward),
            _ => None,
        }
    }

    /// Over how many items the run goes.
    pub fn items(self, draw: &mut Draw) -> usize {
        let items = match self {
            Self::ManySteps => draw.between(62, 96),
            Self::TooManySteps => 1_195,
            _ => draw.weighted(&[(4, 2), (4, 3), (3, 4), (2, 6), (1, 9), (1, 14)]),
        };
        usize::try_from(items).unwrap_or(1)
    }
}

/// Makes the answer of the first query heavy.
pub fn weigh(steps: &mut [StepLog], draw: &mut Draw) {
    let calls = steps.iter_mut().flat_map(|step| &mut step.tool_calls);
    if let Some(call) = calls.into_iter().find(|call| call.name == "analytics.query") {
        call.result = Some(heavy_result(draw));
    }
}

fn heavy_result(draw: &mut Draw) -> Json {
    let (mut rows, mut size) = (Vec::new(), 0);
    while size < HEAVY {
        let row = json!([
            rows.len() + 1,
            format!("A-{}", draw.between(20_100, 98_999)),
            draw.pick(&["Hamburg", "Łódź", "Orléans", "São Paulo", "大阪"]),
            draw.between(1, 40),
            draw.between(990, 489_000),
            { "returned": draw.chance(4), "note": null },
        ]);
        size += row.to_string().len() + 1;
        rows.push(row);
    }
    Json::from(&json!({ "columns": ["row", "order", "city", "pieces", "cents", "more"], "rows": rows }))
}

/// The steps as an engine keeps them in its state.
pub fn steps_for_state(steps: &[StepLog]) -> Value {
    let kept = |step: &StepLog| {
        json!({
            "id": step.step_id, "name": step.name, "status": step.status,
            "startedAt": step.started_at, "endedAt": step.ended_at,
            "input": step.input.as_ref().map(Json::to_value), "output": step.output.as_ref().map(Json::to_value),
        })
    };
    steps.iter().map(kept).collect()
}
