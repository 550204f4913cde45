//! The steps of a run as a waterfall (P-17). They are drawn some lines a frame, so that the page stays quick, and the rest
//! of a very long run is fetched.

use super::{
    payload::Payloads,
    step::{CallLine, Start, StepLine},
};
use crate::{
    domain::{
        duration,
        run::Run,
        run_match::RunMatch,
        step::{StepLog, ToolCall},
        text::thousands,
        waterfall::{Line, LineOf, Span, arrange},
    },
    error::AppError,
    paths,
    server_fns::get_steps,
    ui::hooks::{
        hydrated::use_hydrated,
        landing::{use_arrival, use_landing},
        reactive::{effect, memo},
    },
};
use leptos::{either::Either, prelude::*, task::spawn_local};
use std::sync::Arc;

/// How many lines lie in a group. A group is laid out when it comes into sight: it is less than a screen, so that little
/// is laid out that is not looked at, and more than a line, so that few are watched.
const GROUP: usize = 10;
/// How many groups stand in what the server writes.
const WRITTEN: usize = 10;
/// How many groups fill a screen. They are drawn one a frame, as they are laid out then.
const SCREEN: usize = 4;
/// How many of those below are drawn in one frame.
const AT_ONCE: usize = 3;

/// The steps that are here, as lines.
#[derive(Clone)]
struct Drawn {
    steps: Vec<Arc<StepLog>>,
    lines: Vec<Line>,
    span: Span,
    /// How many groups were drawn when the last steps came.
    before: usize,
}

impl Drawn {
    fn of(run: &Run, steps: Vec<Arc<StepLog>>) -> Self {
        let (lines, span) = (arrange(&steps), Span::of(run, &steps));
        Self { steps, lines, span, before: 0 }
    }

    /// The same with the steps that come next, when so many groups are drawn.
    fn with(&self, run: &Run, more: Vec<StepLog>, before: usize) -> Self {
        let steps = self.steps.iter().cloned().chain(more.into_iter().map(Arc::new)).collect();
        Self { before, ..Self::of(run, steps) }
    }

    fn groups(&self) -> usize {
        self.lines.len().div_ceil(GROUP)
    }

    /// How many more are drawn in the next frame when some are.
    const fn next(&self, shown: usize) -> usize {
        if shown < self.before + SCREEN { 1 } else { AT_ONCE }
    }
}

/// What is open when the steps are drawn: where a search found the run, and else what failed.
#[derive(Clone)]
struct Opened {
    failed: Option<String>,
    found: Option<RunMatch>,
    /// Whether it is brought into sight when it is drawn: not any more once somebody asks for more steps, and so looks at
    /// others.
    scrolls: StoredValue<bool>,
}

impl Opened {
    fn of(run: &Run) -> Self {
        let found = use_landing().filter(|found| found.step_id.is_some());
        let scrolls = StoredValue::new(found.is_none() || use_arrival());
        Self { failed: run.failure.as_ref().and_then(|failure| failure.step_id.clone()), found, scrolls }
    }

    /// The step that has to be here for it.
    fn step_id(&self) -> Option<&String> {
        self.found.as_ref().map_or(self.failed.as_ref(), |found| found.step_id.as_ref())
    }

    fn is_cause(&self, step: &StepLog) -> bool {
        self.failed.as_ref() == Some(&step.id)
    }

    /// Whether a step is open, or one of its calls.
    fn has(&self, step: &StepLog, call: Option<&ToolCall>) -> bool {
        match &self.found {
            Some(found) => {
                found.step_id.as_ref() == Some(&step.id) && found.call_id.as_ref() == call.map(|call| &call.id)
            }
            None => self.is_cause(step) && call.is_none_or(|call| call.error.is_some()),
        }
    }

    fn start(&self, step: &StepLog, call: Option<&ToolCall>) -> Start {
        match (self.has(step, call), self.scrolls.get_value()) {
            (false, _) => Start::Closed,
            (true, false) => Start::Open,
            (true, true) => Start::InSight,
        }
    }
}

/// How many groups are drawn of a run. It outlives the drawing, so that the first lines of a run that was written anew do
/// not vanish from the page for a moment.
#[derive(Clone, Copy)]
struct Shown(RwSignal<usize>);

/// Provides it for a run that is not drawn yet, but by the server.
pub fn provide_shown() {
    provide_context(Shown(RwSignal::new(if use_hydrated().get_untracked() { 0 } else { WRITTEN })));
}

