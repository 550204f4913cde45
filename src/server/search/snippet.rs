//! The stretch of a run's texts that is shown for a match.

use super::{
    document::{RunText, SearchedRun},
    query::SearchQuery,
    taken::Taken,
};
use crate::domain::run_match::RunMatch;
use std::ops::Range;

/// What stands before and after the beginning of a match, in characters.
const AROUND: (usize, usize) = (30, 120);

/// Where the terms of a question stand in one text, in order.
struct Places {
    /// Each with the number of its term.
    all: Vec<(Range<usize>, usize)>,
    /// How many of the terms stand there at all.
    terms: usize,
}

/// The stretch of the text that holds most of what was looked for; `None` when no text of the run does.
pub fn find(run: &SearchedRun, query: &SearchQuery) -> Option<RunMatch> {
    let mut best: Option<(RunText<'_>, Places)> = None;
    for text in run.texts() {
        let places = places(&text.text, query);
        if places.terms > best.as_ref().map_or(0, |(_, best)| best.terms) {
            let is_all = places.terms == query.terms().len();
            best = Some((text, places));
            if is_all {
                break;
            }
        }
    }
    best.map(|(text, places)| shown(&text, &places))
}

fn places(text: &str, query: &SearchQuery) -> Places {
    let taken = Taken::of(text);
    let mut places = Places { all: Vec::new(), terms: 0 };
    for (number, term) in query.terms().iter().enumerate() {
        let of_term = taken.places_of(term);
        places.terms += usize::from(!of_term.is_empty());
        places.all.extend(of_term.into_iter().map(|place| (place, number)));
    }
    places.all.sort_by_key(|(place, _)| (place.start, place.end));
    places
}

fn shown(text: &RunText<'_>, places: &Places) -> RunMatch {
    let stretch = stretch(&text.text, places);
    let is_cut = (stretch.start > 0, stretch.end < text.text.len());
    let offset = u32::from(is_cut.0);
    let chars_to = |byte: usize| text.text[stretch.start..byte].chars().fold(offset, |chars, _| chars + 1);
    let mut marks: Vec<(u32, u32)> = Vec::new();
    for (place, _) in places.all.iter().filter(|(place, _)| place.start >= stretch.start && place.start < stretch.end) {
        let (from, to) = (chars_to(place.start), chars_to(place.end.min(stretch.end)));
        match marks.last_mut().filter(|(_, before)| from <= *before) {
            Some((_, before)) => *before = to.max(*before),
            None => marks.push((from, to)),
        }
    }
    let cut = |cut: bool| if cut { "…" } else { "" };
    // A line is a line in the list, and each character still one.
    let line = text.text[stretch].replace(char::is_control, " ");
    RunMatch {
        field: text.field,
        step_id: text.step.map(|step| step.id.clone()),
        step_name: text.step.map(|step| step.label().to_owned()),
        call_id: text.call.map(|call| call.id.clone()),
        text: format!("{}{line}{}", cut(is_cut.0), cut(is_cut.1)),
        marks,
    }
}

/// The stretch in which most different terms begin, the first of several.
fn stretch(text: &str, places: &Places) -> Range<usize> {
    let around = |at: usize| {
        let (before, after) = AROUND;
        let start = text[..at].char_indices().rev().nth(before - 1).map_or(0, |(start, _)| start);
        let end = text[at..].char_indices().nth(after).map_or(text.len(), |(end, _)| at + end);
        start..end
    };
    let mut best = (0, 0..0);
    let mut last = None;
    for (place, _) in &places.all {
        // One that begins next to another would show the same.
        if last.is_some_and(|last| place.start < last + AROUND.0) {
            continue;
        }
        last = Some(place.start);
        let stretch = around(place.start);
        let mut terms: Vec<usize> =
            places.all.iter().filter(|(place, _)| stretch.contains(&place.start)).map(|(_, term)| *term).collect();
        terms.sort_unstable();
        terms.dedup();
        if terms.len() > best.0 {
            best = (terms.len(), stretch);
            if best.0 == places.terms {
                break;
            }
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::run_match::MatchField, server::search::document::tests::run};
    use proptest::prelude::*;

    fn said(found: &RunMatch) -> String {
        found.pieces().into_iter().map(|(text, is_match)| if is_match { format!("[{text}]") } else { text }).collect()
    }

    #[test]
    fn a_match_is_shown_where_most_of_it_is() {
        for (query, field, step, text) in [
            ("parcel", MatchField::Input, None, "Where is my [parcel]?"),
            ("\"wet parcel\"", MatchField::ToolResult, Some("s1"), "note: a [wet parcel], state: open"),
            ("parcel note", MatchField::ToolResult, Some("s1"), "[note]: a wet [parcel], state: open"),
            ("lookup", MatchField::ToolName, Some("s1"), "[lookup]_order"),
            ("lookup_ord", MatchField::ToolName, Some("s1"), "[lookup_order]"),
            ("period", MatchField::StepError, Some("s2"), "the [period] is closed"),
            ("88213", MatchField::StepInput, Some("s1"), "order: [88213]"),
            ("gruss", MatchField::Transcript, None, "[Grüß] Gott"),
            ("1e52d0", MatchField::Id, None, "7f1c9b[1e-52d0]-4b8e-9c3a-0d4f5a6b7c8d"),
            ("gpt mini", MatchField::Model, None, "[gpt]-5-[mini]"),
        ] {
            let found = find(&run(), &query.parse().unwrap()).unwrap();
            assert_eq!((found.field, found.step_id.as_deref(), said(&found).as_str()), (field, step, text), "{query}");
        }
        assert_eq!(find(&run(), &"suspended".parse().unwrap()), None);
    }

    #[test]
    fn a_long_text_is_cut_around_the_match() {
        let mut long = run();
        long.messages[1] = Some(format!("{}\nthe ÉTÉ came {}", "x ".repeat(400), "y ".repeat(400)));
        let found = find(&long, &"ete".parse().unwrap()).unwrap();
        assert_eq!(&found.text[..found.text.find('É').unwrap()], "… x x x x x x x x x x x x  the ");
        assert!(found.text.ends_with('…') && found.text.chars().count() == 152);
        assert!(said(&found).contains("the [ÉTÉ] came"));
    }

    proptest! {
        #[test]
        fn marks_lie_in_the_text_and_in_order(text in "\\PC{0,200}", query in "\\PC{1,5}") {
            if let Ok(query) = query.parse() {
                let run = SearchedRun { messages: [Some(text), None, None], ..run() };
                if let Some(found) = find(&run, &query) {
                    let length = u32::try_from(found.text.chars().count()).unwrap();
                    let mut last = 0;
                    prop_assert!(!found.marks.is_empty());
                    for (from, to) in found.marks {
                        prop_assert!(last <= from && from < to && to <= length);
                        last = to;
                    }
                }
            }
        }
    }
}
