//! How many runs each option of each filter would give, under the other filters (P-27).

use super::filters::FilterKind;
use postcard_schema::Schema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Runs by the value that an option has in the URL. One that is not named would give none.
pub type OptionCounts = BTreeMap<String, u64>;

/// The counts of all options. What the menus call a skill is a `workflow_id` here, and a teammate an `ai_employee_id`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Facets {
    pub status: OptionCounts,
    pub channel: OptionCounts,
    pub model: OptionCounts,
    pub workflow_id: OptionCounts,
    pub ai_employee_id: OptionCounts,
    /// Of the last hour (`1h`), day (`24h`), week (`7d`) and month (`30d`).
    pub started: OptionCounts,
    /// Of `lt1s`, `1-10s`, `10-60s` and `gt1m`.
    pub duration: OptionCounts,
    /// Of `lt100`, `100-1k`, `1k-10k` and `gt10k`.
    pub tokens: OptionCounts,
}

/// How many runs one option would give. A page takes these as a list, as a map is more for the browser to load.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Schema)]
pub struct OptionCount {
    pub kind: FilterKind,
    /// What the option has in the URL.
    pub value: String,
    pub runs: u64,
}

impl Facets {
    /// All counts, one after the other.
    pub fn list(&self) -> Vec<OptionCount> {
        let of = |kind| {
            self.of(kind).iter().map(move |(value, runs)| OptionCount { kind, value: value.clone(), runs: *runs })
        };
        FilterKind::ALL.into_iter().flat_map(of).collect()
    }

    /// The counts of one filter's options.
    const fn of(&self, kind: FilterKind) -> &OptionCounts {
        match kind {
            FilterKind::Status => &self.status,
            FilterKind::Channel => &self.channel,
            FilterKind::Model => &self.model,
            FilterKind::Skill => &self.workflow_id,
            FilterKind::Teammate => &self.ai_employee_id,
            FilterKind::Date => &self.started,
            FilterKind::Duration => &self.duration,
            FilterKind::Tokens => &self.tokens,
        }
    }
}