/// The steps.
#[component]
pub fn Steps(run: Run, steps: Vec<Arc<StepLog>>, total: u64) -> impl IntoView {
    let payloads: Payloads = expect_context();
    let (organization_id, run_id) = payloads.of();
    let all = paths::api_steps(organization_id, run.workflow_id, run_id);
    let opened = Opened::of(&run);
    let wanted = opened.step_id().cloned();
    let drawn = RwSignal::new(Drawn::of(&run, steps));
    let Shown(shown) = expect_context();
    shown.update_untracked(|shown| *shown = WRITTEN.min(*shown));
    let (waits, set_waits) = signal(false);
    let problem = RwSignal::new(None::<AppError>);
    let (total, set_total) = signal(total);
    let here = move || drawn.with(|drawn| drawn.steps.len() as u64);
    let groups = move || drawn.with(Drawn::groups);
    draw_the_rest(drawn, shown);
    let more = {
        let run = StoredValue::new(run);
        move || {
            set_waits.set(true);
            let offset = drawn.with_untracked(|drawn| drawn.steps.len() as u64);
            let payloads = payloads.clone();
            spawn_local(async move {
                let got = get_steps(organization_id, run_id, offset).await;
                let got = got.and_then(|steps| steps.read().map_err(|_| AppError::Outdated));
                set_waits.try_set(false);
                match got {
                    // The run was written anew meanwhile, with fewer steps.
                    Ok(steps) if steps.page.steps.is_empty() => {
                        set_total.try_set(offset);
                    }
                    Ok(steps) => {
                        set_total.try_set(steps.page.steps_total);
                        payloads.add(steps.cut);
                        run.try_with_value(|run| {
                            let before = shown.get_untracked();
                            drawn.try_update(|drawn| *drawn = drawn.with(run, steps.page.steps, before));
                        });
                        problem.try_set(None);
                    }
                    Err(error) => {
                        problem.try_set(Some(error));
                    }
                }
            });
        }
    };
    // It may be among those that did not come.
    let is_missing = move || {
        wanted.as_ref().is_some_and(|wanted| !drawn.with(|drawn| drawn.steps.iter().any(|step| step.id == *wanted)))
    };
    effect({
        let more = more.clone();
        move || {
            if is_missing() && here() < total.get() && problem.with_untracked(Option::is_none) {
                more();
            }
        }
    });
    let span = memo(move |_| drawn.with(|drawn| drawn.span));
    let scrolls = opened.scrolls;
    let rest = move || {
        (here() < total.get()).then(|| {
            let more = more.clone();
            view! {
                <p class="steps-more" role="status">
                    {format!("{} of {} steps are here.", thousands(here()), thousands(total.get()))}
                    <button
                        type="button"
                        class="button needs-script"
                        disabled=move || waits.get()
                        on:click=move |_| {
                            scrolls.set_value(false);
                            more();
                        }
                    >
                        {move || if waits.get() { "Loading…" } else { "Load more steps" }}
                    </button>
                    {move || problem.get().map(|error| error.to_string())}
                </p>
            }
        })
    };
    let is_drawn_whole = move || here() >= total.get() && shown.get() >= groups();
    view! {
        <section class="steps">
            {move || view! { <Ruler span=span.get() /> }}
            <Groups drawn shown span opened />
            {move || (!is_drawn_whole()).then(|| view! { <WithoutScript all=all.clone() /> })}
            {rest}
        </section>
    }
}

/// Draws some groups in each frame, until all that are here are drawn.
fn draw_the_rest(drawn: RwSignal<Drawn>, shown: RwSignal<usize>) {
    // One frame at a time, and none for what is not on the page any more, though what is shown outlives it.
    let waits = StoredValue::new(false);
    effect(move || {
        if shown.get() >= drawn.with(Drawn::groups) || waits.get_value() {
            return;
        }
        waits.set_value(true);
        request_animation_frame(move || {
            if waits.try_set_value(false).is_none() {
                shown.update(|shown| *shown += drawn.with_untracked(|drawn| drawn.next(*shown)));
            }
        });
    });
}

/// The groups of lines that are drawn.
#[component]
fn Groups(drawn: RwSignal<Drawn>, shown: RwSignal<usize>, span: Memo<Span>, opened: Opened) -> impl IntoView {
    let line = move |line: Line| {
        let opened = opened.clone();
        drawn.with_untracked(|drawn| match line.of {
            LineOf::Step(at) => drawn.steps.get(at).map(|step| {
                let (is_cause, start) = (opened.is_cause(step), opened.start(step, None));
                Either::Left(view! { <StepLine step=step.clone() depth=line.depth span is_cause start /> })
            }),
            LineOf::Call(at, call) => drawn.steps.get(at).map(|step| {
                let made = step.tool_calls.get(call);
                let start = made.map_or(Start::Closed, |made| opened.start(step, Some(made)));
                let is_cause = opened.is_cause(step);
                Either::Right(view! { <CallLine step=step.clone() call depth=line.depth span is_cause start /> })
            }),
        })
    };
    let group = move |at: usize| {
        let lines =
            move || drawn.with(|drawn| drawn.lines.chunks(GROUP).nth(at).map(<[Line]>::to_vec).unwrap_or_default());
        view! {
            <div role="presentation" class="steps-group">
                <For each=lines key=|line| *line children=line.clone() />
            </div>
        }
    };
    view! {
        <div role="list" class="steps-list" aria-label="Steps">
            <For each=move || 0..shown.get().min(drawn.with(Drawn::groups)) key=|at| *at children=group />
        </div>
    }
}

/// Without a script no further lines are drawn.
#[component]
fn WithoutScript(
    /// Where all the steps are, for those who want to read them.
    all: String,
) -> impl IntoView {
    view! {
        <p class="steps-more without-script">
            {format!("Without a script only the first {} lines are drawn.", GROUP * WRITTEN)}
            <a href=all>"All steps as the API has them"</a>
        </p>
    }
}

/// The time line above the lanes: its beginning, middle and end. Decoration, as every step says how long it took.
#[component]
fn Ruler(span: Span) -> impl IntoView {
    view! {
        <div class="steps-ruler" aria-hidden="true">
            <span>"0"</span>
            <span>{duration::label(span.millis() / 2)}</span>
            <span>{duration::label(span.millis())}</span>
        </div>
    }
}
