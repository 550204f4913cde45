//! Writing runs: several at once, or a stream of lines of any length.

use crate::{
    domain::{
        document::{self, Fault},
        run_edit::RunEdit,
        run_write::RunWrite,
        text::cut,
    },
    server::store::{OrgDb, StoreError, WriteOutcome},
};
use futures_util::StreamExt;
use serde::Serialize;
use std::io;
use tokio::{io::AsyncRead, task::JoinHandle};
use tokio_util::{
    bytes::{Bytes, BytesMut},
    codec::{AnyDelimiterCodec, AnyDelimiterCodecError, Decoder, FramedRead},
};
use utoipa::ToSchema;

/// Writes runs; all of them are on disk when this returns.
pub async fn write(org: &OrgDb, writes: Vec<RunWrite>) -> Result<Vec<WriteOutcome>, StoreError> {
    org.write_runs(writes).await
}

/// Changes a run; it is on disk when this returns.
pub async fn edit(org: &OrgDb, edit: RunEdit) -> Result<WriteOutcome, StoreError> {
    org.edit_run(edit).await
}

/// What became of the lines of a stream.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Report {
    /// How many lines are stored, or were before.
    pub accepted: u64,
    /// How many lines are not.
    pub rejected_total: u64,
    /// Those, in order, and at most the first thousand.
    pub rejected: Vec<Rejected>,
}

/// A line that is not stored.
#[derive(Debug, Serialize, ToSchema)]
pub struct Rejected {
    /// Its number, from 1 on.
    pub line: u64,
    /// What is wrong with it; the first twenty faults, each cut to 200 characters.
    pub errors: Vec<Fault>,
}

/// Why a stream was not read to its end. What was accepted before stays.
#[derive(Debug, thiserror::Error)]
pub enum LinesError {
    #[error(transparent)]
    Read(io::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Lines that are told one by one, faults of one line, and characters of each: a stream of nothing but faults, which may
/// quote what was sent, takes little memory.
const MAX_TOLD: usize = 1_000;
const MAX_FAULTS: usize = 20;
const MAX_FAULT_CHARS: usize = 200;
/// Runs of one transaction, and bytes of their lines.
const RUNS_AT_ONCE: usize = 100;
const BYTES_AT_ONCE: usize = 4 * 1024 * 1024;

/// Writes the documents of a stream, one a line. A bad line does not stop the others; empty ones are passed by. Lines are
/// read while those before them are being written.
pub async fn write_lines(
    org: &OrgDb,
    input: impl AsyncRead + Unpin + Send,
    max_line_bytes: usize,
) -> Result<Report, LinesError> {
    let mut lines = FramedRead::new(input, Lines::of_at_most(max_line_bytes));
    let mut batches =
        Batches { org: org.clone(), report: Report::default(), gathered: Batch::default(), written: None };
    for number in 1_u64.. {
        let Some(line) = lines.next().await else { break };
        match line.map_err(LinesError::Read)? {
            Line::Whole(line) if line.trim_ascii().is_empty() => {}
            Line::Whole(line) => match document::parse(&line).and_then(RunWrite::named) {
                Ok(write) => batches.add(number, write, line.len()).await?,
                Err(errors) => batches.report.reject(number, errors),
            },
            Line::TooLong => {
                let fault = Fault::new("", format!("is longer than {max_line_bytes} bytes"));
                batches.report.reject(number, vec![fault]);
            }
        }
    }
    batches.finish().await
}

impl Report {
    fn reject(&mut self, line: u64, errors: Vec<Fault>) {
        self.rejected_total += 1;
        if self.rejected.len() < MAX_TOLD {
            let told = |text: &str| cut(text, MAX_FAULT_CHARS).to_owned();
            let errors = errors.iter().take(MAX_FAULTS);
            let errors = errors.map(|fault| Fault::new(told(&fault.param), told(&fault.message)));
            self.rejected.push(Rejected { line, errors: errors.collect() });
        }
    }

    fn note(&mut self, line: u64, outcome: WriteOutcome) {
        match outcome {
            WriteOutcome::Created
            | WriteOutcome::Replaced
            | WriteOutcome::Stale
            | WriteOutcome::Waiting
            | WriteOutcome::Traced(_)
            | WriteOutcome::Taken(_) => self.accepted += 1,
            WriteOutcome::OtherWorkflow => {
                self.reject(line, vec![Fault::new("workflow_id", "is not the one that the run has")]);
            }
            WriteOutcome::Missing => self.reject(line, vec![Fault::new("id", "is of no run")]),
            WriteOutcome::Refused(faults) => self.reject(line, faults),
        }
    }
}

/// Runs that are written together.
#[derive(Default)]
struct Batch {
    lines: Vec<u64>,
    writes: Vec<RunWrite>,
    bytes: usize,
}

/// Runs that are being written.
type Written = JoinHandle<Result<Vec<WriteOutcome>, StoreError>>;

/// One batch is gathered while the one before it is written.
struct Batches {
    org: OrgDb,
    report: Report,
    gathered: Batch,
    /// With the lines that they came from.
    written: Option<(Vec<u64>, Written)>,
}

impl Batches {
    async fn add(&mut self, line: u64, write: RunWrite, bytes: usize) -> Result<(), LinesError> {
        self.gathered.lines.push(line);
        self.gathered.writes.push(write);
        self.gathered.bytes += bytes;
        if self.gathered.lines.len() < RUNS_AT_ONCE && self.gathered.bytes < BYTES_AT_ONCE {
            return Ok(());
        }
        self.settle().await?;
        let Batch { lines, writes, .. } = std::mem::take(&mut self.gathered);
        let org = self.org.clone();
        self.written = Some((lines, tokio::spawn(async move { org.write_runs(writes).await })));
        Ok(())
    }

    /// Waits for the batch that is being written.
    async fn settle(&mut self) -> Result<(), LinesError> {
        let Some((lines, written)) = self.written.take() else { return Ok(()) };
        let outcomes = written.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))?;
        for (line, outcome) in lines.into_iter().zip(outcomes) {
            self.report.note(line, outcome);
        }
        Ok(())
    }

