//! What a list has to answer, worked out the plain way: over documents in memory.

use super::runs::{CHANNELS, MODELS, STATE_KEYS, TRIGGERS, at, id};
use alloy_logs::domain::{
    document::RunDocument,
    engine_state::state_text,
    filter::RunFilter,
    ids::{AiEmployeeId, ConversationId, RunId, WorkflowId},
    json::Json,
    page::PageRequest,
    preset::{DatePreset, DurationPreset, NumberPreset, Preset, TokenPreset},
    range::Range,
    source::{SourceFacts, resolve},
    status::RunStatus,
    time::Timestamp,
};
use proptest::prelude::*;
use serde_json::Value;

/// The ids of a page, and the number of all that fit.
pub fn list(documents: &[RunDocument], filter: &RunFilter, page: PageRequest) -> (Vec<RunId>, u64) {
    let fitting = all(documents, filter);
    let (before, limit) = (usize::try_from(page.offset()).unwrap(), usize::try_from(page.limit.get()).unwrap());
    (fitting.iter().skip(before).take(limit).copied().collect(), fitting.len() as u64)
}

/// The ids of all that fit, newest first.
pub fn all(documents: &[RunDocument], filter: &RunFilter) -> Vec<RunId> {
    let mut fitting: Vec<&RunDocument> = documents.iter().filter(|document| fits(document, filter)).collect();
    fitting.sort_by_key(|document| std::cmp::Reverse((document.created_at, document.id)));
    fitting.into_iter().map(|document| document.id.unwrap()).collect()
}

fn fits(document: &RunDocument, filter: &RunFilter) -> bool {
    let state = document.state.as_ref().map(alloy_logs::domain::json::Json::to_value).unwrap_or_default();
    let context = &state["runtimeContext"];
    let source = resolve(SourceFacts {
        conversation_channel: document.conversation_channel.as_deref(),
        channel: document.channel.as_deref(),
        in_conversation: document.conversation_id.is_some(),
        is_async: context["isAsync"] == Value::Bool(true),
    });
    let tokens = (!document.token_history.is_empty())
        .then(|| document.token_history.iter().map(|usage| usage.input_tokens + usage.output_tokens).sum::<i64>());
    let count = |value: Option<i64>, range: Option<Range<u64>>| {
        range.is_none_or(|range| value.is_some_and(|value| range.contains(&u64::try_from(value).unwrap())))
    };
    let ends = [document.completed_at, document.failed_at, document.cancelled_at];
    filter.run_id.is_none_or(|wanted| document.id == Some(wanted))
        && filter.conversation_id.is_none_or(|wanted| document.conversation_id == Some(wanted))
        && filter.workflow_id.is_none_or(|wanted| document.workflow_id == Some(wanted))
        && filter.ai_employee_id.is_none_or(|wanted| document.ai_employee_id == Some(wanted))
        && filter.trigger_id.as_ref().is_none_or(|wanted| document.trigger_id.as_ref() == Some(wanted))
        && filter.status.is_none_or(|wanted| document.status == wanted)
        && filter.source.as_ref().is_none_or(|wanted| source == wanted)
        && filter.model.as_ref().is_none_or(|wanted| document.model.as_ref() == Some(wanted))
        && filter
            .state
            .iter()
            .all(|(key, wanted)| state_text(&Json::from(&context["state"][key])).as_ref() == Some(wanted))
        && filter.started.is_none_or(|range| range.contains(&document.created_at))
        && filter.ended.is_none_or(|range| document.completed_at.is_some_and(|time| range.contains(&time)))
        && filter.finished.is_none_or(|range| ends.iter().flatten().any(|time| range.contains(time)))
        && count(document.duration(), filter.duration)
        && count(tokens, filter.tokens)
}

fn ranges<P: NumberPreset>() -> Vec<Range<u64>> {
    P::ALL.iter().map(|preset| preset.range()).collect()
}

