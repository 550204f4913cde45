//! How many runs each option of each filter would give.

use super::{
    RunIndex,
    asked::{Asked, Part},
};
use crate::domain::{
    facets::{Facets, OptionCounts},
    filter::RunFilter,
    range::{DatePreset, DurationPreset, Preset, TokenPreset},
    run_facts::RunKind,
    time::Timestamp,
};

impl RunIndex {
    /// The counts of all options under a filter, at a moment to which the dates are relative; `None` when the filter asks
    /// for more than is known here.
    pub fn facets(&self, filter: &RunFilter, now: Timestamp) -> Option<Facets> {
        let asked = self.ask(filter)?;
        let of_time = |filter: &RunFilter| Some(self.runs_by_kind(&self.ask(&without_kinds(filter))?.of_all_kinds()));
        let runs = of_time(filter)?;
        // Where a range is asked for that is no option, its own menu counts without it.
        let of_durations = if asked.has_free_duration() {
            of_time(&RunFilter { duration: None, ..filter.clone() })?
        } else {
            runs.clone()
        };
        let of_tokens = if asked.has_free_tokens() {
            of_time(&RunFilter { tokens: None, ..filter.clone() })?
        } else {
            runs.clone()
        };
        let mut facets = Facets {
            started: self.runs_by_date(&asked, now),
            duration: self.options(filter, Part::Duration, &of_durations),
            tokens: self.options(filter, Part::Tokens, &of_tokens),
            ..Facets::default()
        };
        for (part, counts) in [
            (Part::Status, &mut facets.status),
            (Part::Source, &mut facets.channel),
            (Part::Model, &mut facets.model),
            (Part::Workflow, &mut facets.workflow_id),
            (Part::AiEmployee, &mut facets.ai_employee_id),
        ] {
            *counts = self.options(filter, part, &runs);
        }
        Some(facets)
    }

    /// The counts of one menu's options: of the runs that all other parts of the filter allow.
    fn options(&self, filter: &RunFilter, part: Part, runs: &[u64]) -> OptionCounts {
        let mut counts = OptionCounts::new();
        for (kind, runs) in self.kinds.iter().zip(runs).filter(|(_, runs)| **runs > 0) {
            let is_allowed = |other: &Part| *other == part || other.allows(filter, kind);
            if Part::ALL.iter().all(is_allowed)
                && let Some(option) = option_of(part, kind)
            {
                *counts.entry(option).or_default() += runs;
            }
        }
        counts
    }

    /// How many runs of each kind there are, by its number.
    fn runs_by_kind(&self, asked: &Asked) -> Vec<u64> {
        let mut runs = vec![0; self.kinds.len()];
        for (_, block) in self.blocks.in_order() {
            if asked.covers(block) == Some(true) && asked.is_by_kind() {
                for (kind, count) in block.kinds() {
                    runs[kind.index()] += u64::from(count);
                }
            } else {
                for entry in asked.entries_in(block) {
                    runs[entry.kind.index()] += 1;
                }
            }
        }
        runs
    }

    fn runs_by_date(&self, asked: &Asked, now: Timestamp) -> OptionCounts {
        let count = |preset: &DatePreset| {
            let runs = self.count(&asked.created_in(preset.at(now)));
            (runs > 0).then(|| (preset.key().to_owned(), runs))
        };
        DatePreset::ALL.iter().filter_map(count).collect()
    }
}

/// What is left of a filter when the kinds of runs do not matter: their time, and ranges that are no option of a menu.
fn without_kinds(filter: &RunFilter) -> RunFilter {
    RunFilter { started: filter.started, duration: filter.duration, tokens: filter.tokens, ..RunFilter::default() }
}

/// The option of a menu that runs of a kind have, as the URL writes it.
fn option_of(part: Part, kind: &RunKind) -> Option<String> {
    Some(match part {
        Part::Status => kind.status.to_string(),
        Part::Source => kind.source.clone(),
        Part::Model => kind.model.clone()?,
        Part::Workflow => kind.workflow_id.to_string(),
        Part::AiEmployee => kind.ai_employee_id?.to_string(),
        Part::Duration => DurationPreset::ALL.get(usize::from(kind.duration?))?.key().to_owned(),
        Part::Tokens => TokenPreset::ALL.get(usize::from(kind.tokens?))?.key().to_owned(),
    })
}
