//! Every setting of the program: its default, its line in `Leptos.toml`, its environment variable and its option.

use chrono::TimeDelta;
use clap::{Args, Command};
use std::{collections::BTreeMap, path::PathBuf, time::Duration};

/// The settings. Each stands in `[alloy]` of `Leptos.toml` under the name of its field; the environment variable
/// overrides the file, the option overrides both.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Settings")]
pub struct Settings {
    /// Where runs are stored: `sqlite://FILE` or `postgres://…`
    #[arg(
        long,
        env = "ALLOY_DATABASE_URL",
        default_value = "sqlite://data/alloy.db",
        global = true,
        hide_env_values = true
    )]
    pub database_url: String,
    /// Connections to the database
    #[arg(long, env = "ALLOY_DATABASE_CONNECTIONS", default_value = "8", global = true)]
    pub database_connections: u32,
    /// How long a request waits for a connection to the database, in milliseconds
    #[arg(long, env = "ALLOY_DATABASE_ACQUIRE_MS", default_value = "2000", global = true)]
    pub database_acquire_ms: u64,
    /// Folder of the attachments' bytes
    #[arg(long, env = "ALLOY_ATTACHMENTS_DIR", default_value = "data/attachments", global = true)]
    pub attachments_dir: PathBuf,
    /// Where they lie instead, when not empty: `s3://BUCKET/PREFIX`, reached as `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`
    /// and `AWS_ENDPOINT_URL` say
    #[arg(long, env = "ALLOY_ATTACHMENTS_URL", default_value = "", global = true)]
    pub attachments_url: String,
    /// The address by which browsers reach this server, when it is behind TLS or another name: `https://logs.example`
    #[arg(long, env = "ALLOY_PUBLIC_URL", default_value = "", global = true)]
    pub public_url: String,
    /// The address of the proxy in front, whose X-Forwarded-For names the client
    #[arg(long, env = "ALLOY_TRUSTED_PROXY", default_value = "", global = true)]
    pub trusted_proxy: String,
    /// What is logged, as a tracing filter
    #[arg(long, env = "ALLOY_LOG", default_value = "info,sqlx=warn", global = true)]
    pub log: String,
    /// How it is logged: text or json
    #[arg(long, env = "ALLOY_LOG_FORMAT", default_value = "text", value_parser = ["text", "json"], global = true)]
    pub log_format: String,
    /// Connections served at once
    #[arg(long, env = "ALLOY_MAX_CONNECTIONS", default_value = "2000", global = true)]
    pub max_connections: usize,
    /// Streams of events open at once
    #[arg(long, env = "ALLOY_MAX_EVENT_STREAMS", default_value = "1000", global = true)]
    pub max_event_streams: usize,
    /// Streams of events open at once of one person or token
    #[arg(long, env = "ALLOY_MAX_EVENT_STREAMS_PER_USER", default_value = "100", global = true)]
    pub max_event_streams_per_user: usize,
    /// After how long a stream of events that has nothing to tell says that it is there, in milliseconds
    #[arg(long, env = "ALLOY_EVENT_HEARTBEAT_MS", default_value = "15000", global = true)]
    pub event_heartbeat_ms: u64,
    /// Largest head of a request, in bytes
    #[arg(long, env = "ALLOY_MAX_HEAD_BYTES", default_value = "65536", global = true)]
    pub max_head_bytes: usize,
    /// Most headers of a request
    #[arg(long, env = "ALLOY_MAX_HEADERS", default_value = "100", global = true)]
    pub max_headers: usize,
    /// Largest body of a request, in bytes
    #[arg(long, env = "ALLOY_MAX_BODY_BYTES", default_value = "5242880", global = true)]
    pub max_body_bytes: usize,
    /// Largest run document, in bytes
    #[arg(long, env = "ALLOY_MAX_DOCUMENT_BYTES", default_value = "33554432", global = true)]
    pub max_document_bytes: usize,
    /// Largest file of a run, in bytes
    #[arg(long, env = "ALLOY_MAX_ATTACHMENT_BYTES", default_value = "26214400", global = true)]
    pub max_attachment_bytes: usize,
    /// Largest body of OpenTelemetry, in bytes
    #[arg(long, env = "ALLOY_MAX_OTLP_BYTES", default_value = "20971520", global = true)]
    pub max_otlp_bytes: usize,
    /// Minutes without a span after which a run that has no end yet is given up
    #[arg(long, env = "ALLOY_RUN_STALE_AFTER", default_value = "30", global = true)]
    pub run_stale_after: u32,
    /// How long a client may take over the head of a request, or lie idle before the next, in milliseconds
    #[arg(long, env = "ALLOY_HEADER_TIMEOUT_MS", default_value = "15000", global = true)]
    pub header_timeout_ms: u64,
    /// How long a client may pause inside a body, in milliseconds
    #[arg(long, env = "ALLOY_BODY_TIMEOUT_MS", default_value = "30000", global = true)]
    pub body_timeout_ms: u64,
    /// How long a client may leave an answer untaken, in milliseconds
    #[arg(long, env = "ALLOY_UNTAKEN_TIMEOUT_MS", default_value = "60000", global = true)]
    pub untaken_timeout_ms: u64,
    /// How long a request may take to be answered, in milliseconds
    #[arg(long, env = "ALLOY_HANDLER_TIMEOUT_MS", default_value = "30000", global = true)]
    pub handler_timeout_ms: u64,
    /// How long requests in flight may go on after the program was told to stop, in milliseconds
    #[arg(long, env = "ALLOY_STOP_TIMEOUT_MS", default_value = "10000", global = true)]
    pub stop_timeout_ms: u64,
    /// Hours without a request after which a session ends
    #[arg(long, env = "ALLOY_SESSION_IDLE_HOURS", default_value = "12", global = true)]
    pub session_idle_hours: u32,
    /// Days after which a session ends in any case
    #[arg(long, env = "ALLOY_SESSION_MAX_DAYS", default_value = "7", global = true)]
    pub session_max_days: u32,
    /// Wrong passwords for one account in a quarter of an hour, before it has to wait
    #[arg(long, env = "ALLOY_SIGN_IN_PER_ACCOUNT", default_value = "10", global = true)]
    pub sign_in_per_account: u32,
    /// Wrong passwords from one address in a quarter of an hour, before it has to wait
    #[arg(long, env = "ALLOY_SIGN_IN_PER_ADDRESS", default_value = "100", global = true)]
    pub sign_in_per_address: u32,
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("Leptos.toml cannot be read: {0}")]
    Read(std::io::Error),
    #[error("Leptos.toml is not TOML: {0}")]
    Toml(toml::de::Error),
    #[error("Leptos.toml: [alloy] has no setting `{0}`")]
    Unknown(String),
    #[error("Leptos.toml: `{0}` in [alloy] must be a text, a number or a boolean")]
    NotPlain(String),
}

