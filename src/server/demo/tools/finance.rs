//! The ledger, the bank, the rates and the payroll.

use super::{Case, Draw, Exchange};
use serde_json::json;

pub fn ledger(verb: &str, case: &Case, draw: &mut Draw) -> Option<Exchange> {
    Some(match verb {
        "post_credit_note" => (
            json!({ "order_id": case.order, "amount": { "currency": case.currency, "cents": case.cents }, "posting_date": case.iso_day(0), "reason": draw.pick(&["damaged", "lost", "goodwill", "double_charge"]) }),
            json!({ "credit_note": format!("CN-{}", draw.between(10_000, 99_999)), "journal": draw.between(700_000, 799_999), "period": &case.iso_day(0)[..7], "posted": true }),
        ),
        "post_invoice" => (
            json!({ "supplier": case.company.name, "invoice": case.invoice, "gross_cents": case.cents, "currency": case.currency, "due": case.iso_day(-14), "cost_centre": draw.pick(&["4100", "4250", "6010"]) }),
            json!({ "journal": draw.between(700_000, 799_999), "tax_cents": case.cents / 6, "posted": true, "warnings": [] }),
        ),
        "search" => (
            json!({ "supplier": case.company.domain, "invoice": case.invoice, "within_days": 400 }),
            json!({ "count": 0, "entries": [] }),
        ),
        "balance" => (
            json!({ "accounts": ["1200", "1210"], "as_of": case.iso_day(0) }),
            json!({ "currency": "EUR", "accounts": { "1200": draw.between(9_000_000, 90_000_000), "1210": draw.between(100_000, 900_000) } }),
        ),
        _ => return None,
    })
}

pub fn money(verb: &str, case: &Case, draw: &mut Draw) -> Option<Exchange> {
    Some(match verb {
        "validate_iban" => (
            json!({ "iban": case.company.iban, "holder": case.company.name }),
            json!({ "valid": true, "bank": draw.pick(&["First Harbour Bank", "Sparkasse Nord", "Crédit du Lac"]), "country": case.company.country, "holder_match": "full" }),
        ),
        "rate" => (
            json!({ "from": "CHF", "to": "EUR", "on": case.iso_day(case.days) }),
            json!({ "rate": 1.0 + draw.hundredths(2, 7), "source": "central bank" }),
        ),
        "queue" => (
            json!({ "employee": case.colleague.name, "cents": case.cents / 20, "currency": case.currency, "kind": "expense" }),
            json!({ "queued": true, "payroll": &case.iso_day(-20)[..7], "position": draw.between(1, 140) }),
        ),
        "find_purchase_order" => (
            json!({ "supplier": case.company.name, "amount_cents": case.cents, "tolerance_percent": 2 }),
            json!({ "purchase_order": case.word("po"), "lines": [{ "sku": case.product.sku, "ordered": case.count, "received": case.count, "unit_cents": case.product.cents }], "open_cents": case.cents }),
        ),
        _ => return None,
    })
}
