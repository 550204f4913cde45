//! `import`: run documents from a file or from standard input.

use super::{CliError, is_stdin, open_organization};
use crate::{
    domain::{
        document::{self, Fault},
        run_write::RunWrite,
    },
    server::{
        query::ingest,
        store::{Db, OrgDb, WriteOutcome},
    },
};
use clap::Args;
use serde::Serialize;
use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::ExitCode,
};

#[derive(Debug, Args)]
pub struct Options {
    /// The file, or - for standard input
    file: PathBuf,
    /// The organization, by id or name
    #[arg(long)]
    org: String,
}

/// What became of the lines, as the API answers it.
#[derive(Debug, Default, Serialize)]
struct Report {
    accepted: u64,
    rejected: Vec<Rejected>,
}

#[derive(Debug, Serialize)]
struct Rejected {
    line: u64,
    errors: Vec<Fault>,
}

/// Runs of one transaction.
const AT_ONCE: usize = 100;

pub async fn run(db: &Db, options: Options) -> Result<ExitCode, CliError> {
    let org = open_organization(db, &options.org).await?;
    let name = options.file.display().to_string();
    let unreadable = |error| CliError::Read(name.clone(), error);
    let input: Box<dyn BufRead> = if is_stdin(&options.file) {
        Box::new(std::io::stdin().lock())
    } else {
        Box::new(BufReader::new(File::open(&options.file).map_err(unreadable)?))
    };
    let mut report = Report::default();
    let mut pending: Vec<(u64, RunWrite)> = Vec::with_capacity(AT_ONCE);
    for (number, line) in (1..).zip(input.split(b'\n')) {
        let line = line.map_err(unreadable)?;
        if line.trim_ascii().is_empty() {
            continue;
        }
        match document::parse(&line).and_then(RunWrite::named) {
            Ok(write) => pending.push((number, write)),
            Err(errors) => report.rejected.push(Rejected { line: number, errors }),
        }
        if pending.len() == AT_ONCE {
            flush(&org, &mut pending, &mut report).await?;
        }
    }
    flush(&org, &mut pending, &mut report).await?;
    report.rejected.sort_by_key(|rejected| rejected.line);
    println!("{}", serde_json::to_string(&report).unwrap_or_default());
    Ok(if report.rejected.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn flush(org: &OrgDb, pending: &mut Vec<(u64, RunWrite)>, report: &mut Report) -> Result<(), CliError> {
    let (lines, writes): (Vec<_>, Vec<_>) = pending.drain(..).unzip();
    let outcomes = if writes.is_empty() { Vec::new() } else { ingest::write(org, writes).await? };
    for (line, outcome) in lines.into_iter().zip(outcomes) {
        match outcome {
            WriteOutcome::Created | WriteOutcome::Replaced | WriteOutcome::Stale => report.accepted += 1,
            WriteOutcome::OtherWorkflow => report
                .rejected
                .push(Rejected { line, errors: vec![Fault::new("workflow_id", "is not the one that the run has")] }),
        }
    }
    Ok(())
}
