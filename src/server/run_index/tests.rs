//! The index against what a plain program over plain values answers.

use super::{packed::PackedBlock, *};
use crate::domain::{
    filter::RunFilter,
    ids::{AiEmployeeId, WorkflowId},
    preset::{DatePreset, DurationPreset, NumberPreset, Preset, TokenPreset},
    range::Range,
    status::RunStatus,
    summary::{StatusCounts, failure_rate},
    time::Timestamp,
};
use proptest::{
    collection::vec,
    option,
    prelude::*,
    sample::{Index, select},
};
use uuid::Uuid;

/// In microseconds since 1970: a few moments close together, and some that lie seconds to years apart.
fn any_moment() -> impl Strategy<Value = i64> {
    let apart = (-3..90_i64, select(vec![1_000_000, 20_000_000, 3_600_000_000, 10_000_000_000_000]));
    prop_oneof![2 => (0..40_i64).prop_map(|at| at * 1_000), 1 => apart.prop_map(|(n, step)| n * step)]
}

/// Some of them at one moment.
fn any_facts() -> impl Strategy<Value = RunFacts> {
    let duration = prop_oneof![select(vec![0, 999, 1_000, 70_000, 5_000_000_000]), 0..200_000_i64];
    let numbers = (option::of(duration), option::of(0..20_000_i64));
    let who = (select(RunStatus::ALL.to_vec()), 0..3_u128, option::of(0..2_u128));
    let what = (select(vec!["api", "web_chat"]), option::of(select(vec!["m", "n"])));
    let cost = option::of(0..9_000_000_000_000_i64);
    (any_moment(), who, what, numbers, cost).prop_map(
        |(at, (status, skill, teammate), (source, model), numbers, cost)| RunFacts {
            created_at: Timestamp::from_micros(at).unwrap(),
            status,
            source: source.to_owned(),
            model: model.map(str::to_owned),
            workflow_id: WorkflowId(Uuid::from_u128(skill)),
            ai_employee_id: teammate.map(|id| AiEmployeeId(Uuid::from_u128(id))),
            duration_ms: numbers.0,
            total_tokens: numbers.1,
            cost: cost.map(Usd::from_nanos),
        },
    )
}

fn any_range(bounds: Vec<u64>) -> impl Strategy<Value = Option<Range<u64>>> {
    option::of(
        (option::of(select(bounds.clone())), option::of(select(bounds))).prop_map(|(from, to)| Range { from, to }),
    )
}

fn any_filter() -> impl Strategy<Value = RunFilter> {
    let close = || (-1..42_i64).prop_map(|at| at * 1_000);
    let time = || option::of(prop_oneof![close(), any_moment()].prop_map(|at| Timestamp::from_micros(at).unwrap()));
    let started = option::of((time(), time()).prop_map(|(from, to)| Range { from, to }));
    let who = (option::of(select(RunStatus::ALL.to_vec())), option::of(0..3_u128), option::of(0..2_u128));
    let what = (option::of(select(vec!["api", "web_chat"])), option::of(select(vec!["m", "n", "o"])));
    let durations = any_range(vec![0, 1, 999, 1_000, 10_000, 60_000, 80_000, 4_000_000_000]);
    let tokens = any_range(vec![0, 100, 1_000, 7_777, 10_000]);
    (started, who, what, durations, tokens).prop_map(
        |(started, (status, skill, teammate), (source, model), duration, tokens)| RunFilter {
            started,
            status,
            workflow_id: skill.map(|id| WorkflowId(Uuid::from_u128(id))),
            ai_employee_id: teammate.map(|id| AiEmployeeId(Uuid::from_u128(id))),
            source: source.map(str::to_owned),
            model: model.map(str::to_owned),
            duration,
            tokens,
            ..RunFilter::default()
        },
    )
}

fn fits(filter: &RunFilter, run: &RunFacts) -> bool {
    let within = |range: Option<Range<u64>>, number: Option<i64>| {
        range.is_none_or(|range| number.is_some_and(|number| range.contains(&number.unsigned_abs())))
    };
    filter.started.is_none_or(|range| range.contains(&run.created_at))
        && filter.status.is_none_or(|status| status == run.status)
        && filter.source.as_ref().is_none_or(|source| *source == run.source)
        && (filter.model.is_none() || filter.model == run.model)
        && filter.workflow_id.is_none_or(|id| id == run.workflow_id)
        && (filter.ai_employee_id.is_none() || filter.ai_employee_id == run.ai_employee_id)
        && within(filter.duration, run.duration_ms)
        && within(filter.tokens, run.total_tokens)
}

