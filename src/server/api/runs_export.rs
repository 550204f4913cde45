//! `GET …/workflows/runs/export/`: everything that a filter lists, as a file.

use super::{
    describe::{Description, query_parameter, text},
    endpoint::{Endpoint, Verb},
    examples,
    extract::StandingReader,
    params::{self, FilterParams},
    query::{self, Query, QueryParams},
};
use crate::{
    domain::exported_run::ExportedRun,
    error::AppError,
    server::{
        AppState,
        aside::aside,
        auth::access::Standing,
        clock,
        query::export::{Batch, export},
        store::{SomeRuns, StoreError},
    },
};
use axum::{
    body::Body,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use futures_util::{StreamExt, TryStreamExt, future, stream};
use serde_json::json;
use std::{
    io,
    str::FromStr,
    time::{Duration, Instant},
};
use tokio::sync::mpsc;
use utoipa::openapi::{ContentBuilder, ObjectBuilder, Ref, ResponseBuilder, Type};

/// After so long it is asked again whether the credentials of a reader still stand.
const STANDS_FOR: Duration = Duration::from_secs(3);

/// Batches that are written, or wait to be sent.
const WRITTEN_AHEAD: usize = 2;

/// How runs are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Format {
    #[default]
    Csv,
    Ndjson,
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "csv" => Ok(Self::Csv),
            "ndjson" => Ok(Self::Ndjson),
            _ => Err("must be csv or ndjson".to_owned()),
        }
    }
}

#[derive(Debug, Default)]
struct ExportParams {
    filters: FilterParams,
    format: Format,
    bom: bool,
}

impl QueryParams for ExportParams {
    fn read(&mut self, name: &str, value: &str) -> Option<Result<(), String>> {
        match name {
            "format" => Some(value.parse().map(|format| self.format = format)),
            "bom" => Some(query::value(value).map(|bom| self.bom = bom)),
            name => self.filters.read(name, value),
        }
    }
}

pub fn endpoint() -> Endpoint {
    let csv = ContentBuilder::new().schema(Some(ObjectBuilder::new().schema_type(Type::String))).build();
    let ndjson = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("ExportedRun")))
        .example(Some(json!(examples::exported_run())))
        .build();
    let answer = ResponseBuilder::new()
        .description("The runs, newest first: a table with a head, or a JSON object a line")
        .content("text/csv; charset=utf-8", csv)
        .content("application/x-ndjson", ndjson);
    let format = query_parameter(
        "format",
        "How runs are written",
        text(None).enum_values(Some(["csv", "ndjson"])).default(Some("csv".into())),
    );
    let bom = "Whether a CSV begins with the mark by which Excel knows that it is UTF-8";
    let description = Description::new("Reading", "exportRuns", "Everything that a filter lists, as a file")
        .more(
            "All pages of the list with the same parameters, streamed. A text in a CSV that begins like a formula has an apostrophe \
             before it. An answer that breaks off was not whole.",
        )
        .parameter(format)
        .parameter(query_parameter("bom", bom, ObjectBuilder::new().schema_type(Type::Boolean).default(Some(false.into()))));
    let description = params::described_filters()
        .into_iter()
        .fold(description, Description::parameter)
        .names::<ExportedRun>()
        .answer(200, answer)
        .fails([AppError::unknown_parameter()]);
    Endpoint::of_organization(Verb::Get, "/workflows/runs/export/", handle, description).without_timeout()
}

async fn handle(
    StandingReader(standing): StandingReader,
    State(state): State<AppState>,
    Query(ExportParams { filters, format, bom }): Query<ExportParams>,
) -> Result<Response, AppError> {
    standing.access.exported();
    let mut batches = export(standing.access.org.clone(), filters.filter);
    // A database that cannot be read is told before the answer begins.
    let first = batches.recv().await.ok_or(AppError::Internal)??;
    let is_all = first.is_empty();
    let begin = begin(format, bom, first).await?;
    let (kind, end) = match format {
        Format::Csv => ("text/csv; charset=utf-8", "csv"),
        Format::Ndjson => ("application/x-ndjson", "ndjson"),
    };
    let day = clock::now().to_string();
    let name = format!("attachment; filename=\"runs-{}.{end}\"", day.split('T').next().unwrap_or_default());
    let rest = Rest { batches, is_all, state, standing, asked: Instant::now() };
    // While some runs are sent, the next ones are written.
    let rest = stream::try_unfold(rest, async |mut rest| Ok(rest.next().await?.map(|some| (some, rest))));
    let rest = rest.map_ok(move |some| written(format, some)).try_buffered(WRITTEN_AHEAD).map_err(|error| {
        // What comes next is missing, so the answer breaks off rather than end.
        tracing::error!(%error, "an export broke off");
        io::Error::other("the export broke off")
    });
    let body = stream::once(future::ready(Ok(begin))).chain(rest);
    // What compresses an answer asks once more after its end.
    let body = Body::from_stream(body.fuse());
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, &name)], body).into_response())
}

