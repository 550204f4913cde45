//! `POST /v1/traces`, `/v1/logs` and `/v1/metrics`: what OpenTelemetry sends, by its protocol (OTLP/HTTP 1.x). The same
//! under the path of an organization, and under the one to which Langfuse's clients send.

use super::{
    describe::{Description, object},
    endpoint::{Endpoint, ORGANIZATION, Verb},
    extract::{OtlpBody, OwnRunsWriter, RunsWriter},
    query::{Nothing, Query},
};
use crate::{
    domain::document::Fault,
    error::AppError,
    server::{
        AppState,
        aside::{aside, turn},
        auth::access::Access,
        clock,
        otlp::receive::{self, Answer, ReceiveError, Received},
        query::traces,
        settings::Settings,
    },
};
use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use serde_json::json;
use utoipa::openapi::ResponseBuilder;

/// What is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Signal {
    Traces,
    Logs,
    Metrics,
}

impl Signal {
    const ALL: [Self; 3] = [Self::Traces, Self::Logs, Self::Metrics];

    const fn word(self) -> &'static str {
        match self {
            Self::Traces => "traces",
            Self::Logs => "logs",
            Self::Metrics => "metrics",
        }
    }

    /// The member of an export request that has all of it.
    const fn list(self) -> &'static str {
        match self {
            Self::Traces => "resourceSpans",
            Self::Logs => "resourceLogs",
            Self::Metrics => "resourceMetrics",
        }
    }

    const fn about(self) -> &'static str {
        match self {
            Self::Traces => {
                "Spans of agents become runs with their steps, calls of tools and costs, by the conventions of GenAI, OpenInference, \
                 OpenLLMetry, Vercel's AI SDK and Langfuse. A run is a trace, or whatever names the same `alloy.run.id`. All are on disk \
                 when this answers, and sending them again does no harm. What had to be left out is told as a partial success."
            }
            Self::Logs => {
                "Records that tell of a span what its model was told and said join that span; others are passed by."
            }
            Self::Metrics => "Taken, because clients send them, and dropped.",
        }
    }
}

pub fn endpoints(settings: &Settings) -> Vec<Endpoint> {
    let of_signal = |signal| {
        let describe = |place: &str| describe(signal, place, settings);
        let path = |start: &str| format!("{start}/v1/{}", signal.word());
        let own = async move |OwnRunsWriter(access): OwnRunsWriter,
                              _: Query<Nothing>,
                              State(state): State<AppState>,
                              body| { take(signal, &access, &state, body).await };
        let named = async move |RunsWriter(access): RunsWriter,
                                _: Query<Nothing>,
                                State(state): State<AppState>,
                                body| { take(signal, &access, &state, body).await };
        let of_organization = Endpoint::of_organization(Verb::Post, &path("/otel"), named, describe("OfOrganization"));
        [
            Endpoint::of_token(Verb::Post, &path(""), own, describe("")),
            Endpoint::of_token(Verb::Post, &path("/api/public/otel"), own, describe("OfLangfuse")),
            of_organization,
        ]
    };
    let all = Signal::ALL.into_iter().flat_map(of_signal);
    all.map(|endpoint| endpoint.with_body_limit(settings.max_otlp_bytes).taking_gzip()).collect()
}

fn describe(signal: Signal, place: &str, settings: &Settings) -> Description {
    let answer = |description: &str| ResponseBuilder::new().description(description);
    let id = format!("post{}{}{place}", signal.word()[..1].to_uppercase(), &signal.word()[1..]);
    let summary = format!("Take OpenTelemetry {}", signal.word());
    Description::new("OpenTelemetry", &id, &summary)
        .more(format!(
            "{} `application/x-protobuf` or `application/json`, answered in the same, compressed by gzip or deflate if you like. At \
             {ORGANIZATION}/otel the organization stands in the path, elsewhere it is that of the token.",
            signal.about()
        ))
        .takes_text("application/json", "An export request", object().examples([json!({ signal.list(): [] })]))
        .answer(200, answer("All is stored, but for what a partial success names"))
        .fails([
            AppError::BadRequest(vec![Fault::new("", ReceiveError::Undecodable.to_string())]),
            AppError::TooLarge(settings.max_otlp_bytes as u64),
            AppError::UnsupportedMediaType,
        ])
}

async fn take(signal: Signal, access: &Access, state: &AppState, body: OtlpBody) -> Result<Response, AppError> {
    let OtlpBody { encoding, bytes } = body;
    let (weight, received_at) = (bytes.len(), clock::now());
    let received = {
        let _turn = turn().await;
        let read = aside(move || match signal {
            Signal::Traces => receive::traces(&bytes, encoding, received_at),
            Signal::Logs => receive::logs(&bytes, encoding, received_at),
            Signal::Metrics => Ok(Received::default()),
        });
        read.await?
    };
    let received = received.map_err(|error| AppError::BadRequest(vec![Fault::new("", error.to_string())]))?;
    let answer = match signal {
        Signal::Traces => receive::answer_traces(&received, encoding),
        Signal::Logs | Signal::Metrics => receive::nothing(encoding),
    };
    Box::pin(traces::store(&access.org, &state.files, received.spans, weight)).await?;
    let Answer { content_type, body } = answer;
    Ok(([(header::CONTENT_TYPE, content_type)], body).into_response())
}