/// Some runs that come, some of which go again.
#[derive(Debug)]
struct History {
    index: RunIndex,
    runs: Vec<RunFacts>,
}

fn any_history() -> impl Strategy<Value = History> {
    vec(vec((any_facts(), option::weighted(0.3, any::<Index>())), 0..40), 0..6).prop_map(|writes| {
        let mut history = History { index: RunIndex::default(), runs: Vec::new() };
        for write in writes {
            let mut changes = Vec::new();
            for (run, gone) in write {
                if let Some(gone) = gone.filter(|_| !history.runs.is_empty()) {
                    let gone = history.runs.swap_remove(gone.index(history.runs.len()));
                    changes.push(IndexChange::take(&gone));
                }
                changes.push(IndexChange::add(&run));
                history.runs.push(run);
            }
            let read = packed::read_changes(&packed::pack_changes(&changes).unwrap()).unwrap();
            assert_eq!(read, changes);
            let (index, missing) = history.index.after(&changes);
            assert_eq!(missing, 0);
            history.index = index;
        }
        history
    })
}

/// The value at a rank of a hundred, by the nearest rank.
fn percentile(mut sorted: Vec<u64>, percent: usize) -> Option<u64> {
    sorted.sort_unstable();
    sorted.get((sorted.len() * percent).div_ceil(100).checked_sub(1)?).copied()
}

