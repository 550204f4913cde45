//! The state of a logs page as its URL says it: read from any text, printed in one way.

use crate::domain::{
    filter::RunFilter,
    ids::{AiEmployeeId, RunId, WorkflowId},
    page::PageNumber,
    range::{Choice, DatePreset, DurationPreset, NumberPreset, Preset, TokenPreset},
    source,
    status::RunStatus,
    time::Timestamp,
};
use std::fmt;

/// What one looks at. Whatever is bad in a URL reads as absent; what is not ours is kept in its order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogsQuery {
    pub page: PageNumber,
    pub run: Option<RunId>,
    pub filters: Filters,
    strangers: Vec<(String, String)>,
}

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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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

    /// The value of a filter as people read it. Skills and teammates have names that only the server knows;
    /// `name_of` finds them.
    pub fn words(&self, kind: FilterKind, name_of: impl Fn(&str) -> Option<String>) -> Option<String> {
        let value = self.value(kind)?;
        Some(match (kind, self) {
            (FilterKind::Status, Self { status: Some(status), .. }) => status.label().to_owned(),
            (FilterKind::Channel, _) => source::label(&value),
            (FilterKind::Skill | FilterKind::Teammate, _) => name_of(&value).unwrap_or(value),
            (FilterKind::Date, Self { date: Some(Choice::Preset(preset)), .. }) => preset.label().to_owned(),
            (FilterKind::Duration, Self { duration: Some(Choice::Preset(preset)), .. }) => preset.label().to_owned(),
            (FilterKind::Tokens, Self { tokens: Some(Choice::Preset(preset)), .. }) => preset.label().to_owned(),
            _ => value,
        })
    }

    /// Reads one parameter; `false` when it is none of the filters.
    fn read(&mut self, key: &str, value: &str) -> bool {
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

    fn clear(&mut self, kind: FilterKind) {
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
            started: self.date.map(|date| match date {
                Choice::Preset(preset) => preset.at(now),
                Choice::Custom(range) => range,
            }),
            duration: self.duration.map(|duration| match duration {
                Choice::Preset(preset) => preset.range(),
                Choice::Custom(range) => range,
            }),
            tokens: self.tokens.map(|tokens| match tokens {
                Choice::Preset(preset) => preset.range(),
                Choice::Custom(range) => range,
            }),
            ..RunFilter::default()
        }
    }
}

impl LogsQuery {
    /// Reads a URL's query string, with or without its question mark. Of a parameter given twice the first counts.
    pub fn parse(search: &str) -> Self {
        let mut query = Self::default();
        let mut page = None;
        for (key, value) in form_urlencoded::parse(search.trim_start_matches('?').as_bytes()) {
            match key.as_ref() {
                "page" => page = page.or_else(|| value.parse().ok()),
                "run" => query.run = query.run.or_else(|| value.parse().ok()),
                key if query.filters.read(key, &value) => {}
                _ => query.strangers.push((key.into_owned(), value.into_owned())),
            }
        }
        query.page = page.unwrap_or_default();
        query
    }

    /// The same on another page; an expanded run stays behind.
    #[must_use]
    pub fn on_page(&self, page: PageNumber) -> Self {
        Self { page, run: None, ..self.clone() }
    }

    /// The same with another run expanded, or with none.
    #[must_use]
    pub fn with_run(&self, run: Option<RunId>) -> Self {
        Self { run, ..self.clone() }
    }

    /// The same without one filter, from the first page.
    #[must_use]
    pub fn without(&self, kind: FilterKind) -> Self {
        let mut query = Self { page: PageNumber::FIRST, ..self.clone() };
        query.filters.clear(kind);
        query
    }

    /// The same without any filter, from the first page.
    #[must_use]
    pub fn without_filters(&self) -> Self {
        Self { page: PageNumber::FIRST, filters: Filters::default(), ..self.clone() }
    }