/// The head of the file, and its first runs.
async fn begin(format: Format, bom: bool, some: SomeRuns) -> Result<Vec<u8>, BrokenOff> {
    let mut bytes = Vec::new();
    if format == Format::Csv {
        bytes.extend_from_slice(if bom { "\u{feff}".as_bytes() } else { b"" });
        bytes.extend(table(|table| table.write_record(ExportedRun::COLUMNS))?);
    }
    bytes.extend(written(format, some).await?);
    Ok(bytes)
}

/// What is still to be written.
struct Rest {
    batches: mpsc::Receiver<Batch>,
    is_all: bool,
    state: AppState,
    standing: Standing,
    /// When it was asked last whether the credentials still stand.
    asked: Instant,
}

/// Why an export breaks off.
#[derive(Debug, thiserror::Error)]
enum BrokenOff {
    #[error(transparent)]
    Access(#[from] AppError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Write(#[from] io::Error),
    #[error("nobody reads runs any more")]
    Abandoned,
}

impl From<BrokenOff> for AppError {
    fn from(error: BrokenOff) -> Self {
        match error {
            BrokenOff::Access(error) => error,
            BrokenOff::Store(error) => error.into(),
            BrokenOff::Write(_) | BrokenOff::Abandoned => {
                tracing::error!(%error, "an export cannot be written");
                Self::Internal
            }
        }
    }
}

impl Rest {
    /// The next batch; `None` when there is none.
    async fn next(&mut self) -> Result<Option<SomeRuns>, BrokenOff> {
        if self.is_all {
            return Ok(None);
        }
        if self.asked.elapsed() > STANDS_FOR {
            // By itself, for it holds a connection, and nobody goes on with this before what is written is taken.
            let (standing, state) = (self.standing.clone(), self.state.clone());
            let still = tokio::spawn(async move { standing.still(&state).await });
            still.await.map_err(|_| AppError::Internal)??;
            self.asked = Instant::now();
        }
        let some = self.batches.recv().await.ok_or(BrokenOff::Abandoned)??;
        Ok(Some(some).filter(|some| !some.is_empty()))
    }
}

async fn written(format: Format, some: SomeRuns) -> Result<Vec<u8>, BrokenOff> {
    let written = move || {
        let runs = some.read()?;
        match format {
            Format::Csv => table(|table| runs.into_iter().try_for_each(|run| table.serialize(run.without_formulas()))),
            Format::Ndjson => lines(&runs),
        }
        .map_err(BrokenOff::Write)
    };
    aside(written).await.map_err(StoreError::Panicked)?
}

/// Lines of JSON.
fn lines(runs: &[ExportedRun]) -> io::Result<Vec<u8>> {
    let mut lines = Vec::with_capacity(runs.len() * 512);
    for run in runs {
        serde_json::to_writer(&mut lines, run)?;
        lines.push(b'\n');
    }
    Ok(lines)
}

/// Lines of a table. Texts are in quotes, so that none is taken apart where another character than the comma separates.
fn table(write: impl FnOnce(&mut csv::Writer<Vec<u8>>) -> csv::Result<()>) -> io::Result<Vec<u8>> {
    let mut table = csv::WriterBuilder::new()
        .has_headers(false)
        .terminator(csv::Terminator::CRLF)
        .quote_style(csv::QuoteStyle::NonNumeric)
        .from_writer(Vec::new());
    write(&mut table).map_err(io::Error::other)?;
    table.into_inner().map_err(csv::IntoInnerError::into_error)
}
