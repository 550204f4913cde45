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
use std::sync::Arc;
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

/// What every handler can reach.
#[derive(Clone, FromRef)]
pub struct AppState {
    pub db: Db,
    pub files: Files,
    pub settings: Arc<Settings>,
    pub throttle: Arc<Throttle>,
    pub live: Arc<Live>,
    pub asked: Arc<Asked>,
    pub leptos: LeptosOptions,
}
