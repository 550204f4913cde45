//! Line icons on a grid of 16, in the colour of their text. Decoration: a word stands beside each or names its button.

use leptos::prelude::*;

/// What an icon shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Icon {
    ArrowUp,
    Check,
    ChevronLeft,
    ChevronRight,
    ChevronDown,
    ChevronsLeft,
    ChevronsRight,
    Close,
    Copy,
    Download,
    Logs,
    Play,
    Refresh,
    Search,
    SignOut,
    Theme,
}

impl Icon {
    const fn path(self) -> &'static str {
        match self {
            Self::ArrowUp => "M8 13V3.5M3.5 8 8 3.5 12.5 8",
            Self::Check => "m3 8.5 3.5 3.5L13 4.5",
            Self::ChevronLeft => "M10 3.5 5.5 8l4.5 4.5",
            Self::ChevronRight => "M6 3.5 10.5 8 6 12.5",
            Self::ChevronDown => "M3.5 6 8 10.5 12.5 6",
            Self::ChevronsLeft => "M12.5 3.5 8 8l4.5 4.5M7.5 3.5 3 8l4.5 4.5",
            Self::ChevronsRight => "M3.5 3.5 8 8l-4.5 4.5M8.5 3.5 13 8l-4.5 4.5",
            Self::Close => "m4 4 8 8m0-8-8 8",
            Self::Copy => "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
            Self::Download => "M8 2.5v8m-3.5-3L8 11l3.5-3.5M2.5 13.5h11",
            Self::Logs => "M2.5 4h2m2 0h7M2.5 8h2m2 0h7M2.5 12h2m2 0h7",
            Self::Play => "M5 3.5v9l7.5-4.5z",
            Self::Refresh => "M13.5 8A5.5 5.5 0 1 1 11.9 4.1L13.5 5.7M13.5 2.5v3.2h-3.2",
            Self::Search => "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9M10.3 10.3l3.2 3.2",
            Self::SignOut => "M6.5 13.5h-3v-11h3M10.5 11l3-3-3-3M13 8H6.5",
            Self::Theme => "M8 2.5a5.5 5.5 0 1 0 0 11zM8 2.5a5.5 5.5 0 0 1 0 11",
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
