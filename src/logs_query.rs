//! The state of a logs page as its URL says it: read from any text, printed in one way.

use crate::domain::{
    filters::{FilterKind, Filters},
    ids::RunId,
    page::PageNumber,
    preset::Choice,
    range::Range,
    run_part::RunPart,
    run_view::FoundBy,
    scope::LogsScope,
    search::{self, Search},
    time::Timestamp,
};
use std::fmt;

/// What one looks at. Whatever is bad in a URL reads as absent; what is not ours is kept in its order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogsQuery {
    pub page: PageNumber,
    pub run: Option<RunId>,
    /// Which part of the expanded run is shown.
    pub part: RunPart,
    /// What stands in the search box; never blank.
    pub q: Option<String>,
    /// Whether its words are looked for in all runs, and not only in the rows in hand; never without any.
    pub everywhere: bool,
    pub filters: Filters,
    strangers: Vec<(String, String)>,
}

/// The two fields of the form that asks for a range of dates. Without a script their values, in UTC, stand in the URL.
pub const DATE_FIELDS: [&str; 2] = ["date_from", "date_to"];

/// Reads what a field for a date and time holds, `2026-11-20T10:00`, as UTC.
fn field_time(value: &str) -> Option<Timestamp> {
    format!("{value}:00Z").parse().or_else(|_| format!("{value}Z").parse()).ok()
}

impl LogsQuery {
    /// Reads a URL's query string, with or without its question mark. Of a parameter given twice the first counts.
    pub fn parse(search: &str) -> Self {
        let mut query = Self::default();
        let (mut page, mut part, mut fields) = (None, None, [None, None]);
        for (key, value) in form_urlencoded::parse(search.trim_start_matches('?').as_bytes()) {
            match key.as_ref() {
                "page" => page = page.or_else(|| value.parse().ok()),
                "run" => query.run = query.run.or_else(|| value.parse().ok()),
                "part" => part = part.or_else(|| RunPart::parse(&value)),
                "q" => query.q = query.q.take().or_else(|| Some(value.into_owned()).filter(|q| !q.trim().is_empty())),
                "scope" => query.everywhere |= value == "all",
                key if DATE_FIELDS.contains(&key) => {
                    let field = &mut fields[usize::from(key == DATE_FIELDS[1])];
                    *field = field.or_else(|| field_time(&value));
                }
                key if query.filters.read(key, &value) => {}
                _ => query.strangers.push((key.into_owned(), value.into_owned())),
            }
        }
        query.page = page.unwrap_or_default();
        query.everywhere &= query.q.is_some();
        query.part = part.unwrap_or_default();
        let [from, to] = fields;
        let range = Range { from, to };
        if range != Range::default() && query.filters.date.is_none() {
            query.filters.date = Choice::parse(&range.to_string());
        }
        query
    }

    /// What the search box asks for.
    pub fn search(&self) -> Search {
        search::classify(self.q.as_deref().unwrap_or_default())
    }

    /// The words that are looked for in all runs.
    pub fn sought(&self) -> Option<String> {
        match self.search() {
            Search::Text(text) if self.everywhere => Some(text),
            _ => None,
        }
    }

    /// Whether what stands in the search box decides which rows are listed.
    pub fn asks_the_server(&self) -> bool {
        self.search().asks_the_server() || self.sought().is_some()
    }

    /// Whether not every run of a surface is listed.
    pub fn is_narrowed(&self) -> bool {
        self.filters != Filters::default() || self.asks_the_server()
    }

    /// Of which runs one wants to hear, as the API asks for them. Of a preset of dates all that is written now is part, and so
    /// nothing is asked: then all who look at the same list ask for the same.
    pub fn watched(&self, scope: LogsScope, found_by: Option<FoundBy>) -> String {
        let date = self.filters.date.and_then(|date| match date {
            Choice::Custom(range) => Some(range),
            Choice::Preset(_) => None,
        });
        self.asked_of_the_api(scope, found_by, date)
    }

    /// Which runs are meant at a moment, on all pages together, as the API asks for them.
    pub fn exported(&self, scope: LogsScope, found_by: Option<FoundBy>, now: Timestamp) -> String {
        let date = self.filters.date.map(|date| date.at(now));
        self.asked_of_the_api(scope, found_by, date)
    }

