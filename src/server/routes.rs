//! Every route of the program in one list, for those who check who may call what (`alloy-logs routes`).

use super::{api, assets, pages, policy::Policy, rpc, settings::Settings};
use leptos::config::LeptosOptions;
use std::fmt;

/// A method and a path, with who may call it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    pub method: String,
    pub path: String,
    pub kind: Kind,
    pub policy: Policy,
}

/// What answers there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Api,
    Page,
    /// What a page's form is sent to where no script runs.
    Form,
    ServerFunction,
    File,
}

impl Kind {
    /// One word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Page => "page",
            Self::Form => "form",
            Self::ServerFunction => "server-function",
            Self::File => "file",
        }
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\t{}\t{}\t{}", self.method, self.path, self.kind.as_str(), self.policy)
    }
}

/// All of them.
pub fn all(settings: &Settings, leptos: &LeptosOptions) -> Vec<Route> {
    let api = api::endpoints(settings).into_iter().map(|endpoint| Route {
        method: endpoint.method.as_str().to_owned(),
        path: endpoint.path,
        kind: Kind::Api,
        policy: endpoint.policy,
    });
    api.chain(rpc::listed()).chain(pages::listed()).chain(assets::listed(leptos)).collect()
}
