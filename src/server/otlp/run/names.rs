//! Whose run it is: skill, teammate, conversation, channel and trigger.

use super::tree::Tree;
use crate::{
    domain::ids::{AiEmployeeId, ConversationId, OrganizationId, WorkflowId},
    server::otlp::{
        attributes::{
            self, AGENT_NAME, AGENT_NODE, CHANNEL, CONVERSATION_ID, SERVICE_NAME, SERVICE_NAMESPACE, TEAMMATE_ID,
            TEAMMATE_NAME, TRIGGER_ID, TRIGGER_URL, USER, WORKFLOW_ID, WORKFLOW_NAME,
        },
        class::SpanClass,
        identity::id_of,
        limits,
        span::SpanData,
    },
};
use axum::http::Uri;
use uuid::Uuid;

/// What a run is called by, each held within its limit.
pub(super) struct Names {
    pub(super) workflow_id: WorkflowId,
    pub(super) workflow_name: String,
    pub(super) teammate_id: Option<AiEmployeeId>,
    pub(super) teammate_name: Option<String>,
    /// All agents that took part, the teammate first.
    pub(super) participants: Vec<String>,
    pub(super) conversation_id: Option<ConversationId>,
    /// What the client calls the conversation, where that is no UUID.
    pub(super) external_conversation_id: Option<String>,
    pub(super) channel: Option<String>,
    pub(super) user: Option<String>,
    pub(super) trigger_id: Option<String>,
    pub(super) trigger_url: Option<String>,
}

/// The most agents that are named.
const MAX_PARTICIPANTS: usize = 100;
/// What conventions put around the name of a root.
const PREFIXES: [&str; 2] = ["invoke_agent ", "invoke_workflow "];
const SUFFIXES: [&str; 3] = [".workflow", ".agent", ".kickoff"];

pub(super) fn names(tree: &Tree, organization_id: OrganizationId) -> Names {
    let name = |names: &[&str]| tree.text(names).and_then(|text| limits::name(&text));
    let service = tree.text(SERVICE_NAME).unwrap_or_default();
    let participants = agents(tree);
    let workflow_name = workflow_name(tree, &participants, &service);
    let of_service = || {
        let namespace = tree.text(SERVICE_NAMESPACE).unwrap_or_default();
        let path = format!("{namespace}/{service}/{workflow_name}");
        Uuid::new_v5(&organization_id.0, path.as_bytes())
    };
    let workflow_id = tree.text(WORKFLOW_ID).and_then(|text| text.parse().ok()).unwrap_or_else(of_service);
    let teammate_name = name(TEAMMATE_NAME).or_else(|| participants.first().cloned());
    let named_teammate =
        || Some(Uuid::new_v5(&organization_id.0, format!("{service}/{}", teammate_name.as_ref()?).as_bytes()));
    let teammate_id = tree.text(TEAMMATE_ID).map(|text| id_of(organization_id, &text)).or_else(named_teammate);
    let conversation = tree.text(CONVERSATION_ID);
    let conversation_id = conversation.as_ref().map(|text| ConversationId(id_of(organization_id, text)));
    let in_no_conversation = || conversation.is_none().then(|| "api".to_owned());
    Names {
        workflow_id: WorkflowId(workflow_id),
        teammate_id: teammate_id.map(AiEmployeeId),
        conversation_id,
        external_conversation_id: conversation.clone().filter(|text| text.parse::<Uuid>().is_err()),
        channel: name(CHANNEL).or_else(in_no_conversation),
        user: tree.text(USER),
        trigger_id: name(TRIGGER_ID),
        trigger_url: tree.text(TRIGGER_URL).filter(|url| is_web_address(url)),
        workflow_name,
        teammate_name,
        participants,
    }
}

/// The names of all agents, the outermost first.
fn agents(tree: &Tree) -> Vec<String> {
    let mut agents: Vec<String> = Vec::new();
    let of_agents = tree.outermost(None).filter_map(|at| agent_name(tree.nodes[at].span, tree.nodes[at].class));
    // Some clients name the agent only on what it does.
    let of_others = tree.nodes.iter().filter_map(|node| attributes::text(node.span, AGENT_NAME));
    for name in of_agents.chain(of_others).filter_map(|name| limits::name(&name)) {
        if agents.len() < MAX_PARTICIPANTS && !agents.contains(&name) {
            agents.push(name);
        }
    }
    agents
}

fn agent_name(span: &SpanData, class: SpanClass) -> Option<String> {
    let of_langfuse = || span.attributes.contains_key("langfuse.observation.type").then(|| span.name.clone());
    if class == SpanClass::Agent { attributes::text(span, AGENT_NODE).or_else(of_langfuse) } else { None }
}

fn workflow_name(tree: &Tree, agents: &[String], service: &str) -> String {
    let root = tree.first_root().map(|at| &tree.nodes[at]);
    let of_agent =
        || root.filter(|root| root.class.is_agent()).and_then(|root| attributes::text(root.span, AGENT_NAME));
    // A name with an id in it is another one for every run.
    let of_root = || root.map(|root| bare(&root.span.name)).filter(|name| !has_id(name));
    let sole_agent = || if let [only] = agents { Some(only.clone()) } else { None };
    tree.text(WORKFLOW_NAME)
        .or_else(of_agent)
        .or_else(of_root)
        .or_else(sole_agent)
        .and_then(|name| limits::name(&name))
        .or_else(|| limits::name(service))
        .unwrap_or_else(|| "Unnamed".to_owned())
}

/// The name of a root without what conventions put around it.
fn bare(name: &str) -> String {
    let name = PREFIXES.iter().find_map(|prefix| name.strip_prefix(prefix)).unwrap_or(name);
    SUFFIXES.iter().find_map(|suffix| name.strip_suffix(suffix)).unwrap_or(name).to_owned()
}

fn has_id(name: &str) -> bool {
    let words = name.split(|letter: char| !letter.is_ascii_hexdigit() && letter != '-');
    words.into_iter().any(|word| word.parse::<Uuid>().is_ok())
}

/// Whether it is an address that people may follow: anything else could be a script.
fn is_web_address(text: &str) -> bool {
    let scheme = |uri: Uri| uri.scheme_str().map(str::to_ascii_lowercase);
    text.parse().ok().and_then(scheme).is_some_and(|scheme| scheme == "http" || scheme == "https")
}