    fn asked_of_the_api(&self, scope: LogsScope, found_by: Option<FoundBy>, date: Option<Range<Timestamp>>) -> String {
        let filters = &self.filters;
        let value = |kind| filters.value(kind);
        let (teammate, source) = scope.fixed();
        let (run, conversation) = match (self.search(), found_by) {
            (Search::Empty | Search::Text(_), _) => (None, None),
            (Search::RunLink(id), _) | (Search::Id(id), Some(FoundBy::Run)) => (Some(id), None),
            (Search::Id(id), _) => (None, Some(id)),
        };
        let pairs = [
            ("run_id", run.map(|id| id.to_string())),
            ("conversation_id", conversation.map(|id| id.to_string())),
            ("status", value(FilterKind::Status)),
            ("channel", source.map(str::to_owned).or_else(|| value(FilterKind::Channel))),
            ("model", value(FilterKind::Model)),
            ("workflow_id", value(FilterKind::Skill)),
            ("ai_employee_id", teammate.map(|id| id.to_string()).or_else(|| value(FilterKind::Teammate))),
            ("started", date.map(|date| date.to_string())),
            ("duration", filters.duration.map(|choice| choice.range().to_string())),
            ("tokens", filters.tokens.map(|choice| choice.range().to_string())),
        ];
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(pairs.into_iter().filter_map(|(name, value)| Some((name, value?)))).finish()
    }

    /// What decides which rows are listed, as a query string: not the expanded run, nor words that only pick among the
    /// rows in hand.
    pub fn list_key(&self) -> String {
        let q = self.q.clone().filter(|_| self.asks_the_server());
        let everywhere = self.sought().is_some();
        Self { run: None, part: RunPart::default(), q, everywhere, strangers: Vec::new(), ..self.clone() }.to_string()
    }

    /// What decides which runs are meant, on all pages together.
    pub fn filter_key(&self) -> String {
        Self { page: PageNumber::FIRST, ..self.clone() }.list_key()
    }

    /// The same with another text in the search box. Words that pick among the rows in hand leave the page as it is; an id
    /// asks for other rows, words that are looked for in all runs do, and so does taking any of these away.
    #[must_use]
    pub fn with_search(&self, text: &str) -> Self {
        self.searching(text, self.everywhere)
    }

    /// The same with a text that is looked for in all runs.
    #[must_use]
    pub fn with_search_of_all(&self, text: &str) -> Self {
        self.searching(text, true)
    }

    fn searching(&self, text: &str, everywhere: bool) -> Self {
        let q = Some(text.to_owned()).filter(|text| !text.trim().is_empty());
        let query = Self { q, everywhere: true, ..self.clone() };
        let query = Self { everywhere: everywhere && query.sought().is_some(), ..query };
        if query.asks_the_server() || self.asks_the_server() {
            Self { page: PageNumber::FIRST, ..query }
        } else {
            query
        }
    }

    /// The same with one filter set to a value as the URL has it, from the first page.
    #[must_use]
    pub fn with(&self, kind: FilterKind, value: &str) -> Self {
        let mut query = self.without(kind);
        query.filters.read(kind.key(), value);
        query
    }

    /// The same with another part of the expanded run.
    #[must_use]
    pub fn with_part(&self, part: RunPart) -> Self {
        Self { part, ..self.clone() }
    }

    /// The same on another page; an expanded run stays behind.
    #[must_use]
    pub fn on_page(&self, page: PageNumber) -> Self {
        Self { page, run: None, part: RunPart::default(), ..self.clone() }
    }

    /// The same on another page, where the expanded run is.
    #[must_use]
    pub fn with_page(&self, page: PageNumber) -> Self {
        Self { page, ..self.clone() }
    }

    /// The same with another run expanded, or with none.
    #[must_use]
    pub fn with_run(&self, run: Option<RunId>) -> Self {
        Self { run, part: RunPart::default(), ..self.clone() }
    }

    /// The same without one filter, from the first page.
    #[must_use]
    pub fn without(&self, kind: FilterKind) -> Self {
        let mut query = Self { page: PageNumber::FIRST, ..self.clone() };
        query.filters.clear(kind);
        query
    }

    /// The same without any filter and with an empty search box, from the first page.
    #[must_use]
    pub fn without_filters(&self) -> Self {
        Self { page: PageNumber::FIRST, filters: Filters::default(), q: None, everywhere: false, ..self.clone() }
    }

