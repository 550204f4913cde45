//! Order lookup: where is my parcel? The shortest of the skills.

use super::{Skill, Step, think, tool};

const STEPS: &[Step] = &[
    think("understand", "Find the order number", 520).sometimes(70),
    tool("find_order", "Find order", "orders.search", 160),
    tool("track", "Track parcel", "carrier.track", 640).sometimes(65),
    think("answer", "Write the answer", 980).sometimes(80),
    tool("log_contact", "Log contact", "crm.log_contact", 130).since(2).sometimes(60),
];

pub const ORDER_LOOKUP: Skill = Skill {
    name: "Order lookup",
    trigger: "order-status",
    faces_customers: true,
    typical_tokens: 620,
    steps: STEPS,
    inputs: &[
        "where is {order}",
        "Where is my parcel? Order {order}, it should have been here on {date}.",
        "status {order} pls",
        "Has the {product} from {order} left the warehouse?",
        "{customer} ({email}) wants to know when {order} comes. Can you check?",
        "The tracking number {tracking} does not work on the {carrier} site.",
        "I need to change the address on {order} to {city}, is it too late?",
        "Which orders did {customer} place in {month}?",
        "Did the {count} × {product} ship together or separately? {order}",
        "Customer on the other line, order {order}, need the delivery date now",
        "I lost my confirmation mail. I bought a {product} around {date}, my address is {email}.",
        "Is the invoice for {order} already out? {colleague} needs it for the books.",
    ],
    additions: &[
        "I'm at home only before noon.",
        "thanks!",
        "It is a birthday present, so it matters.",
        "The door code has changed, it's on the order notes.",
    ],
    outputs: &[
        "Order {order} left our warehouse on {date} and is with {carrier} ({tracking}). Expected today before 18:00.",
        "{order}: paid, packed, waiting for pick-up by {carrier}. No tracking yet.",
        "Delivered on {date}, signed by 'reception'. I sent the proof of delivery to {email}.",
        "I found one order of {customer}: {order}, {count} × {product}, {amount}. It is in transit.",
        "The parcel is held at customs since {date}. {carrier} needs the commercial invoice, which I have sent them.",
        "Hello {first}, your {product} is on its way and should arrive in {city} tomorrow.",
        "No order under that address. Please ask for the number at the top of the confirmation mail.",
    ],
    thoughts: &[
        "Order number {order} is in the text; no need to ask.",
        "The customer wants a date, not a tracking link. Give both, date first.",
        "Two orders match {email}; the newer one has the {product}.",
    ],
};
