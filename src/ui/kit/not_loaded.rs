//! Code that is loaded later and did not come.

use leptos::wasm_split;

/// There is no connection, or a newer version is being served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotLoaded;

impl From<wasm_split::SplitLoaderError> for NotLoaded {
    fn from(_: wasm_split::SplitLoaderError) -> Self {
        Self
    }
}
