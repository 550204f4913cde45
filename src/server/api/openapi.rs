//! `GET /api/openapi.json`: the contract as clients generate code from it, made from the table of endpoints.

use super::{
    describe::Description,
    endpoint::{Endpoint, Verb},
};
use crate::{
    domain::access::Scope,
    error::AppError,
    server::{auth::cookie, policy::Policy, settings::Settings},
};
use axum::{Extension, body::Bytes, http::header, response::IntoResponse};
use utoipa::openapi::{
    Components, ContentBuilder, InfoBuilder, LicenseBuilder, Object, ObjectBuilder, OpenApi, OpenApiBuilder, Paths,
    RefOr, ResponseBuilder, Schema, ServerBuilder, Type,
    schema::SchemaType,
    security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
    tag::TagBuilder,
};

/// Where it is.
pub const PATH: &str = "/api/openapi.json";

const TOKEN: &str = "token";
const COOKIE: &str = "session";

/// The groups of endpoints, in the order in which people meet them.
const TAGS: [(&str, &str); 6] = [
    ("Reading", "Runs, and what lies inside them"),
    ("Writing", "For the engines that execute workflows"),
    ("OpenTelemetry", "For what sends traces"),
    ("Session", "Who is asking"),
    ("Health", "For supervisors"),
    ("Documentation", "What you are reading"),
];

const ABOUT: &str = "\
The runs of AI teammates: listed, read and written. Times are RFC 3339 in UTC, durations are milliseconds, money is US dollars. \
Every path answers with and without a slash at its end.\n\n\
Credentials are a token (`Authorization: Bearer alk_…`, made by `alloy-logs token create`) or the cookie of somebody who is \
signed in. Without credentials that are in force the answer is 401. An organization that is not the caller's is a 403, whether \
there is one of that id or not; inside one's organization what is not there is a 404. Errors are `application/problem+json` \
(RFC 9457).";

/// The description as it is sent.
#[derive(Debug, Clone)]
pub struct OpenApiText(Bytes);

impl OpenApiText {
    /// Describes endpoints.
    pub fn of(endpoints: &[Endpoint], settings: &Settings) -> Self {
        // A document in memory has text keys only, so it can always be written.
        Self(document(endpoints, settings).to_json().unwrap_or_default().into())
    }
}

pub fn endpoint() -> Endpoint {
    let any = ContentBuilder::new().schema(Some(ObjectBuilder::new())).build();
    let answer = ResponseBuilder::new().description("OpenAPI 3.1").content("application/json", any);
    let description = Description::new("Documentation", "getOpenApi", "This description").answer(200, answer);
    Endpoint::public(Verb::Get, PATH, handle, Some(description))
}

async fn handle(Extension(OpenApiText(text)): Extension<OpenApiText>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], text)
}

fn document(endpoints: &[Endpoint], settings: &Settings) -> OpenApi {
    let (mut paths, mut components) = (Paths::new(), Components::new());
    for endpoint in endpoints {
        let Some(description) = endpoint.description.clone() else { continue };
        let Description { operation, schemas } = with_policy(description, endpoint.policy);
        components.schemas.extend(schemas);
        paths.add_path_operation(&endpoint.path, vec![endpoint.method.described()], operation);
    }
    for (name, schema) in &mut components.schemas {
        refine(name, schema);
    }
    let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("alk_…").build();
    components.add_security_scheme(TOKEN, SecurityScheme::Http(token));
    components.add_security_scheme(
        COOKIE,
        SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(cookie::name(settings.behind_tls())))),
    );
    let info = InfoBuilder::new()
        .title("Alloy Logs")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(ABOUT))
        .license(Some(LicenseBuilder::new().name("MIT").identifier(Some("MIT")).build()));
    OpenApiBuilder::new()
        .info(info)
        .servers(Some([ServerBuilder::new().url("/").build()]))
        .tags(Some(TAGS.map(|(name, about)| TagBuilder::new().name(name).description(Some(about)).build())))
        .paths(paths)
        .components(Some(components))
        .build()
}

/// What follows from who may call an endpoint: its credentials, and what comes without them.
fn with_policy(description: Description, policy: Policy) -> Description {
    let requires = |schemes: &[&str], mut description: Description| {
        let schemes = schemes.iter().map(|scheme| SecurityRequirement::new(*scheme, [""; 0])).collect();
        description.operation.security = Some(schemes);
        description
    };
    match policy {
        Policy::Public | Policy::Page | Policy::Nobody => description,
        Policy::Caller => requires(&[TOKEN, COOKIE], description),
        Policy::Organization(scope) | Policy::Token(scope) => {
            let schemes: &[&str] = if scope == Scope::RunsRead { &[TOKEN, COOKIE] } else { &[TOKEN] };
            let described = description.operation.description.as_deref().unwrap_or_default();
            let text = format!("{described}\n\nA token needs the scope `{}`.", scope.as_str());
            let description = description.clone().more(text.trim());
            requires(schemes, description).fails([AppError::SignedOut, AppError::Forbidden, AppError::Unavailable])
        }
    }
}

/// What holds of all schemas, and is not said at each.
fn refine(name: &str, schema: &mut RefOr<Schema>) {
    let RefOr::T(schema) = schema else { return };
    match schema {
        Schema::Object(object) => {
            // Absent values are null, never missing.
            if ALWAYS_WHOLE.contains(&name) {
                let left_out = |member: &String| {
                    [("Run", "flow"), ("Pagination", "total_capped")].contains(&(name, member.as_str()))
                };
                object.required = object.properties.keys().filter(|member| !left_out(member)).cloned().collect();
            }
            if !QUOTING.contains(&name) {
                without_nul(object);
            }
            for member in object.properties.values_mut() {
                refine(name, member);
            }
        }
        Schema::OneOf(one) => one.items.iter_mut().for_each(|item| refine(name, item)),
        Schema::AllOf(all) => all.items.iter_mut().for_each(|item| refine(name, item)),
        Schema::AnyOf(any) => any.items.iter_mut().for_each(|item| refine(name, item)),
        _ => {}
    }
}

/// What only we write; a client that writes may leave out what it does not know.
const ALWAYS_WHOLE: [&str; 10] =
    ["Run", "RunRow", "RunEvent", "RunLeft", "CostLine", "Failure", "Pagination", "StepsPage", "Session", "Health"];

/// What quotes a request.
const QUOTING: [&str; 2] = ["Problem", "Fault"];

/// No text that is stored holds U+0000.
fn without_nul(object: &mut Object) {
    let is_text = match &object.schema_type {
        SchemaType::Type(kind) => *kind == Type::String,
        SchemaType::Array(kinds) => kinds.contains(&Type::String),
        SchemaType::AnyValue => false,
    };
    if is_text && object.format.is_none() && object.enum_values.is_none() && object.pattern.is_none() {
        object.pattern = Some("^[^\\u0000]*$".to_owned());
    }
}
