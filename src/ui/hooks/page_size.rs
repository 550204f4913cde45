//! The page size: kept in localStorage, and in a cookie so that the server renders the same (P-7).

use super::cookie::write_cookie;
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
    Effect::new(move || {
        let stored: Option<u64> = LocalStorage::get(STORAGE_KEY).ok();
        let stored = PageSize::from_stored(stored.map(|size| size.to_string()).as_deref());
        if stored != rendered {
            size.set(stored);
            write_cookie(COOKIE, &stored.to_string());
        }
    });
}

/// The page size, and how to choose another.
pub fn use_page_size() -> (Signal<PageSize>, impl Fn(PageSize) + Copy) {
    let ChosenSize(size) = expect_context();
    let choose = move |chosen: PageSize| {
        // Storage may be full or forbidden; the cookie and this page still know.
        let _ = LocalStorage::set(STORAGE_KEY, chosen.get());
        write_cookie(COOKIE, &chosen.to_string());
        size.set(chosen);
    };
    (size.into(), choose)
}
