//! JSON as a tree that opens and closes. Only what is open is in the page, and of a long list a part at a time, so that a
//! megabyte is as quick as a line.

use crate::{
    domain::{
        json::{Json, Shape},
        text::{cut, thousands},
    },
    ui::hooks::opened::use_opened,
};
use leptos::{either::Either, prelude::*};

/// A value no longer than this stands in one line, in bytes.
const LINE: usize = 72;
/// A tree no longer than this is open all the way down, in bytes.
const OPEN: usize = 6_000;
/// How many members are shown at once.
const MEMBERS: usize = 100;
/// How much of a text is shown at once, in characters.
const TEXT: usize = 600;
/// How much more of it a click shows.
const MORE_TEXT: usize = 20_000;

/// The tree of a value.
#[component]
pub fn JsonTree(json: Json, #[prop(into)] label: String) -> impl IntoView {
    let all_open = json.as_str().len() <= OPEN;
    view! {
        <div class="json" role="group" aria-label=label dir="ltr">
            {node(None, &json, true, all_open)}
        </div>
    }
}

/// A value and what lies in it. Erased, as the type of a tree has no end.
fn node(name: Option<String>, json: &Json, is_root: bool, all_open: bool) -> AnyView {
    let name_view = name.map(|name| view! { <span class="json-name">{name}</span> ": " });
    if json.as_str().len() <= LINE {
        return view! {
            <div class="json-line">{name_view} {in_line(json)}</div>
        }
        .into_any();
    }
    match json.shape() {
        Shape::Object(members) => {
            let members = members.into_iter().map(|(name, value)| (Some(name), value)).collect();
            branch(name_view.into_any(), members, "{", "}", is_root || all_open, all_open)
        }
        Shape::Array(items) => {
            let items = items.into_iter().enumerate().map(|(at, value)| (Some(at.to_string()), value)).collect();
            branch(name_view.into_any(), items, "[", "]", is_root || all_open, all_open)
        }
        Shape::Text(text) => view! {
            <div class="json-line">{name_view} <LongText text class="json-text" /></div>
        }
        .into_any(),
        Shape::Plain(text) => view! {
            <div class="json-line">{name_view} <span class="json-plain">{text}</span></div>
        }
        .into_any(),
    }
}

/// An object or array: closed it says how much is in it.
fn branch(
    name: AnyView,
    members: Vec<(Option<String>, Json)>,
    begin: &'static str,
    end: &'static str,
    open: bool,
    all_open: bool,
) -> AnyView {
    let total = members.len();
    let count = format!(" {} {}", thousands(total as u64), if begin == "{" { "members" } else { "items" });
    let (details, was_opened, toggled) = use_opened(open);
    let (shown, set_shown) = signal(MEMBERS);
    let members = StoredValue::new(members);
    let chunk = move |from: usize| {
        members.with_value(|members| {
            let chunk = members.iter().skip(from).take(MEMBERS);
            chunk.map(|(name, value)| node(name.clone(), value, false, all_open)).collect_view()
        })
    };
    let more = move || {
        (shown.get() < total).then(|| {
            let label = format!("Show {} more of {}", MEMBERS.min(total - shown.get()), thousands(total as u64));
            view! {
                <button type="button" class="link" on:click=move |_| set_shown.update(|shown| *shown += MEMBERS)>
                    {label}
                </button>
            }
        })
    };
    view! {
        <details class="json-branch" node_ref=details open=open on:toggle=toggled>
            <summary>{name} <span class="json-sign">{begin}</span> <span class="json-count">{count}</span></summary>
            {move || {
                was_opened
                    .get()
                    .then(|| {
                        view! {
                            <div class="json-members">
                                <For each=move || (0..shown.get()).step_by(MEMBERS) key=|from| *from let:from>
                                    {chunk(from)}
                                </For>
                                {more}
                            </div>
                            <span class="json-sign">{end}</span>
                        }
                    })
            }}
        </details>
    }
    .into_any()
}

/// A short value in one line, its texts, numbers and names told apart.
fn in_line(json: &Json) -> AnyView {
    let list = |begin: &'static str, end: &'static str, items: Vec<AnyView>| {
        let space = if items.is_empty() { "" } else { " " };
        let items = items.into_iter().enumerate();
        let items = items.map(|(at, item)| view! { {if at > 0 { ", " } else { "" }} {item} }).collect_view();
        view! {
            <span class="json-sign">{begin} {space}</span>
            {items}
            <span class="json-sign">{space} {end}</span>
        }
        .into_any()
    };
    match json.shape() {
        Shape::Object(members) => {
            let members = members
                .into_iter()
                .map(|(name, value)| view! { <span class="json-name">{name}</span> ": " {in_line(&value)} }.into_any());
            list("{", "}", members.collect())
        }
        Shape::Array(items) => list("[", "]", items.iter().map(in_line).collect()),
        Shape::Text(text) => view! { <span class="json-text" dir="auto">{format!("\"{text}\"")}</span> }.into_any(),
        Shape::Plain(text) => view! { <span class="json-plain">{text}</span> }.into_any(),
    }
}

/// A text of any length, its beginning at first.
#[component]
pub fn LongText(text: String, class: &'static str, #[prop(default = TEXT)] at_first: usize) -> impl IntoView {
    let total = text.chars().count();
    if total <= at_first {
        return Either::Left(view! { <span class=class dir="auto">{text}</span> });
    }
    let (shown, set_shown) = signal(at_first);
    let text = StoredValue::new(text);
    let part = move || text.with_value(|text| cut(text, shown.get()).to_owned());
    let more = move || {
        (shown.get() < total).then(|| {
            let next = MORE_TEXT.min(total - shown.get());
            view! {
                <button type="button" class="link" on:click=move |_| set_shown.update(|shown| *shown += MORE_TEXT)>
                    {format!("Show {} more of {} characters", thousands(next as u64), thousands(total as u64))}
                </button>
            }
        })
    };
    Either::Right(view! {
        <span class=class dir="auto">
            {part}
        </span>
        {more}
    })
}
