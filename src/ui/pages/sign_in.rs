//! `/login`: a form that works without a script.

use crate::paths;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

/// The page.
#[component]
pub fn SignInPage() -> impl IntoView {
    let search = use_location().search.get_untracked();
    let parameter = |name: &str| {
        form_urlencoded::parse(search.trim_start_matches('?').as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    };
    let problem = match parameter("error").as_deref() {
        Some("wrong") => Some("This email and password do not fit. Try again."),
        Some("wait") => Some("Too many wrong passwords. Wait a quarter of an hour, then try again."),
        _ => None,
    };
    let next = parameter("next");
    let next = paths::local_or_logs(next.as_deref()).to_owned();
    view! {
        <Title text="Sign in" />
        <div class="sign-in">
            <form class="sign-in-form" method="post" action=paths::LOGIN>
                <span class="frame-mark" aria-hidden="true"></span>
                <h1>"Sign in to Alloy"</h1>
                {problem
                    .map(|problem| {
                        view! {
                            <p class="sign-in-problem" role="alert">
                                {problem}
                            </p>
                        }
                            .into_any()
                    })}
                <input type="hidden" name="next" value=next />
                <label class="field">
                    <span>"Email"</span>
                    <input name="email" type="email" autocomplete="username" required=true autofocus=true />
                </label>
                <label class="field">
                    <span>"Password"</span>
                    <input name="password" type="password" autocomplete="current-password" required=true />
                </label>
                <button class="button button-main">"Sign in"</button>
            </form>
        </div>
    }
}
