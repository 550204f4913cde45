//! Weekly digest: collect numbers, write them up, draw a chart, post it.

use super::{Skill, Step, group, think, tool};

const STEPS: &[Step] = &[
    group("collect", "Collect numbers", 4),
    tool("sales", "Sales", "analytics.query", 2_300).inside("collect"),
    group("support", "Support", 1).inside("collect"),
    tool("tickets", "Tickets", "analytics.query", 1_600).inside("support"),
    think("topics", "Sort tickets by topic", 2_900).inside("support").since(2),
    tool("stock", "Stock", "inventory.levels", 900).inside("collect"),
    tool("cash", "Cash", "ledger.balance", 700).inside("collect").since(2),
    think("compare", "Compare with last week", 4_800),
    tool("chart", "Draw the chart", "charts.render", 1_200).since(2),
    think("write", "Write the digest", 9_000),
    tool("post", "Post the digest", "chat.post_message", 310),
];

pub const WEEKLY_DIGEST: Skill = Skill {
    name: "Weekly digest",
    trigger: "weekly-schedule",
    faces_customers: false,
    typical_tokens: 16_000,
    steps: STEPS,
    inputs: &[
        "Weekly digest for week {week}.",
        "Please do the digest for week {week} again, the sales numbers were not final.",
        "Digest for the board, week {week}: only sales and cash, one page.",
        "How did {month} go compared with the month before? Same format as the digest.",
        "Summary of the support tickets since {date}, grouped by product. What is wrong with the {product}?",
        "Week {week} for {colleague}: what changed, what is stuck, what needs a decision?",
        "Numbers for {city} only, please, week {week}.",
    ],
    additions: &[
        "Post it in #leadership.",
        "In German, please. Mit Umlauten, nicht mit ae und oe.",
        "Leave out test orders.",
        "With a chart 📈",
    ],
    outputs: &[
        "Week {week}: sales up {percent}% against the week before, {count} large orders, the largest {amount} from {company}. Tickets steady. Stock of the {product} lasts {days} days.",
        "# Week {week}\n\n- **Sales** {amount} in the best hour, {percent}% over plan\n- **Support** {days} open tickets, the oldest since {date}\n- **Stock** {product} is low\n\n| team | tickets | change |\n|---|---|---|\n| North | {days} | +{count} |\n| South | {percent} | −{count} |",
        "Quiet week. Nothing needs a decision except the price of the {product}, see {po}.",
        "Posted in #leadership: five points, one chart. {colleague} asked about the {percent}% drop in {city}; the reason is the public holiday.",
        "Woche {week}: Umsatz {percent} % über Plan, größter Auftrag {amount} von {company}. Lager für „{product}“ reicht noch {days} Tage.",
        "📈 Best week since {month}! Orders +{percent}% 🎉 · returns −{count} · cash as planned ✅",
    ],
    thoughts: &[
        "Sales rose by {percent}%, but {count} orders of {company} make most of it. Say so.",
        "Ticket counts of week {week} miss Sunday; the export ran too early. Note it.",
        "Leave out what did not change. Three points are enough.",
    ],
};
