//! What models charge, and the token history of a run.

use super::draw::Draw;
use crate::domain::{cost::Usd, document::TokenUsage};

/// A model and what it charges, in billionths of a dollar a token.
#[derive(Debug, Clone, Copy)]
pub struct Model {
    pub name: &'static str,
    input: i64,
    cached_input: i64,
    output: i64,
}

const SONNET: Model = Model { name: "claude-sonnet-4.5", input: 3_000, cached_input: 300, output: 15_000 };
const MINI: Model = Model { name: "gpt-5-mini", input: 250, cached_input: 25, output: 2_000 };
const HAIKU: Model = Model { name: "claude-haiku-4.5", input: 1_000, cached_input: 100, output: 5_000 };

/// A model that a run works with.
pub fn model(draw: &mut Draw) -> Model {
    draw.weighted(&[(5, SONNET), (3, MINI), (2, HAIKU)])
}

/// The rows of a run that used about `typical` tokens with its main model.
pub fn history(main: Model, typical: i64, draw: &mut Draw) -> Vec<TokenUsage> {
    let own_key = draw.chance(25);
    let first = usage(main, if own_key { "own" } else { "platform" }, typical, draw);
    let mut rows = vec![first];
    if draw.chance(30) {
        rows.push(usage(HAIKU, "platform", typical / 5, draw));
    }
    if draw.chance(12) {
        rows.push(usage(main, "own", typical / 2, draw));
    }
    rows
}

/// One row. Cached tokens are among the input tokens, at their own price.
fn usage(model: Model, key_type: &str, typical: i64, draw: &mut Draw) -> TokenUsage {
    let input_tokens = draw.skewed(typical).max(12);
    let output_tokens = (input_tokens * draw.between(4, 32) / 100).max(3);
    let cached = if draw.chance(55) { input_tokens * draw.between(10, 85) / 100 } else { 0 };
    let nanos = (input_tokens - cached) * model.input + cached * model.cached_input + output_tokens * model.output;
    TokenUsage {
        id: format!("tok_{}", draw.hex(12)),
        key_type: key_type.to_owned(),
        model: Some(model.name.to_owned()),
        input_tokens,
        output_tokens,
        cached_input_tokens: cached,
        usd_cost: Some(Usd::from_nanos(nanos)),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::draw::Stream, *};

    #[test]
    fn a_cost_follows_from_the_tokens() {
        let mut draw = Draw::new(1, Stream::Run, 1);
        for _ in 0..50 {
            let row = usage(HAIKU, "own", 2_000, &mut draw);
            assert!(row.cached_input_tokens <= row.input_tokens);
            let fresh = row.input_tokens - row.cached_input_tokens;
            let nanos = fresh * 1_000 + row.cached_input_tokens * 100 + row.output_tokens * 5_000;
            assert_eq!(row.usd_cost, Some(Usd::from_nanos(nanos)));
        }
    }
}
