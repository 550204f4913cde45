//! The files of the site: compressed when it was built, and cached for ever where their name carries their hash.

use super::{
    AppState,
    policy::Policy,
    routes::{Kind, Route},
};
use crate::error::AppError;
use axum::{
    Router,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use leptos::config::LeptosOptions;
use std::path::Path;
use tower_http::services::{ServeDir, ServeFile};

/// How long a browser keeps what has its hash in its name.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// How long it keeps the few files that do not.
const AN_HOUR: &str = "public, max-age=3600";

/// What `cargo leptos` built under the name of its folder, and the files of `public/` beside it.
pub fn routes(options: &LeptosOptions) -> Router<AppState> {
    let root = Path::new(options.site_root.as_ref());
    let built = ServeDir::new(root.join(options.site_pkg_dir.as_ref())).precompressed_br().precompressed_gzip();
    let lifetime = if options.hash_files { FOR_EVER } else { "no-cache" };
    let built = Router::new()
        .nest_service(&format!("/{}", options.site_pkg_dir), built)
        .layer(middleware::from_fn(move |request, next| keep(lifetime, request, next)));
    let public = public_files(root).into_iter().fold(Router::new(), |files, name| {
        files.route_service(&format!("/{name}"), ServeFile::new(root.join(&name)).precompressed_br())
    });
    built.merge(public.layer(middleware::from_fn(|request, next| keep(AN_HOUR, request, next))))
}

/// The folder and the files, as routes that anybody may call.
pub fn listed(options: &LeptosOptions) -> Vec<Route> {
    let built = format!("/{}/{{*file}}", options.site_pkg_dir);
    let public = public_files(Path::new(options.site_root.as_ref())).into_iter().map(|name| format!("/{name}"));
    std::iter::once(built)
        .chain(public)
        .map(|path| Route { method: "GET".to_owned(), path, kind: Kind::File, policy: Policy::Public })
        .collect()
}

/// The files that lie in the root of the site, but for their compressed forms.
fn public_files(root: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(root).into_iter().flatten().flatten().filter(|entry| entry.path().is_file());
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let is_plain = |name: &String| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    let is_compressed = |name: &String| Path::new(name).extension().is_some_and(|end| end == "br" || end == "gz");
    names.filter(|name| is_plain(name) && !is_compressed(name)).collect()
}

/// Lets browsers keep what was found.
async fn keep(cache_control: &'static str, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    // A name that the file system refuses is the name of no file.
    if response.status().is_server_error() {
        return AppError::NotFound.into_response();
    }
    if response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(cache_control));
    }
    response
}
