//! `/staff/ai/{employee_id}`: what one teammate did, for every member.

use super::not_found::NotFoundPage;
use crate::{
    context::use_frame,
    domain::{frame::Teammate, ids::AiEmployeeId, scope::LogsScope},
    logs_query::LogsQuery,
    ui::{
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
    let teammate = Memo::new(move |before: Option<&Option<Teammate>>| {
        let id = params.with(|params| params.get("employee_id")).and_then(|id| id.parse::<AiEmployeeId>().ok());
        let found = teammates.iter().find(|teammate| Some(teammate.id) == id).cloned();
        // When one leaves for another page there is none in the path.
        if id.is_none() { before.cloned().flatten() } else { found }
    });
    let on_api = Memo::new(move |_| LogsQuery::parse(&search.get()).stranger("tab") == Some("api"));
    view! {
        <Show when=move || teammate.with(Option::is_some) fallback=NotFoundPage>
            {move || teammate.get_untracked().map(|first| view! { <TeammateLogs first latest=teammate on_api /> })}
        </Show>
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
    let teammate = Memo::new(move |_| latest.get().unwrap_or_else(|| first.clone()));
    let scope = Memo::new(move |_| {
        let id = teammate.with(|teammate| teammate.id);
        if on_api.get() { LogsScope::TeammateApi(id) } else { LogsScope::Teammate(id) }
    });
    let title = Signal::derive(move || {
        teammate.with(|teammate| format!("{} {}", teammate.name, if on_api.get() { "API" } else { "Logs" }))
    });
    let tab = move |scope: fn(AiEmployeeId) -> LogsScope| {
        Signal::derive(move || {
            let scope = scope(teammate.with(|teammate| teammate.id));
            format!("{}?{}", scope.path(), scope.tab())
        })
    };
    view! {
        <header class="page-head">
            {move || teammate.with(|teammate| view! { <Avatar id=teammate.id.0 name=teammate.name.clone() /> })}
            <h1>{move || teammate.with(|teammate| teammate.name.clone())}</h1>
        </header>
        <Tabs label="What this teammate did">
            <Tab href=tab(LogsScope::Teammate) selected=Signal::derive(move || !on_api.get())>
                "Logs"
            </Tab>
            <Tab href=tab(LogsScope::TeammateApi) selected=on_api>
                "API"
            </Tab>
        </Tabs>
        <AiTeammateLogsTable scope title />
    }
}
