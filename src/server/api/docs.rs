//! `/api/docs`: the description for people, with a form to try each endpoint. Everything it shows is in the program.

use super::{
    describe::Description,
    endpoint::{Endpoint, Verb},
    openapi,
};
use crate::error::AppError;
use axum::{
    extract::{Path, rejection::PathRejection},
    http::{Uri, header},
    response::{IntoResponse, Redirect, Response},
};
use std::sync::{Arc, LazyLock};
use utoipa::openapi::{ContentBuilder, ObjectBuilder, ResponseBuilder, Type};
use utoipa_swagger_ui::Config;

const FOLDER: &str = "/api/docs/";

/// The page's own files, the pictures that they carry inside them, and the one style that they put into the page.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='; \
                      img-src 'self' data:; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

static CONFIG: LazyLock<Arc<Config<'static>>> =
    LazyLock::new(|| Arc::new(Config::from(openapi::PATH).use_base_layout().default_models_expand_depth(0)));

pub fn endpoints() -> [Endpoint; 2] {
    let html = ContentBuilder::new().schema(Some(ObjectBuilder::new().schema_type(Type::String))).build();
    let answer = ResponseBuilder::new().description("A page").content("text/html", html);
    let description = Description::new("Documentation", "getDocs", "This description for people").answer(200, answer);
    [
        Endpoint::public(Verb::Get, FOLDER, page, Some(description)),
        Endpoint::public(Verb::Get, "/api/docs/{*file}", file, None),
    ]
}

/// Its links are relative to the folder.
async fn page(uri: Uri) -> Response {
    if uri.path() == FOLDER { answer("index.html") } else { Redirect::permanent(FOLDER).into_response() }
}

async fn file(name: Result<Path<String>, PathRejection>) -> Response {
    name.map_or_else(|_| AppError::NotFound.into_response(), |Path(name)| answer(&name))
}

fn answer(name: &str) -> Response {
    let found = utoipa_swagger_ui::serve(name, CONFIG.clone());
    let Ok(Some(file)) = found else { return AppError::NotFound.into_response() };
    let headers = [
        (header::CONTENT_TYPE, file.content_type),
        (header::CONTENT_SECURITY_POLICY, POLICY.to_owned()),
        (header::CACHE_CONTROL, "public, max-age=3600".to_owned()),
    ];
    (headers, file.bytes.into_owned()).into_response()
}
