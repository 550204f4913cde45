//! The parts of a kind, each of which a menu tells apart.

use crate::domain::{
    filter::RunFilter,
    range::{DurationPreset, NumberPreset, Preset, Range, TokenPreset},
    run_facts::RunKind,
};

/// A part of a kind, and of a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Status,
    Source,
    Model,
    Workflow,
    AiEmployee,
    Duration,
    Tokens,
}

impl Part {
    pub const ALL: [Self; 7] =
        [Self::Status, Self::Source, Self::Model, Self::Workflow, Self::AiEmployee, Self::Duration, Self::Tokens];

    /// Its bit among those of all.
    pub const fn bit(self) -> u8 {
        1 << self as u8
    }

    /// Whether a filter asks for runs of this kind, as far as this part of it goes.
    pub fn allows(self, filter: &RunFilter, kind: &RunKind) -> bool {
        match self {
            Self::Status => filter.status.is_none_or(|status| status == kind.status),
            Self::Source => filter.source.as_ref().is_none_or(|source| *source == kind.source),
            Self::Model => filter.model.is_none() || filter.model == kind.model,
            Self::Workflow => filter.workflow_id.is_none_or(|id| id == kind.workflow_id),
            Self::AiEmployee => filter.ai_employee_id.is_none() || filter.ai_employee_id == kind.ai_employee_id,
            Self::Duration => may_lie_in::<DurationPreset>(filter.duration, kind.duration),
            Self::Tokens => may_lie_in::<TokenPreset>(filter.tokens, kind.tokens),
        }
    }

    /// The option of the menu that runs of a kind have, as the URL writes it.
    pub fn option(self, kind: &RunKind) -> Option<String> {
        Some(match self {
            Self::Status => kind.status.to_string(),
            Self::Source => kind.source.clone(),
            Self::Model => kind.model.clone()?,
            Self::Workflow => kind.workflow_id.to_string(),
            Self::AiEmployee => kind.ai_employee_id?.to_string(),
            Self::Duration => DurationPreset::ALL.get(usize::from(kind.duration?))?.key().to_owned(),
            Self::Tokens => TokenPreset::ALL.get(usize::from(kind.tokens?))?.key().to_owned(),
        })
    }
}

/// Whether a number of this class can lie in a range.
fn may_lie_in<P: NumberPreset>(range: Option<Range<u64>>, class: Option<u8>) -> bool {
    range.is_none_or(|range| class.is_some_and(|class| P::classes_in(range).contains(&class)))
}
