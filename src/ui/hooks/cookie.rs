//! What a page tells the server about its looks, so that the first paint is right: a year long, and of this site only.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

/// Writes a cookie.
pub fn write_cookie(name: &str, value: &str) {
    if let Some(document) = document().dyn_ref::<web_sys::HtmlDocument>() {
        // A browser may keep none; then the page itself still knows.
        let _ = document.set_cookie(&format!("{name}={value}; path=/; max-age=31536000; samesite=lax"));
    }
}
