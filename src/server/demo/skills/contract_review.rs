//! Contract review: read a contract clause by clause and say what to ask for.

use super::{Skill, Step, approval, group, rule, think, tool};

const STEPS: &[Step] = &[
    tool("load", "Load the contract", "documents.fetch", 620),
    rule("split", "Split into clauses"),
    group("clauses", "Review clauses", 4),
    think("clause", "Review clause", 5_200).inside("clauses").for_each(),
    tool("compare", "Compare with our standard", "playbook.compare", 1_500),
    think("summarise", "Summarise the risks", 7_500),
    approval("sign_off", "Wait for sign-off", 540_000).since(2).sometimes(12),
    tool("file", "File the review", "storage.put", 260).since(3),
];

pub const CONTRACT_REVIEW: Skill = Skill {
    name: "Contract review",
    trigger: "contract-upload",
    faces_customers: false,
    typical_tokens: 21_000,
    steps: STEPS,
    inputs: &[
        "Please review the framework agreement with {company}. They want it back by {due}.",
        "NDA from {company}, two pages. Anything unusual?",
        "Compare the new terms of {carrier} with the old ones. What gets worse for us?",
        "{contact} sent a redline of our contract. Which of their changes can we accept?",
        "Does the lease with {company} let us out after {days} months?",
        "Data processing agreement with {company} ({country}): check sub-processors and deletion periods.",
        "Liability cap in the {company} contract: is it {amount} per case or per year?",
        "Short opinion on clause {count} of the supply contract, {company}. {colleague} needs it for a call.",
        "Can {company} raise prices by {percent}% without asking? I read it that way.",
    ],
    additions: &[
        "Our playbook applies, English law.",
        "Ignore the annexes.",
        "Be strict about liability.",
        "One page at most, for people who are not lawyers.",
    ],
    outputs: &[
        "Three points to raise with {company}: (1) liability is not capped, ask for {amount}; (2) notice of {days} days is short; (3) prices may rise by {percent}% a year. The rest is standard.",
        "The NDA is fine to sign. It runs {count} years, mutual, no penalty.",
        "Accept changes 1, 2 and 5 of {contact}. Reject 3 (unlimited audit rights) and 4 (governing law). Wording is in the redline.",
        "Clause 14.2 lets us leave after {days} months with written notice. Nothing has to be paid back except {fee}.",
        "Do not sign yet: the agreement lets {company} use sub-processors outside the {country} without notice.",
        "Against the playbook: {count} deviations, one of them serious. See the filed review.",
    ],
    thoughts: &[
        "Clause is in line with the playbook.",
        "Deviation: notice period {days} days, standard is 90. Medium.",
        "Unusual: payment within {count} days of order, not of delivery. Ask for delivery.",
        "Liability: no cap named. Serious; propose a cap of {amount}.",
        "Defines 'Confidential Information' broadly, but both ways. Acceptable.",
    ],
};
