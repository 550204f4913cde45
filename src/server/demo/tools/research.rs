//! Contacts, companies, the web and the numbers.

use super::{Case, Draw, Exchange};
use serde_json::json;

pub fn contacts(verb: &str, case: &Case, draw: &mut Draw) -> Option<Exchange> {
    Some(match verb {
        "search_contacts" => (
            json!({ "query": case.company.contact, "domain": case.company.domain }),
            json!({ "contacts": [{ "id": draw.between(10_000, 99_999), "name": case.company.contact, "company": case.company.name, "owner": case.colleague.name, "last_contact": case.iso_day(case.days) }] }),
        ),
        "update_lead" => (
            json!({ "lead": draw.between(10_000, 99_999), "set": { "score": case.percent, "employees": case.company.people, "country": case.company.country, "stage": "qualified" } }),
            json!({ "updated": true, "changed": ["score", "employees", "stage"], "revision": draw.between(2, 40) }),
        ),
        "log_contact" => (
            json!({ "email": case.customer.email, "order": case.order, "topic": "delivery" }),
            json!({ "logged": true, "entry": draw.between(100_000, 999_999) }),
        ),
        _ => return None,
    })
}

pub fn facts(verb: &str, case: &Case, draw: &mut Draw) -> Option<Exchange> {
    Some(match verb {
        "lookup" => (
            json!({ "name": case.company.name, "country": case.company.country }),
            json!({ "registered_name": case.company.name, "number": draw.between(1_000_000, 9_999_999), "status": "active", "employees": case.company.people, "officers": [case.company.contact] }),
        ),
        "search" => (
            json!({ "q": format!("{} {}", case.company.name, draw.pick(&["office move", "hiring", "annual report", "new site"])), "count": 3 }),
            json!({ "results": [
                { "url": format!("https://{}/news", case.company.domain), "title": case.fill("{company} opens in {city}"), "snippet": "The new site offers room for another forty people …" },
                { "url": "https://business-weekly.example/a/8841", "title": case.fill("Orders up {percent}% at {company}"), "snippet": "…" },
            ] }),
        ),
        "fetch" => (
            json!({ "url": format!("https://{}/{}", case.company.domain, draw.pick(&["about", "jobs", "imprint", "press", "team"])), "as": "markdown" }),
            json!({ "status": 200, "bytes": draw.between(2_000, 180_000), "excerpt": case.fill("{company} has been making things in {country} for generations. Contact: {contact}.") }),
        ),
        "query" => (
            json!({ "sql": "select day, sum(gross) from sales where week = $1 group by day order by day", "parameters": [case.word("week")] }),
            json!({ "columns": ["day", "sum"], "rows": (1..=5).map(|day| json!([case.iso_day(7 - day), draw.between(80_000, 990_000)])).collect::<Vec<_>>(), "scanned_rows": draw.between(10_000, 4_000_000) }),
        ),
        "render" => (
            json!({ "kind": "bar", "title": case.fill("Week {week}"), "series": (0..7).map(|_| draw.between(10, 96)).collect::<Vec<_>>() }),
            json!({ "file": "chart.png", "width": 160, "height": 96 }),
        ),
        _ => return None,
    })
}
