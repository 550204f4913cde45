//! What somebody typed into the search box.

use uuid::Uuid;

/// What a search text asks for (P-19).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Search {
    /// Nothing.
    Empty,
    /// An id: of a conversation, else of a run.
    Id(Uuid),
    /// A link to a run, or any text that holds one.
    RunLink(Uuid),
    /// Words to look for.
    Text(String),
}

impl Search {
    /// Whether other rows are asked for, and not only picked among those in hand.
    pub const fn asks_the_server(&self) -> bool {
        matches!(self, Self::Id(_) | Self::RunLink(_))
    }
}

/// Tells what a search text asks for. Ids are taken with and without dashes, as traces print them.
pub fn classify(input: &str) -> Search {
    let text = input.trim();
    if text.is_empty() {
        Search::Empty
    } else if let Some(id) = parse_id(text) {
        Search::Id(id)
    } else if let Some(id) = linked_run(text) {
        Search::RunLink(id)
    } else {
        Search::Text(text.to_owned())
    }
}

fn parse_id(text: &str) -> Option<Uuid> {
    matches!(text.len(), 32 | 36).then(|| Uuid::try_parse(text).ok()).flatten()
}

/// The id in the first `run=<uuid>` that is a parameter of its own, not the end of another's name.
fn linked_run(text: &str) -> Option<Uuid> {
    text.match_indices("run=").find_map(|(at, mark)| {
        let own = !text[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-');
        let value = &text[at + mark.len()..];
        let end = value.find(|c: char| !c.is_ascii_hexdigit() && c != '-').unwrap_or(value.len());
        own.then(|| parse_id(&value[..end])).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ID: &str = "7f1c9b1e-52d0-4b8e-9c3a-0d4f5a6b7c8d";

    #[test]
    fn p19_the_box_knows_what_it_was_given() {
        let id: Uuid = ID.parse().unwrap();
        for (input, search) in [
            ("", Search::Empty),
            (" \n\t", Search::Empty),
            (ID, Search::Id(id)),
            ("  7F1C9B1E-52D0-4B8E-9C3A-0D4F5A6B7C8D ", Search::Id(id)),
            ("7f1c9b1e52d04b8e9c3a0d4f5a6b7c8d", Search::Id(id)),
            ("{7f1c9b1e-52d0-4b8e-9c3a-0d4f5a6b7c8d}", Search::Text(format!("{{{ID}}}"))),
            ("7f1c9b1e", Search::Text("7f1c9b1e".into())),
            ("run=", Search::Text("run=".into())),
            ("run=nonsense", Search::Text("run=nonsense".into())),
            ("refund", Search::Text("refund".into())),
        ] {
            assert_eq!(classify(input), search, "{input:?}");
        }
    }

    #[test]
    fn p21_a_run_is_found_in_any_text_with_a_link() {
        let id: Uuid = ID.parse().unwrap();
        for text in [
            format!("https://logs.example/logs?page=2&run={ID}"),
            format!("https://logs.example/logs?run={ID}&page=2#top"),
            format!("please look at <https://logs.example/logs?run={ID}>, it broke"),
            format!("run={ID}"),
            format!("?run=x&run={ID}"),
            format!("请看run={ID}"),
        ] {
            assert_eq!(classify(&text), Search::RunLink(id), "{text}");
        }
        assert!(matches!(classify(&format!("?dry_run={ID}")), Search::Text(_)));
    }

    proptest! {
        #[test]
        fn any_text_is_something(input in "\\PC*") {
            let search = classify(&input);
            prop_assert_eq!(search == Search::Empty, input.trim().is_empty());
        }
    }
}
