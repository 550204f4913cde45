//! One run of the demo, put together.

use super::{
    DemoFile, DemoRun,
    calendar::{self, Calendar},
    calls,
    case::Case,
    cast,
    course::Course,
    draw::{Draw, Stream},
    failures,
    files::{self, File},
    flow,
    messages::{self, Tone},
    money,
    oddities::{self, Oddity},
    origin::Origin,
    outcome,
    schedule::Scope,
    skills::Skill,
    sound,
    steps::{self, Setting, after},
};
use crate::domain::{
    document::RunDocument,
    ids::{AttachmentId, RunId, VoiceTranscriptId},
    json::Json,
    status::RunStatus,
    step::{Attachment, VoiceTranscript},
    time::Timestamp,
};
use serde_json::{Value, json};
use std::mem;

const HOUR_MS: i64 = 60 * 60 * 1000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// Runs that begin within this are next to each other when conversations are shared out.
const RUNS_TO_COME_MS: u64 = 10_000;

/// What decides about a run before anything else is drawn.
struct Plan {
    seed: u64,
    /// By which it is shared out among conversations.
    place: u64,
    id: RunId,
    created_at: Timestamp,
    status: RunStatus,
    oddity: Oddity,
    /// Until when it is looked at.
    now: Timestamp,
}

/// The run that has `age` newer ones.
pub fn run(seed: u64, age: u64, calendar: &Calendar, now: Timestamp) -> DemoRun {
    let mut draw = Draw::new(seed, Stream::Run, age);
    let draw = &mut draw;
    let id = RunId(draw.uuid());
    let created_at = calendar.created_at(age, draw);
    let millis_old = now.millis_since(created_at);
    let oddity = Oddity::of(age);
    let status = outcome::status(age, millis_old / HOUR_MS, millis_old <= calendar::RECENT, oddity, draw);
    whole(&Plan { seed, place: age, id, created_at, status, oddity, now }, draw)
}

/// A run that begins at this moment, as it will be after at most so many milliseconds.
pub fn run_to_come(seed: u64, created_at: Timestamp, most_ms: i64) -> DemoRun {
    let mut draw = Draw::new(seed, Stream::Live, created_at.micros().unsigned_abs());
    let draw = &mut draw;
    let id = RunId(draw.uuid());
    let place = created_at.millis().unsigned_abs() / RUNS_TO_COME_MS;
    let (status, now) = (outcome::to_come(draw), after(created_at, most_ms));
    whole(&Plan { seed, place, id, created_at, status, oddity: Oddity::None, now }, draw)
}

fn whole(plan: &Plan, draw: &mut Draw) -> DemoRun {
    let Plan { seed, place: age, id, created_at, status, oddity, now } = *plan;
    let millis_old = now.millis_since(created_at);
    let origin = Origin::new(seed, age, oddity, draw);
    let skill = origin.skill;
    let case = Case::new(origin.customer, cast::colleague(seed, draw), created_at, draw);
    let input_message = messages::input(skill, &case, tone(oddity, &origin, draw), draw);

    let version = flow::version(millis_old / DAY_MS);
    let scope = Scope { skill, version, items: oddity.items(draw), pace: draw.skewed(100).max(8) };
    let started_at = after(created_at, draw.between(12, 900));
    let course = Course::new(status, scope, &case, now.millis_since(started_at), draw);
    let setting = Setting { skill, case: &case, input_message: &input_message, started_at };

    let mut document = RunDocument { id: Some(id), ..RunDocument::new(status, created_at) };
    set_origin(&mut document, seed, &origin, draw);
    set_times(&mut document, started_at, course.until, draw);
    set_tokens(&mut document, skill, draw);
    document.steps = steps::logs(&setting, &course, draw);
    document.output_message = output(status, &setting, document.steps.len(), draw);
    document.error_message = error(&course, draw);
    document.flow = draw.chance(97).then(|| flow::snapshot(skill, version));
    let mut state = state(&case, &origin, &course, document.error_message.as_deref(), draw);
    match oddity {
        Oddity::HeavyResult => oddities::weigh(&mut document.steps, draw),
        Oddity::StepsInState => state["steps"] = oddities::steps_for_state(&mem::take(&mut document.steps)),
        _ => {}
    }
    document.state = Some(Json::from(&state));
    document.input_message = Some(input_message);
    let mut run = DemoRun { document, files: Vec::new() };
    for paper in papers(&case, skill, &course, draw) {
        attach(&mut run, paper, draw);
    }
    add_call(&mut run, &case, &course, draw);
    run
}

fn set_origin(document: &mut RunDocument, seed: u64, origin: &Origin, draw: &mut Draw) {
    let skill = origin.skill;
    document.workflow_id = Some(skill.id(seed));
    document.workflow_name = Some(skill.name.to_owned());
    document.ai_employee_id = origin.teammate.map(|teammate| teammate.id(seed));
    document.ai_employee_name = origin.teammate.map(|teammate| teammate.name().to_owned());
    document.channel = origin.channel.map(str::to_owned);
    if let Some(conversation) = &origin.conversation {
        document.conversation_id = Some(conversation.id);
        document.conversation_title.clone_from(&conversation.title);
        document.conversation_channel = conversation.channel().map(str::to_owned);
    } else {
        let url = format!("https://hooks.halden.example/in/{}?delivery={}", skill.trigger, draw.hex(12));
        document.trigger_id = Some(skill.trigger.to_owned());
        document.trigger_url = draw.chance(80).then_some(url);
    }
}

