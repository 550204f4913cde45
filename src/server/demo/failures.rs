//! What goes wrong: in a tool, in a model, or outside of the steps.

use super::{
    case::Case,
    draw::Draw,
    skills::{Step, Work},
};

/// An error and, where it is a matter of waiting, how long that took.
pub struct Mishap {
    pub error: String,
    pub takes_ms: Option<i64>,
}

/// A tool, what it says when it fails, and the wait before it says so (0: no longer than usual).
type Fault = (&'static str, &'static str, i64);

const TOOL_FAULTS: &[Fault] = &[
    ("ledger.post_credit_note", "409 period closed: posting date {today} lies in a locked period", 0),
    ("ledger.post_credit_note", "409 period closed: posting date {today} lies in a locked period", 0),
    ("ledger.post_credit_note", "422 amount {amount} is more than the open balance of order {order}", 0),
    ("ledger.post_credit_note", "permission denied: role 'ai-teammate' may not post above 500.00", 0),
    ("ledger.post_invoice", "409 period closed: {month} was locked on {date}", 0),
    ("ledger.post_invoice", "schema validation: /lines/0/tax_code is required", 0),
    ("ledger.post_invoice", "423 ledger is locked by a payment run, retry after 900 s", 0),
    ("ledger.search", "504 gateway timeout after 30 s", 30_000),
    ("ledger.balance", "permission denied: account 1210 is not visible to this key", 0),
    ("bank.validate_iban", "wrong IBAN: check digits of '{iban}' do not match", 0),
    ("bank.validate_iban", "account holder is not \"{company}\" (match: none)", 0),
    ("bank.validate_iban", "502 Bad Gateway from bank-gateway-2", 4_100),
    ("mailbox.fetch", "missing attachment: the mail of billing@{domain} has no PDF", 0),
    ("mailbox.fetch", "IMAP: authentication failed, the password of invoices@halden.example has expired", 0),
    ("documents.ocr", "missing attachment: {invoice}.pdf was announced but not uploaded", 0),
    ("documents.ocr", "page 2 cannot be read: resolution of 72 dpi is below 150 dpi", 0),
    ("documents.ocr", "timed out after 60 s", 60_000),
    ("documents.fetch", "404 no such document: contracts/{domain}.docx", 0),
    ("documents.fetch", "the file is encrypted, a password is needed", 0),
    ("erp.find_purchase_order", "no open purchase order of \"{company}\" near {amount}", 0),
    ("erp.find_purchase_order", "ORA-12541: no listener at erp-db-1", 2_000),
    ("orders.get", "404 order {order} does not exist in shop 'eu-1'", 0),
    ("orders.get", "timed out after 10 s", 10_000),
    ("orders.search", "503 search index is rebuilding ({percent}%)", 0),
    ("orders.search", "429 rate limit: 60 requests a minute, retry in {days} s", 0),
    ("carrier.track", "502 Bad Gateway from {carrier}: upstream connect error", 6_000),
    ("carrier.track", "{carrier} does not know the number {tracking}", 0),
    ("risk.score", "timed out after 15 s", 15_000),
    ("policy.search", "401 token of the knowledge base has expired", 0),
    ("vision.describe", "415 image/heic is not supported", 0),
    ("crm.search_contacts", "429 rate limit of 100 calls in 10 s reached", 0),
    ("crm.log_contact", "409 {email} belongs to two contacts, merge them first", 0),
    ("crm.update_lead", "412 the lead was changed by {colleague} in the meantime", 0),
    ("crm.update_lead", "schema validation: /set/stage must be one of new, qualified, lost", 0),
    ("registry.lookup", "502 Bad Gateway from registry of {country}", 8_000),
    ("web.search", "429 too many requests, quota of today is used up", 0),
    ("web.fetch", "certificate of {domain} expired on {date}", 0),
    ("web.fetch", "403 robots are not welcome at {domain}", 0),
    ("analytics.query", "canceling statement due to statement timeout (45 s)", 45_000),
    ("analytics.query", "relation \"sales_week_{week}\" does not exist", 0),
    ("charts.render", "series is empty, nothing to draw", 0),
    ("inventory.levels", "warehouse HAM-1 is closed for stock-taking until {due}", 0),
    ("suppliers.quote", "{company}: price for {sku} is on request only", 0),
    ("suppliers.quote", "timed out after 20 s", 20_000),
    ("purchasing.create_order", "permission denied: budget of {amount} is more than {colleague} may release", 0),
    ("playbook.compare", "playbook 'supply-2026' has no section for {country}", 0),
    ("storage.put", "507 the bucket halden-archive is full", 0),
    ("fx.rate", "no rate for CHF on {date} (weekend)", 0),
    ("payroll.queue", "409 payroll of {month} is closed", 0),
    ("mail.send", "550 5.1.1 mailbox {email} does not exist", 0),
    ("mail.send", "554 the message was rejected as spam", 0),
    ("chat.post_message", "channel_not_found", 0),
    ("calendar.book", "{colleague} is away on {due}", 0),
    ("telephony.answer", "SIP 480 temporarily unavailable", 0),
    ("speech.transcribe", "language could not be recognised: too much noise", 0),
];

const MODEL_FAULTS: &[Fault] = &[
    ("", "429 rate limit: 40000 input tokens per minute, retry in {days} s", 0),
    ("", "schema validation: the answer has no member \"decision\"", 0),
    ("", "the answer is not JSON: expected value at line 1 column {percent}", 0),
    ("", "529 overloaded", 0),
    ("", "input of 214880 tokens is longer than the context window of 200000", 0),
    ("", "timed out after 90 s", 90_000),
    ("", "the answer was stopped by a content filter", 0),
];

const OUTSIDE: &[&str] = &[
    "Worker lost: no heartbeat for 90 s",
    "Flow version 4 is not published",
    "Credit of the organization is used up",
    "Engine restarted while the run was waiting in the queue",
    "Input is larger than 1 MiB",
    "Token budget of 120000 for one run is used up",
];

/// What may happen in a step.
pub fn in_step(step: &Step, case: &Case, draw: &mut Draw) -> Mishap {
    let known: Vec<&Fault> = match step.work {
        Work::Tool(tool) => TOOL_FAULTS.iter().filter(|fault| fault.0 == tool).collect(),
        _ => MODEL_FAULTS.iter().collect(),
    };
    if known.is_empty() {
        return Mishap { error: "500 internal error".to_owned(), takes_ms: None };
    }
    let (_, error, wait) = draw.pick(&known);
    Mishap { error: case.fill(error), takes_ms: (*wait > 0).then_some(*wait) }
}

/// What may happen outside of the steps.
pub fn outside(draw: &mut Draw) -> String {
    draw.word(OUTSIDE).to_owned()
}

/// An error that goes away when the tool is called again.
pub fn passing(draw: &mut Draw) -> &'static str {
    draw.word(&["502 Bad Gateway", "connection reset by peer", "timed out after 3 s", "429 rate limit, retry in 1 s"])
}

#[cfg(test)]
mod tests {
    use super::{super::skills::SKILLS, *};

    #[test]
    fn every_tool_can_fail_and_every_fault_belongs_to_a_tool() {
        let tools: Vec<&str> = SKILLS
            .iter()
            .flat_map(|skill| skill.steps)
            .filter_map(|step| if let Work::Tool(tool) = step.work { Some(tool) } else { None })
            .collect();
        for tool in &tools {
            assert!(TOOL_FAULTS.iter().any(|fault| fault.0 == *tool), "{tool}");
        }
        for (tool, error, _) in TOOL_FAULTS {
            assert!(tools.contains(tool), "{tool}: {error}");
        }
    }
}
