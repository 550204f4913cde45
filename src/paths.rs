//! Every address in the product, as a function.

use crate::domain::{
    ids::{AiEmployeeId, AttachmentId, OrganizationId, RunId, WorkflowId},
    payload::PayloadKey,
    scope::LogsScope,
};

/// Where one starts, and is sent on from.
pub const START: &str = "/";
/// The organization-wide list.
pub const LOGS: &str = "/logs";
/// Sign-in, as a page and as the form's target.
pub const LOGIN: &str = "/login";
/// Sign-out, a form's target.
pub const LOGOUT: &str = "/logout";
/// Switching the organization, a form's target.
pub const ORGANIZATION: &str = "/organization";

/// Where the server functions are, kept apart from the API.
pub const SERVER_FUNCTIONS: &str = "/fn";

/// A teammate's page.
pub fn teammate(id: AiEmployeeId) -> String {
    format!("/staff/ai/{id}")
}

/// A run on a surface, expanded and without filters: what one hands over.
pub fn run(scope: LogsScope, id: RunId) -> String {
    let tab = scope.tab();
    format!("{}?{tab}{}run={id}", scope.path(), if tab.is_empty() { "" } else { "&" })
}

/// The bytes of a file of a run.
pub fn attachment(organization_id: OrganizationId, run_id: RunId, id: AttachmentId) -> String {
    format!("/api/organizations/{organization_id}/runs/{run_id}/attachments/{id}")
}

/// A payload of a run, to be saved.
pub fn payload(organization_id: OrganizationId, run_id: RunId, key: &PayloadKey) -> String {
    let words = form_urlencoded::Serializer::new(String::new()).extend_pairs(key.words()).finish();
    format!("/api/organizations/{organization_id}/runs/{run_id}/payload/?{words}")
}

/// A run as the API has it.
pub fn api_run(organization_id: OrganizationId, workflow_id: WorkflowId, run_id: RunId) -> String {
    format!("/api/organizations/{organization_id}/workflows/{workflow_id}/runs/{run_id}/")
}

/// The steps of a run as the API has them, from the first one on.
pub fn api_steps(organization_id: OrganizationId, workflow_id: WorkflowId, run_id: RunId) -> String {
    format!("{}steps/?offset=0", api_run(organization_id, workflow_id, run_id))
}

/// The events of runs after one of them, and their filter as the API has it.
pub fn api_events(organization_id: OrganizationId, parameters: &str, after: &str) -> String {
    let and = if parameters.is_empty() { "" } else { "&" };
    format!("/api/organizations/{organization_id}/workflows/runs/events/?{parameters}{and}after={after}")
}

/// Everything that a filter lists, as the API has both, as a file of some format.
pub fn api_export(organization_id: OrganizationId, parameters: &str, format: &str) -> String {
    let and = if parameters.is_empty() { "" } else { "&" };
    format!("/api/organizations/{organization_id}/workflows/runs/export/?{format}{and}{parameters}")
}

/// Sign-in that comes back to `next`.
pub fn login_then(next: &str) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
    format!("{LOGIN}?{query}")
}

/// A place on this site to go to; anything that would leave it becomes the list (P-2).
pub fn local_or_logs(next: Option<&str>) -> &str {
    next.filter(|next| is_local(next)).unwrap_or(LOGS)
}

/// Browsers read `//host` and `/\host` as another site, and drop control characters before they look.
fn is_local(next: &str) -> bool {
    let mut letters = next.chars();
    letters.next() == Some('/')
        && !matches!(letters.next(), Some('/' | '\\'))
        && next.chars().all(|letter| letter.is_ascii_graphic() && letter != '\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p2_next_never_leaves_the_site() {
        for next in ["/logs", "/logs?page=2&run=a%20b#top", "/", "/staff/ai/x?tab=api&next=https://a.example"] {
            assert_eq!(local_or_logs(Some(next)), next);
        }
        for next in [
            "",
            "logs",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/\t/evil",
            "/a\\b",
            "/ü",
            " /logs",
        ] {
            assert_eq!(local_or_logs(Some(next)), LOGS, "{next:?}");
        }
        assert_eq!(local_or_logs(None), LOGS);
    }

    #[test]
    fn sign_in_keeps_where_one_was() {
        assert_eq!(login_then("/logs?page=2&run=x"), "/login?next=%2Flogs%3Fpage%3D2%26run%3Dx");
    }
}
