//! A range of dates of one's own, in the viewer's zone; in UTC for who has no script (P-25).

use crate::{
    domain::{filters::FilterKind, preset::Choice, range::Range, time::Timestamp},
    logs_query::DATE_FIELDS,
    ui::{
        hooks::{
            hydrated::use_hydrated,
            reactive::{effect, memo},
            workflow_runs::{History, WorkflowRuns},
        },
        kit::link::HiddenFields,
    },
};
use leptos::prelude::*;
use wasm_bindgen::JsValue;

/// The form.
#[component]
pub fn DateForm(runs: WorkflowRuns, close: Callback<()>) -> impl IntoView {
    let hydrated = use_hydrated();
    let chosen = memo(move |_| match runs.query.with(|query| query.filters.date) {
        Some(Choice::Custom(range)) => range,
        _ => Range::default(),
    });
    let fields = [RwSignal::new(String::new()), RwSignal::new(String::new())];
    let problem = RwSignal::new(None);
    // The fields show the range that is in force.
    effect(move || {
        let range = chosen.get();
        for (field, side) in fields.iter().zip([range.from, range.to]) {
            field.set(side.map(local_field).unwrap_or_default());
        }
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let [from, to] = fields.map(|field| field.with_untracked(|text| local_time(text)));
        let range = Range { from, to };
        // A range that is none says so when it is read.
        match range.to_string().parse::<Range<Timestamp>>() {
            Ok(range) => {
                problem.set(None);
                close.run(());
                runs.go(History::Push, |query| query.with(FilterKind::Date, &range.to_string()));
            }
            Err(_) if range == Range::default() => problem.set(Some("Give a beginning or an end.")),
            Err(_) => problem.set(Some("The range ends before it begins.")),
        }
    };
    let others = Signal::derive(move || runs.href(|query| query.without(FilterKind::Date).with_run(None)));
    let field = |at: usize, label: &'static str| {
        let text = fields[at];
        view! {
            <label class="field">
                <span>{label}</span>
                <input
                    type="datetime-local"
                    name=DATE_FIELDS[at]
                    prop:value=move || text.get()
                    on:input=move |event| text.set(event_target_value(&event))
                />
            </label>
        }
    };
    view! {
        <form class="date-form" method="get" on:submit=submit>
            <HiddenFields href=others />
            {field(0, "From")}
            {field(1, "To")}
            <p class="date-form-zone">{move || if hydrated.get() { "Times of your own zone" } else { "Times in UTC" }}</p>
            {move || {
                problem
                    .get()
                    .map(|problem| {
                        view! {
                            <p class="date-form-problem" role="alert">
                                {problem}
                            </p>
                        }
                            .into_any()
                    })
            }}
            <button class="button">"Apply"</button>
        </form>
    }
}

/// What a field holds, `2026-11-20T10:00` in the viewer's zone, as a time.
fn local_time(text: &str) -> Option<Timestamp> {
    let millis = js_sys::Date::new(&JsValue::from_str(text)).get_time();
    #[expect(clippy::cast_possible_truncation, reason = "a date of the browser; one that is none is not finite")]
    millis.is_finite().then(|| Timestamp::from_micros(millis as i64 * 1_000).ok()).flatten()
}

/// A time as a field holds it.
#[expect(clippy::cast_precision_loss, reason = "milliseconds of this calendar are exact in a double")]
fn local_field(time: Timestamp) -> String {
    let date = js_sys::Date::new(&JsValue::from_f64(time.millis() as f64));
    let minute = format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}",
        date.get_full_year(),
        date.get_month() + 1,
        date.get_date(),
        date.get_hours(),
        date.get_minutes()
    );
    match date.get_seconds() {
        0 => minute,
        seconds => format!("{minute}:{seconds:02}"),
    }
}
