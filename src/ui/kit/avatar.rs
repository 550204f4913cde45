//! A round letter in a colour of its own, for a person or teammate.

use leptos::prelude::*;
use uuid::Uuid;

/// How many colours `style/avatar.css` has.
const HUES: u8 = 8;

/// The letter of a name, in a colour that follows from the id. Decoration: the name stands beside it.
#[component]
pub fn Avatar(id: Uuid, name: String) -> impl IntoView {
    let hue = id.as_bytes().iter().fold(0_u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(*byte)) % HUES;
    let letter = name.chars().find(|letter| !letter.is_whitespace() && !letter.is_ascii_punctuation());
    view! {
        <span class=format!("avatar avatar-{hue}") aria-hidden="true">
            {letter.map(String::from)}
        </span>
    }
}
