//! What an endpoint is: where it stands, who may call it, what handles it and how it is described. The router, the
//! OpenAPI document and `alloy-logs routes` are made from the same table of endpoints, so that none is missing in one.

use super::{
    describe::Description,
    extract::{BodyLimit, OwnRunsWriter, RunsReader, RunsWriter, StandingReader},
};
use crate::domain::access::Scope;
use crate::server::{AppState, guard, policy::Policy};
use axum::{
    Extension, Router,
    extract::DefaultBodyLimit,
    handler::Handler,
    middleware,
    routing::{MethodFilter, MethodRouter, on},
};
use std::time::Duration;
use tower_http::decompression::RequestDecompressionLayer;
use utoipa::openapi::path::HttpMethod;

/// Under what every path of an organization begins.
pub const ORGANIZATION: &str = "/api/organizations/{organization_id}";

/// One method of one path.
pub struct Endpoint {
    pub method: Verb,
    /// As the contract writes it; every path answers with and without a slash at its end.
    pub path: String,
    pub policy: Policy,
    /// What the OpenAPI document says of it; `None` for the files of the documentation itself.
    pub description: Option<Description>,
    handler: MethodRouter<AppState>,
    is_timed: bool,
}

/// The methods that the API has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    Get,
    Put,
    Post,
    Patch,
    Delete,
}

impl Verb {
    /// As a request line has it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Put => "PUT",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    const fn filter(self) -> MethodFilter {
        match self {
            Self::Get => MethodFilter::GET,
            Self::Put => MethodFilter::PUT,
            Self::Post => MethodFilter::POST,
            Self::Patch => MethodFilter::PATCH,
            Self::Delete => MethodFilter::DELETE,
        }
    }

    pub(super) const fn described(self) -> HttpMethod {
        match self {
            Self::Get => HttpMethod::Get,
            Self::Put => HttpMethod::Put,
            Self::Post => HttpMethod::Post,
            Self::Patch => HttpMethod::Patch,
            Self::Delete => HttpMethod::Delete,
        }
    }
}

/// The arguments of a handler that begins with `checkOrganizationAccess`. Only such a handler can be an
/// [`Endpoint::of_organization`], and only such an endpoint can have a path under [`ORGANIZATION`] (the program does not
/// start with another):
///
/// ```
/// use alloy_logs::server::api::endpoint::requires_access;
/// use alloy_logs::server::api::extract::RunsReader;
/// requires_access(async |_: RunsReader, _: axum::http::Method| {});
/// ```
///
/// ```compile_fail
/// use alloy_logs::server::api::endpoint::requires_access;
/// requires_access(async |_: axum::http::Method| {});
/// ```
#[diagnostic::on_unimplemented(message = "a handler of an organization takes `RunsReader` or `RunsWriter` first")]
pub trait BeginsWithAccess {
    /// What its check asks of a token.
    const SCOPE: Scope;
    /// Whether it is the check of the organization in the path.
    const IS_OF_PATH: bool;
}

/// An extractor that lets nobody pass without access to an organization.
pub trait OrganizationAccess {
    /// What it asks of a token; a person must be a member.
    const SCOPE: Scope;
    /// Whether the organization is that in the path, and not the token's own.
    const IS_OF_PATH: bool = true;
}

impl OrganizationAccess for OwnRunsWriter {
    const SCOPE: Scope = Scope::RunsWrite;
    const IS_OF_PATH: bool = false;
}

impl OrganizationAccess for RunsReader {
    const SCOPE: Scope = Scope::RunsRead;
}

impl OrganizationAccess for StandingReader {
    const SCOPE: Scope = Scope::RunsRead;
}

impl OrganizationAccess for RunsWriter {
    const SCOPE: Scope = Scope::RunsWrite;
}

/// For handlers of one to six arguments; axum's name for the way of the last one comes first.
macro_rules! begins_with_access {
    ($($rest:ident)*) => {
        impl<Via, Access: OrganizationAccess, $($rest),*> BeginsWithAccess for (Via, Access, $($rest,)*) {
            const SCOPE: Scope = Access::SCOPE;
            const IS_OF_PATH: bool = Access::IS_OF_PATH;
        }
    };
}
begins_with_access!();
begins_with_access!(A);
begins_with_access!(A B);
begins_with_access!(A B C);
begins_with_access!(A B C D);
begins_with_access!(A B C D E);

