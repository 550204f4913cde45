//! A payload of a run: shown as a tree or as text, copied, saved; and fetched first when it is too long to come with its
//! run.

use crate::{
    domain::{
        ids::{OrganizationId, RunId},
        json::Shape,
        payload::{CutPayload, Payload, PayloadKey},
        text::byte_size,
    },
    error::AppError,
    paths,
    server_fns::get_payload,
    ui::kit::{
        copy::CopyButton,
        json_tree::{JsonTree, LongText},
    },
};
use leptos::{either::EitherOf3, prelude::*, task::spawn_local};
use std::{collections::HashMap, sync::Arc};

/// How much of a text is shown at first, in characters.
const TEXT_AT_FIRST: usize = 4_000;

/// Whose payloads are shown, and which of them did not come whole.
#[derive(Clone)]
pub struct Payloads {
    organization_id: OrganizationId,
    run_id: RunId,
    cut: RwSignal<Arc<HashMap<PayloadKey, u64>>>,
}

/// Provides the payloads of the expanded run.
pub fn provide_payloads(payloads: Payloads) {
    provide_context(payloads);
}

impl Payloads {
    /// Of a run.
    pub fn new(organization_id: OrganizationId, run_id: RunId, cut: Vec<CutPayload>) -> Self {
        let cut = cut.into_iter().map(|cut| (cut.key, cut.bytes)).collect();
        Self { organization_id, run_id, cut: RwSignal::new(Arc::new(cut)) }
    }

    /// The same run as others know it.
    pub const fn of(&self) -> (OrganizationId, RunId) {
        (self.organization_id, self.run_id)
    }

    /// Learns of payloads that came later.
    pub fn add(&self, more: Vec<CutPayload>) {
        self.cut.update(|cut| Arc::make_mut(cut).extend(more.into_iter().map(|cut| (cut.key, cut.bytes))));
    }

    /// How long a payload is that did not come whole, in bytes.
    pub fn bytes(&self, key: &PayloadKey) -> Option<u64> {
        self.cut.with_untracked(|cut| cut.get(key).copied())
    }

    fn href(&self, key: &PayloadKey) -> String {
        paths::payload(self.organization_id, self.run_id, key)
    }
}

/// A payload under its name; nothing when the run has none.
#[component]
pub fn PayloadView(key: PayloadKey, label: &'static str, payload: Option<Payload>) -> impl IntoView {
    let payloads: Payloads = expect_context();
    let bytes = payloads.bytes(&key);
    if payload.is_none() && bytes.is_none() {
        return None;
    }
    let href = payloads.href(&key);
    let (organization_id, run_id) = payloads.of();
    let is_whole = RwSignal::new(bytes.is_none());
    let shown = RwSignal::new(payload);
    let problem = RwSignal::new(None::<AppError>);
    let waits = RwSignal::new(false);
    let show = move |_| {
        let key = key.clone();
        waits.set(true);
        spawn_local(async move {
            let got = get_payload(organization_id, run_id, key).await;
            waits.try_set(false);
            match got {
                Ok(payload) => {
                    is_whole.try_set(true);
                    shown.try_set(Some(payload));
                    problem.try_set(None);
                }
                Err(error) => {
                    problem.try_set(Some(error));
                }
            }
        });
    };
    let size = bytes.map(byte_size);
    let get = {
        let size = size.clone();
        move || {
            (!is_whole.get()).then(|| {
                let all = size.clone().map(|size| format!("Show all {size}"));
                view! {
                    <button type="button" class="link needs-script" disabled=move || waits.get() on:click=show.clone()>
                        {all}
                    </button>
                }
            })
        }
    };
    let copied =
        Callback::new(move |()| shown.with_untracked(|payload| payload.as_ref().map(as_text).unwrap_or_default()));
    Some(view! {
        <section class="payload">
            <header class="payload-head">
                <h2>{label}</h2>
                {size.map(|size| view! { <span class="payload-size">{size}</span> })}
                {get}
                <a class="link" href=href rel="external" download="">
                    "Download"
                </a>
                {move || is_whole.get().then(|| view! { <CopyButton what="value" class="link" text=copied /> })}
            </header>
            {move || {
                problem
                    .get()
                    .map(|error| {
                        view! {
                            <p class="payload-problem" role="alert">
                                {error.to_string()}
                            </p>
                        }
                    })
            }}
            {move || match shown.get() {
                Some(Payload::Json(json)) => EitherOf3::A(view! { <JsonTree json label /> }),
                Some(Payload::Text(text)) => EitherOf3::B(view! { <TextBlock text label /> }),
                None => EitherOf3::C(()),
            }}
        </section>
    })
}

/// A text as it was written.
#[component]
pub fn TextBlock(text: String, label: &'static str) -> impl IntoView {
    view! {
        <div class="text-block" tabindex="0" role="group" aria-label=label>
            <LongText text class="text-block-text" at_first=TEXT_AT_FIRST />
        </div>
    }
}

/// A payload as plain text: a text itself, and everything else as JSON.
pub fn as_text(payload: &Payload) -> String {
    match payload {
        Payload::Text(text) => text.clone(),
        Payload::Json(json) => match json.shape() {
            Shape::Text(text) => text,
            _ => json.as_str().to_owned(),
        },
    }
}
