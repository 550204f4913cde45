//! The filters of a surface in their order, each as a menu, those in force with a way out (P-24, P-28).

use super::{filter_menu::FilterMenu, filters_in_words};
use crate::{
    context::use_frame,
    domain::{
        filters::{FilterKind, Filters},
        preset::{DatePreset, DurationPreset, Preset, TokenPreset},
        run_view::FilterOptions,
        source,
        status::RunStatus,
    },
    logs_query::LogsQuery,
    ui::{
        hooks::{reactive::memo, workflow_runs::WorkflowRuns},
        kit::link::GoButton,
    },
};
use leptos::prelude::*;

/// What a menu offers: a value as the URL has it, and its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterOption {
    pub value: String,
    pub words: String,
}

/// The bar.
#[component]
pub fn FilterBar(runs: WorkflowRuns, options: Memo<FilterOptions>) -> impl IntoView {
    let teammates = StoredValue::new(use_frame().teammates);
    let in_words = filters_in_words(runs, options);
    let offered = memo(move |_| {
        let scope = runs.scope.get();
        FilterKind::ALL.into_iter().filter(|kind| scope.offers(*kind)).collect::<Vec<_>>()
    });
    let menu = move |kind: FilterKind| {
        let offers = memo(move |_| match kind {
            FilterKind::Status => RunStatus::ALL.iter().map(|status| option(status.as_str(), status.label())).collect(),
            FilterKind::Channel => {
                options.with(|options| options.channels.iter().map(|key| option(key, source::label(key))).collect())
            }
            FilterKind::Model => {
                options.with(|options| options.models.iter().map(|model| option(model, model.as_str())).collect())
            }
            FilterKind::Skill => options.with(|options| {
                options.skills.iter().map(|skill| option(&skill.id.to_string(), skill.name.as_str())).collect()
            }),
            FilterKind::Teammate => teammates.with_value(|teammates| {
                teammates.iter().map(|teammate| option(&teammate.id.to_string(), teammate.name.as_str())).collect()
            }),
            FilterKind::Date => presets::<DatePreset>(),
            FilterKind::Duration => presets::<DurationPreset>(),
            FilterKind::Tokens => presets::<TokenPreset>(),
        });
        let words = memo(move |_| {
            in_words.with(|all| all.iter().find(|(known, _)| *known == kind).map(|(_, words)| words.clone()))
        });
        view! { <FilterMenu kind offers options words runs /> }.into_any()
    };
    let clear = Signal::derive(move || runs.href(LogsQuery::without_filters));
    let is_filtered = move || runs.query.with(|query| query.filters != Filters::default());
    view! {
        <div class="filters" role="group" aria-label="Filters">
            {move || offered.get().into_iter().map(menu).collect_view()}
            {move || {
                is_filtered()
                    .then(|| {
                        view! {
                            <GoButton
                                href=clear
                                go=Callback::new(move |href| runs.go_to(href))
                                class="button button-quiet"
                                label="Clear filters"
                            >
                                "Clear"
                            </GoButton>
                        }
                            .into_any()
                    })
            }}
        </div>
    }
}

fn option(value: &str, words: impl Into<String>) -> FilterOption {
    FilterOption { value: value.to_owned(), words: words.into() }
}

fn presets<P: Preset>() -> Vec<FilterOption> {
    P::ALL.iter().map(|preset| option(preset.key(), preset.label())).collect()
}
