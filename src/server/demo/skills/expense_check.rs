//! Expense check: a receipt comes in; read it, check it against the rules, pay it out.

use super::{Skill, Step, think, tool};

const STEPS: &[Step] = &[
    tool("receipt", "Read the receipt", "documents.ocr", 1_500),
    tool("rate", "Exchange rate", "fx.rate", 140).sometimes(40),
    tool("rules", "Look up the rules", "policy.search", 380),
    think("judge", "Check against the rules", 1_700),
    tool("payroll", "Put on next payroll", "payroll.queue", 450).since(2).sometimes(85),
];

pub const EXPENSE_CHECK: Skill = Skill {
    name: "Expense check",
    trigger: "expense-submitted",
    faces_customers: false,
    typical_tokens: 1_800,
    steps: STEPS,
    inputs: &[
        "Expense of {colleague}: train to {city}, {fee}, {date}.",
        "Dinner with {contact} ({company}), {count} people, {fee}. Receipt attached.",
        "Hotel in {city}, {count} nights, {half}. Is breakfast included or extra?",
        "Taxi, {fee}, no receipt because the printer was broken.",
        "Please check the {month} expenses of {colleague} against the travel rules.",
        "I paid {fee} for a {product} for the home office with my own card. Can I claim it?",
        "Mileage {city} and back, {days} km, own car.",
    ],
    additions: &["Paid in Swiss francs.", "Cost centre 4250.", "It was agreed with {colleague}."],
    outputs: &[
        "Approved: {fee}, paid out with the next payroll.",
        "Approved in part: {fee} for the hotel; the minibar is not covered.",
        "Declined: meals above {fee} a head need the consent of {colleague} beforehand.",
        "Needs a receipt. I asked {colleague} for it; the claim waits until {due}.",
        "Counted {days} km at the standard rate. Booked on cost centre 4250.",
    ],
    thoughts: &[
        "Below the limit for {city}; date and amount are legible. Approve.",
        "{count} people at dinner, one guest named. Rules ask for all names.",
        "Currency of the receipt differs; converted with the rate of {date}.",
    ],
};