/// Compiles for handlers of an organization only; the scope that they ask for.
pub fn requires_access<H, T>(_: H) -> Scope
where
    H: Handler<T, AppState>,
    T: BeginsWithAccess + 'static,
{
    T::SCOPE
}

impl Endpoint {
    /// An endpoint of the organization in the path, which is `path` under [`ORGANIZATION`].
    ///
    /// # Panics
    /// When the handler asks for access to another organization.
    pub fn of_organization<H, T>(method: Verb, path: &str, handler: H, description: Description) -> Self
    where
        H: Handler<T, AppState>,
        T: BeginsWithAccess + 'static,
    {
        assert!(T::IS_OF_PATH, "{path} is under an organization, and asks for another");
        Self::new(
            Policy::Organization(T::SCOPE),
            method,
            format!("{ORGANIZATION}{path}"),
            on(method.filter(), handler),
            Some(description),
        )
    }

    /// An endpoint of the organization whose token is sent.
    ///
    /// # Panics
    /// When the handler asks for access to the organization in the path, which has none.
    pub fn of_token<H, T>(method: Verb, path: &str, handler: H, description: Description) -> Self
    where
        H: Handler<T, AppState>,
        T: BeginsWithAccess + 'static,
    {
        assert!(!T::IS_OF_PATH, "{path} has no organization in it");
        let handler = on(method.filter(), handler);
        Self::new(Policy::Token(T::SCOPE), method, path.to_owned(), handler, Some(description))
    }

    /// An endpoint that says something about the caller's own credentials.
    pub fn of_caller<H, T>(method: Verb, path: &str, handler: H, description: Description) -> Self
    where
        H: Handler<T, AppState>,
        T: 'static,
    {
        Self::new(Policy::Caller, method, path.to_owned(), on(method.filter(), handler), Some(description))
    }

    /// An endpoint that anybody may call; it tells nothing of any organization.
    pub fn public<H, T>(method: Verb, path: &str, handler: H, description: Option<Description>) -> Self
    where
        H: Handler<T, AppState>,
        T: 'static,
    {
        Self::new(Policy::Public, method, path.to_owned(), on(method.filter(), handler), description)
    }

    fn new(
        policy: Policy,
        method: Verb,
        path: String,
        handler: MethodRouter<AppState>,
        description: Option<Description>,
    ) -> Self {
        let of_organization = matches!(policy, Policy::Organization(_));
        assert!(
            of_organization == path.starts_with(ORGANIZATION),
            "{path} is under an organization if and only if it asks for access"
        );
        let description = description.map(|description| description.path_parameters(&path));
        Self { method, path, policy, description, handler, is_timed: true }
    }

    /// Takes bodies of up to so many bytes, instead of what all others take.
    #[must_use]
    pub fn with_body_limit(self, bytes: usize) -> Self {
        let limited: MethodRouter<AppState> = self.handler.layer(DefaultBodyLimit::max(bytes));
        Self { handler: limited.layer(Extension(BodyLimit(bytes))), ..self }
    }

    /// Takes bodies that are compressed by gzip, too. Limits are of what comes out.
    #[must_use]
    pub fn taking_gzip(self) -> Self {
        Self { handler: self.handler.layer(RequestDecompressionLayer::new()), ..self }
    }

    /// May take as long as its body goes on coming, or its answer goes on.
    #[must_use]
    pub fn without_timeout(self) -> Self {
        Self { is_timed: false, ..self }
    }

    /// Adds it to a router, with and without a slash at its end, to answer in time.
    pub(super) fn mount(mut self, router: Router<AppState>, timeout: Duration) -> Router<AppState> {
        if self.is_timed {
            self.handler = self.handler.layer(middleware::from_fn_with_state(timeout, guard::in_time));
        }
        let bare = self.path.trim_end_matches('/');
        let router = router.route(bare, self.handler.clone());
        // A file of a folder has no slash at its end.
        if bare.ends_with("{*file}") { router } else { router.route(&format!("{bare}/"), self.handler) }
    }
}
