//! A text in which what is searched for is marked.

use crate::domain::row_match::Needle;
use leptos::{either::Either, prelude::*};

/// The text, and in it what matches.
#[component]
pub fn Marked(#[prop(into)] text: String, needle: Memo<Option<Needle>>) -> impl IntoView {
    move || match needle.get() {
        None => Either::Left(text.clone()),
        Some(needle) => {
            let pieces = needle.pieces(&text).into_iter();
            let pieces = pieces.map(|piece| {
                let text = piece.text.to_owned();
                if piece.is_match { Either::Left(view! { <mark>{text}</mark> }) } else { Either::Right(text) }
            });
            Either::Right(pieces.collect_view())
        }
    }
}
