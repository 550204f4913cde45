//! What a member sees where only admins may look.

use crate::{
    context::{set_status, use_frame},
    error::AppError,
    paths,
};
use leptos::prelude::*;
use leptos_meta::Title;

/// The page says no, and what to do about it.
#[component]
pub fn AccessDenied() -> impl IntoView {
    set_status(AppError::Forbidden.status());
    let frame = use_frame();
    let organization = frame.viewer.current.organization_name;
    let first = frame.teammates.into_iter().next();
    view! {
        <Title text="Access denied" />
        <section class="notice">
            <h1>"Access denied"</h1>
            <p>
                {format!(
                    "The execution logs of {organization} are for its admins. Ask one of them for the role, or look at what one teammate did.",
                )}
            </p>
            {first
                .map(|teammate| {
                    view! {
                        <a class="button" href=paths::teammate(teammate.id)>
                            {format!("Open {}", teammate.name)}
                        </a>
                    }
                        .into_any()
                })}
        </section>
    }
}
