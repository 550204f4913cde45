//! The words of a text, folded: what is written with other accents, marks, widths or in the other case is the same word.
//! Documents and questions are taken apart by this one function, so that both databases find the same.

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
struct Letter {
    text: String,
    from: usize,
    to: usize,
    is_upper: bool,
    is_lower: bool,
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
    Words { clusters: text.grapheme_indices(true), run: Vec::new(), kind: Kind::Between, ready: Vec::new().into_iter() }
}

/// See [`words`].
pub struct Words<'a> {
    clusters: unicode_segmentation::GraphemeIndices<'a>,
    /// Letters of one kind that stand together.
    run: Vec<Letter>,
    kind: Kind,
    ready: std::vec::IntoIter<Word>,
}

impl Iterator for Words<'_> {
    type Item = Word;

    fn next(&mut self) -> Option<Word> {
        loop {
            if let Some(word) = self.ready.next() {
                return Some(word);
            }
            let Some((from, cluster)) = self.clusters.next() else {
                self.finish(Kind::Between);
                return self.ready.next();
            };
            self.take(from, cluster);
        }
    }
}

impl Words<'_> {
    fn take(&mut self, from: usize, cluster: &str) {
        let to = from + cluster.len();
        let first = cluster.chars().next();
        let (is_upper, is_lower) = (first.is_some_and(char::is_uppercase), first.is_some_and(char::is_lowercase));
        let mut ready = Vec::new();
        let folded = fold(cluster);
        for part in letters(&folded) {
            let kind = part.chars().next().map_or(Kind::Between, kind_of);
            if kind != self.kind || kind == Kind::Pictograph {
                self.finish(kind);
                ready.extend(std::mem::take(&mut self.ready));
            }
            if kind != Kind::Between {
                self.run.push(Letter { text: part.to_owned(), from, to, is_upper, is_lower });
            }
        }
        ready.extend(std::mem::take(&mut self.ready));
        self.ready = ready.into_iter();
    }

    /// Makes words of the letters that stand together, before others of this kind.
    fn finish(&mut self, next: Kind) {
        let run = std::mem::take(&mut self.run);
        self.ready = match self.kind {
            Kind::Spaced | Kind::Pictograph => spaced(&run),
            Kind::Unspaced => pairs(&run),
            Kind::Between => Vec::new(),
        }
        .into_iter();
        self.kind = next;
    }
}

/// A word, in parts when it is very long, and after it its humps.
fn spaced(run: &[Letter]) -> Vec<Word> {
    let mut words: Vec<Word> = run.chunks(MAX_CHARS).filter_map(|part| word(part, false)).collect();
    if run.len() <= MAX_CHARS {
        let humps = (1..run.len()).filter(|at| begins_hump(run, *at)).filter_map(|at| word(&run[at..], false));
        words.extend(humps.map(|hump| Word { is_hump: true, ..hump }));
    }
    words
}

/// Whether a capital begins a word within a word: after a letter that is none, or before one, as the `S` of `HTTPServer`.
fn begins_hump(run: &[Letter], at: usize) -> bool {
    let is_lower = |at: usize| run.get(at).is_some_and(|letter| letter.is_lower);
    run[at].is_upper && (!run[at - 1].is_upper || is_lower(at + 1))
}

/// Overlapping pairs, and the last letter, so that any stretch of two is found, and each letter as the beginning of one.
fn pairs(run: &[Letter]) -> Vec<Word> {
    (0..run.len()).filter_map(|at| word(&run[at..run.len().min(at + 2)], true)).collect()
}

fn word(letters: &[Letter], is_open: bool) -> Option<Word> {
    let (first, last) = (letters.first()?, letters.last()?);
    let mut text: String = letters.iter().map(|letter| letter.text.as_str()).collect();
    // A letter may carry any number of marks, and databases take no word without an end.
    text.truncate(text.floor_char_boundary(MAX_BYTES));
    Some(Word { text, from: first.from, to: last.to, is_open, is_hump: false })
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
    if let [byte] = cluster.as_bytes() {
        return char::from(byte.to_ascii_lowercase()).to_string();
    }
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
