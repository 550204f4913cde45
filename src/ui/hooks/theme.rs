//! Light or dark: the system's until somebody chooses, and then the same at the next first paint.

use super::cookie::write_cookie;
use crate::domain::theme::Theme;
use leptos::prelude::*;

/// The cookie that the server reads.
pub const COOKIE: &str = "alloy-theme";

/// The theme, and how to choose another.
pub fn use_theme(rendered: Theme) -> (ReadSignal<Theme>, impl Fn(Theme) + Copy) {
    let theme = RwSignal::new(rendered);
    let choose = move |chosen: Theme| {
        write_cookie(COOKIE, chosen.key());
        if let Some(root) = document().document_element() {
            // An attribute of a plain name is never refused.
            let _ = root.set_attribute("data-theme", chosen.key());
        }
        theme.set(chosen);
    };
    (theme.read_only(), choose)
}
