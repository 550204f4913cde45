//! A text taken apart: its words in a row, with gaps where an id stands, and the ids.

use super::{
    ids::{FoundId, ids_in},
    query::Term,
    words::{Word, words},
};
use std::ops::Range;

/// Words of one text that are looked at; what comes after them is not found.
pub const MAX_WORDS: usize = 4_000;

/// A text taken apart.
#[derive(Debug, Default)]
pub struct Taken {
    /// Its words in their places; `None` where no phrase goes on.
    pub slots: Vec<Option<Word>>,
    /// The rests of its words, from a capital within them on.
    pub humps: Vec<Word>,
    pub ids: Vec<FoundId>,
}

impl Taken {
    /// Takes a text apart.
    pub fn of(text: &str) -> Self {
        let ids = ids_in(text);
        let mut taken = Self::default();
        let mut begin = 0;
        for id in &ids {
            taken.add(text, begin..id.place.start);
            taken.slots.push(None);
            begin = id.place.end;
        }
        taken.add(text, begin..text.len());
        taken.ids = ids;
        taken
    }

    fn add(&mut self, text: &str, stretch: Range<usize>) {
        let begin = stretch.start;
        for word in words(&text[stretch]) {
            if self.slots.len() >= MAX_WORDS {
                return;
            }
            let word = Word { from: word.from + begin, to: word.to + begin, ..word };
            if word.is_hump {
                self.humps.push(word);
            } else {
                self.slots.push(Some(word));
            }
        }
    }

    /// Where a term stands, in bytes of the text.
    pub fn places_of(&self, term: &Term) -> Vec<Range<usize>> {
        let mut places = Vec::new();
        if let Some(count) = term.words.len().checked_sub(1) {
            for slots in self.slots.windows(count + 1) {
                let fits = slots.iter().zip(&term.words).enumerate().all(|(at, (slot, wanted))| {
                    slot.as_ref().is_some_and(|word| fits(word, wanted, term.is_prefix && at == count))
                });
                if let (true, Some(Some(first)), Some(Some(last))) = (fits, slots.first(), slots.last()) {
                    places.push(first.from..last.to);
                }
            }
        }
        if let [wanted] = term.words.as_slice() {
            let humps = self.humps.iter().filter(|hump| fits(hump, wanted, term.is_prefix));
            places.extend(humps.map(|hump| hump.from..hump.to));
        }
        if let Some(fragment) = &term.fragment {
            places.extend(self.ids.iter().filter_map(|id| place_in(id, fragment)));
        }
        places
    }
}

fn fits(word: &Word, wanted: &str, is_prefix: bool) -> bool {
    if is_prefix { word.text.starts_with(wanted) } else { word.text == wanted }
}

/// Where the digits of a fragment stand in an id.
fn place_in(id: &FoundId, fragment: &str) -> Option<Range<usize>> {
    let at = id.digits.find(fragment)?;
    // The dashes stand before the digits of these numbers.
    let has_dashes = id.place.len() > id.digits.len();
    let byte = |digit: usize| {
        digit + if has_dashes { [8, 12, 16, 20].iter().filter(|dash| **dash <= digit).count() } else { 0 }
    };
    let (first, last) = (byte(at), byte(at + fragment.len() - 1));
    Some(id.place.start + first..id.place.start + last + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::search::query::SearchQuery;

    #[test]
    fn terms_are_found_where_they_stand() {
        let id = "7f1c9b1e-52d0-4b8e-9c3a-0d4f5a6b7c8d";
        let text = format!("The wet parcel of lookupOrder({id}) came wet");
        let taken = Taken::of(&text);
        for (query, expected) in [
            ("WET", vec!["wet", "wet"]),
            ("par", vec!["parcel"]),
            ("\"wet parcel\"", vec!["wet parcel"]),
            ("\"wet par\"", vec![]),
            ("order", vec!["Order"]),
            ("lookupord", vec!["lookupOrder"]),
            ("1e52d0", vec!["1e-52d0"]),
            ("9b1e-52d0", vec!["9b1e-52d0"]),
            ("7c8d", vec!["7c8d"]),
            (id, vec![id]),
        ] {
            let query = SearchQuery::parse(query).unwrap();
            let places = taken.places_of(&query.terms()[0]);
            let found: Vec<_> = places.into_iter().map(|place| &text[place]).collect();
            assert_eq!(found, expected, "{query}");
        }
        // No phrase goes past an id.
        let phrase = SearchQuery::parse("\"lookupOrder came\"").unwrap();
        assert!(taken.places_of(&phrase.terms()[0]).is_empty());
    }
}
