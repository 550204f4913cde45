//! The command line: what the program can be told, and one clear line when it cannot do it.

mod backup;
mod check;
mod copy;
mod demo;
mod import;
mod indexing;
mod organization;
mod prune;
mod reindex;
mod remap;
mod routes;
mod serve;
mod token;
mod upkeep;
mod user;

use super::{
    auth::{password::PasswordError, secret::NoRandomness},
    files::FilesError,
    settings::{self, Settings, SettingsError},
    store::{BackupError, CopyError, Db, DbOptions, OpenError, OrgDb, StoreError},
    telemetry,
};
use crate::domain::access::Role;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use std::{path::Path, process::ExitCode};

/// Execution logs for AI teammates.
#[derive(Debug, Parser)]
#[command(name = "alloy-logs", version, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Lists every route with its kind and who may call it, separated by tabs
    Routes,
    /// Writes an SQLite database, as it is at this moment, into a new file; while others write, too
    Backup(backup::Options),
    /// Copies everything from one database into another, and compares both; can be broken off and run again
    Copy(copy::Options),
    #[command(flatten)]
    WithDatabase(WithDatabase),
}

/// What opens the database first.
#[derive(Debug, Subcommand)]
enum WithDatabase {
    /// Brings the database up to date and serves pages and API (the default)
    Serve,
    /// Makes the organization Halden with runs that show every feature, and says how to sign in
    Demo(demo::Options),
    /// Organizations
    #[command(subcommand)]
    Org(organization::Command),
    /// People
    #[command(subcommand)]
    User(user::Command),
    /// API tokens
    #[command(subcommand)]
    Token(token::Command),
    /// Reads run documents, one JSON object a line, and answers how many were accepted
    Import(import::Options),
    /// Makes the runs of an organization that came as traces again, by the rules of this program, and prints how many
    Remap(remap::Options),
    /// Checks whether what lists are found and counted by is what the runs make, and can make it again
    Check(check::Options),
    /// Takes away runs that are older than so many days, and prints how many of which organization
    Prune(prune::Options),
    /// Makes the search index of an organization, or of all, again, and prints of how many runs
    Reindex(reindex::Options),
}

/// Why a command did not do what it was told; printed as one line.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Copy(#[from] CopyError),
    #[error(transparent)]
    Backup(#[from] BackupError),
    #[error(transparent)]
    Files(#[from] FilesError),
    #[error(transparent)]
    Password(#[from] PasswordError),
    #[error(transparent)]
    Random(#[from] NoRandomness),
    #[error("there is no organization {0}")]
    NoOrganization(String),
    #[error("{0}")]
    Refused(String),
    #[error("{0} cannot be read: {1}")]
    Read(String, std::io::Error),
    #[error("the address {0} cannot be served: {1}")]
    Listen(std::net::SocketAddr, std::io::Error),
    #[error("Leptos.toml: {0}")]
    Leptos(String),
}

/// Does what the command line says.
pub fn run() -> ExitCode {
    match start() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("alloy-logs: {error}");
            ExitCode::FAILURE
        }
    }
}

fn start() -> Result<ExitCode, CliError> {
    let mut command = Cli::command();
    if let Some(toml) = configuration_file()? {
        command = settings::with_file_defaults(command, &toml)?;
    }
    let cli = match Cli::from_arg_matches(&command.get_matches()) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    telemetry::start(&cli.settings).map_err(CliError::Refused)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| CliError::Refused(format!("the runtime cannot be started: {error}")))?;
    runtime.block_on(obey(cli))
}

/// The text of `Leptos.toml` in the working folder, which may be absent.
fn configuration_file() -> Result<Option<String>, CliError> {
    match std::fs::read_to_string(serve::CONFIGURATION) {
        Ok(toml) => Ok(Some(toml)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(SettingsError::Read(error).into()),
    }
}

async fn obey(cli: Cli) -> Result<ExitCode, CliError> {
    let settings = cli.settings;
    let command = match cli.command.unwrap_or(Command::WithDatabase(WithDatabase::Serve)) {
        Command::Routes => return routes::run(&settings),
        Command::Backup(options) => return backup::run(&settings, options).await,
        Command::Copy(options) => return Box::pin(copy::run(&settings, options)).await,
        Command::WithDatabase(command) => command,
    };
    let stop_timeout_ms = settings.stop_timeout_ms;
    let db = open(&settings, &settings.database_url).await?;
    let done = match command {
        WithDatabase::Serve => serve::run(db.clone(), settings).await,
        WithDatabase::Demo(options) => demo::run(&db, &settings, options).await,
        WithDatabase::Org(command) => organization::run(&db, command).await,
        WithDatabase::User(command) => Box::pin(user::run(&db, command)).await,
        WithDatabase::Token(command) => token::run(&db, command).await,
        WithDatabase::Import(options) => import::run(&db, &settings, options).await,
        WithDatabase::Remap(options) => remap::run(&db, &settings, options).await,
        WithDatabase::Check(options) => check::run(&db, options).await,
        WithDatabase::Prune(options) => Box::pin(prune::run(&db, &settings, options)).await,
        WithDatabase::Reindex(options) => Box::pin(reindex::run(&db, options)).await,
    };
    close(&db, stop_timeout_ms).await;
    done
}

async fn open(settings: &Settings, url: &str) -> Result<Db, OpenError> {
    Db::open(&DbOptions {
        url: url.to_owned(),
        connections: settings.database_connections,
        acquire_timeout: Settings::millis(settings.database_acquire_ms),
    })
    .await
}

async fn close(db: &Db, timeout_ms: u64) {
    // A connection that is lent out would be waited for without end.
    let _ = tokio::time::timeout(Settings::millis(timeout_ms), db.close()).await;
}

/// The rows of the organization that `--org` names by id or name.
async fn open_organization(db: &Db, id_or_name: &str) -> Result<OrgDb, CliError> {
    let id = db.find_organization(id_or_name).await?;
    let id = id.ok_or_else(|| CliError::NoOrganization(id_or_name.to_owned()))?;
    Ok(OrgDb::new(db.clone(), id))
}

/// A role on the command line.
fn parse_role(text: &str) -> Result<Role, String> {
    text.parse().map_err(|error: crate::domain::access::UnknownRole| error.to_string())
}

/// Whether a path stands for standard input.
fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
