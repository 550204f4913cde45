//! What some runs add up to.

use super::{Entry, durations::Durations};
use crate::domain::{
    cost::{self, Usd},
    status::RunStatus,
    summary::Bars,
};

/// Runs by the place of their status among all.
pub(super) type Runs = [u64; RunStatus::ALL.len()];

/// What one look at some runs adds up.
#[derive(Debug, Default)]
pub(super) struct Sums {
    /// Those of each bar that has some, in order of time, by the number of the bar: those of one length are numbered from 1970.
    bars: Vec<(i64, Runs)>,
    pub durations: Durations,
    pub tokens: u64,
    pub cost: Option<Usd>,
}

impl Sums {
    /// Of runs in order of time, in bars of so many microseconds.
    pub fn of<'a>(
        entries: impl Iterator<Item = &'a Entry>,
        step: i64,
        status_of: impl Fn(&Entry) -> RunStatus,
    ) -> Self {
        let (mut sums, mut bar_ends) = (Self::default(), i64::MIN);
        for entry in entries {
            if entry.at >= bar_ends {
                let bar = entry.at.div_euclid(step);
                bar_ends = bar.saturating_add(1).saturating_mul(step);
                sums.bars.push((bar, Runs::default()));
            }
            if let Some((_, runs)) = sums.bars.last_mut() {
                runs[status_of(entry) as usize] += 1;
            }
            if let Some(duration) = entry.duration_ms.get() {
                sums.durations.count_one(duration);
            }
            sums.tokens += entry.tokens.get().map_or(0, u64::from);
            sums.cost = cost::add(sums.cost, entry.cost.get());
        }
        sums
    }

    /// Adds those of later runs.
    pub fn add(&mut self, later: &Self) {
        for (bar, more) in &later.bars {
            match self.bars.last_mut() {
                Some((last, runs)) if last == bar => add(runs, more),
                _ => self.bars.push((*bar, *more)),
            }
        }
        self.durations.add(&later.durations);
        self.tokens += later.tokens;
        self.cost = cost::add(self.cost, later.cost);
    }

    /// All of them.
    pub fn statuses(&self) -> Runs {
        let mut all = Runs::default();
        self.bars.iter().for_each(|(_, runs)| add(&mut all, runs));
        all
    }

    /// Those of each of these bars.
    pub fn in_bars(&self, bars: Bars) -> Vec<Runs> {
        let (mut of_bars, first) = (vec![Runs::default(); bars.count], bars.from.div_euclid(bars.step));
        for (bar, runs) in &self.bars {
            if let Some(of_bar) = usize::try_from(bar - first).ok().and_then(|n| of_bars.get_mut(n)) {
                *of_bar = *runs;
            }
        }
        of_bars
    }
}

fn add(runs: &mut Runs, more: &Runs) {
    runs.iter_mut().zip(more).for_each(|(runs, more)| *runs += more);
}
