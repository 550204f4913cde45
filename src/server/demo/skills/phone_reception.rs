//! Phone reception: take a call, understand it, book something, write it down.

use super::{Skill, Step, think, tool};

const STEPS: &[Step] = &[
    tool("answer_call", "Answer the call", "telephony.answer", 900),
    tool("transcribe", "Transcribe", "speech.transcribe", 31_000),
    tool("caller", "Find the caller", "crm.search_contacts", 210),
    think("intent", "Understand the wish", 1_200),
    tool("book", "Book an appointment", "calendar.book", 540).sometimes(55),
    think("note", "Write the call note", 1_900).since(2),
    tool("send_note", "Send the note", "mail.send", 330),
];

pub const PHONE_RECEPTION: Skill = Skill {
    name: "Phone reception",
    trigger: "call-ended",
    faces_customers: false,
    typical_tokens: 2_900,
    steps: STEPS,
    inputs: &[
        "Incoming call from {customer}, {city}.",
        "Call from a withheld number, asks about {order}.",
        "{customer} calls back about the fitting on {due}.",
        "Call transferred by {colleague}: {contact} of {company}, about {invoice}.",
        "Voicemail of {days} seconds from {customer}.",
        "Incoming call, caller speaks about a {product}.",
    ],
    additions: &["Ring time 12 s.", "Caller waited in the queue.", "Second call today."],
    outputs: &[
        "{customer} wants the {product} fitted. Booked for {due}, 09:30–11:00. Confirmation sent to {email}.",
        "Caller asked about {order}. Told that it arrives tomorrow. No follow-up needed.",
        "{contact} of {company} asks when {invoice} will be paid. {colleague} calls back before 16:00.",
        "Wrong number, call ended after a few seconds.",
        "{customer} moved the appointment from {today} to {due}. {colleague} is informed.",
    ],
    thoughts: &[
        "Wish: an appointment. Day named by the caller: {due}. Time: morning.",
        "The caller is {customer}, known since {date}, last order {order}.",
        "No action asked for, only information. Write a note.",
    ],
};
