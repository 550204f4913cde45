//! The words of a text, folded: what is written with other accents, marks, widths or in the other case is the same word.
//! Documents and questions are taken apart by this one function, so that both databases find the same.

use std::collections::VecDeque;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use unicode_segmentation::UnicodeSegmentation;

/// A longer word is several in a row, in characters.
const MAX_CHARS: usize = 32;
/// … and of so many bytes.
const MAX_BYTES: usize = 512;

/// A word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// As it is compared: letters, marks and digits in lower case, or a pictograph.
    pub text: String,
    /// Where it stands, in bytes of the text.
    pub from: usize,
    pub to: usize,
    /// Whether it may end anywhere, as in scripts that put no spaces between words.
    pub is_open: bool,
    /// Whether it is the rest of the word before it, from a capital in it on: the `Order` of `lookupOrder`.
    pub is_hump: bool,
}

/// A character as it is compared, with the bytes of the cluster that it comes from.
#[derive(Clone, Copy)]
struct Letter {
    /// Up to where it goes in the folded text of those that stand together.
    end: usize,
    from: usize,
    to: usize,
    case: Option<Case>,
}

/// As it was written, where that can be told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    Upper,
    Lower,
}

impl Case {
    fn of(letter: char) -> Option<Self> {
        if letter.is_uppercase() { Some(Self::Upper) } else { letter.is_lowercase().then_some(Self::Lower) }
    }
}

/// Letters of one kind that stand together.
#[derive(Default)]
struct Run {
    folded: String,
    letters: Vec<Letter>,
}

/// What a character is to a word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Of a word that ends where something else begins.
    Spaced,
    /// Of a script without spaces.
    Unspaced,
    /// A word by itself.
    Pictograph,
    Between,
}

/// The words of a text in their order.
pub fn words(text: &str) -> Words<'_> {
    Words { clusters: text.grapheme_indices(true), run: Run::default(), kind: Kind::Between, ready: VecDeque::new() }
}

/// See [`words`].
pub struct Words<'a> {
    clusters: unicode_segmentation::GraphemeIndices<'a>,
    run: Run,
    kind: Kind,
    ready: VecDeque<Word>,
}

impl Iterator for Words<'_> {
    type Item = Word;

    fn next(&mut self) -> Option<Word> {
        loop {
            if let Some(word) = self.ready.pop_front() {
                return Some(word);
            }
            let Some((from, cluster)) = self.clusters.next() else {
                self.finish(Kind::Between);
                return self.ready.pop_front();
            };
            self.take(from, cluster);
        }
    }
}

impl Words<'_> {
    fn take(&mut self, from: usize, cluster: &str) {
        let place = (from, from + cluster.len());
        let case = cluster.chars().next().and_then(Case::of);
        if let [byte] = cluster.as_bytes() {
            // As most are, without the ways of others.
            self.push(char::from(byte.to_ascii_lowercase()).encode_utf8(&mut [0; 1]), place, case);
        } else {
            letters(&fold(cluster)).for_each(|letter| self.push(letter, place, case));
        }
    }

    /// Takes in a folded letter.
    fn push(&mut self, folded: &str, (from, to): (usize, usize), case: Option<Case>) {
        let kind = folded.chars().next().map_or(Kind::Between, kind_of);
        if kind != self.kind || kind == Kind::Pictograph {
            self.finish(kind);
        }
        if kind != Kind::Between {
            self.run.folded.push_str(folded);
            self.run.letters.push(Letter { end: self.run.folded.len(), from, to, case });
        }
    }

    /// Makes words of the letters that stand together, before others of this kind.
    fn finish(&mut self, next: Kind) {
        match self.kind {
            Kind::Spaced | Kind::Pictograph => self.run.spaced(&mut self.ready),
            Kind::Unspaced => self.run.pairs(&mut self.ready),
            Kind::Between => {}
        }
        self.run.folded.clear();
        self.run.letters.clear();
        self.kind = next;
    }
}

impl Run {
    /// A word, in parts when it is very long, and after it its humps.
    fn spaced(&self, words: &mut VecDeque<Word>) {
        let count = self.letters.len();
        words.extend((0..count).step_by(MAX_CHARS).map(|at| self.word(at..count.min(at + MAX_CHARS), false)));
        if count <= MAX_CHARS {
            let humps = (1..count).filter(|at| self.begins_hump(*at)).map(|at| self.word(at..count, false));
            words.extend(humps.map(|hump| Word { is_hump: true, ..hump }));
        }
    }

