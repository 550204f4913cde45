//! Orders, parcels, rules of return, stock and suppliers.

use super::{Case, Draw, Exchange};
use serde_json::json;

pub fn orders(verb: &str, case: &Case, draw: &mut Draw) -> Option<Exchange> {
    Some(match verb {
        "get" => (
            json!({ "order_id": case.order, "expand": ["lines", "payments"] }),
            json!({
                "order_id": case.order,
                "placed_on": case.iso_day(case.days),
                "status": draw.pick(&["paid", "shipped", "delivered"]),
                "customer": { "name": case.customer.name, "email": case.customer.email, "city": case.customer.city },
                "lines": [{ "sku": case.product.sku, "title": case.product.name, "quantity": case.count, "unit_cents": case.product.cents }],
                "payments": [{ "method": draw.pick(&["card", "sepa", "paypal"]), "cents": case.cents, "captured": true }],
                "total": { "currency": case.currency, "cents": case.cents },
                "gift": false,
                "note": null,
            }),
        ),
        "search" => (
            json!({ "email": case.customer.email, "query": case.order, "limit": 5 }),
            json!({ "matches": [{ "order_id": case.order, "placed_on": case.iso_day(case.days), "total_cents": case.cents, "score": 0.98 }], "took_ms": draw.between(4, 90) }),
        ),
        _ => return None,
    })
}

pub fn desk(verb: &str, case: &Case, draw: &mut Draw) -> Option<Exchange> {
    Some(match verb {
        "track" => (
            json!({ "carrier": case.carrier, "tracking_number": case.tracking }),
            json!({
                "tracking_number": case.tracking,
                "state": draw.pick(&["in_transit", "out_for_delivery", "delivered", "held_at_customs"]),
                "events": [
                    { "at": case.iso_day(3), "place": "Hamburg", "what": "Left the warehouse" },
                    { "at": case.iso_day(2), "place": "Venlo", "what": "Arrived at the hub" },
                    { "at": case.iso_day(1), "place": case.customer.city, "what": "Arrived at the depot" },
                ],
            }),
        ),
        "score" => (
            json!({ "customer": case.customer.email, "order_id": case.order, "amount_cents": case.cents }),
            json!({ "score": draw.between(2, 88), "signals": { "refunds_last_year": draw.between(0, 3), "address_matches": true, "account_age_days": draw.between(3, 2_400) } }),
        ),
        "search" => (
            json!({ "query": format!("{} {}", case.product.name, draw.pick(&["return window", "limits", "who approves"])), "top": 3 }),
            json!({ "hits": [
                { "document": "handbook/returns.md", "section": "4.2", "text": "Goods may be returned within 30 days of delivery. Damaged goods: 60 days.", "score": 0.91 },
                { "document": "handbook/limits.md", "section": "1", "text": "Amounts above 500 need the consent of a team lead.", "score": 0.74 },
            ] }),
        ),
        _ => return None,
    })
}

pub fn stock(verb: &str, case: &Case, draw: &mut Draw) -> Option<Exchange> {
    Some(match verb {
        "levels" => (
            json!({ "warehouse": "HAM-1", "skus": [case.product.sku] }),
            json!({ "as_of": case.iso_day(0), "levels": [{ "sku": case.product.sku, "on_hand": draw.between(0, 400), "reserved": draw.between(0, 40), "incoming": draw.between(0, 200) }] }),
        ),
        "quote" => (
            json!({ "sku": case.product.sku, "quantity": case.count * 10, "supplier": case.company.domain }),
            json!({ "unit_cents": case.product.cents * draw.between(38, 61) / 100, "lead_days": draw.between(4, 45), "valid_until": case.iso_day(-14) }),
        ),
        "create_order" => (
            json!({ "supplier": case.company.name, "lines": [{ "sku": case.product.sku, "quantity": case.count * 10 }], "draft": true }),
            json!({ "purchase_order": case.word("po"), "state": "draft", "total_cents": case.cents * 5, "approver": case.colleague.name }),
        ),
        _ => return None,
    })
}