    async fn finish(mut self) -> Result<Report, LinesError> {
        self.settle().await?;
        let Batch { lines, writes, .. } = std::mem::take(&mut self.gathered);
        for (line, outcome) in lines.into_iter().zip(self.org.write_runs(writes).await?) {
            self.report.note(line, outcome);
        }
        self.report.rejected.sort_by_key(|rejected| rejected.line);
        Ok(self.report)
    }
}

/// A line as it was read.
enum Line {
    Whole(Bytes),
    /// Passed by without being kept.
    TooLong,
}

/// Takes a stream apart at its line ends. One that is too long is a line all the same, and not the end.
struct Lines(AnyDelimiterCodec);

impl Lines {
    fn of_at_most(bytes: usize) -> Self {
        Self(AnyDelimiterCodec::new_with_max_length(b"\n".to_vec(), b"\n".to_vec(), bytes))
    }
}

impl Decoder for Lines {
    type Item = Line;
    type Error = io::Error;

    fn decode(&mut self, read: &mut BytesMut) -> io::Result<Option<Line>> {
        line(self.0.decode(read))
    }

    fn decode_eof(&mut self, read: &mut BytesMut) -> io::Result<Option<Line>> {
        line(self.0.decode_eof(read))
    }
}

fn line(read: Result<Option<Bytes>, AnyDelimiterCodecError>) -> io::Result<Option<Line>> {
    match read {
        Ok(line) => Ok(line.map(Line::Whole)),
        Err(AnyDelimiterCodecError::MaxChunkLengthExceeded) => Ok(Some(Line::TooLong)),
        Err(AnyDelimiterCodecError::Io(error)) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What lines there are, a long one by `None`.
    async fn lines_of(text: &str, most: usize) -> Vec<Option<String>> {
        let lines = FramedRead::with_capacity(text.as_bytes(), Lines::of_at_most(most), 4);
        let text = |line| match line {
            Line::Whole(line) => Some(String::from_utf8(line.to_vec()).unwrap()),
            Line::TooLong => None,
        };
        lines.map(|line| text(line.unwrap())).collect().await
    }

    #[tokio::test]
    async fn lines_end_at_their_ends_and_long_ones_are_passed_by() {
        let some = |lines: &[&str]| lines.iter().map(|line| Some((*line).to_owned())).collect::<Vec<_>>();
        assert_eq!(lines_of("", 9).await, some(&[]));
        assert_eq!(lines_of("a\n\nb", 9).await, some(&["a", "", "b"]));
        assert_eq!(lines_of("a\nb\n", 9).await, some(&["a", "b"]));
        let long = "x".repeat(50);
        for (text, lines) in [
            (format!("{long}\nb"), vec![None, Some("b".to_owned())]),
            (format!("a\n{long}"), vec![Some("a".to_owned()), None]),
            (format!("{long}\n{long}\n123456789\n"), vec![None, None, Some("123456789".to_owned())]),
        ] {
            assert_eq!(lines_of(&text, 9).await, lines, "{text}");
        }
    }
}
