//! Mail, chat, calendar, papers and the telephone.

use super::{Case, Draw, Exchange};
use serde_json::json;

pub fn messages(verb: &str, case: &Case, draw: &mut Draw) -> Option<Exchange> {
    Some(match verb {
        "send" => (
            json!({ "to": [case.customer.email], "subject": format!("[{}] Your request", case.order), "body_html": format!("<p>Dear {},</p><p>about your order <b>{}</b> &amp; the {} …</p>", case.customer.first, case.order, case.product.name), "attachments": [] }),
            json!({ "message_id": format!("<{}@mail.halden.example>", draw.hex(12)), "accepted": [case.customer.email], "queued_ms": draw.between(3, 60) }),
        ),
        "fetch" => (
            json!({ "mailbox": "invoices@halden.example", "unseen": true, "limit": 1 }),
            json!({ "from": format!("billing@{}", case.company.domain), "subject": format!("Invoice {}", case.invoice), "received": case.iso_day(0), "attachments": [format!("{}.pdf", case.invoice)] }),
        ),
        "post_message" => (
            json!({ "channel": draw.pick(&["#leadership", "#sales", "#finance-ops"]), "text": case.fill("{company}: {count} × {product}, cc {colleague}"), "unfurl": false }),
            json!({ "ok": true, "ts": format!("{}.{:06}", case.created_at.millis() / 1000, draw.between(100, 999_999)) }),
        ),
        "book" => (
            json!({ "calendar": case.colleague.name, "day": case.iso_day(-6), "from": "09:30", "minutes": 90, "title": case.fill("Fitting {product}, {customer}") }),
            json!({ "event_id": draw.hex(10), "conflicts": [], "confirmed": true }),
        ),
        _ => return None,
    })
}

pub fn papers(verb: &str, case: &Case, draw: &mut Draw) -> Option<Exchange> {
    Some(match verb {
        "ocr" => (
            json!({ "file": format!("{}.pdf", case.invoice), "languages": ["en", "de", "fr"], "dpi": 300 }),
            json!({
                "pages": draw.between(1, 4),
                "confidence": draw.hundredths(71, 99),
                "text": case.fill("{company}\nInvoice {invoice}\nDate {date}\n{count} × {product}   {amount}\nTotal {amount}\nIBAN {iban}\nDue {due}"),
            }),
        ),
        "fetch" => (
            json!({ "document": format!("contracts/{}.docx", case.company.domain), "as": "text" }),
            json!({ "pages": draw.between(2, 46), "words": draw.between(900, 21_000), "title": case.fill("Agreement between Halden and {company}"), "sha256": format!("{}{}", draw.hex(16), draw.hex(16)) }),
        ),
        "put" => (
            json!({ "bucket": "halden-archive", "key": format!("finance/{}.pdf", case.invoice), "content_type": "application/pdf" }),
            json!({ "etag": draw.hex(16), "bytes": draw.between(18_000, 900_000), "version": 1 }),
        ),
        "compare" => (
            json!({ "playbook": "supply-2026", "clauses": draw.between(6, 40) }),
            json!({ "deviations": [
                { "clause": "14.2", "topic": "term", "severity": "medium", "ours": "90 days", "theirs": format!("{} days", case.days) },
                { "clause": "17.1", "topic": "liability", "severity": draw.pick(&["low", "high"]), "ours": "capped", "theirs": "silent" },
            ] }),
        ),
        "describe" => (
            json!({ "image": "photo-1.jpg", "question": format!("Is the {} damaged?", case.product.name) }),
            json!({ "answer": draw.pick(&["A crack of about 6 cm along the edge.", "Scratches on the surface, box intact.", "No damage to be seen."]), "confidence": draw.hundredths(60, 98) }),
        ),
        _ => return None,
    })
}

pub fn calls(verb: &str, case: &Case, draw: &mut Draw) -> Option<Exchange> {
    Some(match verb {
        "answer" => (
            json!({ "line": "+49 40 5550 120", "greeting": "standard" }),
            json!({ "call_id": draw.hex(8), "from": format!("+49 1{} 555{:04}", draw.between(51, 79), draw.between(0, 9_999)), "rings": draw.between(1, 5) }),
        ),
        "transcribe" => (
            json!({ "codec": "pcm_u8", "rate": 8_000, "hints": [case.customer.name, case.order] }),
            json!({ "language": "en", "turns": draw.between(4, 7), "confidence": draw.hundredths(78, 98) }),
        ),
        _ => return None,
    })
}
