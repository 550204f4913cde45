//! `serve`: the program as a service.

use super::{CliError, indexing, upkeep};
use crate::server::{
    Asked, Shared, auth::throttle::Throttle, connection, files::Files, live::Live, router, settings::Settings,
    store::Db,
};
use leptos::config::{ConfFile, LeptosOptions, get_configuration};
use std::{path::Path, process::ExitCode, sync::Arc};
use tokio::net::TcpListener;

/// The file of settings, in the working folder.
pub const CONFIGURATION: &str = "Leptos.toml";

pub async fn run(db: Db, settings: Settings) -> Result<ExitCode, CliError> {
    let leptos = leptos_options()?;
    let address = leptos.site_addr;
    let files = Files::open(&settings)?;
    find_site(&leptos)?;
    let listener = TcpListener::bind(address).await.map_err(|error| CliError::Listen(address, error))?;
    // Port 0 asks the system for one.
    let address = listener.local_addr().unwrap_or(address);
    let settings = Arc::new(settings);
    let live = Arc::new(Live::new(&settings));
    let state = Shared {
        db: db.clone(),
        files: files.clone(),
        throttle: Throttle::new(&settings),
        settings: settings.clone(),
        live: live.clone(),
        asked: Asked::default(),
        leptos,
    };
    let app = router::build(&state.into());
    tracing::info!(%address, "serving");
    let indexing = tokio::spawn(Box::pin(indexing::keep_indexed(db.clone())));
    let upkeep = tokio::spawn({
        let settings = Arc::clone(&settings);
        async move { Box::pin(upkeep::keep_up(db, files, &settings)).await }
    });
    let stop = async move {
        connection::told_to_stop().await;
        live.stop();
    };
    let unfinished = connection::serve(listener, app, &settings, stop).await;
    upkeep.abort();
    indexing.abort();
    if unfinished > 0 {
        tracing::warn!(unfinished, "stopped before every request was answered");
    }
    tracing::info!("stopped");
    Ok(ExitCode::SUCCESS)
}

/// What Leptos has to know: from the file when there is one, each overridden by its `LEPTOS_` variable.
pub(super) fn leptos_options() -> Result<LeptosOptions, CliError> {
    let file = Path::new(CONFIGURATION).exists().then_some(CONFIGURATION);
    let ConfFile { leptos_options, .. } =
        get_configuration(file).map_err(|error| CliError::Leptos(error.to_string()))?;
    if leptos_options.output_name.is_empty() {
        return Err(CliError::Leptos("it is not in the working folder, and LEPTOS_OUTPUT_NAME is not set".to_owned()));
    }
    Ok(leptos_options)
}

/// The pages cannot be rendered without the names of the built files.
fn find_site(options: &LeptosOptions) -> Result<(), CliError> {
    let beside_program =
        std::env::current_exe().ok().and_then(|program| Some(program.parent()?.join(options.hash_file.as_ref())));
    match beside_program {
        Some(hashes) if options.hash_files && !hashes.exists() => Err(CliError::Refused(format!(
            "the site is not built: {} is missing (`make build` makes it)",
            hashes.display()
        ))),
        _ => Ok(()),
    }
}
