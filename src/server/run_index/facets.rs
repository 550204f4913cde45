//! How many runs each option of each filter would give.

use super::{RunIndex, asked::Asked, part::Part};
use crate::domain::{
    facets::{Facets, OptionCounts},
    filter::RunFilter,
    preset::{DatePreset, Preset},
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
        let misfits = self.kinds.misfits(filter);
        let options = |part: Part, runs: &[u64]| self.options(part, &misfits, runs);
        Some(Facets {
            status: options(Part::Status, &runs),
            channel: options(Part::Source, &runs),
            model: options(Part::Model, &runs),
            workflow_id: options(Part::Workflow, &runs),
            ai_employee_id: options(Part::AiEmployee, &runs),
            started: self.runs_by_date(&asked, now),
            duration: options(Part::Duration, &of_durations),
            tokens: options(Part::Tokens, &of_tokens),
        })
    }

    /// The counts of one menu's options: of the runs that all other parts of the filter allow.
    fn options(&self, part: Part, misfits: &[u8], runs: &[u64]) -> OptionCounts {
        let is_allowed = |misfits: u8| misfits & !part.bit() == 0;
        let allowed = runs.iter().zip(misfits).map(|(runs, misfits)| if is_allowed(*misfits) { *runs } else { 0 });
        self.kinds.by_option(part, allowed).map(|(option, runs)| (option.to_owned(), runs)).collect()
    }

    /// How many runs of each kind there are, by its number.
    fn runs_by_kind(&self, asked: &Asked) -> Vec<u64> {
        let mut runs = vec![0; self.kinds.len()];
        for group in self.blocks.groups() {
            if asked.is_all_of(group.span()) {
                for (runs, count) in runs.iter_mut().zip(group.kinds()) {
                    *runs += count;
                }
                continue;
            }
            for block in group.blocks() {
                if asked.is_all_of(block.span()) {
                    for (kind, count) in block.kinds() {
                        runs[kind.index()] += u64::from(count);
                    }
                } else {
                    for entry in asked.entries_in(block) {
                        runs[entry.kind.index()] += 1;
                    }
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