    /// The parameter of a stranger, `tab` for one.
    pub fn stranger(&self, key: &str) -> Option<&str> {
        self.strangers.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// All parameters in the order in which they are printed, defaults left out.
    fn pairs(&self) -> Vec<(String, String)> {
        let own = |key: &str, value: String| (key.to_owned(), value);
        let filters = FilterKind::ALL.into_iter().filter_map(|kind| Some(own(kind.key(), self.filters.value(kind)?)));
        let page = (self.page > PageNumber::FIRST).then(|| own("page", self.page.to_string()));
        let q = self.q.as_ref().map(|q| own("q", q.clone()));
        let everywhere = self.everywhere.then(|| own("scope", "all".to_owned()));
        let run = self.run.map(|run| own("run", run.to_string()));
        let part = (self.part != RunPart::default()).then(|| own("part", self.part.key().to_owned()));
        self.strangers
            .iter()
            .cloned()
            .chain(filters)
            .chain(q)
            .chain(everywhere)
            .chain(page)
            .chain(run)
            .chain(part)
            .collect()
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
            ("date_from=2026-11-20T10:00&date_to=&x=1", "x=1&date=2026-11-20T10%3A00%3A00.000Z.."),
            ("date_to=2026-11-20T10:00:30&date_from=yesterday", "date=..2026-11-20T10%3A00%3A30.000Z"),
            ("date_from=2026-11-21T10:00&date_to=2026-11-20T10:00", ""),
            ("date_from=2026-11-21T10:00&date=24h", "date=24h"),
            ("q=+&run=&part=flow", "part=flow"),
            ("part=all&q=wet+parcel&page=3", "q=wet+parcel&page=3"),
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
    fn p9_p22_words_leave_the_list_alone_and_an_id_asks_for_another() {
        let query = LogsQuery::parse("utm=x&status=failed&page=4");
        assert_eq!(query.with_search("wet").to_string(), "utm=x&status=failed&q=wet&page=4");
        assert_eq!(query.with_search("wet").list_key(), query.list_key());
        assert_eq!(query.with_search(RUN).to_string(), format!("utm=x&status=failed&q={RUN}"));
        assert_eq!(query.with_search(RUN).list_key(), format!("status=failed&q={RUN}"));
        assert_eq!(query.with_search(" "), query);
        let asked = LogsQuery::parse(&format!("q={RUN}&page=2"));
        assert_eq!(asked.with_search("").to_string(), "");
        assert_eq!(query.with(FilterKind::Status, "completed").to_string(), "utm=x&status=completed");
        assert_eq!(query.with_run(RUN.parse().ok()).with_part(RunPart::Flow).with_run(None), query);
    }

    #[test]
    fn p51_one_hears_of_what_one_looks_at() {
        let watched = |search: &str, found_by| {
            let query = LogsQuery::parse(search);
            (query.watched(LogsScope::Organization, found_by), query.is_narrowed())
        };
        let own = |parameters: &str| (parameters.to_owned(), true);
        assert_eq!(watched("page=3&q=wet&utm=x", None), (String::new(), false));
        assert_eq!(watched("status=failed&date=24h", None), own("status=failed"));
        assert_eq!(watched(&format!("q={RUN}"), None), own(&format!("conversation_id={RUN}")));
        assert_eq!(watched(&format!("q={RUN}"), Some(FoundBy::Run)), own(&format!("run_id={RUN}")));
        assert_eq!(watched(&format!("q=/logs?run={RUN}"), None), own(&format!("run_id={RUN}")));
    }

    #[test]
    fn p23_words_are_looked_for_in_all_runs_when_the_url_says_so() {
        let all = LogsQuery::parse("q=wet+parcel&scope=all&page=3&status=failed");
        assert_eq!(all.sought().as_deref(), Some("wet parcel"));
        assert_eq!(all.to_string(), "status=failed&q=wet+parcel&scope=all&page=3");
        assert_eq!(all.list_key(), "status=failed&q=wet+parcel&scope=all&page=3");
        assert_eq!(all.with_search("dry").to_string(), "status=failed&q=dry&scope=all");
        assert_eq!(all.with_search(" ").to_string(), "status=failed");
        let here = LogsQuery::parse("q=wet&page=3");
        assert_eq!((here.sought(), here.list_key().as_str()), (None, "page=3"));
        assert_eq!(here.with_search_of_all("wet").to_string(), "q=wet&scope=all");
        // An id stays one.
        let id = LogsQuery::parse(&format!("q={RUN}&scope=all"));
        assert_eq!((id.sought(), id.list_key()), (None, format!("q={RUN}")));
        assert_eq!(LogsQuery::parse("scope=all").to_string(), "");
        assert_eq!(LogsQuery::parse("q=x&scope=some").to_string(), "q=x");
    }

    proptest! {
        #[test]
        fn any_text_is_read_and_what_is_printed_is_read_back(search in "\\PC{0,80}") {
            let query = LogsQuery::parse(&search);
            prop_assert_eq!(LogsQuery::parse(&query.to_string()), query);
        }

        #[test]
        fn any_parameters_come_back(
            pairs in proptest::collection::vec(("(page|run|part|q|scope|status|channel|model|skill|teammate|date|date_from|date_to|duration|tokens|tab|[a-z%& ]{0,4})", "\\PC{0,12}|[0-9]{1,3}|all|failed|24h|1-10s|gt10k|flow|3\\.\\.9|2026-11-20T10:00|7f1c9b1e-52d0-4b8e-9c3a-0d4f5a6b7c8d"), 0..8)
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
