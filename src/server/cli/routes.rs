//! `routes`.

use super::{CliError, serve::leptos_options};
use crate::server::{routes, settings::Settings};
use std::process::ExitCode;

pub fn run(settings: &Settings) -> Result<ExitCode, CliError> {
    for route in routes::all(settings, &leptos_options()?) {
        println!("{route}");
    }
    Ok(ExitCode::SUCCESS)
}
