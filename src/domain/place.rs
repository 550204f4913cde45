//! Where a run that a link led to is listed, why that is not the page at hand, and the way there (P-14).

use super::{
    access::Viewer, filters::FilterKind, page::PageNumber, preset::Choice, run::RunSummary, scope::LogsScope, source,
    text::thousands, time::Timestamp,
};
use crate::{logs_query::LogsQuery, paths};
use postcard_schema::Schema;
use serde::{Deserialize, Serialize};

/// Where a run is listed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Schema)]
pub struct Place {
    /// The surface that lists it: the one that was asked from, if it does.
    pub scope: LogsScope,
    /// The filters that leave it out.
    pub excluded_by: Vec<FilterKind>,
    /// Its page there, without these filters.
    pub page: PageNumber,
}

/// The page from which one looks.
#[derive(Debug, Clone, Copy)]
pub struct Here<'a> {
    pub scope: LogsScope,
    pub query: &'a LogsQuery,
}

impl Place {
    /// Why the run is not here. `time` says a time in the viewer's zone.
    pub fn reason(&self, run: &RunSummary, here: Here<'_>, time: impl Fn(Timestamp) -> String) -> String {
        if self.scope != here.scope {
            let by = run.ai_employee_name.as_ref().map(|name| format!("done by {name}, "));
            return format!("{}by way of {}", by.unwrap_or_default(), source::label(&run.source));
        }
        if here.query.sought().is_some() {
            return "not on this page of what was found".to_owned();
        }
        if self.excluded_by.is_empty() {
            return format!("on page {}", thousands(self.page.get()));
        }
        let reasons = self.excluded_by.iter().map(|kind| reason_of(*kind, run, here, &time));
        reasons.collect::<Vec<_>>().join(", ")
    }

    /// Where the run is listed, with as many of the filters as let it pass; `None` when the viewer may not go there.
    pub fn href(&self, run: &RunSummary, here: Here<'_>, viewer: &Viewer) -> Option<String> {
        if self.scope == here.scope {
            let mut query = here.query.clone();
            for kind in &self.excluded_by {
                query.filters.clear(*kind);
            }
            return Some(query.with_search("").with_page(self.page).href(&self.scope.path()));
        }
        if !self.scope.is_open_to(viewer) {
            return None;
        }
        let path = paths::run(self.scope, run.id);
        let (path, search) = path.split_once('?')?;
        Some(LogsQuery::parse(search).with_page(self.page).href(path))
    }
}

/// What of a run a filter does not let pass.
fn reason_of(kind: FilterKind, run: &RunSummary, here: Here<'_>, time: impl Fn(Timestamp) -> String) -> String {
    let filters = &here.query.filters;
    let wanted = filters.words(kind, |_| None, &time).unwrap_or_default();
    match kind {
        FilterKind::Status => format!("{}, not {wanted}", run.status.label()),
        FilterKind::Channel => format!("{}, not {wanted}", source::label(&run.source)),
        FilterKind::Model => format!("model {}, not {wanted}", run.model.as_deref().unwrap_or("unknown")),
        FilterKind::Skill => format!("skill {}", run.workflow_name),
        FilterKind::Teammate => format!("done by {}", run.ai_employee_name.as_deref().unwrap_or("no teammate")),
        // A preset reaches from then until now.
        FilterKind::Date if matches!(filters.date, Some(Choice::Preset(_))) => format!("older than {wanted}"),
        FilterKind::Date => format!("of {}, not {wanted}", time(run.created_at)),
        FilterKind::Duration => format!("duration not {wanted}"),
        FilterKind::Tokens => format!("tokens not {wanted}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::AiEmployeeId;
    use uuid::Uuid;

    const NORA: LogsScope = LogsScope::Teammate(AiEmployeeId(Uuid::from_u128(1)));

    fn run() -> RunSummary {
        serde_json::from_value(serde_json::json!({
            "id": "7f1c9b1e-52d0-4b8e-9c3a-0d4f5a6b7c8d", "workflow_name": "Refund triage", "ai_employee_name": "Nora",
            "source": "employee_chat", "model": null, "status": "failed", "created_at": "2026-11-19T14:00:00Z",
            "costs": []
        }))
        .unwrap()
    }

    fn viewer(role: &str) -> Viewer {
        let here = serde_json::json!({
            "organization_id": Uuid::from_u128(9), "organization_name": "Halden", "role": role
        });
        serde_json::from_value(serde_json::json!({
            "user_id": Uuid::from_u128(8), "email": "a@b.example", "current": here, "memberships": [here]
        }))
        .unwrap()
    }

    #[test]
    fn p14_a_place_says_why_it_is_elsewhere_and_leads_there() {
        let run = run();
        for (search, from, scope, excluded_by, page, reason, href) in [
            ("utm=x", LogsScope::Organization, LogsScope::Organization, vec![], 7, "on page 7", "/logs?utm=x&page=7"),
            (
                "date=24h&q=wet&run=7f1c9b1e-52d0-4b8e-9c3a-0d4f5a6b7c8d",
                LogsScope::Organization,
                LogsScope::Organization,
                vec![FilterKind::Date],
                1,
                "older than Last 24h",
                "/logs?run=7f1c9b1e-52d0-4b8e-9c3a-0d4f5a6b7c8d",
            ),
            (
                "date=..2026-11-18T00:00:00Z",
                LogsScope::Organization,
                LogsScope::Organization,
                vec![FilterKind::Date],
                1,
                "of 19 Nov 2026, 14:00:00 UTC, not up to 18 Nov 2026, 00:00:00 UTC",
                "/logs",
            ),
            (
                "status=completed&channel=api&model=m&duration=lt1s&tokens=5..9",
                LogsScope::Organization,
                LogsScope::Organization,
                vec![
                    FilterKind::Status,
                    FilterKind::Channel,
                    FilterKind::Model,
                    FilterKind::Duration,
                    FilterKind::Tokens,
                ],
                1_200,
                "Failed, not Completed, Internal Chat, not API, model unknown, not m, duration not < 1s, tokens not 5 – 9",
                "/logs?page=1200",
            ),
            (
                "q=wet&scope=all",
                LogsScope::Organization,
                LogsScope::Organization,
                vec![],
                2,
                "not on this page of what was found",
                "/logs?page=2",
            ),
            (
                "status=failed",
                LogsScope::Organization,
                NORA,
                vec![],
                2,
                "done by Nora, by way of Internal Chat",
                "/staff/ai/00000000-0000-0000-0000-000000000001?tab=logs&page=2&run=7f1c9b1e-52d0-4b8e-9c3a-0d4f5a6b7c8d",
            ),
        ] {
            let place = Place { scope, excluded_by, page: PageNumber::try_from(page).unwrap() };
            let query = LogsQuery::parse(search);
            let here = Here { scope: from, query: &query };
            assert_eq!(place.reason(&run, here, Timestamp::to_utc_text), reason);
            assert_eq!(place.href(&run, here, &viewer("member")).as_deref(), Some(href), "{search}");
        }
    }

    #[test]
    fn p2_p14_a_member_is_not_led_to_the_list_of_the_organization() {
        let place = Place { scope: LogsScope::Organization, excluded_by: vec![], page: PageNumber::FIRST };
        let here = Here { scope: NORA, query: &LogsQuery::default() };
        assert_eq!(place.href(&run(), here, &viewer("member")), None);
        assert!(place.href(&run(), here, &viewer("admin")).is_some());
    }
}
