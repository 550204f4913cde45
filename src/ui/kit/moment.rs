//! A point in time, as the server can say it and then as the viewer's zone has it.

use crate::{
    domain::time::{Timestamp, ago},
    ui::hooks::{clock::use_now, hydrated::use_hydrated},
};
use leptos::prelude::*;
use wasm_bindgen::JsValue;

/// How long ago, with the exact time on hover.
#[component]
pub fn Ago(time: Timestamp) -> impl IntoView {
    let now = use_now();
    let exact = exact_text(time);
    view! {
        <time datetime=time.to_string() title=move || exact()>
            {move || ago(time, now.get())}
        </time>
    }
}

/// The exact time with its zone.
#[component]
pub fn Exact(time: Timestamp) -> impl IntoView {
    let exact = exact_text(time);
    view! { <time datetime=time.to_string()>{move || exact()}</time> }
}

/// A time in words, now and as the page is hydrated.
pub fn time_words(time: Timestamp, hydrated: bool) -> String {
    if hydrated { local_text(time) } else { time.to_utc_text() }
}

/// In UTC until the page's script, which knows the viewer's zone, has taken over.
fn exact_text(time: Timestamp) -> impl Fn() -> String + Clone {
    let hydrated = use_hydrated();
    move || time_words(time, hydrated.get())
}

fn local_text(time: Timestamp) -> String {
    local_words(
        time,
        &[
            ("day", "numeric"),
            ("month", "short"),
            ("year", "numeric"),
            ("hour", "2-digit"),
            ("minute", "2-digit"),
            ("second", "2-digit"),
            ("timeZoneName", "short"),
        ],
    )
}

/// These parts of a time in the viewer's zone, as the browser writes them.
#[expect(clippy::cast_precision_loss, reason = "milliseconds of this calendar are exact in a double")]
pub fn local_words(time: Timestamp, parts: &[(&str, &str)]) -> String {
    let options = js_sys::Object::new();
    for (part, form) in parts {
        // Setting a member of a plain object is never refused.
        let _ = js_sys::Reflect::set(&options, &(*part).into(), &(*form).into());
    }
    let date = js_sys::Date::new(&JsValue::from_f64(time.millis() as f64));
    String::from(date.to_locale_string("en-GB", &options))
}
