//! What the runs of a filter come to.

use super::{
    RunIndex,
    asked::Asked,
    block::Block,
    blocks::Group,
    durations::{Durations, Near, PERCENTS, Place},
    remembered::Remembered,
    sums::{Runs, Sums},
};
use crate::domain::{
    filter::RunFilter,
    status::RunStatus,
    summary::{Bar, Bars, Histogram, RunsSummary, StatusCounts, failure_rate},
    time::Timestamp,
};
use std::{hash::Hash, sync::Arc};

impl RunIndex {
    /// Everything about the runs of a filter, with its dates relative to a moment; `None` when the filter asks for more than
    /// is known here.
    pub fn summary(&self, filter: &RunFilter, now: Timestamp) -> Option<RunsSummary> {
        let asked = self.ask(filter)?;
        let of_any_time = Arc::new(RunFilter { started: None, ..filter.clone() });
        let bars = self.bars(filter, &asked, now);
        let sums = bars.map_or_else(Sums::default, |bars| self.sums(&asked, &of_any_time, bars.step));
        let [p50, p95] = self.percentiles(&asked, &of_any_time, &sums.durations);
        let statuses = by_status(&sums.statuses());
        Some(RunsSummary {
            total: statuses.values().sum(),
            total_capped: false,
            failure_rate: failure_rate(&statuses),
            statuses,
            duration_p50_ms: p50,
            duration_p95_ms: p95,
            total_tokens: sums.tokens,
            usd_cost: sums.cost,
            histogram: bars.map(|bars| histogram(bars, &sums)).unwrap_or_default(),
            facets: self.facets(filter, now)?,
        })
    }

    /// The blocks that may have some of the runs asked for, oldest first.
    fn blocks_with<'a>(&'a self, asked: &'a Asked) -> impl DoubleEndedIterator<Item = &'a Block> {
        let groups = self.blocks.groups().filter(|group| asked.may_be_in_group(group));
        groups.flat_map(Group::blocks).filter(|block| asked.may_be_in(block))
    }

    /// The stretch of time that is asked for; where a side is open, up to the last run, or this moment if that is later.
    /// `None` where there are no runs.
    fn bars(&self, filter: &RunFilter, asked: &Asked, now: Timestamp) -> Option<Bars> {
        let mut runs = self.blocks_with(asked).flat_map(|block| asked.entries_in(block));
        let range = filter.started.unwrap_or_default();
        let first = runs.next()?;
        let last = runs.next_back().unwrap_or(first);
        let first = Timestamp::from_micros(first.at).ok()?;
        let last = Timestamp::from_micros(last.at + 1).unwrap_or(first);
        let to = range.to.unwrap_or_else(|| if range.from.is_some() { last.max(now) } else { last });
        Some(Bars::covering(range.from.unwrap_or(first), to))
    }

    /// Looks at what is worked out of every block, oldest first: anew where a block is small, not asked for in whole, or was
    /// not asked about yet.
    fn each<Q: Clone + Eq + Hash, A>(
        &self,
        asked: &Asked,
        (question, remembered): (&Q, impl Fn(&Block) -> &Remembered<Q, A>),
        work: impl Fn(&Block) -> A,
        mut look: impl FnMut(&A),
    ) {
        for block in self.blocks_with(asked) {
            if block.is_worth_remembering() && asked.covers(block.span()) == Some(true) {
                look(&remembered(block).answer(question, || work(block)));
            } else {
                look(&work(block));
            }
        }
    }

    fn sums(&self, asked: &Asked, of_any_time: &Arc<RunFilter>, step: i64) -> Sums {
        // Close together: of many kinds there are many runs.
        let status_of: Vec<_> = self.kinds.iter().map(|kind| kind.status).collect();
        let work = |block: &Block| Sums::of(asked.entries_in(block), step, |entry| status_of[entry.kind.index()]);
        let (mut sums, question) = (Sums::default(), (Arc::clone(of_any_time), step));
        self.each(asked, (&question, Block::sums), work, |more| sums.add(more));
        sums
    }

    /// The durations than which half and 95 of 100 of the runs took no longer. How many took about as long is known; here
    /// those are told apart that took about as long as the one in question.
    fn percentiles(&self, asked: &Asked, of_any_time: &Arc<RunFilter>, durations: &Durations) -> [Option<u64>; 2] {
        let count = durations.count();
        let places = PERCENTS.map(|percent| Place::of(durations.about(), (count * percent).div_ceil(100)));
        let [Some(half), Some(most)] = places else { return [None, None] };
        let in_question = [half.value, most.value];
        let (mut near, question) = (Near::default(), (Arc::clone(of_any_time), in_question));
        let work = |block: &Block| Near::of(asked.entries_in(block), in_question);
        self.each(asked, (&question, Block::near), work, |more| near.add(more));
        near.at([half.rank, most.rank])
    }
}

fn histogram(bars: Bars, sums: &Sums) -> Histogram {
    let of_bars = sums.in_bars(bars);
    let bar = |(n, runs): (usize, Runs)| Bar { from: bars.start(n), statuses: by_status(&runs) };
    Histogram { step_ms: bars.step / 1_000, bars: of_bars.into_iter().enumerate().map(bar).collect() }
}

fn by_status(runs: &Runs) -> StatusCounts {
    RunStatus::ALL.into_iter().zip(*runs).filter(|(_, runs)| *runs > 0).collect()
}
