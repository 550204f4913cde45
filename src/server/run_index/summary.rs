//! What the runs of a filter come to.

use super::{Entry, RunIndex, asked::Asked};
use crate::domain::{
    cost::{self, Usd},
    filter::RunFilter,
    status::RunStatus,
    summary::{Bar, Bars, Histogram, RunsSummary, StatusCounts, failure_rate},
    time::Timestamp,
};

impl RunIndex {
    /// Everything about the runs of a filter, with its dates relative to a moment; `None` when the filter asks for more than
    /// is known here.
    pub fn summary(&self, filter: &RunFilter, now: Timestamp) -> Option<RunsSummary> {
        let asked = self.ask(filter)?;
        let bars = self.bars(filter, &asked, now);
        let mut sums = Sums::new(bars);
        // Close together: of many kinds there are many runs.
        let status_of: Vec<_> = self.kinds.iter().map(|kind| kind.status).collect();
        self.each(&asked, |entry| sums.add(entry, status_of[entry.kind.index()]));
        let [p50, p95] = self.percentiles(&asked, &sums.coarse);
        let statuses = by_status(&sums.statuses);
        Some(RunsSummary {
            total: sums.statuses.iter().sum(),
            total_capped: false,
            failure_rate: failure_rate(&statuses),
            statuses,
            duration_p50_ms: p50,
            duration_p95_ms: p95,
            total_tokens: sums.tokens,
            usd_cost: sums.cost,
            histogram: Histogram {
                step_ms: bars.map_or(0, |bars| bars.step / 1_000),
                bars: bars.map_or_else(Vec::new, |bars| {
                    let bar = |(n, runs): (usize, &Runs)| Bar { from: bars.start(n), statuses: by_status(runs) };
                    sums.bars.iter().enumerate().map(bar).collect()
                }),
            },
            facets: self.facets(filter, now)?,
        })
    }

    fn each(&self, asked: &Asked, mut look: impl FnMut(&Entry)) {
        for (_, block) in self.blocks.in_order().filter(|(_, block)| asked.covers(block.span()).is_some()) {
            asked.entries_in(block).for_each(&mut look);
        }
    }

    /// The stretch of time that is asked for; where a side is open, up to the last run, or this moment if that is later.
    fn bars(&self, filter: &RunFilter, asked: &Asked, now: Timestamp) -> Option<Bars> {
        let mut times = self.blocks.in_order().flat_map(|(_, block)| asked.entries_in(block)).map(|entry| entry.at);
        let range = filter.started.unwrap_or_default();
        let first = times.next().and_then(|at| Timestamp::from_micros(at).ok())?;
        let mut times = self.blocks.in_order().rev().flat_map(|(_, block)| asked.entries_in(block).rev());
        let last = times.next().and_then(|entry| Timestamp::from_micros(entry.at + 1).ok()).unwrap_or(first);
        let to = range.to.unwrap_or_else(|| if range.from.is_some() { last.max(now) } else { last });
        Some(Bars::covering(range.from.unwrap_or(first), to))
    }

    /// The durations than which half and 95 of 100 of the runs took no longer. The first look told how many there are of each
    /// coarse duration; the second tells those apart that have the one in question.
    fn percentiles(&self, asked: &Asked, coarse: &[u32]) -> [Option<u64>; 2] {
        let count: u64 = coarse.iter().copied().map(u64::from).sum();
        let places = [50, 95].map(|percent| Place::of(coarse, (count * percent).div_ceil(100)));
        let mut fine = [vec![0_u32; COARSE], vec![0_u32; COARSE]];
        if count > 0 {
            self.each(asked, |entry| {
                let Some(duration) = entry.duration_ms.get() else { return };
                for (fine, place) in fine.iter_mut().zip(&places) {
                    if place.as_ref().is_some_and(|place| place.value == duration >> 16) {
                        fine[(duration & 0xffff) as usize] += 1;
                    }
                }
            });
        }
        let exact = |n: usize| {
            let place = places[n].as_ref()?;
            let within = Place::of(&fine[n], place.rank)?;
            Some(u64::from(place.value << 16 | within.value))
        };
        [exact(0), exact(1)]
    }
}

/// How many durations are told apart at a first look, by their upper half.
const COARSE: usize = 1 << 16;

/// Where the value of a rank lies.
struct Place {
    value: u32,
    /// Its rank among those that have this value.
    rank: u64,
}

impl Place {
    /// The value of a rank, which begins at one, among so many of each value; `None` when there are not so many.
    fn of(counts: &[u32], rank: u64) -> Option<Self> {
        let mut before = 0;
        for (value, count) in (0..).zip(counts) {
            let count = u64::from(*count);
            if before + count >= rank && count > 0 {
                return Some(Self { value, rank: rank - before });
            }
            before += count;
        }
        None
    }
}

/// Runs by the place of their status among all.
type Runs = [u64; RunStatus::ALL.len()];

/// What one look at the runs adds up.
struct Sums {
    axis: Option<Bars>,
    statuses: Runs,
    bars: Vec<Runs>,
    coarse: Vec<u32>,
    tokens: u64,
    cost: Option<Usd>,
}

impl Sums {
    fn new(axis: Option<Bars>) -> Self {
        Self {
            axis,
            statuses: Runs::default(),
            bars: vec![Runs::default(); axis.map_or(0, |bars| bars.count)],
            coarse: vec![0; COARSE],
            tokens: 0,
            cost: None,
        }
    }

    fn add(&mut self, entry: &Entry, status: RunStatus) {
        let status = status as usize;
        self.statuses[status] += 1;
        if let Some(bar) = self.axis.and_then(|bars| bars.bar_of(entry.at)).and_then(|bar| self.bars.get_mut(bar)) {
            bar[status] += 1;
        }
        if let Some(duration) = entry.duration_ms.get() {
            self.coarse[(duration >> 16) as usize] += 1;
        }
        self.tokens += entry.tokens.get().map_or(0, u64::from);
        self.cost = cost::add(self.cost, entry.cost.get());
    }
}

fn by_status(runs: &Runs) -> StatusCounts {
    RunStatus::ALL.into_iter().zip(*runs).filter(|(_, runs)| *runs > 0).collect()
}