    /// Whether a capital begins a word within a word: after a letter that is none, or before one, as the `S` of
    /// `HTTPServer`.
    fn begins_hump(&self, at: usize) -> bool {
        let is = |at: usize, case| self.letters.get(at).is_some_and(|letter| letter.case == Some(case));
        is(at, Case::Upper) && (!is(at - 1, Case::Upper) || is(at + 1, Case::Lower))
    }

    /// Overlapping pairs, and the last letter, so that any stretch of two is found, and each letter as the beginning of one.
    fn pairs(&self, words: &mut VecDeque<Word>) {
        let count = self.letters.len();
        words.extend((0..count).map(|at| self.word(at..count.min(at + 2), true)));
    }

    /// The word of some letters, of which there is one at least.
    fn word(&self, of: std::ops::Range<usize>, is_open: bool) -> Word {
        let begin = of.start.checked_sub(1).map_or(0, |before| self.letters[before].end);
        let (first, last) = (self.letters[of.start], self.letters[of.end - 1]);
        let mut text = self.folded[begin..last.end].to_owned();
        // A letter may carry any number of marks, and databases take no word without an end.
        text.truncate(text.floor_char_boundary(MAX_BYTES));
        Word { text, from: first.from, to: last.to, is_open, is_hump: false }
    }
}

/// The letters of a cluster, each with the marks that belong to it.
fn letters(folded: &str) -> impl Iterator<Item = &str> {
    let mut rest = folded;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let end =
            rest[first.len_utf8()..].find(|c| !is_combining_mark(c)).map_or(rest.len(), |end| end + first.len_utf8());
        let (letter, others) = rest.split_at(end);
        rest = others;
        Some(letter)
    })
}

/// Folds what a reader sees as one character.
fn fold(cluster: &str) -> String {
    // By way of capitals, because several small letters may share one: ß is SS, ς and σ are Σ.
    let folded = cluster.nfkd().filter(|c| !is_dropped(*c)).flat_map(char::to_uppercase).flat_map(char::to_lowercase);
    folded.nfd().filter(|c| !is_dropped(*c)).flat_map(plain).nfc().collect()
}

/// Accents, the vowel signs of Arabic and Hebrew, and what joins or varies what it stands beside. Marks that tell letters
/// apart, as those of kana and of the scripts of India, stay.
const fn is_dropped(c: char) -> bool {
    matches!(
        c,
        '\u{300}'..='\u{36f}'
            | '\u{591}'..='\u{5c7}'
            | '\u{610}'..='\u{61a}'
            | '\u{640}'
            | '\u{64b}'..='\u{65f}'
            | '\u{670}'
            | '\u{6d6}'..='\u{6ed}'
            | '\u{8d3}'..='\u{8ff}'
            | '\u{1ab0}'..='\u{1aff}'
            | '\u{1dc0}'..='\u{1dff}'
            | '\u{200c}'..='\u{200f}'
            | '\u{20d0}'..='\u{20ff}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{fe20}'..='\u{fe2f}'
            | '\u{1f3fb}'..='\u{1f3ff}'
            | '\u{ad}'
    )
}

/// Letters that are written in more than one way and have no decomposition.
fn plain(c: char) -> impl Iterator<Item = char> {
    let (first, second) = match c {
        'ø' => ('o', None),
        'đ' | 'ð' => ('d', None),
        'ł' => ('l', None),
        'ħ' => ('h', None),
        'æ' => ('a', Some('e')),
        'œ' => ('o', Some('e')),
        'þ' => ('t', Some('h')),
        'ى' | 'ی' => ('ي', None),
        'ة' => ('ه', None),
        'ک' => ('ك', None),
        'ٱ' => ('ا', None),
        other => (other, None),
    };
    std::iter::once(first).chain(second)
}

