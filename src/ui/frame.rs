//! What stands around every page: whose organization, which teammates, who is signed in.

use crate::{
    context::{use_boot, use_frame},
    domain::scope::LogsScope,
    paths,
    ui::{
        hooks::theme::use_theme,
        kit::{
            avatar::Avatar,
            icon::{Glyph, Icon},
        },
    },
};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// The side bar and the page beside it.
#[component]
pub fn AppFrame(children: Children) -> impl IntoView {
    let frame = use_frame();
    let viewer = frame.viewer.clone();
    let sees_logs = LogsScope::Organization.is_open_to(&viewer);
    let teammates = frame
        .teammates
        .into_iter()
        .map(|teammate| {
            view! {
                <NavLink href=paths::teammate(teammate.id)>
                    <Avatar id=teammate.id.0 name=teammate.name.clone() />
                    <span class="frame-name">{teammate.name}</span>
                </NavLink>
            }
            .into_any()
        })
        .collect_view();
    view! {
        <a class="frame-skip" href="#page">
            "Skip to the page"
        </a>
        <div class="frame">
            <aside class="frame-side">
                <div class="frame-brand">
                    <span class="frame-mark" aria-hidden="true"></span>
                    <strong>"Alloy"</strong>
                    <OrganizationSwitch />
                </div>
                <nav class="frame-nav" aria-label="Main">
                    {sees_logs
                        .then(|| {
                            view! {
                                <NavLink href=paths::LOGS.to_owned()>
                                    <Glyph icon=Icon::Logs />
                                    "Execution Logs"
                                </NavLink>
                            }
                                .into_any()
                        })}
                    <h2 class="frame-heading">"AI teammates"</h2>
                    {teammates}
                </nav>
                <form class="frame-who" method="post" action=paths::LOGOUT>
                    <Avatar id=viewer.user_id.0 name=viewer.email.clone() />
                    <span class="frame-name" title=viewer.email.clone()>
                        {viewer.email.clone()}
                    </span>
                    <ThemeSwitch />
                    <button class="button button-quiet button-icon" aria-label="Sign out" title="Sign out">
                        <Glyph icon=Icon::SignOut />
                    </button>
                </form>
            </aside>
            <main class="frame-page" id="page" tabindex="-1">
                {children()}
            </main>
        </div>
    }
}

/// Goes from the system's theme to light, to dark, and back.
#[component]
fn ThemeSwitch() -> impl IntoView {
    let (theme, choose) = use_theme(use_boot().theme);
    let label = move || format!("Theme: {}", theme.get().key());
    view! {
        <button
            type="button"
            class="button button-quiet button-icon needs-script"
            aria-label=move || label()
            title=move || label()
            on:click=move |_| choose(theme.get_untracked().next())
        >
            <Glyph icon=Icon::Theme />
        </button>
    }
}

/// A link that knows when it is where one is.
#[component]
fn NavLink(href: String, children: Children) -> impl IntoView {
    let path = use_location().pathname;
    let here = {
        let href = href.clone();
        move || (path.get() == href).then_some("page")
    };
    view! {
        <a class="frame-link" href=href aria-current=move || here()>
            {children()}
        </a>
    }
}

/// The name of the organization; a menu when the viewer belongs to more than one.
#[component]
fn OrganizationSwitch() -> impl IntoView {
    let viewer = use_frame().viewer;
    let current = viewer.current.organization_id;
    let name = viewer.current.organization_name;
    if viewer.memberships.len() < 2 {
        return view! { <span class="frame-organization">{name}</span> }.into_any();
    }
    let options = viewer
        .memberships
        .into_iter()
        .map(|membership| {
            let is_current = membership.organization_id == current;
            view! {
                <button
                    class="menu-item"
                    name="organization_id"
                    value=membership.organization_id.to_string()
                    aria-current=is_current.then_some("true")
                >
                    {membership.organization_name}
                </button>
            }
            .into_any()
        })
        .collect_view();
    view! {
        <details class="menu frame-organization">
            <summary aria-label=format!("Organization {name}, switch")>
                <span class="frame-name">{name.clone()}</span>
                <Glyph icon=Icon::ChevronDown />
            </summary>
            <form class="menu-list" method="post" action=paths::ORGANIZATION>
                {options}
            </form>
        </details>
    }
    .into_any()
}
