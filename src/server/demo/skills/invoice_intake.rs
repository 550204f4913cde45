//! Invoice intake: an invoice comes in; read it, match it, check it, book it.

use super::{Skill, Step, approval, group, rule, think, tool};

const STEPS: &[Step] = &[
    tool("fetch", "Fetch the mail", "mailbox.fetch", 350),
    group("extract", "Read the invoice", 1),
    tool("ocr", "Recognise text", "documents.ocr", 2_600).inside("extract"),
    think("fields", "Extract fields", 3_100).inside("extract"),
    rule("totals", "Check totals").inside("extract").since(2),
    tool("match_po", "Match purchase order", "erp.find_purchase_order", 540),
    tool("check_iban", "Check bank account", "bank.validate_iban", 300),
    tool("duplicate", "Look for duplicates", "ledger.search", 260).since(2),
    approval("approve", "Wait for approval", 420_000).sometimes(6),
    tool("post", "Post to ledger", "ledger.post_invoice", 920),
    tool("archive", "Archive the file", "storage.put", 210).since(3),
];

pub const INVOICE_INTAKE: Skill = Skill {
    name: "Invoice intake",
    trigger: "invoice-mailbox",
    faces_customers: false,
    typical_tokens: 7_800,
    steps: STEPS,
    inputs: &[
        "New invoice {invoice} from {company}, {amount}, due {due}.",
        "Please book the attached invoice of {company} ({amount}). It belongs to {po}.",
        "FW: {company} – Rechnung {invoice}, fällig am {due}. Bitte buchen und ablegen.",
        "{contact} at {company} says that {invoice} is still unpaid. Is it in the system?",
        "Invoice by mail from billing@{domain}: {invoice}, {count} lines, {amount}. IBAN {iban}.",
        "Credit note from {company} for {half}, refers to {invoice}. Set it off against the open amount.",
        "Facture {invoice} de {company} : {amount}, échéance le {due}. Le bon de commande est {po}.",
        "Second reminder from {company} about {invoice}! They want a fee of {fee} on top. Check whether we paid on {date}.",
        "Scan from the Leeds office, poor quality, probably {company}. Amount should be near {amount}.",
        "Monthly rent invoice, {company}, {amount}. Same as {month} but the account number looks new: {iban}",
        "Please split {invoice} from {company}: {half} to cost centre 4100 and the rest to 4250.",
    ],
    additions: &[
        "Ask {colleague} if the cost centre is not clear.",
        "It has to go out with today's payment run.",
        "The PDF is attached.",
        "VAT should be reverse charge, they are in {country}.",
        "Do not pay before the goods are in.",
    ],
    outputs: &[
        "{invoice} from {company} posted: {amount}, due {due}, matched to {po}. Archived under finance/{invoice}.pdf.",
        "Booked on cost centre 4100 with a difference of {fee} to the purchase order, which is within tolerance.",
        "This one is a duplicate: {invoice} was already posted on {date}. Nothing booked.",
        "{contact} was asked for a corrected invoice: the VAT number of {company} is missing.",
        "Posted with payment block. The account {iban} is not the one on file for {company}; {colleague} has to confirm it.",
        "Credit note of {half} set off against {invoice}. The open amount is {half}.",
        "Done. {count} lines read, {count} matched, total {amount} agrees to the cent.",
    ],
    thoughts: &[
        "Supplier: {company}. Number: {invoice}. Gross {amount}. Due {due}. Confidence 0.97.",
        "The total on page 2 differs from page 1 by {fee}; the difference is the shipping line.",
        "IBAN on the invoice equals the one on file. No change of account.",
        "Quantity on {po} is {count}; the invoice has the same.",
    ],
};
