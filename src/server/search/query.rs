//! What somebody asks for: words, each of which a run has to have. A word is also the beginning of longer ones; words in
//! quotes stand in a row; and what may be part of an id is looked for in ids too. Nothing else means anything, so any
//! text is a question.

use super::{
    ids::{fragment, ids_in, windows},
    words::words,
};
use std::{fmt, str::FromStr};

/// The longest question, in characters.
pub const MAX_CHARS: usize = 256;
/// The longest beginning that is kept by itself, in characters.
const MAX_BEGINNING: usize = 2;
/// The most words and phrases of one.
pub const MAX_TERMS: usize = 16;

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SearchQuery {
    text: String,
    terms: Vec<Term>,
}

/// A word, a phrase or a fragment of an id. One of the first two may at the same time be the third.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Term {
    /// Words in a row, within one text.
    pub words: Vec<String>,
    /// Whether the last of them may go on.
    pub is_prefix: bool,
    /// Digits that an id may hold.
    pub fragment: Option<String>,
}

/// Words in a row that are kept, as one of which a term is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    pub words: Vec<String>,
    /// Whether the last of them may go on.
    pub is_prefix: bool,
}

impl Term {
    /// What the term is found as: any of these.
    pub fn phrases(&self) -> Vec<Phrase> {
        let words = match self.words.as_slice() {
            [word] if self.is_prefix && is_short(word) => Phrase { words: vec![beginning(word)], is_prefix: false },
            words => Phrase { words: words.to_vec(), is_prefix: self.is_prefix },
        };
        let fragment = self.fragment.iter().map(|digits| Phrase { words: windows(digits).collect(), is_prefix: false });
        std::iter::once(words).chain(fragment).filter(|phrase| !phrase.words.is_empty()).collect()
    }
}

/// Whether so many words begin like this that its runs are kept by themselves.
fn is_short(word: &str) -> bool {
    word.chars().count() <= MAX_BEGINNING
}

/// The short beginnings of a word.
pub fn beginnings(word: &str) -> impl Iterator<Item = &str> {
    let ends = word.char_indices().map(|(at, letter)| at + letter.len_utf8());
    ends.take(MAX_BEGINNING).map(|end| &word[..end])
}

/// A short beginning as it is kept. No text has a word that begins with the mark, and no id one that is as short.
pub fn beginning(word: &str) -> String {
    format!("_{word}")
}

/// Not a question that can be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSearch {
    #[error("must have a letter, a digit or a pictograph to look for")]
    Empty,
    #[error("must not be longer than {MAX_CHARS} characters")]
    TooLong,
    #[error("must not have more than {MAX_TERMS} words and phrases")]
    TooManyTerms,
}

impl SearchQuery {
    /// Reads a question.
    pub fn parse(text: &str) -> Result<Self, InvalidSearch> {
        if text.chars().count() > MAX_CHARS {
            return Err(InvalidSearch::TooLong);
        }
        let mut terms = Vec::new();
        let mut parts = text.split(['"', '“', '”', '„']).peekable();
        let mut is_quoted = false;
        while let Some(part) = parts.next() {
            if is_quoted {
                // A phrase that is not closed is still being written.
                add(&mut terms, part, parts.peek().is_none());
            } else {
                part.split_whitespace().for_each(|word| add(&mut terms, word, true));
            }
            is_quoted = !is_quoted;
        }
        match terms.len() {
            0 => Err(InvalidSearch::Empty),
            1..=MAX_TERMS => Ok(Self { text: text.trim().to_owned(), terms }),
            _ => Err(InvalidSearch::TooManyTerms),
        }
    }

    /// What is looked for, each of them.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }
}

/// Adds what stands together. An id in it is a term by itself.
fn add(terms: &mut Vec<Term>, text: &str, may_go_on: bool) {
    if let Some(fragment) = fragment(text) {
        let Term { words, is_prefix, .. } = term_of(text, may_go_on);
        let is_whole = ids_in(text).len() == 1;
        terms.push(Term { words: if is_whole { Vec::new() } else { words }, is_prefix, fragment: Some(fragment) });
        return;
    }
    let mut begin = 0;
    for id in ids_in(text) {
        push(terms, term_of(&text[begin..id.place.start], false));
        terms.push(Term { words: Vec::new(), is_prefix: false, fragment: Some(id.digits) });
        begin = id.place.end;
    }
    push(terms, term_of(&text[begin..], may_go_on));
}