proptest! {
    #[test]
    fn counts_pages_and_sums_are_those_of_the_runs(history in any_history(), filters in vec(any_filter(), 1..6)) {
        let History { index, runs } = history;
        let now = Timestamp::from_micros(30_000).unwrap();
        prop_assert_eq!(index.len(), runs.len() as u64);
        for filter in filters {
            let mut fitting: Vec<_> = runs.iter().filter(|run| fits(&filter, run)).collect();
            fitting.sort_by_key(|run| std::cmp::Reverse(run.created_at));
            let asked = index.ask(&filter).unwrap();
            prop_assert_eq!(index.count(&asked), fitting.len() as u64);
            for (offset, limit) in [(0, 1), (0, 25), (3, 4), (fitting.len() / 2, 10), (fitting.len(), 1)] {
                let page = index.page(&asked, offset as u64, limit as u64);
                let rows: Vec<_> = fitting.iter().skip(offset).take(limit).map(|run| run.created_at.micros()).collect();
                let mut times = rows.clone();
                times.dedup();
                let before = fitting.iter().take(offset).filter(|run| Some(&run.created_at.micros()) == rows.first());
                let skip = before.count() as u64;
                prop_assert_eq!(page, (!rows.is_empty()).then_some(PagePlace { times, skip }));
            }
            let summary = index.summary(&filter, now).unwrap();
            prop_assert_eq!(summary.total, fitting.len() as u64);
            let durations: Vec<_> = fitting.iter().filter_map(|run| run.duration_ms).map(i64::unsigned_abs).collect();
            let known = durations.iter().map(|duration| (*duration).min(Number::MAX + 1)).collect::<Vec<_>>();
            prop_assert_eq!(summary.duration_p50_ms, percentile(known.clone(), 50));
            prop_assert_eq!(summary.duration_p95_ms, percentile(known, 95));
            let tokens: i64 = fitting.iter().filter_map(|run| run.total_tokens).sum();
            prop_assert_eq!(summary.total_tokens, tokens.unsigned_abs());
            let cost = fitting.iter().filter_map(|run| run.cost).reduce(std::ops::Add::add);
            prop_assert_eq!(summary.usd_cost, cost);
            for status in RunStatus::ALL {
                let wanted = fitting.iter().filter(|run| run.status == status).count() as u64;
                prop_assert_eq!(summary.statuses.get(&status).copied().unwrap_or_default(), wanted);
                let of_bars = summary.histogram.bars.iter().filter_map(|bar| bar.statuses.get(&status));
                prop_assert_eq!(of_bars.sum::<u64>(), wanted);
            }
            for (n, bar) in summary.histogram.bars.iter().enumerate() {
                let of_bar = summary.histogram.range(n, n).unwrap();
                let runs = fitting.iter().filter(|run| of_bar.contains(&run.created_at));
                let mut statuses = StatusCounts::new();
                runs.for_each(|run| *statuses.entry(run.status).or_default() += 1);
                prop_assert_eq!(&bar.statuses, &statuses);
            }
            prop_assert_eq!(summary.failure_rate, failure_rate(&summary.statuses));
            // What an option promises is what choosing it gives.
            let facets = index.facets(&filter, now).unwrap();
            let given = |chosen: RunFilter| runs.iter().filter(|run| fits(&chosen, run)).count() as u64;
            let promised = |counts: &crate::domain::facets::OptionCounts, option: &str| counts.get(option).copied().unwrap_or_default();
            for status in RunStatus::ALL {
                let chosen = RunFilter { status: Some(status), ..filter.clone() };
                prop_assert_eq!(promised(&facets.status, status.as_str()), given(chosen));
            }
            for source in ["api", "web_chat"] {
                let chosen = RunFilter { source: Some(source.to_owned()), ..filter.clone() };
                prop_assert_eq!(promised(&facets.channel, source), given(chosen));
            }
            for model in ["m", "n", "o"] {
                let chosen = RunFilter { model: Some(model.to_owned()), ..filter.clone() };
                prop_assert_eq!(promised(&facets.model, model), given(chosen));
            }
            for id in (0..3).map(Uuid::from_u128) {
                let skill = RunFilter { workflow_id: Some(WorkflowId(id)), ..filter.clone() };
                let teammate = RunFilter { ai_employee_id: Some(AiEmployeeId(id)), ..filter.clone() };
                prop_assert_eq!(promised(&facets.workflow_id, &id.to_string()), given(skill));
                prop_assert_eq!(promised(&facets.ai_employee_id, &id.to_string()), given(teammate));
            }
            for preset in DurationPreset::ALL {
                let chosen = RunFilter { duration: Some(preset.range()), ..filter.clone() };
                prop_assert_eq!(promised(&facets.duration, preset.key()), given(chosen));
            }
            for preset in TokenPreset::ALL {
                let chosen = RunFilter { tokens: Some(preset.range()), ..filter.clone() };
                prop_assert_eq!(promised(&facets.tokens, preset.key()), given(chosen));
            }
            for preset in DatePreset::ALL {
                let chosen = RunFilter { started: Some(preset.at(now)), ..filter.clone() };
                prop_assert_eq!(promised(&facets.started, preset.key()), given(chosen));
            }
        }
    }

    #[test]
    fn what_was_asked_before_is_answered_anew_after_a_write(
        history in any_history(), filters in vec(any_filter(), 1..4), more in vec(any_facts(), 0..20), gone in any::<Index>()
    ) {
        let History { index, runs } = history;
        let now = Timestamp::from_micros(30_000).unwrap();
        let of_any_time = |filter: &RunFilter| RunFilter { started: None, ..filter.clone() };
        let filters: Vec<_> = filters.iter().flat_map(|filter| [filter.clone(), of_any_time(filter)]).collect();
        let asked = |index: &RunIndex| filters.iter().map(|filter| index.summary(filter, now).unwrap()).collect::<Vec<_>>();
        let before = asked(&index);
        let gone = (!runs.is_empty()).then(|| gone.index(runs.len()));
        let changes = more.iter().map(IndexChange::add).chain(gone.map(|gone| IndexChange::take(&runs[gone])));
        let (next, _) = index.after(&changes.collect::<Vec<_>>());
        let kept = runs.iter().enumerate().filter(|(n, _)| Some(*n) != gone).map(|(_, run)| run);
        let kept: Vec<_> = kept.chain(&more).map(IndexChange::add).collect();
        for (answer, filter) in asked(&next).into_iter().zip(&filters) {
            // Of an index that was asked nothing before.
            let (fresh, _) = RunIndex::default().after(&kept);
            prop_assert_eq!(answer, fresh.summary(filter, now).unwrap());
        }
        prop_assert_eq!(asked(&index), before);
    }

    #[test]
    fn an_index_comes_back_from_its_blocks(history in any_history(), more in any_facts()) {
        let History { index, runs } = history;
        let mut read = RunIndex::default();
        for (from, block) in index.blocks().in_order() {
            prop_assert!(!block.is_empty() && block.len() <= 16 || block.span().is_some_and(|(first, last)| first == last));
            read = read.with_block(*from, PackedBlock::read(&index.pack(block).unwrap()).unwrap());
        }
        prop_assert_eq!((read.differences(&index), index.differences(&read)), (0, 0));
        let made: Vec<_> = runs.iter().map(IndexChange::add).collect();
        prop_assert_eq!(RunIndex::default().after(&made).0.differences(&read), 0);
        let (with_more, _) = read.after(&[IndexChange::add(&more)]);
        prop_assert_eq!(with_more.differences(&index), 1);
        let (without, missing) = index.after(&[IndexChange::take(&more)]);
        prop_assert_eq!(missing as u64 + index.len() - without.len(), 1);
        // Blocks go one by one.
        let froms: Vec<_> = read.blocks().in_order().map(|(from, _)| *from).collect();
        let none = froms.into_iter().fold(read, RunIndex::without_block);
        prop_assert!(none.is_empty() && none.kinds().next().is_none());
    }

    #[test]
    fn what_is_no_block_is_refused(mut bytes in vec(any::<u8>(), 0..200)) {
        prop_assert!(PackedBlock::read(&bytes).is_err());
        if let Some(first) = bytes.first_mut() {
            *first = 1;
        }
        prop_assert!(PackedBlock::read(&bytes).is_err());
    }
}

