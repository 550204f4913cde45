//! The files of a run. Only what cannot run anything is previewed; the rest is saved (P-18).

use super::payload::{Payloads, TextBlock};
use crate::{
    domain::{
        media::{Preview, preview},
        step::Attachment,
        text::byte_size,
    },
    paths,
    ui::hooks::opened::is_open,
};
use leptos::{
    either::{EitherOf3, EitherOf4},
    prelude::*,
    task::spawn_local,
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// How much of a text is fetched for its preview, in bytes.
const PREVIEWED: usize = 64 * 1024;

/// The files.
#[component]
pub fn Attachments(files: Vec<Attachment>) -> impl IntoView {
    let payloads: Payloads = expect_context();
    let (organization_id, run_id) = payloads.of();
    let files = files
        .into_iter()
        .map(|file| {
            let href = paths::attachment(organization_id, run_id, file.id);
            let kind = preview(&file.media_type);
            let open = kind.map(|_| {
                view! {
                    <a class="button" href=href.clone() rel="external noopener" target="_blank">
                        "Open"
                    </a>
                }
            });
            view! {
                <li class="attachment">
                    <header class="attachment-head">
                        <strong dir="auto">{file.name.clone()}</strong>
                        <span class="attachment-kind">{format!("{} · {}", file.media_type, byte_size(file.size))}</span>
                        {open}
                        <a class="button" href=href.clone() rel="external" download=file.name.clone()>
                            "Download"
                        </a>
                    </header>
                    <Shown kind href name=file.name />
                </li>
            }
        })
        .collect_view();
    view! { <ul class="attachments">{files}</ul> }
}

/// A preview: of a text only when it is opened, as it may be long.
#[component]
fn Shown(kind: Option<Preview>, href: String, name: String) -> impl IntoView {
    match kind {
        Some(Preview::Image) => {
            EitherOf4::A(view! { <img class="attachment-image" src=href alt=name loading="lazy" /> })
        }
        Some(Preview::Audio) => EitherOf4::B(view! {
            <audio class="attachment-audio" src=href controls=true preload="metadata" aria-label=name></audio>
        }),
        Some(Preview::Text) => EitherOf4::C(view! { <TextPreview href /> }),
        None => EitherOf4::D(()),
    }
}

/// The beginning of a text, fetched when it is opened.
#[component]
fn TextPreview(href: String) -> impl IntoView {
    let text = RwSignal::new(None::<Option<String>>);
    let open = move |event: leptos::ev::Event| {
        if !is_open(&event) || text.with_untracked(Option::is_some) {
            return;
        }
        let href = href.clone();
        spawn_local(async move {
            text.try_set(Some(beginning(&href).await.ok()));
        });
    };
    view! {
        <details class="attachment-text needs-script" on:toggle=open>
            <summary>"Preview"</summary>
            {move || match text.get() {
                Some(Some(text)) => EitherOf3::A(view! { <TextBlock text label="Beginning of the text" /> }),
                Some(None) => EitherOf3::B(view! { <p role="alert">"The file cannot be reached."</p> }),
                None => EitherOf3::C(()),
            }}
        </details>
    }
}

/// The first bytes of a file as text.
async fn beginning(href: &str) -> Result<String, JsValue> {
    let headers = web_sys::Headers::new()?;
    headers.set("Range", &format!("bytes=0-{}", PREVIEWED - 1))?;
    let asked = web_sys::RequestInit::new();
    asked.set_headers(&headers);
    let answer = JsFuture::from(window().fetch_with_str_and_init(href, &asked)).await?;
    let answer: web_sys::Response = answer.dyn_into()?;
    if !answer.ok() {
        return Err(JsValue::NULL);
    }
    let text = JsFuture::from(answer.text()?).await?;
    Ok(text.as_string().unwrap_or_default())
}