fn push(terms: &mut Vec<Term>, term: Term) {
    if !term.words.is_empty() && !terms.contains(&term) {
        terms.push(term);
    }
}

fn term_of(text: &str, may_go_on: bool) -> Term {
    let words: Vec<_> = words(text).filter(|word| !word.is_hump).collect();
    let is_prefix = may_go_on || words.last().is_some_and(|word| word.is_open);
    Term { words: words.into_iter().map(|word| word.text).collect(), is_prefix, fragment: None }
}

impl FromStr for SearchQuery {
    type Err = InvalidSearch;

    fn from_str(text: &str) -> Result<Self, InvalidSearch> {
        Self::parse(text)
    }
}

impl fmt::Display for SearchQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Terms as text: `wet*` goes on, `a+b` stands in a row, `#7f1c` is of an id.
    fn said(text: &str) -> String {
        let said = |term: &Term| {
            let star = if term.is_prefix && !term.words.is_empty() { "*" } else { "" };
            let id = term.fragment.as_ref().map(|digits| format!("#{digits}")).unwrap_or_default();
            format!("{}{star}{id}", term.words.join("+"))
        };
        match SearchQuery::parse(text) {
            Ok(query) => query.terms.iter().map(said).collect::<Vec<_>>().join(" "),
            Err(error) => format!("{error:?}"),
        }
    }

    #[test]
    fn any_text_is_a_question() {
        let id = "7f1c9b1e-52d0-4b8e-9c3a-0d4f5a6b7c8d";
        for (text, expected) in [
            ("Wet parcel", "wet* parcel*"),
            ("\"Wet parcel\" today", "wet+parcel today*"),
            ("“wet parcel”", "wet+parcel"),
            ("\"wet par", "wet+par*"),
            ("lookup_order", "lookup+order*"),
            ("ada@acme.example", "ada+acme+example*"),
            ("客户", "客户+户*"),
            ("\"客户\"", "客户+户*"),
            ("wet AND NOT (parcel*) OR NEAR:x", "wet* and* not* parcel* or* near+x*"),
            ("88213", "88213*#88213"),
            ("7f1c9b1e-52d0", "7f1c9b1e+52d0*#7f1c9b1e52d0"),
            (id, "#7f1c9b1e52d04b8e9c3a0d4f5a6b7c8d"),
            ("wet wet", "wet*"),
            ("\"", "Empty"),
            ("  -- !? ", "Empty"),
            ("", "Empty"),
        ] {
            assert_eq!(said(text), expected, "{text}");
        }
        assert_eq!(said(&format!("order={id}")), "order #7f1c9b1e52d04b8e9c3a0d4f5a6b7c8d");
        assert_eq!(said(&"x ".repeat(129)), "TooLong");
        assert_eq!(said(&(0..17).map(|n| format!("w{n}")).collect::<Vec<_>>().join(" ")), "TooManyTerms");
    }

    #[test]
    fn a_short_beginning_is_kept_by_itself() {
        let phrases = |text: &str| {
            let phrases = SearchQuery::parse(text).unwrap().terms()[0].phrases().into_iter();
            phrases.map(|phrase| (phrase.words.join("+"), phrase.is_prefix)).collect::<Vec<_>>()
        };
        assert_eq!(beginnings("wet").map(beginning).collect::<Vec<_>>(), ["_w", "_we"]);
        assert_eq!(beginnings("客").collect::<Vec<_>>(), ["客"]);
        assert_eq!(phrases("WE"), [("_we".to_owned(), false)]);
        assert_eq!(phrases("客"), [("_客".to_owned(), false)]);
        assert_eq!(phrases("wet"), [("wet".to_owned(), true)]);
        assert_eq!(phrases("\"we\""), [("we".to_owned(), false)]);
        assert_eq!(phrases("a-b"), [("a+b".to_owned(), true)]);
        assert_eq!(phrases("7f1c9"), [("7f1c9".to_owned(), true), ("_7f1c+_f1c9".to_owned(), false)]);
    }

    proptest! {
        #[test]
        fn what_is_read_has_words_that_stand_for_nothing_else(text in "\\PC{0,80}") {
            if let Ok(query) = SearchQuery::parse(&text) {
                prop_assert!((1..=MAX_TERMS).contains(&query.terms().len()));
                for term in query.terms() {
                    prop_assert!(!term.words.is_empty() || term.fragment.is_some());
                    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || !c.is_ascii();
                    prop_assert!(term.words.iter().flat_map(|word| word.chars()).all(is_plain));
                }
            }
        }
    }
}
