//! By what runs are counted as they are written: one value of one facet, an hour of creation at a time. What a menu
//! offers one at a time, with any range of time, has its exact total while at most two hours of runs are looked at.

use super::{
    filter::RunFilter,
    ids::{AiEmployeeId, WorkflowId},
    range::{DurationPreset, NumberPreset, Range, TokenPreset},
    status::RunStatus,
    time::Timestamp,
};

/// One of the ways to tell runs apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Facet {
    /// All runs have this one, with an empty value.
    All,
    Status,
    Source,
    Model,
    Workflow,
    AiEmployee,
    DurationClass,
    TokenClass,
}

impl Facet {
    /// The word of the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Status => "status",
            Self::Source => "source",
            Self::Model => "model",
            Self::Workflow => "workflow",
            Self::AiEmployee => "ai_employee",
            Self::DurationClass => "duration_class",
            Self::TokenClass => "token_class",
        }
    }
}

/// What of a run is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    pub created_at: Timestamp,
    pub status: RunStatus,
    pub source: String,
    pub model: Option<String>,
    pub workflow_id: WorkflowId,
    pub ai_employee_id: Option<AiEmployeeId>,
    pub duration_class: Option<i32>,
    pub token_class: Option<i32>,
}

impl Facts {
    /// The value of each facet that the run has.
    pub fn values(&self) -> impl Iterator<Item = (Facet, String)> {
        let id = |id: uuid::Uuid| id.simple().to_string();
        let class = |class: i32| class.to_string();
        [
            (Facet::All, Some(String::new())),
            (Facet::Status, Some(self.status.as_str().to_owned())),
            (Facet::Source, Some(self.source.clone())),
            (Facet::Model, self.model.clone()),
            (Facet::Workflow, Some(id(self.workflow_id.0))),
            (Facet::AiEmployee, self.ai_employee_id.map(|employee| id(employee.0))),
            (Facet::DurationClass, self.duration_class.map(class)),
            (Facet::TokenClass, self.token_class.map(class)),
        ]
        .into_iter()
        .filter_map(|(facet, value)| Some((facet, value?)))
    }
}

/// A filter that asks for one value of one facet, in a range of creation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    pub facet: Facet,
    pub value: String,
    pub created: Range<Timestamp>,
}

impl Counted {
    /// What a filter asks for, with its range taken apart; `None` when its runs have to be counted one by one.
    pub fn by_hours(filter: &RunFilter) -> Option<(Self, WholeHours)> {
        let counted = Self::of(filter)?;
        WholeHours::of(counted.created).map(|hours| (counted, hours))
    }

    /// What a filter asks for, unless it asks for more than is counted.
    pub fn of(filter: &RunFilter) -> Option<Self> {
        // Named one by one, so that a new part of a filter cannot be forgotten here.
        let RunFilter {
            run_id: None,
            conversation_id: None,
            trigger_id: None,
            ended: None,
            finished: None,
            status,
            source,
            model,
            workflow_id,
            ai_employee_id,
            duration,
            tokens,
            started,
            state,
        } = filter
        else {
            return None;
        };
        if !state.is_empty() {
            return None;
        }
        let id = |id: uuid::Uuid| id.simple().to_string();
        let mut asked = [
            status.map(|status| Some((Facet::Status, status.as_str().to_owned()))),
            source.clone().map(|source| Some((Facet::Source, source))),
            model.clone().map(|model| Some((Facet::Model, model))),
            workflow_id.map(|workflow| Some((Facet::Workflow, id(workflow.0)))),
            ai_employee_id.map(|employee| Some((Facet::AiEmployee, id(employee.0)))),
            // A range that is no preset is asked for, but not counted.
            duration.map(|range| Some((Facet::DurationClass, DurationPreset::whole_class(range)?.to_string()))),
            tokens.map(|range| Some((Facet::TokenClass, TokenPreset::whole_class(range)?.to_string()))),
        ]
        .into_iter()
        .flatten();
        let (facet, value) = asked.next().unwrap_or_else(|| Some((Facet::All, String::new())))?;
        asked.next().is_none().then(|| Self { facet, value, created: started.unwrap_or_default() })
    }
}