impl Settings {
    /// Whether browsers come by TLS, so that cookies are for TLS only.
    pub fn behind_tls(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// The origin that browsers name, when it is set.
    pub fn public_origin(&self) -> Option<&str> {
        let origin = self.public_url.trim_end_matches('/');
        (!origin.is_empty()).then_some(origin)
    }

    /// How long a run without an end goes on without a span.
    pub fn stale_after(&self) -> TimeDelta {
        TimeDelta::minutes(self.run_stale_after.into())
    }

    /// A setting in milliseconds as a duration.
    pub const fn millis(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }
}

/// Puts what `[alloy]` of a `Leptos.toml` says in place of the defaults of a command.
pub fn with_file_defaults(command: Command, toml: &str) -> Result<Command, SettingsError> {
    let file: toml::Table = toml.parse().map_err(SettingsError::Toml)?;
    let mut values = BTreeMap::new();
    for (key, value) in file.get("alloy").and_then(toml::Value::as_table).into_iter().flatten() {
        let text = match value {
            toml::Value::String(text) => text.clone(),
            toml::Value::Integer(number) => number.to_string(),
            toml::Value::Boolean(truth) => truth.to_string(),
            _ => return Err(SettingsError::NotPlain(key.clone())),
        };
        if !command.get_arguments().any(|argument| argument.get_id() == key.as_str()) {
            return Err(SettingsError::Unknown(key.clone()));
        }
        values.insert(key.clone(), text);
    }
    Ok(values.into_iter().fold(command, |command, (key, text)| command.mut_arg(key, |arg| arg.default_value(text))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::FromArgMatches;

    fn command() -> Command {
        Settings::augment_args(Command::new("alloy-logs"))
    }

    #[test]
    fn the_file_replaces_defaults() {
        let command = with_file_defaults(command(), "[alloy]\ndatabase_connections = 3\nlog = \"warn\"").unwrap();
        let settings = Settings::from_arg_matches(&command.get_matches_from(["alloy-logs"])).unwrap();
        assert_eq!((settings.database_connections, settings.log.as_str()), (3, "warn"));
        assert_eq!(settings.max_connections, 2000);
    }

    #[test]
    fn a_misspelt_setting_is_named() {
        let error = with_file_defaults(command(), "[alloy]\ndatabase_ulr = \"x\"").unwrap_err();
        assert_eq!(error.to_string(), "Leptos.toml: [alloy] has no setting `database_ulr`");
        assert!(with_file_defaults(command(), "[alloy]\nlog = [1]").is_err());
        assert!(with_file_defaults(command(), "[alloy").is_err());
    }

    #[test]
    fn the_file_of_this_project_says_what_the_program_would_do_without_it() {
        let with_file = with_file_defaults(command(), include_str!("../../Leptos.toml")).unwrap();
        let read = |command: Command| {
            format!("{:?}", Settings::from_arg_matches(&command.get_matches_from(["alloy-logs"])).unwrap())
        };
        assert_eq!(read(with_file), read(command()));
    }

    #[test]
    fn the_program_and_its_build_agree_on_the_site() {
        let table = |toml: &str| {
            let file: toml::Table = toml.parse().unwrap();
            let packages = ["package", "metadata", "leptos"];
            packages.iter().fold(toml::Value::Table(file), |table, key| table[*key].clone())
        };
        let (program, build) = (table(include_str!("../../Leptos.toml")), table(include_str!("../../Cargo.toml")));
        let build = build.as_table().unwrap();
        let both: Vec<_> = program.as_table().unwrap().iter().filter(|(key, _)| build.contains_key(*key)).collect();
        assert!(both.len() >= 4);
        for (key, value) in both {
            assert_eq!(Some(value), build.get(key), "{key}");
        }
    }
}
