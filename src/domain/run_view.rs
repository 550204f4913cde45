//! What pages are answered: a list with how it was found, and an expanded run with the place where it belongs.

use super::{
    facets::OptionCount,
    filters::FilterKind,
    ids::{OrganizationId, WorkflowId},
    page::Page,
    payload::CutPayload,
    place::Place,
    run::{RunDetail, RunSummary, StepsPage},
    run_match::Searched,
    unread::Unread,
};
use postcard_schema::Schema;
use serde::{Deserialize, Serialize};

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Schema)]
pub struct RunsAnswer {
    pub page: Page<RunSummary>,
    /// The number of the last write of the organization that is in it for sure.
    pub as_of: u64,
    /// What the id in the search box turned out to be; `None` when there is no id in it, or it found nothing.
    pub found_by: Option<FoundBy>,
    /// How a search of all runs went, where it was one.
    pub searched: Option<Searched>,
    /// What is said of the run of the id in the search box, where it was here once.
    pub removed: Option<String>,
}

/// What an id was (P-20).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Schema)]
pub enum FoundBy {
    Conversation,
    Run,
}

/// A run that a URL names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Schema)]
pub enum FoundRun {
    Here(Box<ExpandedRun>),
    /// It belongs to another organization of the viewer.
    InAnother {
        organization_id: OrganizationId,
        organization_name: String,
        href: String,
    },
    /// It was here, and is not any more; what there is to say of that.
    Removed(String),
}

/// A run of this organization, expanded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Schema)]
pub struct ExpandedRun {
    pub row: RunSummary,
    pub place: Place,
    pub view: Unread<RunView>,
}

/// Everything that an expanded run shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunView {
    pub detail: RunDetail,
    /// The payloads that are not in the detail, or not whole.
    pub cut: Vec<CutPayload>,
    /// The runs of its conversation, oldest first, itself among them; the last ones when there are many.
    pub turns: Vec<RunSummary>,
}

/// More steps of an expanded run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepsView {
    pub page: StepsPage,
    pub cut: Vec<CutPayload>,
}

/// What the menus of the filters offer, of the organization's own data (P-27).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Schema)]
pub struct FilterOptions {
    /// Channel keys.
    pub channels: Vec<String>,
    pub models: Vec<String>,
    /// By name.
    pub skills: Vec<Skill>,
    /// How many runs each option would give; `None` where an id or words are asked for, under which nothing is counted.
    pub counts: Option<Vec<OptionCount>>,
}

/// A skill by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Schema)]
pub struct Skill {
    pub id: WorkflowId,
    pub name: String,
}

impl FilterOptions {
    /// How many runs an option would give, by the value that it has in the URL; `None` where nothing is counted.
    pub fn count(&self, kind: FilterKind, value: &str) -> Option<u64> {
        let counts = self.counts.as_ref()?;
        let count = counts.iter().find(|count| count.kind == kind && count.value == value);
        Some(count.map_or(0, |count| count.runs))
    }
}

impl FoundRun {
    /// The run, when it is here.
    pub fn here(&self) -> Option<&ExpandedRun> {
        if let Self::Here(run) = self { Some(run) } else { None }
    }
}
