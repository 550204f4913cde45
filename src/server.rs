//! Everything that exists only on the server. A request goes from its handler through `query` to `store`.

pub mod api;
pub mod aside;
pub mod assets;
pub mod auth;
pub mod cli;
pub mod clock;
pub mod connection;
pub mod demo;
pub mod files;
pub mod guard;
pub mod kept;
pub mod live;
pub mod otlp;
pub mod pages;
pub mod policy;
pub mod problem;
pub mod query;
pub mod router;
pub mod routes;
pub mod rpc;
pub mod run_index;
pub mod search;
pub mod settings;
pub mod store;
pub mod telemetry;
pub mod together;

use crate::{domain::ids::OrganizationId, error::AppError};
use api::params::ListParams;
use auth::throttle::Throttle;
use axum::{body::Bytes, extract::FromRef};
use files::Files;
use kept::Kept;
use leptos::config::LeptosOptions;
use live::Live;
use settings::Settings;
use std::{ops::Deref, sync::Arc};
use store::{Db, TokenRow};
use together::Together;

/// A list of the API.
pub type ListAsked = (OrganizationId, ListParams);

/// What many ask at once, or again and again, answered once.
#[derive(Debug, Default)]
pub struct Asked {
    pub lists: Together<ListAsked, Result<Bytes, AppError>>,
    pub kept_lists: Kept<ListAsked>,
    /// What tokens are good for, by organization and hash.
    pub tokens: Together<(OrganizationId, Vec<u8>), Result<Option<TokenRow>, AppError>>,
}

/// What every handler can reach, once for all: it is cloned several times a request.
#[derive(Clone)]
pub struct AppState(Arc<Shared>);

/// What is in it.
pub struct Shared {
    pub db: Db,
    pub files: Files,
    pub settings: Arc<Settings>,
    pub throttle: Throttle,
    pub live: Arc<Live>,
    pub asked: Asked,
    pub leptos: LeptosOptions,
}

impl From<Shared> for AppState {
    fn from(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }
}

impl Deref for AppState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}