fn set_times(document: &mut RunDocument, started_at: Timestamp, until: i64, draw: &mut Draw) {
    let status = document.status;
    let when = |wanted: RunStatus| (status == wanted).then(|| after(started_at, until));
    document.started_at = (status != RunStatus::Pending).then_some(started_at);
    document.completed_at = when(RunStatus::Completed);
    document.failed_at = when(RunStatus::Failed);
    document.suspended_at = when(RunStatus::Suspended);
    document.cancelled_at = when(RunStatus::Cancelled);
    let is_over = document.finished_at().is_some();
    document.duration_ms = (is_over && draw.chance(85)).then_some(until);
}

fn set_tokens(document: &mut RunDocument, skill: &Skill, draw: &mut Draw) {
    if !draw.chance(97) {
        return;
    }
    let model = money::model(draw);
    document.model = Some(model.name.to_owned());
    if document.status != RunStatus::Pending && draw.chance(93) {
        let typical = skill.typical_tokens * draw.weighted(&[(7, 100), (2, 30), (1, 9)]) / 100;
        document.token_history = money::history(model, typical, draw);
    }
}

fn tone(oddity: Oddity, origin: &Origin, draw: &mut Draw) -> Tone {
    let by_program = origin.conversation.is_none() && draw.chance(45);
    oddity.tone().unwrap_or(if by_program { Tone::Event } else { Tone::Words })
}

fn output(status: RunStatus, setting: &Setting<'_>, steps: usize, draw: &mut Draw) -> Option<String> {
    match status {
        RunStatus::Completed => Some(messages::output(setting.skill, setting.case, draw)),
        RunStatus::Suspended => Some(setting.case.fill("I have asked {colleague} and will go on with the answer.")),
        RunStatus::Failed if steps > 3 && draw.chance(40) => {
            Some("I could not finish this. A colleague will take over.".to_owned())
        }
        _ => None,
    }
}

fn error(course: &Course, draw: &mut Draw) -> Option<String> {
    let mishap = course.mishap.as_ref().map(|mishap| mishap.error.clone());
    (course.status == RunStatus::Failed).then(|| mishap.unwrap_or_else(|| failures::outside(draw)))
}

fn state(case: &Case, origin: &Origin, course: &Course, error: Option<&str>, draw: &mut Draw) -> Value {
    let current = course.slots.last().map(|slot| slot.step.id);
    let failed_step = current.filter(|_| course.mishap.is_some());
    json!({
        "currentStepId": current,
        "error": error.map(|message| json!({ "message": message, "stepId": failed_step })),
        "runtimeContext": {
            "userId": case.colleague.id,
            "isAsync": origin.is_async,
            "state": {
                "region": draw.weighted(&[(6, "eu"), (3, "us"), (1, "apac")]),
                "plan": draw.weighted(&[(3, "free"), (5, "pro"), (2, "enterprise")]),
                "attempt": draw.weighted(&[(17, 1), (2, 2), (1, 3)]),
                "vip": draw.chance(8),
            },
        },
        "variables": { "order": case.order, "amountCents": case.cents, "currency": case.currency },
    })
}

/// The files that come with a run of this skill.
fn papers(case: &Case, skill: &Skill, course: &Course, draw: &mut Draw) -> Vec<File> {
    let drew_chart = course.status == RunStatus::Completed && course.slots.iter().any(|slot| slot.step.id == "chart");
    match skill.name {
        "Invoice intake" if draw.chance(70) => vec![files::invoice(case)],
        "Contract review" if draw.chance(40) => vec![files::note(case)],
        "Expense check" if draw.chance(50) => vec![files::invoice(case), files::note(case)],
        "Reorder planning" if draw.chance(60) => vec![files::table(case, draw)],
        "Refund triage" if draw.chance(8) => vec![files::note(case)],
        "Weekly digest" if drew_chart => vec![files::chart(draw), files::table(case, draw)],
        _ => Vec::new(),
    }
}

fn attach(run: &mut DemoRun, file: File, draw: &mut Draw) -> AttachmentId {
    let id = AttachmentId(draw.uuid());
    let File { name, media_type, bytes } = file;
    let size = bytes.len() as u64;
    run.document.attachments.push(Attachment { id, name, media_type: media_type.to_owned(), size });
    run.files.push(DemoFile { attachment_id: id, bytes });
    id
}

/// What was said, and in most cases the recording, once the run has transcribed it.
fn add_call(run: &mut DemoRun, case: &Case, course: &Course, draw: &mut Draw) {
    let transcribed = course.slots.iter().position(|slot| slot.step.id == "transcribe");
    if transcribed.is_some_and(|at| course.status_of(at) == "completed") {
        let turns = calls::turns(case, draw);
        let attachment_id = draw.chance(75).then(|| {
            let bytes = sound::recording(&turns);
            attach(run, File { name: "call.wav".to_owned(), media_type: "audio/wav", bytes }, draw)
        });
        let id = VoiceTranscriptId(draw.uuid());
        run.document.voice_transcripts.push(VoiceTranscript { id, attachment_id, turns });
    }
}
