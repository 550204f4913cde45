//! The matter of one run: who wrote, about what, and with which numbers. Messages, tool calls and files all take
//! their words from it, so that a run agrees with itself.

use super::{
    cast::{COMPANIES, Colleague, Company, Customer, PRODUCTS, Product},
    draw::Draw,
};
use crate::domain::time::Timestamp;
use chrono::TimeDelta;

/// The particulars of one run.
pub struct Case {
    pub customer: &'static Customer,
    pub company: &'static Company,
    pub product: &'static Product,
    pub colleague: Colleague,
    pub currency: &'static str,
    pub cents: i64,
    /// Pieces ordered, lines on an invoice, leads in a batch.
    pub count: i64,
    pub days: i64,
    pub percent: i64,
    pub order: String,
    pub invoice: String,
    pub tracking: String,
    pub carrier: &'static str,
    pub created_at: Timestamp,
}

const CURRENCIES: [(i64, &str); 4] = [(60, "EUR"), (20, "GBP"), (15, "USD"), (5, "CHF")];
const CARRIERS: [&str; 5] = ["DHL", "PostNord", "DPD", "UPS", "Royal Mail"];

impl Case {
    /// Draws the particulars of a run of `customer`.
    pub fn new(customer: &'static Customer, colleague: Colleague, created_at: Timestamp, draw: &mut Draw) -> Self {
        let product = draw.pick(&PRODUCTS);
        let count = draw.weighted(&[(6, 1), (3, 2), (2, 3), (1, 6), (1, 12)]);
        Self {
            customer,
            company: draw.pick(&COMPANIES),
            product,
            colleague,
            currency: draw.weighted(&CURRENCIES),
            cents: product.cents * count,
            count,
            days: draw.between(2, 44),
            percent: draw.between(3, 68),
            order: format!("A-{}", draw.between(20_100, 98_999)),
            invoice: format!("INV-{}-{:04}", created_at.to_datetime().format("%Y"), draw.between(12, 9_870)),
            tracking: format!("JD{:012}", draw.between(1_000_000, 999_999_999_999)),
            carrier: draw.word(&CARRIERS),
            created_at,
        }
    }

    /// The sum of money as people write it: `€1,249.90`.
    pub fn amount(&self) -> String {
        money(self.currency, self.cents)
    }

    /// The day so many days before the run, as `14 May`.
    pub fn day(&self, days_before: i64) -> String {
        self.moved(days_before).to_datetime().format("%-d %B").to_string()
    }

    /// The same as `2026-05-14`.
    pub fn iso_day(&self, days_before: i64) -> String {
        self.moved(days_before).to_datetime().format("%Y-%m-%d").to_string()
    }

    fn moved(&self, days_before: i64) -> Timestamp {
        self.created_at.plus(TimeDelta::days(-days_before))
    }

    /// A sentence with the words of this case at its places in braces, as `{order}`.
    pub fn fill(&self, template: &str) -> String {
        let mut filled = String::with_capacity(template.len() + 48);
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            let (place, left) = after.split_once('}').unwrap_or((after, ""));
            filled.push_str(&self.word(place).unwrap_or_default());
            rest = left;
        }
        filled.push_str(rest);
        filled
    }

    /// What stands at a place; `None` when there is no such place.
    pub fn word(&self, place: &str) -> Option<String> {
        Some(match place {
            "customer" => self.customer.name.to_owned(),
            "first" => self.customer.first.to_owned(),
            "email" => self.customer.email.to_owned(),
            "city" => self.customer.city.to_owned(),
            "company" => self.company.name.to_owned(),
            "contact" => self.company.contact.to_owned(),
            "domain" => self.company.domain.to_owned(),
            "country" => self.company.country.to_owned(),
            "iban" => self.company.iban.to_owned(),
            "people" => self.company.people.to_string(),
            "colleague" => self.colleague.name.to_owned(),
            "product" => self.product.name.to_owned(),
            "sku" => self.product.sku.to_owned(),
            "amount" => self.amount(),
            "half" => money(self.currency, self.cents / 2),
            "fee" => money(self.currency, self.cents / 20),
            "count" => self.count.to_string(),
            "days" => self.days.to_string(),
            "percent" => self.percent.to_string(),
            "order" => self.order.clone(),
            "invoice" => self.invoice.clone(),
            "po" => format!("PO-{}", &self.order[2..]),
            "tracking" => self.tracking.clone(),
            "carrier" => self.carrier.to_owned(),
            "date" => self.day(self.days),
            "today" => self.day(0),
            "due" => self.day(-14),
            "month" => self.moved(self.days).to_datetime().format("%B").to_string(),
            "week" => self.created_at.to_datetime().format("%V").to_string(),
            _ => return None,
        })
    }
}

/// Cents of a currency as people write them.
fn money(currency: &str, cents: i64) -> String {
    let sign = match currency {
        "EUR" => "€",
        "GBP" => "£",
        "USD" => "$",
        _ => "CHF ",
    };
    let whole = crate::domain::text::thousands((cents / 100).unsigned_abs());
    format!("{sign}{whole}.{:02}", cents % 100)
}
