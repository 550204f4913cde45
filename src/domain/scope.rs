//! A logs surface as a value: which runs it shows, and which columns and filters it fixes (P-4).

use super::{
    access::{Role, ToolGate, Viewer, can_access_tool},
    filter::RunFilter,
    filters::FilterKind,
    ids::AiEmployeeId,
    run::Run,
};
use crate::paths;
use postcard_schema::Schema;
use serde::{Deserialize, Serialize};

/// One of the three surfaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Schema)]
pub enum LogsScope {
    /// `/logs`: every run of the organization.
    Organization,
    /// A teammate's `Logs` tab.
    Teammate(AiEmployeeId),
    /// A teammate's `API` tab: its runs that came by the API.
    TeammateApi(AiEmployeeId),
}

impl LogsScope {
    /// The filter within this surface.
    #[must_use]
    pub fn narrow(self, filter: RunFilter) -> RunFilter {
        let (teammate, source) = self.fixed();
        RunFilter {
            ai_employee_id: teammate.or(filter.ai_employee_id),
            source: source.map(str::to_owned).or(filter.source),
            ..filter
        }
    }

    /// The teammate and the source that this surface fixes.
    pub const fn fixed(self) -> (Option<AiEmployeeId>, Option<&'static str>) {
        match self {
            Self::Organization => (None, None),
            Self::Teammate(id) => (Some(id), None),
            Self::TeammateApi(id) => (Some(id), Some("api")),
        }
    }

    /// Whether a run is among those of this surface.
    pub fn lists(self, run: &Run) -> bool {
        let wanted = self.narrow(RunFilter::default());
        wanted.ai_employee_id.is_none_or(|id| Some(id) == run.ai_employee_id)
            && wanted.source.is_none_or(|source| source == run.source)
    }

    /// The surface that lists a run and is open to most: its teammate's, if it has one.
    pub fn that_lists(run: &Run) -> Self {
        run.ai_employee_id.map_or(Self::Organization, Self::Teammate)
    }

    /// The surface that shows a run to somebody of this role; `None` when none does.
    pub fn that_shows(run: &Run, role: Role) -> Option<Self> {
        match role {
            Role::Admin => Some(Self::Organization),
            Role::Member => run.ai_employee_id.map(Self::Teammate),
        }
    }

    /// Whom its page lets in (P-2).
    pub fn is_open_to(self, viewer: &Viewer) -> bool {
        can_access_tool(ToolGate { is_org_admin: self == Self::Organization }, viewer)
    }

    /// The path of its page.
    pub fn path(self) -> String {
        match self {
            Self::Organization => paths::LOGS.to_owned(),
            Self::Teammate(id) | Self::TeammateApi(id) => paths::teammate(id),
        }
    }

    /// The query string of its tab, where it has one.
    pub const fn tab(self) -> &'static str {
        match self {
            Self::Organization => "",
            Self::Teammate(_) => "tab=logs",
            Self::TeammateApi(_) => "tab=api",
        }
    }

    /// Whether a filter may be chosen here, or is fixed by the surface.
    pub fn offers(self, kind: FilterKind) -> bool {
        match self {
            Self::Organization => true,
            Self::Teammate(_) => kind != FilterKind::Teammate,
            Self::TeammateApi(_) => !matches!(kind, FilterKind::Teammate | FilterKind::Channel),
        }
    }

    /// Whether rows say whose they are.
    pub const fn shows_teammate(self) -> bool {
        matches!(self, Self::Organization)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn p5_a_teammates_surface_is_fixed_whatever_the_url_says() {
        let (nora, otis) = (AiEmployeeId(Uuid::from_u128(1)), AiEmployeeId(Uuid::from_u128(2)));
        let asked = RunFilter {
            ai_employee_id: Some(otis),
            source: Some("web_chat".into()),
            model: Some("m".into()),
            ..RunFilter::default()
        };
        assert_eq!(LogsScope::Organization.narrow(asked.clone()), asked);
        let logs = LogsScope::Teammate(nora).narrow(asked.clone());
        assert_eq!((logs.ai_employee_id, logs.source.as_deref()), (Some(nora), Some("web_chat")));
        let api = LogsScope::TeammateApi(nora).narrow(asked);
        assert_eq!(
            (api.ai_employee_id, api.source.as_deref(), api.model.as_deref()),
            (Some(nora), Some("api"), Some("m"))
        );
        assert!(!LogsScope::TeammateApi(nora).offers(FilterKind::Channel));
        assert!(LogsScope::Teammate(nora).offers(FilterKind::Channel));
    }
}
