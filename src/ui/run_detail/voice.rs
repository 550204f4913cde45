//! What was said in calls, turn by turn. Where the recording is attached, a turn plays from where it was said (P-18).

use super::payload::Payloads;
use crate::{
    domain::{
        media::{Preview, preview},
        run_match::{MatchField, RunMatch},
        step::{Attachment, VoiceTranscript, VoiceTurn},
    },
    paths,
    ui::{
        hooks::landing::{Landed, use_landing},
        kit::icon::{Glyph, Icon},
    },
};
use leptos::{either::Either, html, prelude::*, task::spawn_local};
use wasm_bindgen_futures::JsFuture;

/// The calls.
#[component]
pub fn Voice(calls: Vec<VoiceTranscript>, files: Vec<Attachment>) -> impl IntoView {
    let mut landing = use_landing().filter(|found| found.field == MatchField::Transcript);
    let calls = calls.into_iter().map(|call| {
        let has = |found: &RunMatch| call.turns.iter().position(|turn| found.is_of(&turn.text));
        let found = landing.as_ref().and_then(has);
        if found.is_some() {
            landing = None;
        }
        let is_recording = |file: &&Attachment| {
            Some(file.id) == call.attachment_id && preview(&file.media_type) == Some(Preview::Audio)
        };
        let recording = files.iter().find(is_recording).cloned();
        view! { <Call turns=call.turns found recording /> }
    });
    calls.collect::<Vec<_>>()
}

#[component]
fn Call(turns: Vec<VoiceTurn>, found: Option<usize>, recording: Option<Attachment>) -> impl IntoView {
    let payloads: Payloads = expect_context();
    let (organization_id, run_id) = payloads.of();
    let audio = NodeRef::<html::Audio>::new();
    let (now, set_now) = signal(None::<u64>);
    let follow = move |_| {
        if let Some(audio) = audio.get_untracked() {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a time in a recording")]
            set_now.set(Some((audio.current_time() * 1_000.0) as u64));
        }
    };
    let plays = recording.is_some();
    let player = recording.map(|file| {
        let src = paths::attachment(organization_id, run_id, file.id);
        view! {
            <audio
                class="voice-audio"
                node_ref=audio
                src=src
                controls=true
                preload="metadata"
                aria-label=file.name
                on:timeupdate=follow
            ></audio>
        }
    });
    let play_from = move |millis: u64| {
        let Some(audio) = audio.get_untracked() else { return };
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of a recording are exact in a double")]
        audio.set_current_time(millis as f64 / 1_000.0);
        set_now.set(Some(millis));
        if let Ok(playing) = audio.play() {
            spawn_local(async move {
                // A browser may refuse to play; then its controls are still there.
                let _ = JsFuture::from(playing).await;
            });
        }
    };
    let turns = turns
        .into_iter()
        .enumerate()
        .map(|(n, turn)| {
            let (start, end) = (turn.start_ms, turn.end_ms);
            let is_now = move || {
                start.zip(now.get()).is_some_and(|(start, now)| start <= now && end.is_none_or(|end| now < end))
            };
            let time = start.map(clock);
            let label = format!("Play from {}", time.clone().unwrap_or_default());
            let at = match start.filter(|_| plays) {
                Some(start) => Either::Left(view! {
                    <button type="button" class="link voice-at" aria-label=label on:click=move |_| play_from(start)>
                        <Glyph icon=Icon::Play />
                        {time}
                    </button>
                }),
                None => Either::Right(view! { <span class="voice-at">{time}</span> }),
            };
            view! {
                <li class="voice-turn" class:voice-now=is_now>
                    {at}
                    <strong class="voice-speaker">{turn.speaker}</strong>
                    <Landed is_found=found == Some(n)>
                        <span class="voice-text" dir="auto">
                            {turn.text}
                        </span>
                    </Landed>
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="voice">
            {player}
            <ol class="voice-turns" aria-label="Turns of the call">
                {turns}
            </ol>
        </section>
    }
}

/// A time in a recording: `1:07`.
fn clock(millis: u64) -> String {
    let seconds = millis / 1_000;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}
