//! What tools are asked and what they answer. A tool is named `system.verb`; its system is described in one of the
//! files beside this one.

mod commerce;
mod finance;
mod office;
mod research;

use super::{case::Case, draw::Draw};
use serde_json::{Value, json};

/// A call that worked: its arguments and its result.
pub type Exchange = (Value, Value);

/// A call of `tool` about `case`.
pub fn call(tool: &str, case: &Case, draw: &mut Draw) -> Exchange {
    let (system, verb) = tool.split_once('.').unwrap_or((tool, ""));
    let known = match system {
        "orders" => commerce::orders(verb, case, draw),
        "carrier" | "risk" | "policy" => commerce::desk(verb, case, draw),
        "inventory" | "suppliers" | "purchasing" => commerce::stock(verb, case, draw),
        "ledger" => finance::ledger(verb, case, draw),
        "bank" | "fx" | "payroll" | "erp" => finance::money(verb, case, draw),
        "mail" | "mailbox" | "chat" | "calendar" => office::messages(verb, case, draw),
        "documents" | "storage" | "playbook" | "vision" => office::papers(verb, case, draw),
        "telephony" | "speech" => office::calls(verb, case, draw),
        "crm" => research::contacts(verb, case, draw),
        "registry" | "web" | "analytics" | "charts" => research::facts(verb, case, draw),
        _ => None,
    };
    known.unwrap_or_else(|| (json!({ "tool": tool }), Value::Null))
}
