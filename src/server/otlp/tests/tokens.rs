//! What a run used and cost.

use super::*;

#[test]
fn tokens_are_counted_once() {
    let used =
        |input: i64, output: i64| json!({ "gen_ai.usage.input_tokens": input, "gen_ai.usage.output_tokens": output });
    let totals = |spans: &[Span]| document(spans).token_totals().map(|totals| (totals.input, totals.output));
    for (spans, expected) in [
        // Agents repeat what their models used.
        (
            vec![
                span(1, None, (0, 9), agent(used(30, 3))),
                span(2, Some(1), (1, 2), model(used(10, 1))),
                span(3, Some(1), (3, 4), model(used(20, 2))),
            ],
            Some((30, 3)),
        ),
        // So does a model around a model, with a step in between.
        (
            vec![
                span(1, None, (0, 9), model(used(10, 1))),
                span(2, Some(1), (1, 2), json!({})),
                span(3, Some(2), (1, 2), model(used(10, 1))),
            ],
            Some((10, 1)),
        ),
        (vec![span(1, None, (0, 9), model(used(10, 1))), span(2, Some(1), (1, 2), model(json!({})))], Some((10, 1))),
        // Only where no model says anything, the outermost agent counts.
        (
            vec![
                span(1, None, (0, 9), agent(used(30, 3))),
                span(2, Some(1), (1, 2), agent(used(30, 3))),
                span(3, Some(1), (3, 4), model(json!({}))),
            ],
            Some((30, 3)),
        ),
        (vec![span(1, None, (0, 9), agent(json!({ "gen_ai.aggregated_usage.input_tokens": 7 })))], Some((7, 0))),
        (vec![span(1, None, (0, 9), json!({ "gen_ai.tool.name": "t", "gen_ai.usage.input_tokens": 7 }))], None),
    ] {
        assert_eq!(totals(&spans), expected);
    }
}

#[test]
fn cached_tokens_are_part_of_the_input() {
    let langfuse = json!({
        "langfuse.observation.type": "generation",
        "langfuse.observation.usage_details": r#"{ "input": 10, "output": 2, "cache_read_input_tokens": 5, "cache_creation_input_tokens": 3 }"#,
        "langfuse.observation.cost_details": { "input": 0.25, "output": 0.5 },
        "langfuse.observation.model.name": "m-2",
    });
    for (attributes, expected) in [
        (
            model(json!({ "gen_ai.usage.input_tokens": 10, "gen_ai.usage.cache_read.input_tokens": 5 })),
            (10, 0, 5, "null"),
        ),
        (
            model(json!({ "gen_ai.usage.input_tokens": 10, "gen_ai.usage.cache_read.input_tokens": 50 })),
            (60, 0, 50, "null"),
        ),
        (
            model(json!({ "llm.token_count.prompt": 10.0, "llm.token_count.completion": "4", "llm.cost.total": 0.5 })),
            (10, 4, 0, "0.5"),
        ),
        (
            model(json!({ "gen_ai.usage.input_tokens": -3, "gen_ai.usage.output_tokens": 1e300 })),
            (0, 1_000_000_000_000, 0, "null"),
        ),
        (langfuse, (18, 2, 5, "0.75")),
    ] {
        let document = document(&[span(1, None, (0, 1), attributes)]);
        let row = &document.token_history[0];
        let cost = serde_json::to_string(&row.usd_cost).unwrap();
        let row = (row.input_tokens, row.output_tokens, row.cached_input_tokens, cost.trim_end_matches(".0"));
        assert_eq!(row, expected);
    }
}

#[test]
fn a_cost_of_the_whole_run_counts_where_no_call_has_one() {
    let root = span(1, None, (0, 9), agent(json!({ "alloy.usd_cost": 0.5, "alloy.key_type": "platform" })));
    let call = |cost: Value| span(2, Some(1), (1, 2), model(with(json!({ "gen_ai.usage.input_tokens": 1 }), cost)));
    let costs = |spans: &[Span]| {
        let document = document(spans);
        document
            .token_history
            .iter()
            .map(|row| (row.key_type.clone(), row.usd_cost.map_or(-1, crate::domain::cost::Usd::nanos)))
            .collect::<Vec<_>>()
    };
    let external = "external".to_owned();
    assert_eq!(costs(&[root.clone(), call(json!({}))]), [(external.clone(), -1), ("platform".to_owned(), 500_000_000)]);
    assert_eq!(costs(&[root, call(json!({ "gen_ai.usage.cost": 0.25 }))]), [(external, 250_000_000)]);
}
