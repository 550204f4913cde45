//! Refund triage: a customer wants money back; look, decide, book, answer.

use super::{Skill, Step, approval, group, rule, think, tool};

const STEPS: &[Step] = &[
    think("read_request", "Read the request", 1_100),
    tool("load_order", "Load order", "orders.get", 240),
    group("check", "Check the claim", 2).since(2),
    tool("return_policy", "Look up return policy", "policy.search", 420).inside("check").since(2),
    tool("risk", "Score fraud risk", "risk.score", 610).inside("check").since(2),
    tool("photos", "Look at photos", "vision.describe", 1_900).inside("check").since(3).sometimes(30),
    think("decide", "Decide", 2_400),
    approval("approve", "Ask for approval", 190_000).since(3).sometimes(5),
    rule("split", "Choose booking"),
    tool("post_credit", "Post credit note", "ledger.post_credit_note", 880).sometimes(75),
    tool("notify", "Write to the customer", "mail.send", 380),
];

pub const REFUND_TRIAGE: Skill = Skill {
    name: "Refund triage",
    trigger: "order-webhook",
    faces_customers: true,
    typical_tokens: 4_200,
    steps: STEPS,
    inputs: &[
        "Hi, I ordered a {product} on {date} (order {order}) and it arrived with a crack along one side. I'd like my {amount} back please.",
        "Order {order}: I was charged {amount} twice. My bank shows both payments as settled. Please refund one of them.",
        "I sent the {product} back {days} days ago with {carrier}, tracking {tracking}. When do I get my money?",
        "{customer} asks for a refund of order {order}, {amount}. She says the colour is not the one in the picture. Please check and decide.",
        "The {product} never arrived. {carrier} says delivered, my neighbours have not seen it. Order {order}. I want a refund, not a replacement.",
        "Please cancel {order}, I found the same thing cheaper elsewhere. It has not been shipped yet as far as I can see.",
        "One of the {count} pieces in {order} is scratched. Could I keep it and get {half} back instead?",
        "You refunded {half} but I paid {amount} for {order}. Where is the rest?",
        "Return label for {order} does not print (blank page). I would like to send back the {product} before the {days} days are over.",
        "Chargeback notice from the bank for {order}, {amount}, reason 'goods not received'. Do we accept or contest?",
        "Hello, it's {first} from {city}. The {product} hums loudly when it is switched on. Is this normal? If not I'd like to return it. Order number {order}.",
        "Can you take the {fee} shipping fee off {order}? It came {days} days late and I had to rent one meanwhile.",
    ],
    additions: &[
        "Photos are attached.",
        "I have been a customer since 2019 and this is the first time I complain.",
        "Please answer to {email}, not to the shop account.",
        "This is the third time I write!!",
        "No hurry, but before the end of the month would be nice.",
        "My new card ends in 4821, the old one is closed.",
    ],
    outputs: &[
        "Refunded {amount} for order {order} to the original payment method. {customer} was told that it takes 3 to 5 working days.",
        "Partial refund of {half} for {order}; the customer keeps the {product}. Credit note posted and sent to {email}.",
        "Not refunded: the return window for {order} ended on {date}. I offered a repair and a voucher of {fee} instead.",
        "The double charge on {order} was confirmed with the bank. One payment of {amount} is reversed.",
        "{carrier} confirms that parcel {tracking} is lost. {amount} refunded in full, claim opened with the carrier.",
        "Order {order} was cancelled before shipping, {amount} released. Nothing else to do.",
        "Dear {first}, I am sorry about the {product}. Your refund of {amount} is on its way; you can keep or recycle the item.",
    ],
    thoughts: &[
        "Within the return window ({days} days since delivery), photo shows real damage, value below the limit of €500: refund in full.",
        "Customer asks for half. Cheaper than a return of a bulky item; history is clean. Accept.",
        "Two captures with the same authorisation. This is our mistake, no need to ask for proof.",
        "The claim is plausible but the parcel shows as delivered with a signature. Ask the carrier first.",
        "Reason: damaged on arrival. Wanted: money back. Order {order}, {count} × {product}.",
    ],
};
