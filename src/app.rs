//! The document, what it provides to every page, and the table of routes.

use crate::{
    context::Boot,
    domain::{page::PageSize, theme::Theme, time::Timestamp},
    error::AppError,
    server_fns::AnswerBytes,
    ui::{
        frame::AppFrame,
        hooks::{clock::provide_clock, hydrated::provide_hydrated, page_size::provide_page_size},
        pages::{
            logs::LogsPage, not_found::NotFoundPage, sign_in::SignInPage, teammate::TeammatePage,
            unavailable::UnavailablePage,
        },
    },
};
use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags, Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{FlatRoutes, Route, Router},
    path,
};

/// The document around the app.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    let theme = use_context::<Boot>().map_or_else(Theme::default, |boot| boot.theme);
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme.key()>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                // Painted whole, as half a page would move when the rest of it arrives. What is waited for stands at the
                // end: of an element with content, a browser may wait for the beginning only.
                <link rel="expect" href="#end" blocking="render" />
                <link rel="icon" type="image/svg+xml" href="/favicon.svg" />
                <HashedStylesheet options=options.clone() />
                <HydrationScripts options=options />
                <MetaTags />
            </head>
            <body>
                <App />
                <span id="end" hidden=true></span>
            </body>
        </html>
    }
}

/// The app: the frame and the pages for whoever is signed in, else what can be said without.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    // Routes are listed at start-up without a request, hence without a boot.
    let without_request = || Boot {
        frame: Err(AppError::SignedOut),
        page_size: PageSize::default(),
        theme: Theme::default(),
        now: Timestamp::EPOCH,
    };
    let boot =
        SharedValue::<Boot, AnswerBytes>::new_with_encoding(|| use_context::<Boot>().unwrap_or_else(without_request))
            .into_inner();
    provide_context(boot.clone());
    provide_hydrated();
    provide_clock(boot.now);
    provide_page_size(boot.page_size);
    view! {
        <Title formatter=|title: String| format!("{title} · Alloy") />
        <Router>
            {match boot.frame {
                Ok(frame) => {
                    provide_context(frame);
                    view! {
                        <AppFrame>
                            <Pages />
                        </AppFrame>
                    }
                        .into_any()
                }
                Err(AppError::SignedOut) => {
                    view! {
                        <main id="page">
                            <Pages />
                        </main>
                    }
                        .into_any()
                }
                Err(error) => view! { <UnavailablePage error /> }.into_any(),
            }}
        </Router>
    }
}

/// The table of routes. Each page is rendered whole before it is sent, so that its status is right and it reads
/// without a script.
#[component]
fn Pages() -> impl IntoView {
    view! {
        <FlatRoutes fallback=NotFoundPage>
            <Route path=path!("/logs") view=LogsPage ssr=SsrMode::Async />
            <Route path=path!("/staff/ai/:employee_id") view=TeammatePage ssr=SsrMode::Async />
            <Route path=path!("/login") view=SignInPage ssr=SsrMode::Async />
        </FlatRoutes>
    }
}
