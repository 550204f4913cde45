//! Line icons on a grid of 16, in the colour of their text. Decoration: a word stands beside each or names its button.

use leptos::prelude::*;

/// What an icon shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    ChevronLeft,
    ChevronRight,
    ChevronDown,
    ChevronsLeft,
    ChevronsRight,
    Close,
    Logs,
    Refresh,
    SignOut,
}

impl Icon {
    const fn path(self) -> &'static str {
        match self {
            Self::ChevronLeft => "M10 3.5 5.5 8l4.5 4.5",
            Self::ChevronRight => "M6 3.5 10.5 8 6 12.5",
            Self::ChevronDown => "M3.5 6 8 10.5 12.5 6",
            Self::ChevronsLeft => "M12.5 3.5 8 8l4.5 4.5M7.5 3.5 3 8l4.5 4.5",
            Self::ChevronsRight => "M3.5 3.5 8 8l-4.5 4.5M8.5 3.5 13 8l-4.5 4.5",
            Self::Close => "m4 4 8 8m0-8-8 8",
            Self::Logs => "M2.5 4h2m2 0h7M2.5 8h2m2 0h7M2.5 12h2m2 0h7",
            Self::Refresh => "M13.5 8A5.5 5.5 0 1 1 11.9 4.1L13.5 5.7M13.5 2.5v3.2h-3.2",
            Self::SignOut => "M6.5 13.5h-3v-11h3M10.5 11l3-3-3-3M13 8H6.5",
        }
    }
}

/// An icon.
#[component]
pub fn Glyph(icon: Icon) -> impl IntoView {
    view! {
        <svg class="glyph" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
            <path d=icon.path()></path>
        </svg>
    }
}
