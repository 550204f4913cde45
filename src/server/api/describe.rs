//! What the OpenAPI document says of an endpoint, said beside its handler.

use crate::{error::AppError, server::problem::Problem};
use serde_json::Value;
use utoipa::{
    ToSchema,
    openapi::{
        Content, ContentBuilder, HeaderBuilder, ObjectBuilder, Ref, RefOr, Required, ResponseBuilder, Schema, Type,
        path::{Operation, OperationBuilder, Parameter, ParameterBuilder, ParameterIn},
        request_body::RequestBodyBuilder,
        schema::{KnownFormat, SchemaFormat},
    },
};

/// A described operation, with the schemas that it names.
#[derive(Clone)]
pub struct Description {
    pub(super) operation: Operation,
    pub(super) schemas: Vec<(String, RefOr<Schema>)>,
}

impl Description {
    /// An operation of a group, by its id and in a few words.
    pub fn new(tag: &str, id: &str, summary: &str) -> Self {
        let operation = OperationBuilder::new().tag(tag).operation_id(Some(id)).summary(Some(summary)).build();
        Self { operation, schemas: Vec::new() }
    }

    /// What is to be known beyond the summary.
    #[must_use]
    pub fn more(mut self, text: impl Into<String>) -> Self {
        self.operation.description = Some(text.into());
        self
    }

    /// A parameter.
    #[must_use]
    pub fn parameter(mut self, parameter: impl Into<Parameter>) -> Self {
        self.operation.parameters.get_or_insert_default().push(RefOr::T(parameter.into()));
        self
    }

    /// The ids in a path, before all other parameters.
    #[must_use]
    pub fn path_parameters(mut self, path: &str) -> Self {
        let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
        let ids = names.map(|name| {
            let id = ParameterBuilder::new().name(name).parameter_in(ParameterIn::Path).required(Required::True);
            RefOr::T(id.schema(Some(id_schema())).build())
        });
        self.operation.parameters.get_or_insert_default().splice(0..0, ids);
        self
    }

    /// The body that it takes.
    #[must_use]
    pub fn takes<T: ToSchema>(mut self, description: &str, example: Value) -> Self {
        let content = self.json::<T>(Some(example));
        let body = RequestBodyBuilder::new()
            .description(Some(description))
            .required(Some(Required::True))
            .content("application/json", content)
            .build();
        self.operation.request_body = Some(RefOr::T(body));
        self
    }

    /// The body that it takes, of another kind than JSON.
    #[must_use]
    pub fn takes_text(mut self, media_type: &str, description: &str, schema: impl Into<RefOr<Schema>>) -> Self {
        let body = RequestBodyBuilder::new()
            .description(Some(description))
            .required(Some(Required::True))
            .content(media_type, ContentBuilder::new().schema(Some(schema)).build())
            .build();
        self.operation.request_body = Some(RefOr::T(body));
        self
    }

    /// A JSON answer.
    #[must_use]
    pub fn answers<T: ToSchema>(mut self, status: u16, description: &str, example: Value) -> Self {
        let content = self.json::<T>(Some(example));
        self.answer(status, ResponseBuilder::new().description(description).content("application/json", content))
    }

    /// A schema that a text of it names.
    #[must_use]
    pub fn names<T: ToSchema>(mut self) -> Self {
        T::schemas(&mut self.schemas);
        self.schemas.push((T::name().into_owned(), T::schema()));
        self
    }

    /// An answer of another kind, or of none.
    #[must_use]
    pub fn answer(mut self, status: u16, response: ResponseBuilder) -> Self {
        self.operation.responses.responses.insert(status.to_string(), RefOr::T(response.build()));
        self
    }

    /// The errors that it may come to.
    #[must_use]
    pub fn fails<const N: usize>(self, errors: [AppError; N]) -> Self {
        errors.into_iter().fold(self, |mut this, error| {
            let content = this.json::<Problem>(serde_json::to_value(Problem::of(&error)).ok());
            let mut response =
                ResponseBuilder::new().description(error.to_string()).content("application/problem+json", content);
            if error.retry_after().is_some() {
                let seconds = HeaderBuilder::new()
                    .schema(Some(whole_number(0, None)))
                    .description(Some("Seconds to wait before the next try"));
                response = response.header("Retry-After", seconds.build());
            }
            this.answer(error.status(), response)
        })
    }

    fn json<T: ToSchema>(&mut self, example: Option<Value>) -> Content {
        T::schemas(&mut self.schemas);
        self.schemas.push((T::name().into_owned(), T::schema()));
        ContentBuilder::new().schema(Some(Ref::from_schema_name(T::name()))).example(example).build()
    }
}

/// A whole number from `least` to `most`.
pub fn whole_number(least: u64, most: Option<u64>) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
        .minimum(Some(least))
        .maximum(most)
}

/// A text that matches a pattern.
pub fn text(pattern: Option<&str>) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).pattern(pattern)
}

/// Any object.
pub fn object() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Object)
}

/// A UUID.
pub fn id_schema() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String).format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)))
}

/// A query parameter that may be left out.
pub fn query_parameter(name: &str, description: &str, schema: impl Into<RefOr<Schema>>) -> ParameterBuilder {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(description))
        .schema(Some(schema))
}
