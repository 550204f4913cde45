//! A text in which what is searched for is marked.

use crate::domain::row_match::Needle;
use leptos::prelude::*;

/// The text, and in it what matches.
#[component]
pub fn Marked(#[prop(into)] text: String, needle: Memo<Option<Needle>>) -> impl IntoView {
    view! {
        {move || match needle.get() {
            None => text.clone().into_any(),
            Some(needle) => pieces(needle.pieces(&text).into_iter().map(|piece| (piece.text.to_owned(), piece.is_match))),
        }}
    }
}

/// Pieces of a text, of which some match.
pub fn pieces(pieces: impl Iterator<Item = (String, bool)>) -> AnyView {
    let piece = |(text, is_match): (String, bool)| {
        if is_match { view! { <mark>{text}</mark> }.into_any() } else { text.into_any() }
    };
    pieces.map(piece).collect_view().into_any()
}
