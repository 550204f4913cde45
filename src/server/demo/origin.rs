//! Where a run comes from: a conversation that it shares with others, or a program.

use super::{
    cast::{CUSTOMERS, Customer, Teammate},
    draw::{Draw, Stream},
    oddities::Oddity,
    skills::{self, PHONE_RECEPTION, Skill},
};
use crate::domain::ids::ConversationId;

/// How people talk in a conversation, and whether the engine said so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    EmployeeChat,
    EmployeeChatUnsaid,
    AllyChat,
    WebChat,
    WebChatUnsaid,
    SkillChat,
    Phone,
}

const WAYS: [(i64, Way); 7] = [
    (26, Way::EmployeeChat),
    (16, Way::EmployeeChatUnsaid),
    (15, Way::AllyChat),
    (12, Way::WebChat),
    (10, Way::WebChatUnsaid),
    (13, Way::SkillChat),
    (8, Way::Phone),
];

const TEAMMATES: [(i64, Teammate); 4] =
    [(38, Teammate::Nora), (28, Teammate::Otis), (19, Teammate::Ivy), (15, Teammate::Sol)];

/// A conversation, the same for all its runs.
pub struct Conversation {
    pub id: ConversationId,
    pub title: Option<String>,
    way: Way,
    teammate: Teammate,
    customer: &'static Customer,
}

/// How many runs in a row are shared out among how many conversations.
const RUNS_IN_A_ROW: u64 = 8;
const CONVERSATIONS_AT_A_TIME: u64 = 4;
/// From here on every run has a conversation of its own.
const COMPLAINTS: u64 = 1 << 40;

impl Conversation {
    fn of_run(seed: u64, age: u64, draw: &mut Draw) -> Self {
        let one_of_these = draw.between(0, CONVERSATIONS_AT_A_TIME.cast_signed() - 1).unsigned_abs();
        Self::new(seed, age / RUNS_IN_A_ROW * CONVERSATIONS_AT_A_TIME + one_of_these)
    }

    fn new(seed: u64, number: u64) -> Self {
        let mut draw = Draw::new(seed, Stream::Conversation, number);
        let id = ConversationId(draw.uuid());
        let way = draw.weighted(&WAYS);
        let teammate = if way == Way::Phone { Teammate::Nora } else { draw.weighted(&TEAMMATES) };
        let customer = draw.pick(&CUSTOMERS);
        let title = draw.chance(68).then(|| draw.word(titles(way, teammate)).replace("{}", customer.name));
        Self { id, title, way, teammate, customer }
    }

    /// What the engine wrote as the channel of the conversation.
    pub const fn channel(&self) -> Option<&'static str> {
        match self.way {
            Way::EmployeeChat => Some("employee_chat"),
            Way::AllyChat => Some("ally_chat"),
            Way::WebChat => Some("web_chat"),
            Way::Phone => Some("phone_line"),
            Way::EmployeeChatUnsaid | Way::WebChatUnsaid | Way::SkillChat => None,
        }
    }
}

const fn titles(way: Way, teammate: Teammate) -> &'static [&'static str] {
    match (way, teammate) {
        (Way::Phone, _) => &["Call from {}", "Phone: {}"],
        (_, Teammate::Nora) => &["{}", "Question from {}", "{}: delivery and refund", "Complaint of {} (second)"],
        (_, Teammate::Otis) => &["Invoices of this week", "Payment run", "Unclear bookings, asked by {}"],
        (_, Teammate::Ivy) => &["New leads", "Before the fair", "Account of {}", "Follow-up with {} & team"],
        (_, Teammate::Sol) => &["Contracts to sign", "Board papers", "Terms sent by {}"],
    }
}

/// Where a run comes from and who takes it up.
pub struct Origin {
    pub conversation: Option<Conversation>,
    pub teammate: Option<Teammate>,
    pub skill: &'static Skill,
    pub customer: &'static Customer,
    /// What the engine wrote as the channel of the run itself.
    pub channel: Option<&'static str>,
    pub is_async: bool,
}

impl Origin {
    /// The origin of the run that has `age` newer ones.
    pub fn new(seed: u64, age: u64, oddity: Oddity, draw: &mut Draw) -> Self {
        if let Some((teammate, skill)) = oddity.work() {
            return Self { teammate: Some(teammate), skill, ..Self::of_program(draw) };
        }
        if oddity.tone().is_some() {
            return Self::of_complaint(seed, age, draw);
        }
        if draw.chance(27) {
            Self::of_program(draw)
        } else {
            Self::of_conversation(Conversation::of_run(seed, age, draw), draw)
        }
    }

    fn of_program(draw: &mut Draw) -> Self {
        let teammate = draw.weighted(&TEAMMATES);
        Self {
            conversation: None,
            teammate: draw.chance(78).then_some(teammate),
            skill: draw.weighted(skills::skills_of(teammate)),
            customer: draw.pick(&CUSTOMERS),
            channel: None,
            is_async: draw.chance(60),
        }
    }

    /// A customer who writes to Nora, in a conversation of their own.
    fn of_complaint(seed: u64, age: u64, draw: &mut Draw) -> Self {
        let drawn = Conversation::new(seed, COMPLAINTS + age);
        let way = if drawn.way == Way::Phone { Way::WebChat } else { drawn.way };
        Self::of_conversation(Conversation { way, teammate: Teammate::Nora, ..drawn }, draw)
    }

    fn of_conversation(conversation: Conversation, draw: &mut Draw) -> Self {
        let Conversation { way, teammate, customer, .. } = conversation;
        Self {
            conversation: Some(conversation),
            teammate: Some(teammate),
            skill: if way == Way::Phone { &PHONE_RECEPTION } else { draw.weighted(skills::skills_of(teammate)) },
            customer,
            channel: (way == Way::SkillChat).then_some("skill_chat"),
            is_async: matches!(way, Way::WebChat | Way::WebChatUnsaid | Way::Phone),
        }
    }
}
