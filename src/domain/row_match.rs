//! Plain-text search over the rows in hand: which of them hold a text, and where (P-22).

use super::{run::RunSummary, source};

/// How much of a cell one sees for sure; what matches further on is shown in a line of its own.
const IN_SIGHT: usize = 40;
/// What stands before and after a match in that line, in characters.
const AROUND: (usize, usize) = (30, 90);

/// A text that is looked for, without regard to case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needle(Vec<char>);

/// A stretch of a text, part of a match or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece<'a> {
    pub text: &'a str,
    pub is_match: bool,
}

/// What of a run holds the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowMatch {
    /// A cell of the row shows it.
    InCell,
    /// It stands where the row does not show it: the name of the place, and the words around it.
    Elsewhere { place: &'static str, words: String },
}

impl Needle {
    /// What is looked for; `None` when that is nothing.
    pub fn new(text: &str) -> Option<Self> {
        let folded: Vec<char> = text.trim().chars().flat_map(char::to_lowercase).collect();
        (!folded.is_empty()).then_some(Self(folded))
    }

    /// Takes a text apart into what matches and what stands between. Nothing is lost.
    pub fn pieces<'a>(&self, text: &'a str) -> Vec<Piece<'a>> {
        let (mut pieces, mut done, mut at) = (Vec::new(), 0, 0);
        while let Some(first) = text[at..].chars().next() {
            if let Some(length) = self.length_at(&text[at..]) {
                pieces.extend((done < at).then(|| Piece { text: &text[done..at], is_match: false }));
                pieces.push(Piece { text: &text[at..at + length], is_match: true });
                at += length;
                done = at;
            } else {
                at += first.len_utf8();
            }
        }
        pieces.extend((done < text.len()).then(|| Piece { text: &text[done..], is_match: false }));
        pieces
    }

    /// Whether a text holds it.
    pub fn is_in(&self, text: &str) -> bool {
        self.find(text).is_some()
    }

    /// The byte at which the text is found first.
    fn find(&self, text: &str) -> Option<usize> {
        text.char_indices().map(|(at, _)| at).find(|at| self.length_at(&text[*at..]).is_some())
    }

    /// How many bytes match at the beginning of a text.
    fn length_at(&self, text: &str) -> Option<usize> {
        let (mut wanted, mut length) = (self.0.as_slice(), 0);
        for letter in text.chars() {
            for folded in letter.to_lowercase() {
                // A letter that folds to several matches as a whole or not at all.
                let (first, rest) = wanted.split_first()?;
                if *first != folded {
                    return None;
                }
                wanted = rest;
            }
            length += letter.len_utf8();
            if wanted.is_empty() {
                return Some(length);
            }
        }
        None
    }

    /// Where a run holds the text; `None` when it does not.
    pub fn find_in(&self, run: &RunSummary) -> Option<RowMatch> {
        let in_sight = |text: &str| self.find(text).is_some_and(|at| text[..at].chars().count() < IN_SIGHT);
        let label = source::label(&run.source);
        let texts = |texts: [Option<&str>; 5]| texts.into_iter().flatten().any(in_sight);
        if texts([
            Some(&run.workflow_name),
            run.input_message.as_deref(),
            run.model.as_deref(),
            run.ai_employee_name.as_deref(),
            Some(&label),
        ]) {
            return Some(RowMatch::InCell);
        }
        let id = run.id.to_string();
        [
            ("Skill", Some(run.workflow_name.as_str())),
            ("Input", run.input_message.as_deref()),
            ("Output", run.output_message.as_deref()),
            ("Error", run.error_message.as_deref()),
            ("Model", run.model.as_deref()),
            ("AI Teammate", run.ai_employee_name.as_deref()),
            ("Channel", Some(&label)),
            ("Channel", Some(&run.source)),
            ("Run", Some(&id)),
        ]
        .into_iter()
        .find_map(|(place, text)| {
            let text = text?;
            let at = self.find(text)?;
            Some(RowMatch::Elsewhere { place, words: around(text, at) })
        })
    }
}

/// The words around a byte of a text.
fn around(text: &str, at: usize) -> String {
    let (before, after) = AROUND;
    let start = text[..at].char_indices().rev().nth(before - 1).map_or(0, |(start, _)| start);
    let end = text[at..].char_indices().nth(after).map_or(text.len(), |(end, _)| at + end);
    let mark = |cut: bool| if cut { "…" } else { "" };
    format!("{}{}{}", mark(start > 0), &text[start..end], mark(end < text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn marked(needle: &str, text: &str) -> String {
        let pieces = Needle::new(needle).unwrap();
        let pieces = pieces.pieces(text).into_iter();
        pieces.map(|piece| if piece.is_match { format!("[{}]", piece.text) } else { piece.text.to_owned() }).collect()
    }

    #[test]
    fn matches_are_marked_whatever_their_case() {
        for (needle, text, expected) in [
            ("refund", "Refund triage", "[Refund] triage"),
            (" TRIAGE ", "Refund triage", "Refund [triage]"),
            ("aa", "aaaaa", "[aa][aa]a"),
            ("é", "CAFÉ", "CAF[É]"),
            ("ي", "عربي", "عرب[ي]"),
            ("客户", "问客户", "问[客户]"),
            // One letter that folds to two is no match for the first of them.
            ("i", "İx", "İx"),
            ("i̇x", "İx", "[İx]"),
            ("x", "", ""),
        ] {
            assert_eq!(marked(needle, text), expected, "{needle} in {text}");
        }
        assert_eq!(Needle::new("  "), None);
    }

    fn run() -> RunSummary {
        serde_json::from_value(serde_json::json!({
            "id": "7f1c9b1e-52d0-4b8e-9c3a-0d4f5a6b7c8d", "workflow_name": "Refund triage", "ai_employee_name": "Nora",
            "source": "employee_chat", "model": "gpt-5-mini", "status": "failed", "created_at": "2026-11-21T14:00:00Z",
            "input_message": format!("{} the parcel was wet", "A letter of some length. ".repeat(4)),
            "output_message": "Refunded in full", "error_message": "period is closed", "costs": []
        }))
        .unwrap()
    }

    #[test]
    fn p22_every_field_is_looked_through() {
        let run = run();
        let found = |needle: &str| Needle::new(needle).unwrap().find_in(&run);
        for needle in ["refund", "a letter", "GPT-5", "nora", "internal chat"] {
            assert_eq!(found(needle), Some(RowMatch::InCell), "{needle}");
        }
        for (needle, place) in [
            ("wet", "Input"),
            ("in full", "Output"),
            ("closed", "Error"),
            ("employee_ch", "Channel"),
            ("7f1c9b1e-52", "Run"),
        ] {
            assert!(matches!(found(needle), Some(RowMatch::Elsewhere { place: at, .. }) if at == place), "{needle}");
        }
        assert_eq!(found("suspended"), None);
        let Some(RowMatch::Elsewhere { words, .. }) = found("wet") else { panic!("it is there") };
        assert_eq!(words, "… some length.  the parcel was wet");
    }

    proptest! {
        #[test]
        fn pieces_are_the_text_and_nothing_is_lost(needle in "\\PC{1,4}", text in "\\PC{0,40}") {
            if let Some(needle) = Needle::new(&needle) {
                let pieces = needle.pieces(&text);
                prop_assert_eq!(pieces.iter().map(|piece| piece.text).collect::<String>(), text.clone());
                prop_assert_eq!(pieces.iter().any(|piece| piece.is_match), needle.find(&text).is_some());
            }
        }
    }
}
