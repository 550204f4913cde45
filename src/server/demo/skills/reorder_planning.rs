//! Reorder planning: look at the stock, ask for prices, prepare orders.

use super::{Skill, Step, approval, group, think, tool};

const STEPS: &[Step] = &[
    tool("levels", "Read stock levels", "inventory.levels", 1_400),
    think("forecast", "Forecast demand", 6_200),
    group("articles", "Check articles", 3),
    tool("article", "Check article", "suppliers.quote", 850).inside("articles").for_each(),
    think("plan", "Choose quantities", 3_600),
    approval("release", "Wait for release", 300_000).since(2).sometimes(20),
    tool("order", "Prepare purchase order", "purchasing.create_order", 760),
];

pub const REORDER_PLANNING: Skill = Skill {
    name: "Reorder planning",
    trigger: "stock-nightly",
    faces_customers: false,
    typical_tokens: 11_000,
    steps: STEPS,
    inputs: &[
        "Nightly stock check, warehouse {city}.",
        "The {product} is nearly out. How many should we order, and from whom?",
        "{company} raises prices on {due}. Should we stock up on {sku} before that?",
        "Plan the reorder for week {week}, budget {amount}.",
        "What happens if {company} delivers {days} days late again?",
        "Quarterly check of slow movers: anything that has not sold for {days} days.",
    ],
    additions: &["Do not order more than two pallets.", "{colleague} releases it.", "Prefer suppliers in {country}."],
    outputs: &[
        "Order {count} × {sku} from {company} for {amount}; stock then lasts {days} days. {po} is prepared.",
        "Nothing to order today. The lowest is {sku} with {days} days left.",
        "{company} is {percent}% cheaper but needs {days} days. I split the order: half now, half from them.",
        "{po} waits for release by {colleague}: {amount}, delivery {due}.",
    ],
    thoughts: &[
        "Sales of {sku} rose by {percent}% in {month}; the usual season explains half of it.",
        "Lead time {days} days, safety stock 14. Order now.",
        "Two quotes within {fee}; take the one with the shorter delivery.",
    ],
};
