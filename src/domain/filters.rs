//! The filters that a page offers (P-24): one value each, what the URL and people call it, and what they ask for.

use super::{
    duration,
    filter::RunFilter,
    ids::{AiEmployeeId, WorkflowId},
    preset::{Choice, DatePreset, DurationPreset, Preset, TokenPreset},
    range::Range,
    run::Run,
    source,
    status::RunStatus,
    text::thousands,
    time::Timestamp,
};
use postcard_schema::Schema;
use serde::{Deserialize, Serialize};

/// The chosen filters, one value each (P-24).
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Filters {
    pub status: Option<RunStatus>,
    pub channel: Option<String>,
    pub model: Option<String>,
    pub skill: Option<WorkflowId>,
    pub teammate: Option<AiEmployeeId>,
    pub date: Option<Choice<DatePreset, Timestamp>>,
    pub duration: Option<Choice<DurationPreset, u64>>,
    pub tokens: Option<Choice<TokenPreset, u64>>,
}

/// One of the filters, in the order in which they stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Schema)]
pub enum FilterKind {
    Status,
    Channel,
    Model,
    Skill,
    Teammate,
    Date,
    Duration,
    Tokens,
}

impl FilterKind {
    pub const ALL: [Self; 8] = [
        Self::Status,
        Self::Channel,
        Self::Model,
        Self::Skill,
        Self::Teammate,
        Self::Date,
        Self::Duration,
        Self::Tokens,
    ];

    /// The parameter in the URL.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Channel => "channel",
            Self::Model => "model",
            Self::Skill => "skill",
            Self::Teammate => "teammate",
            Self::Date => "date",
            Self::Duration => "duration",
            Self::Tokens => "tokens",
        }
    }

    /// What people call it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Status => "Status",
            Self::Channel => "Channel",
            Self::Model => "Model",
            Self::Skill => "Skill",
            Self::Teammate => "AI Teammate",
            Self::Date => "Date Range",
            Self::Duration => "Duration",
            Self::Tokens => "Tokens",
        }
    }
}

impl Filters {
    /// The value of a filter as the URL has it.
    pub fn value(&self, kind: FilterKind) -> Option<String> {
        match kind {
            FilterKind::Status => self.status.map(|status| status.to_string()),
            FilterKind::Channel => self.channel.clone(),
            FilterKind::Model => self.model.clone(),
            FilterKind::Skill => self.skill.map(|id| id.to_string()),
            FilterKind::Teammate => self.teammate.map(|id| id.to_string()),
            FilterKind::Date => self.date.map(|choice| choice.to_string()),
            FilterKind::Duration => self.duration.map(|choice| choice.to_string()),
            FilterKind::Tokens => self.tokens.map(|choice| choice.to_string()),
        }
    }

    /// The value of a filter as people read it. Skills and teammates have names that only the server knows: `name_of`
    /// finds them. `time` says a time in the viewer's zone.
    pub fn words(
        &self,
        kind: FilterKind,
        name_of: impl Fn(&str) -> Option<String>,
        time: impl Fn(Timestamp) -> String,
    ) -> Option<String> {
        let value = self.value(kind)?;
        Some(match (kind, self) {
            (FilterKind::Status, Self { status: Some(status), .. }) => status.label().to_owned(),
            (FilterKind::Channel, _) => source::label(&value),
            (FilterKind::Skill | FilterKind::Teammate, _) => name_of(&value).unwrap_or(value),
            (FilterKind::Date, Self { date: Some(Choice::Preset(preset)), .. }) => preset.label().to_owned(),
            (FilterKind::Duration, Self { duration: Some(Choice::Preset(preset)), .. }) => preset.label().to_owned(),
            (FilterKind::Tokens, Self { tokens: Some(Choice::Preset(preset)), .. }) => preset.label().to_owned(),
            (FilterKind::Date, Self { date: Some(Choice::Custom(range)), .. }) => range_words(*range, time),
            (FilterKind::Duration, Self { duration: Some(Choice::Custom(range)), .. }) => {
                range_words(*range, |millis| duration::label(i64::try_from(millis).unwrap_or(i64::MAX)))
            }
            (FilterKind::Tokens, Self { tokens: Some(Choice::Custom(range)), .. }) => range_words(*range, thousands),
            _ => value,
        })
    }