/// Microseconds of an hour.
const HOUR: i64 = 3_600_000_000;

/// The hour of a time, counted from 1970.
pub const fn hour_of(time: Timestamp) -> i64 {
    time.micros().div_euclid(HOUR)
}

/// When an hour is over; `None` beyond the calendar.
pub fn end_of_hour(hour: i64) -> Option<Timestamp> {
    Timestamp::from_micros((hour + 1) * HOUR).ok()
}

/// A range of time as the whole hours in it, and what is left over at its two ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WholeHours {
    pub hours: Range<i64>,
    /// Before the first and after the last whole hour, where there is something.
    pub ends: [Option<Range<Timestamp>>; 2],
}

impl WholeHours {
    /// Takes a range apart; `None` when it has no whole hour.
    pub fn of(range: Range<Timestamp>) -> Option<Self> {
        let at = |hour: i64| Timestamp::from_micros(hour * HOUR).ok();
        let first = range.from.map(|from| hour_of(from) + i64::from(from.micros().rem_euclid(HOUR) > 0));
        let last = range.to.map(hour_of);
        let beyond_the_calendar = first.is_some_and(|first| at(first).is_none());
        if beyond_the_calendar || first.zip(last).is_some_and(|(first, last)| first >= last) {
            return None;
        }
        let end = |from: Option<Timestamp>, to: Option<Timestamp>| (from? < to?).then_some(Range { from, to });
        Some(Self {
            hours: Range { from: first, to: last },
            ends: [end(range.from, first.and_then(at)), end(last.and_then(at), range.to)],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn time(micros: i64) -> Timestamp {
        Timestamp::from_micros(micros).unwrap()
    }

    #[test]
    fn one_facet_at_a_time_is_counted() {
        let all = RunFilter::default();
        let failed = RunFilter { status: Some(RunStatus::Failed), ..all.clone() };
        let day = Range { from: Some(time(0)), to: None };
        let facet = |filter: &RunFilter| Counted::of(filter).map(|counted| (counted.facet, counted.value));
        assert_eq!(facet(&all), Some((Facet::All, String::new())));
        assert_eq!(facet(&failed), Some((Facet::Status, "failed".to_owned())));
        assert_eq!(Counted::of(&RunFilter { started: Some(day), ..failed.clone() }).unwrap().created, day);
        let slow = RunFilter { duration: Some(DurationPreset::OverMinute.range()), ..all.clone() };
        assert_eq!(facet(&slow), Some((Facet::DurationClass, "3".to_owned())));
        for more in [
            RunFilter { model: Some("m".to_owned()), ..failed.clone() },
            RunFilter { tokens: Some(Range { from: Some(5), to: None }), ..all.clone() },
            RunFilter { ended: Some(day), ..all.clone() },
            RunFilter { trigger_id: Some("t".to_owned()), ..all.clone() },
            RunFilter { state: [("a".to_owned(), "b".to_owned())].into(), ..all },
        ] {
            assert_eq!(Counted::of(&more), None, "{more:?}");
        }
    }

    proptest! {
        #[test]
        fn hours_and_ends_are_the_whole_range(
            // Around 1970, and at either end of the calendar.
            middle in proptest::sample::select(vec![0, Timestamp::MIN.micros() + 9 * HOUR, Timestamp::MAX.micros() - 9 * HOUR]),
            from in proptest::option::of(-9 * HOUR..9 * HOUR),
            to in proptest::option::of(-9 * HOUR..9 * HOUR),
            at in -9 * HOUR..9 * HOUR,
        ) {
            let time = |micros: i64| time(middle + micros);
            let range = Range { from: from.map(time), to: to.map(time) };
            if let Some(apart) = WholeHours::of(range) {
                let parts = usize::from(apart.hours.contains(&hour_of(time(at))))
                    + apart.ends.iter().flatten().filter(|end| end.contains(&time(at))).count();
                prop_assert_eq!(parts, usize::from(range.contains(&time(at))));
            }
        }
    }
}
