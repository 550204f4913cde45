//! Lead enrichment: somebody filled in a form; find out who they are and what they need.

use super::{Skill, Step, group, think, tool};

const STEPS: &[Step] = &[
    tool("dedupe", "Look for the contact", "crm.search_contacts", 190),
    tool("registry", "Look up the company", "registry.lookup", 720),
    group("research", "Research", 3),
    tool("search_web", "Search the web", "web.search", 1_300).inside("research"),
    tool("read_page", "Read page", "web.fetch", 1_700).inside("research").for_each(),
    think("score", "Score the lead", 2_100),
    tool("update", "Update the lead", "crm.update_lead", 240),
    tool("tell_owner", "Tell the owner", "chat.post_message", 270).since(2).sometimes(60),
];

pub const LEAD_ENRICHMENT: Skill = Skill {
    name: "Lead enrichment",
    trigger: "crm-lead-created",
    faces_customers: false,
    typical_tokens: 9_500,
    steps: STEPS,
    inputs: &[
        "New lead: {contact}, {company}, {domain}. Asked for {count} × {product}.",
        "Find out what you can about {company} before my call at 14:00.",
        "{contact} ({company}) downloaded the price list. Worth a call?",
        "Enrich the leads from the fair in {city}, batch of {days}.",
        "Who decides about furniture at {company}? We only have {contact}.",
        "Is {company} still at {people} people? The record is from last year.",
        "{domain} signed up for a trial on {date}. Please fill in size, country, industry, and owner.",
        "Check whether {company} and the one called {domain} in the CRM are the same account, and merge if so.",
        "{contact} from {company} answered our mailing: 'maybe after the summer'. Update the lead and set a reminder.",
        "Competitor check for {company}: who supplies them with {product} today?",
    ],
    additions: &[
        "Keep it under five lines.",
        "{colleague} owns the account.",
        "Skip LinkedIn, we have no licence for it.",
        "Please note your sources.",
    ],
    outputs: &[
        "{company}: {people} people, {country}, growing ({percent}% more job ads than last year). Score {percent}/100. Best contact: {contact}.",
        "Lead updated. {company} opened a second site in {city} and is likely to need {count} × {product}.",
        "Not worth a call: {company} is in liquidation since {date} according to the registry.",
        "Merged two accounts of {company}. Owner is {colleague}; the older notes are kept.",
        "{contact} moved to another firm in {month}. New contact could not be found; lead parked for {days} days.",
        "Short profile sent to {colleague}: what {company} does, who decides, what they paid last time ({amount}).",
    ],
    thoughts: &[
        "Size {people}, fits the middle segment. Two hiring signals in {month}. Raise to {percent}.",
        "The registry number on the site and in the register agree, so this is the right {company}.",
        "Three sources, two of them older than a year. Trust the registry.",
    ],
};
