//! The parts of a kind, each of which a menu tells apart.

use crate::domain::{
    filter::RunFilter,
    preset::{DurationPreset, NumberPreset, TokenPreset},
    range::Range,
    run_facts::RunKind,
};

/// A part of a kind, and of a filter. The search index keeps their bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum Part {
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
            Self::Duration => key_of::<DurationPreset>(kind.duration?)?,
            Self::Tokens => key_of::<TokenPreset>(kind.tokens?)?,
        })
    }

    /// The option that a filter asks for; `None` also where it asks for a range that no menu has.
    pub fn asked(self, filter: &RunFilter) -> Option<String> {
        match self {
            Self::Status => filter.status.map(|status| status.to_string()),
            Self::Source => filter.source.clone(),
            Self::Model => filter.model.clone(),
            Self::Workflow => filter.workflow_id.map(|id| id.to_string()),
            Self::AiEmployee => filter.ai_employee_id.map(|id| id.to_string()),
            Self::Duration => key_of::<DurationPreset>(DurationPreset::whole_class(filter.duration?)?),
            Self::Tokens => key_of::<TokenPreset>(TokenPreset::whole_class(filter.tokens?)?),
        }
    }
}

fn key_of<P: NumberPreset>(class: u8) -> Option<String> {
    P::ALL.get(usize::from(class)).map(|preset| preset.key().to_owned())
}

/// Whether a number of this class can lie in a range.
fn may_lie_in<P: NumberPreset>(range: Option<Range<u64>>, class: Option<u8>) -> bool {
    range.is_none_or(|range| class.is_some_and(|class| P::classes_in(range).contains(&class)))
}