/// What the menus can ask for, one filter at a time, over the values that runs have.
pub fn menu_filters() -> Vec<(String, RunFilter)> {
    let now: Timestamp = at(3_600).parse().unwrap();
    let all = RunFilter::default();
    let mut filters = vec![
        ("all".to_owned(), all.clone()),
        ("status".to_owned(), RunFilter { status: Some(RunStatus::Completed), ..all.clone() }),
        ("channel".to_owned(), RunFilter { source: Some("api".to_owned()), ..all.clone() }),
        ("model".to_owned(), RunFilter { model: Some(MODELS[0].to_owned()), ..all.clone() }),
        ("skill".to_owned(), RunFilter { workflow_id: Some(WorkflowId(id(2, 1))), ..all.clone() }),
        ("teammate".to_owned(), RunFilter { ai_employee_id: Some(AiEmployeeId(id(3, 1))), ..all.clone() }),
        ("conversation".to_owned(), RunFilter { conversation_id: Some(ConversationId(id(4, 1))), ..all.clone() }),
        ("trigger".to_owned(), RunFilter { trigger_id: Some(TRIGGERS[0].to_owned()), ..all.clone() }),
        ("run".to_owned(), RunFilter { run_id: Some(RunId(id(1, 1))), ..all.clone() }),
    ];
    for preset in DatePreset::ALL {
        let filter = RunFilter { started: Some(preset.at(now)), ..all.clone() };
        filters.push((preset.label().to_owned(), filter));
    }
    for preset in DurationPreset::ALL {
        let filter = RunFilter { duration: Some(preset.range()), ..all.clone() };
        filters.push((format!("duration {}", preset.label()), filter));
    }
    for preset in TokenPreset::ALL {
        let filter = RunFilter { tokens: Some(preset.range()), ..all.clone() };
        filters.push((format!("tokens {}", preset.label()), filter));
    }
    filters
}

/// Any filter, of few parts mostly, over the values that runs have and some that none has.
pub fn any_filter() -> impl Strategy<Value = RunFilter> {
    let maybe = |share: f64| proptest::option::weighted(share, 0..200_u64);
    let seconds = || proptest::option::weighted(0.15, (proptest::option::of(0..50_i64), 0..60_i64));
    let counts = |most: u64| proptest::option::weighted(0.15, (proptest::option::of(0..most), 0..most));
    (
        (maybe(0.03), maybe(0.15), maybe(0.2), maybe(0.2), maybe(0.15)),
        (proptest::option::weighted(0.25, 0..6_usize), maybe(0.25), maybe(0.2)),
        proptest::collection::vec((0..4_usize, 0..3_u8), 0..2),
        (seconds(), seconds(), seconds(), counts(60_000), counts(20_000)),
    )
        .prop_map(|(ids, texts, state, (started, ended, finished, duration, tokens))| {
            let pick = |values: &[&str], n: u64| values[usize::try_from(n).unwrap() % values.len()].to_owned();
            let time = |(from, more): (Option<i64>, i64)| Range {
                from: from.map(|from| at(from * 1_000).parse().unwrap()),
                to: (from.is_none() || more % 4 > 0).then(|| at((from.unwrap_or(0) + more) * 1_000).parse().unwrap()),
            };
            // A preset, an open range, or one of which some are empty.
            let count = |(from, more): (Option<u64>, u64), presets: &[Range<u64>]| match more % 4 {
                0 => presets[usize::try_from(more / 4).unwrap() % presets.len()],
                1 => Range { from, to: from.is_none().then_some(more) },
                _ => Range { from, to: Some((from.unwrap_or(0) + more).saturating_sub(50)) },
            };
            RunFilter {
                run_id: ids.0.map(|n| RunId(id(1, n % 120))),
                conversation_id: ids.1.map(|n| ConversationId(id(4, n % 6))),
                workflow_id: ids.2.map(|n| WorkflowId(id(2, n % 4))),
                ai_employee_id: ids.3.map(|n| AiEmployeeId(id(3, n % 4))),
                trigger_id: ids.4.map(|n| pick(&TRIGGERS, n)),
                status: texts.0.map(|n| RunStatus::ALL[n]),
                source: texts.1.map(|n| if n % 5 == 0 { "api".to_owned() } else { pick(&CHANNELS, n) }),
                model: texts.2.map(|n| if n % 7 == 0 { "with\0nul".to_owned() } else { pick(&MODELS, n) }),
                state: state
                    .into_iter()
                    .map(|(key, value)| {
                        (STATE_KEYS[key].to_owned(), ["eu", "7", "true"][usize::from(value)].to_owned())
                    })
                    .collect(),
                started: started.map(time),
                ended: ended.map(time),
                finished: finished.map(time),
                duration: duration.map(|choice| count(choice, &ranges::<DurationPreset>())),
                tokens: tokens.map(|choice| count(choice, &ranges::<TokenPreset>())),
            }
        })
}