    /// The parameter of a stranger, `tab` for one.
    pub fn stranger(&self, key: &str) -> Option<&str> {
        self.strangers.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// All parameters in the order in which they are printed, defaults left out.
    pub fn pairs(&self) -> Vec<(String, String)> {
        let own = |key: &str, value: String| (key.to_owned(), value);
        let filters = FilterKind::ALL.into_iter().filter_map(|kind| Some(own(kind.key(), self.filters.value(kind)?)));
        let page = (self.page > PageNumber::FIRST).then(|| own("page", self.page.to_string()));
        let run = self.run.map(|run| own("run", run.to_string()));
        self.strangers.iter().cloned().chain(filters).chain(page).chain(run).collect()
    }

    /// The address of this state on the page at `path`.
    pub fn href(&self, path: &str) -> String {
        let query = self.to_string();
        if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
    }
}

impl fmt::Display for LogsQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut query = form_urlencoded::Serializer::new(String::new());
        f.write_str(&query.extend_pairs(self.pairs()).finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const RUN: &str = "7f1c9b1e-52d0-4b8e-9c3a-0d4f5a6b7c8d";

    #[test]
    fn p8_p9_a_url_is_read_and_printed_in_one_way() {
        for (given, printed) in [
            ("", ""),
            ("?", ""),
            ("page=1", ""),
            ("?page=2", "page=2"),
            ("page=0&page=3", "page=3"),
            ("page=-1", ""),
            ("run=nonsense", ""),
            ("status=failed&page=7&tab=api", "tab=api&status=failed&page=7"),
            ("status=done&channel=&model=a%2Bb+c", "model=a%2Bb+c"),
            ("date=24h&duration=1-10s&tokens=gt10k", "date=24h&duration=1-10s&tokens=gt10k"),
            ("duration=5..&tokens=..100", "duration=5..&tokens=..100"),
            ("date=next+week", ""),
            ("x=100%25&y=%3D", "x=100%25&y=%3D"),
        ] {
            assert_eq!(LogsQuery::parse(given).to_string(), printed, "{given}");
        }
    }

    #[test]
    fn p9_a_changed_filter_keeps_strangers_and_drops_the_page() {
        let query = LogsQuery::parse(&format!("tab=logs&status=failed&model=m&page=4&run={RUN}&utm=x"));
        assert_eq!(query.without(FilterKind::Status).to_string(), format!("tab=logs&utm=x&model=m&run={RUN}"));
        assert_eq!(query.without_filters().to_string(), format!("tab=logs&utm=x&run={RUN}"));
        assert_eq!(query.on_page(PageNumber::FIRST).to_string(), "tab=logs&utm=x&status=failed&model=m");
        assert_eq!(query.with_run(None).to_string(), "tab=logs&utm=x&status=failed&model=m&page=4");
        assert_eq!(query.stranger("tab"), Some("logs"));
        assert_eq!(query.with_run(None).href("/logs"), "/logs?tab=logs&utm=x&status=failed&model=m&page=4");
        assert_eq!(LogsQuery::default().href("/logs"), "/logs");
    }

    #[test]
    fn p25_a_preset_is_relative_to_the_moment_it_is_asked() {
        let now: Timestamp = "2026-11-21T14:00:00Z".parse().unwrap();
        let filter = LogsQuery::parse("date=7d&duration=lt1s&channel=api").filters.to_run_filter(now);
        assert_eq!(filter.started.unwrap().to_string(), "2026-11-14T14:00:00.000Z..");
        assert_eq!(filter.duration.unwrap().to_string(), "..1000");
        assert_eq!(filter.source.as_deref(), Some("api"));
    }

    #[test]
    fn filters_have_words() {
        let filters =
            LogsQuery::parse(&format!("status=failed&channel=web_chat&date=24h&skill={RUN}&tokens=5..9")).filters;
        let words = |kind| filters.words(kind, |id| (id == RUN).then(|| "Refund triage".to_owned()));
        assert_eq!(words(FilterKind::Status).unwrap(), "Failed");
        assert_eq!(words(FilterKind::Channel).unwrap(), "Web Chat");
        assert_eq!(words(FilterKind::Skill).unwrap(), "Refund triage");
        assert_eq!(words(FilterKind::Date).unwrap(), "Last 24h");
        assert_eq!(words(FilterKind::Tokens).unwrap(), "5..9");
        assert_eq!(words(FilterKind::Model), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read_and_what_is_printed_is_read_back(search in "\\PC{0,80}") {
            let query = LogsQuery::parse(&search);
            prop_assert_eq!(LogsQuery::parse(&query.to_string()), query);
        }

        #[test]
        fn any_parameters_come_back(
            pairs in proptest::collection::vec(("(page|run|status|channel|model|skill|date|duration|tokens|tab|[a-z%& ]{0,4})", "\\PC{0,12}|[0-9]{1,3}|failed|24h|1-10s|gt10k|3\\.\\.9"), 0..8)
        ) {
            let search = form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
            let query = LogsQuery::parse(&search);
            prop_assert_eq!(LogsQuery::parse(&query.to_string()), query.clone());
            for (key, value) in pairs.iter().filter(|(key, _)| key == "tab") {
                prop_assert!(query.pairs().contains(&(key.clone(), value.clone())));
            }
        }
    }
}