    /// Whether one filter leaves a run out.
    pub fn excludes(&self, kind: FilterKind, run: &Run, now: Timestamp) -> bool {
        let wanted = self.to_run_filter(now);
        let outside = |range: Option<Range<u64>>, number: Option<i64>| {
            let number = number.and_then(|number| u64::try_from(number).ok());
            range.is_some_and(|range| !number.is_some_and(|number| range.contains(&number)))
        };
        match kind {
            FilterKind::Status => wanted.status.is_some_and(|status| status != run.status),
            FilterKind::Channel => wanted.source.is_some_and(|source| source != run.source),
            FilterKind::Model => wanted.model.is_some_and(|model| Some(&model) != run.model.as_ref()),
            FilterKind::Skill => wanted.workflow_id.is_some_and(|id| id != run.workflow_id),
            FilterKind::Teammate => wanted.ai_employee_id.is_some_and(|id| Some(id) != run.ai_employee_id),
            FilterKind::Date => wanted.started.is_some_and(|range| !range.contains(&run.created_at)),
            FilterKind::Duration => outside(wanted.duration, run.duration_ms),
            FilterKind::Tokens => outside(wanted.tokens, run.total_tokens),
        }
    }

    /// Reads one parameter of a URL; `false` when it is none of the filters. What was read first stays.
    pub fn read(&mut self, key: &str, value: &str) -> bool {
        let text = || Some(value.to_owned()).filter(|text| !text.is_empty());
        match FilterKind::ALL.into_iter().find(|kind| kind.key() == key) {
            Some(FilterKind::Status) => self.status = self.status.or_else(|| value.parse().ok()),
            Some(FilterKind::Channel) => self.channel = self.channel.take().or_else(text),
            Some(FilterKind::Model) => self.model = self.model.take().or_else(text),
            Some(FilterKind::Skill) => self.skill = self.skill.or_else(|| value.parse().ok()),
            Some(FilterKind::Teammate) => self.teammate = self.teammate.or_else(|| value.parse().ok()),
            Some(FilterKind::Date) => self.date = self.date.or_else(|| Choice::parse(value)),
            Some(FilterKind::Duration) => self.duration = self.duration.or_else(|| Choice::parse(value)),
            Some(FilterKind::Tokens) => self.tokens = self.tokens.or_else(|| Choice::parse(value)),
            None => return false,
        }
        true
    }

    /// Takes one filter away.
    pub fn clear(&mut self, kind: FilterKind) {
        match kind {
            FilterKind::Status => self.status = None,
            FilterKind::Channel => self.channel = None,
            FilterKind::Model => self.model = None,
            FilterKind::Skill => self.skill = None,
            FilterKind::Teammate => self.teammate = None,
            FilterKind::Date => self.date = None,
            FilterKind::Duration => self.duration = None,
            FilterKind::Tokens => self.tokens = None,
        }
    }

    /// What the filters ask for at `now`.
    pub fn to_run_filter(&self, now: Timestamp) -> RunFilter {
        RunFilter {
            status: self.status,
            source: self.channel.clone(),
            model: self.model.clone(),
            workflow_id: self.skill,
            ai_employee_id: self.teammate,
            started: self.date.map(|date| date.at(now)),
            duration: self.duration.map(Choice::range),
            tokens: self.tokens.map(Choice::range),
            ..RunFilter::default()
        }
    }
}

/// A range in words: `5 ms – 9 ms`, `from 5 ms`, `up to 9 ms`.
fn range_words<T>(range: Range<T>, words: impl Fn(T) -> String) -> String {
    match (range.from.map(&words), range.to.map(&words)) {
        (Some(from), Some(to)) => format!("{from} – {to}"),
        (Some(from), None) => format!("from {from}"),
        (None, Some(to)) => format!("up to {to}"),
        (None, None) => "any".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs_query::LogsQuery;

    const RUN: &str = "7f1c9b1e-52d0-4b8e-9c3a-0d4f5a6b7c8d";

    fn filters(search: &str) -> Filters {
        LogsQuery::parse(search).filters
    }

    #[test]
    fn p25_a_preset_is_relative_to_the_moment_it_is_asked() {
        let now: Timestamp = "2026-11-21T14:00:00Z".parse().unwrap();
        let filter = filters("date=7d&duration=lt1s&channel=api").to_run_filter(now);
        assert_eq!(filter.started.unwrap().to_string(), "2026-11-14T14:00:00.000Z..");
        assert_eq!(filter.duration.unwrap().to_string(), "..1000");
        assert_eq!(filter.source.as_deref(), Some("api"));
    }

    #[test]
    fn filters_have_words() {
        let filters = filters(&format!("status=failed&channel=web_chat&date=24h&skill={RUN}&tokens=5..9"));
        let name = |id: &str| (id == RUN).then(|| "Refund triage".to_owned());
        let words = |kind| filters.words(kind, name, Timestamp::to_utc_text);
        assert_eq!(words(FilterKind::Status).unwrap(), "Failed");
        assert_eq!(words(FilterKind::Channel).unwrap(), "Web Chat");
        assert_eq!(words(FilterKind::Skill).unwrap(), "Refund triage");
        assert_eq!(words(FilterKind::Date).unwrap(), "Last 24h");
        assert_eq!(words(FilterKind::Tokens).unwrap(), "5 – 9");
        assert_eq!(words(FilterKind::Model), None);
    }
}