#[test]
fn a_run_of_a_clock_ahead_has_its_bar() {
    let minute = Timestamp::from_micros(60_000_000).unwrap();
    let run = RunFacts {
        created_at: minute,
        status: RunStatus::Completed,
        source: "api".to_owned(),
        model: None,
        workflow_id: WorkflowId(Uuid::nil()),
        ai_employee_id: None,
        duration_ms: None,
        total_tokens: None,
        cost: None,
    };
    let (index, _) = RunIndex::default().after(&[IndexChange::add(&run)]);
    let since = Range { from: Some(Timestamp::EPOCH), to: None };
    let filter = RunFilter { started: Some(since), ..RunFilter::default() };
    let bars = index.summary(&filter, Timestamp::EPOCH).unwrap().histogram.bars;
    assert_eq!(bars.last().map(|bar| (bar.from, bar.statuses.values().sum())), Some((minute, 1_u64)));
}

#[test]
fn what_the_index_does_not_know_is_not_asked() {
    let index = RunIndex::default();
    let all = RunFilter::default();
    let day = Range { from: Some(Timestamp::EPOCH), to: None };
    for filter in [
        RunFilter { ended: Some(day), ..all.clone() },
        RunFilter { finished: Some(day), ..all.clone() },
        RunFilter { trigger_id: Some("t".to_owned()), ..all.clone() },
        RunFilter { state: [("a".to_owned(), "b".to_owned())].into(), ..all.clone() },
    ] {
        assert!(index.ask(&filter).is_none(), "{filter:?}");
    }
    assert!(index.ask(&all).is_some());
}

#[test]
fn a_range_beyond_what_can_be_told_is_known_where_no_run_is() {
    let facts = RunFacts {
        created_at: Timestamp::EPOCH,
        status: RunStatus::Completed,
        source: "api".to_owned(),
        model: None,
        workflow_id: WorkflowId(Uuid::nil()),
        ai_employee_id: None,
        duration_ms: Some(70_000),
        total_tokens: Some(5_000_000_000),
        cost: None,
    };
    let (index, _) = RunIndex::default().after(&[IndexChange::add(&facts)]);
    let count = |filter: &RunFilter| index.ask(filter).map(|asked| index.count(&asked));
    for (from, to, of_duration, of_tokens) in [
        (Some(5_000_000_000), None, Some(0), None),
        (None, Some(5_000_000_000), Some(1), None),
        (Some(60_000), Some(9_000_000_000), Some(1), None),
        (Some(60_000), None, Some(1), Some(1)),
    ] {
        let range = Some(Range { from, to });
        assert_eq!(count(&RunFilter { duration: range, ..RunFilter::default() }), of_duration, "{range:?}");
        assert_eq!(count(&RunFilter { tokens: range, ..RunFilter::default() }), of_tokens, "{range:?}");
    }
}
