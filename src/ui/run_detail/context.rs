//! What the engine knew while it ran: the runtime context, and the state around it.

use super::payload::PayloadView;
use crate::{
    domain::{
        json::{Json, Shape},
        payload::{Payload, PayloadKey, RunPayload},
    },
    ui::kit::json_tree::JsonTree,
};
use leptos::prelude::*;

/// The context.
#[component]
pub fn Context(state: Option<Json>) -> impl IntoView {
    let runtime = state.as_ref().and_then(|state| match state.shape() {
        Shape::Object(members) => {
            members.into_iter().find(|(name, _)| name == "runtimeContext").map(|(_, value)| value)
        }
        _ => None,
    });
    let runtime = runtime.map(|json| {
        view! {
            <section class="payload">
                <header class="payload-head">
                    <h2>"Runtime context"</h2>
                </header>
                <JsonTree json label="Runtime context" />
            </section>
        }
    });
    view! {
        {runtime}
        <PayloadView key=PayloadKey::Run(RunPayload::State) label="State" payload=state.map(Payload::Json) />
    }
}