fn kind_of(c: char) -> Kind {
    match c {
        '\u{e00}'..='\u{eff}'
        | '\u{1000}'..='\u{109f}'
        | '\u{1100}'..='\u{11ff}'
        | '\u{1780}'..='\u{17ff}'
        | '\u{3005}'..='\u{3007}'
        | '\u{3041}'..='\u{312f}'
        | '\u{31a0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7ff}'
        | '\u{20000}'..='\u{3ffff}'
            if c.is_alphanumeric() || is_combining_mark(c) =>
        {
            Kind::Unspaced
        }
        '\u{2600}'..='\u{27bf}' | '\u{1f000}'..='\u{1faff}' => Kind::Pictograph,
        c if c.is_alphanumeric() || is_combining_mark(c) => Kind::Spaced,
        _ => Kind::Between,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(text: &str) -> Vec<String> {
        words(text).filter(|word| !word.is_hump).map(|word| word.text).collect()
    }

    #[test]
    fn words_of_every_script_are_folded() {
        for (text, expected) in [
            ("Refund triage", "refund triage"),
            ("  Crème BRÛLÉE, naïve  ", "creme brulee naive"),
            ("e\u{301}te\u{301} été", "ete ete"),
            ("Straße STRASSE ﬁne", "strasse strasse fine"),
            ("İstanbul ISPARTA ısparta", "istanbul isparta isparta"),
            ("Σίσυφος ΣΊΣΥΦΟΣ", "σισυφοσ σισυφοσ"),
            ("Ёлка Йод", "елка иод"),
            ("Łódź Ærø þing", "lodz aero thing"),
            ("مُحَمَّد محمد", "محمد محمد"),
            ("أحمد إيمان آمن مدرسة", "احمد ايمان امن مدرسه"),
            ("שָׁלוֹם שלום", "שלום שלום"),
            ("客户问", "客户 户问 问"),
            ("湿", "湿"),
            ("注文が届く", "注文 文が が届 届く く"),
            ("か\u{3099} ｶﾞ", "が ガ"),
            ("주문 확인", "주문 문 확인 인"),
            ("第3章", "第 3 章"),
            ("हिन्दी", "हिन्दी"),
            ("สวัสดี", "สวั วัส สดี ดี"),
            ("order🎉done 👍🏽", "order 🎉 done 👍"),
            ("gpt-5-mini", "gpt 5 mini"),
            ("ada@acme.example", "ada acme example"),
            ("1,234.50 €", "1 234 50"),
            ("lookup_order", "lookup order"),
            ("l'ordre can't", "l ordre can t"),
            ("ＡＢＣ１２３ ½", "abc123 1 2"),
            ("a\0b\"c'd\\e*f(g)", "a b c d e f g"),
            ("", ""),
        ] {
            assert_eq!(texts(text).join(" "), expected, "{text}");
        }
    }

    #[test]
    fn a_capital_within_a_word_begins_another() {
        let humps =
            |text: &str| words(text).filter(|word| word.is_hump).map(|word| word.text).collect::<Vec<_>>().join(" ");
        for (text, expected) in [
            ("lookupOrder", "order"),
            ("getUserName", "username name"),
            ("HTTPServer", "server"),
            ("PayPal ABC Abc", "pal"),
            ("order2Go", "go"),
        ] {
            assert_eq!(humps(text), expected, "{text}");
        }
        assert_eq!(texts("lookupOrder"), ["lookuporder"]);
    }

    #[test]
    fn a_long_word_is_several() {
        let lengths: Vec<_> = words(&"x".repeat(70)).map(|word| word.text.len()).collect();
        assert_eq!(lengths, [32, 32, 6]);
    }

    #[test]
    fn a_word_knows_where_it_stands() {
        let text = "Der Café-Bär e\u{301}te\u{301} 客户";
        let stretches: Vec<_> = words(text).map(|word| &text[word.from..word.to]).collect();
        assert_eq!(stretches, ["Der", "Café", "Bär", "e\u{301}te\u{301}", "客户", "户"]);
    }

    proptest! {
        #[test]
        fn words_are_words_of_themselves_and_stand_in_order(text in "\\PC{0,60}") {
            let mut last = 0;
            for word in words(&text) {
                prop_assert!(!word.text.is_empty() && word.from < word.to);
                prop_assert!(text.is_char_boundary(word.from) && text.is_char_boundary(word.to));
                prop_assert!(word.is_hump || word.from >= last);
                // What FTS5 takes as one token, and PostgreSQL as one lexeme.
                prop_assert!(word.text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || !c.is_ascii()));
                last = word.from;
            }
        }

        #[test]
        fn folding_again_changes_nothing(text in "[a-zA-Zà-ÿÀ-ßα-ωΑ-Ωа-яА-Я\u{621}-\u{64a}ぁ-ん一-鿿가-힣 ]{0,40}") {
            for word in words(&text).filter(|word| !word.is_open) {
                prop_assert_eq!(texts(&word.text), [word.text]);
            }
        }
    }
}
