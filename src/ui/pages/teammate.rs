//! `/staff/ai/{employee_id}`: what one teammate did, for every member.

use super::not_found::NotFoundPage;
use crate::{
    context::use_frame,
    domain::{frame::Teammate, ids::AiEmployeeId, scope::LogsScope},
    logs_query::LogsQuery,
    ui::{
        hooks::reactive::memo,
        kit::{
            avatar::Avatar,
            tabs::{Tab, Tabs},
        },
        logs_table::AiTeammateLogsTable,
    },
};
use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_params_map};

/// The page of the teammate in the path; none is a 404. Going from one teammate or tab to another changes what the
/// page shows and keeps the page.
#[component]
pub fn TeammatePage() -> impl IntoView {
    let params = use_params_map();
    let search = use_location().search;
    let teammates = use_frame().teammates;
    let teammate = memo(move |before: Option<&Option<Teammate>>| {
        let id = params.with(|params| params.get("employee_id")).and_then(|id| id.parse::<AiEmployeeId>().ok());
        let found = teammates.iter().find(|teammate| Some(teammate.id) == id).cloned();
        // When one leaves for another page there is none in the path.
        if id.is_none() { before.cloned().flatten() } else { found }
    });
    let is_known = memo(move |_| teammate.with(Option::is_some));
    let on_api = memo(move |_| LogsQuery::parse(&search.get()).stranger("tab") == Some("api"));
    view! {
        {move || match is_known.get().then(|| teammate.get_untracked()).flatten() {
            Some(first) => view! { <TeammateLogs first latest=teammate on_api /> }.into_any(),
            None => view! { <NotFoundPage /> }.into_any(),
        }}
    }
}

#[component]
fn TeammateLogs(
    /// The teammate with whom the page was opened.
    first: Teammate,
    /// The one who is shown now.
    latest: Memo<Option<Teammate>>,
    on_api: Memo<bool>,
) -> impl IntoView {
    let first = StoredValue::new(first);
    let teammate = move || latest.get().unwrap_or_else(|| first.get_value());
    let scope = memo(move |_| {
        let id = teammate().id;
        if on_api.get() { LogsScope::TeammateApi(id) } else { LogsScope::Teammate(id) }
    });
    let title = Signal::derive(move || format!("{} {}", teammate().name, if on_api.get() { "API" } else { "Logs" }));
    let tab = move |scope: fn(AiEmployeeId) -> LogsScope| {
        Signal::derive(move || {
            let scope = scope(teammate().id);
            format!("{}?{}", scope.path(), scope.tab())
        })
    };
    let avatar = move || {
        let Teammate { id, name } = teammate();
        view! { <Avatar id=id.0 name /> }.into_any()
    };
    view! {
        <header class="page-head">
            {move || avatar()}
            <h1>{move || teammate().name}</h1>
        </header>
        <Tabs label="What this teammate did">
            <Tab href=tab(LogsScope::Teammate) selected=memo(move |_| !on_api.get())>
                "Logs"
            </Tab>
            <Tab href=tab(LogsScope::TeammateApi) selected=on_api>
                "API"
            </Tab>
        </Tabs>
        <AiTeammateLogsTable scope title />
    }
}
