//! The page size: kept in localStorage, and in a cookie so that the server renders the same (P-7).

use super::{cookie::write_cookie, reactive::effect};
use crate::domain::page::PageSize;
use gloo_storage::{LocalStorage, Storage};
use leptos::prelude::*;

/// The key in localStorage, shared by all surfaces.
const STORAGE_KEY: &str = "alloy:logs-page-size";
/// The cookie that the server reads.
pub const COOKIE: &str = "alloy-logs-page-size";

#[derive(Clone, Copy)]
struct ChosenSize(RwSignal<PageSize>);

/// Provides the page size, beginning with the one that the server rendered. In the browser localStorage decides.
pub fn provide_page_size(rendered: PageSize) {
    let size = RwSignal::new(rendered);
    provide_context(ChosenSize(size));
    effect(move || {
        // As text, which is what it is: to read it as JSON is more for the browser to load.
        let stored = LocalStorage::raw().get_item(STORAGE_KEY).ok().flatten();
        let stored = PageSize::from_stored(stored.as_deref());
        if stored != rendered {
            size.set(stored);
            write_cookie(COOKIE, &stored.to_string());
        }
    });
}

/// The page size, and how to choose another.
pub fn use_page_size() -> (ReadSignal<PageSize>, impl Fn(PageSize) + Copy) {
    let ChosenSize(size) = expect_context();
    let choose = move |chosen: PageSize| {
        // Storage may be full or forbidden; the cookie and this page still know.
        let _ = LocalStorage::raw().set_item(STORAGE_KEY, &chosen.to_string());
        write_cookie(COOKIE, &chosen.to_string());
        size.set(chosen);
    };
    (size.read_only(), choose)
}
