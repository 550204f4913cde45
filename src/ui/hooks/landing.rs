//! Where one lands in a run that a search of all runs found: at what was found (P-23).

use crate::domain::run_match::RunMatch;
use leptos::prelude::*;

#[derive(Clone, Copy)]
struct Landing(Memo<Option<RunMatch>>);

/// Tells what was found in the run that is expanded.
pub fn provide_landing(found: Memo<Option<RunMatch>>) {
    provide_context(Landing(found));
}

/// What was found in the run that is being expanded, when it was found.
pub fn use_landing() -> Option<RunMatch> {
    use_context::<Landing>().and_then(|Landing(found)| found.get_untracked())
}
