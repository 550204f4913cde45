//! Rows that follow what is written (P-51): what is on the page changes where it stands, new runs come in on the first page
//! and are counted on others, and nothing moves under a pointer or around what has the focus. What listens is loaded when
//! the rows are there.

#![expect(clippy::unnecessary_wraps, reason = "what is loaded later may fail to come, so `follow` has to be a result")]

mod follow;

use super::Shown;
use crate::{
    context::use_frame,
    domain::{
        ids::{OrganizationId, RunId},
        live_rows::{LiveRows, RowEvent},
        page::Page,
        run::RunSummary,
    },
    ui::{
        hooks::{
            reactive::{effect, memo},
            workflow_runs::WorkflowRuns,
        },
        kit::not_loaded::NotLoaded,
    },
};
use leptos::{prelude::*, task::spawn_local, wasm_split};
use std::sync::Arc;

/// The class of the element that holds the rows.
pub const ROWS: &str = "runs runs-live";

/// An answer: what was asked for, and as of which write it is.
type Origin = (Option<String>, u64);

/// What somebody does at the rows.
#[derive(Debug, Clone, Copy)]
enum Act {
    /// Leaves them.
    Settle,
    /// Asks for what is new.
    BringIn,
}

/// What comes of what somebody does.
type Acts = Arc<dyn Fn(Act) + Send + Sync>;

/// The rows of the table.
#[derive(Clone, Copy)]
pub struct Live {
    runs: WorkflowRuns,
    organization_id: OrganizationId,
    shown: Memo<Shown>,
    /// What has become of an answer.
    rows: RwSignal<Option<(Origin, LiveRows)>>,
    /// The page that is shown.
    pub page: Memo<Option<Page<RunSummary>>>,
    notes: StoredValue<Notes>,
    /// What comes of it, once there is something that can change the rows.
    acts: StoredValue<Option<Acts>>,
}

/// What is remembered from one event to the next, and nothing is drawn from.
#[derive(Default)]
struct Notes {
    /// Up to which event one was told, of those since an answer.
    told: String,
    since: Origin,
    /// How often in a row the server would not tell.
    refusals: u32,
    /// Whether the page is being listed again, or rests after that.
    is_listing: bool,
    /// What was told meanwhile.
    meanwhile: Vec<RowEvent>,
    /// Whether somebody asked for what is new.
    is_asked_for: bool,
    /// The runs that came when the page was listed again.
    arrived: Vec<RunId>,
    /// Whether the expanded run has changed.
    run_has_changed: bool,
}

/// Everything that follows lies behind this function, in a file of its own.
#[wasm_split::wasm_split(live, wasm_split_path = leptos::wasm_split, fallible)]
fn follow(live: Live, owner: Owner) -> Result<(), NotLoaded> {
    owner.with(|| live.listen());
    Ok(())
}

/// Lets the page follow what is written, for as long as it can be seen.
pub fn use_live(runs: WorkflowRuns, shown: Memo<Shown>) -> Live {
    let rows = RwSignal::new(None::<(Origin, LiveRows)>);
    let page = memo(move |_| {
        shown.with(|shown| {
            rows.with(|rows| match rows {
                Some((origin, rows)) if *origin == shown.origin() => Some(rows.page.clone()),
                _ => shown.page.clone(),
            })
        })
    });
    let organization_id = use_frame().viewer.current.organization_id;
    let (notes, acts) = (StoredValue::default(), StoredValue::default());
    let live = Live { runs, organization_id, shown, rows, page, notes, acts };
    let owner = Owner::current();
    effect(move || {
        // What follows ends with the page.
        let Some(owner) = owner.clone() else { return };
        spawn_local(async move {
            // Without it the rows stay as they are until they are asked for again.
            let _ = follow(live, owner).await;
        });
    });
    live
}

impl Live {
    /// What is new, in words.
    pub fn news(&self) -> Option<String> {
        let origin = self.shown.with(Shown::origin);
        self.rows.with(|rows| rows.as_ref().filter(|(of, _)| *of == origin).and_then(|(_, rows)| rows.news()))
    }

    /// Whether a row came when the page was listed again.
    pub fn has_arrived(&self, id: RunId) -> bool {
        self.notes.with_value(|notes| notes.arrived.contains(&id))
    }

    /// Brings in what has come, where that moves nothing that somebody is at.
    pub fn settle(self) {
        self.act(Act::Settle);
    }

    /// Brings in what has come to the first page, whatever it moves.
    pub fn bring_in(self) {
        self.act(Act::BringIn);
    }

    fn act(self, act: Act) {
        // What leaves a page takes the pointer and the focus from it.
        if let Some(Some(acts)) = self.acts.try_get_value() {
            acts(act);
        }
    }
}
