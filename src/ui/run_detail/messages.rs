//! What was said: the input, the output and the error, as text and nothing else.

use leptos::prelude::*;

/// The messages that the run has.
#[component]
pub fn Messages(input: Option<String>, output: Option<String>, error: Option<String>) -> impl IntoView {
    let messages =
        [("Input", "message", input), ("Output", "message", output), ("Error", "message message-bad", error)];
    let messages = messages.into_iter().filter_map(|(title, class, text)| Some((title, class, text?)));
    messages
        .map(|(title, class, text)| {
            view! {
                <section class=class>
                    <h2>{title}</h2>
                    <pre dir="auto" tabindex="0" aria-label=title>
                        {text}
                    </pre>
                </section>
            }
        })
        .collect_view()
}
