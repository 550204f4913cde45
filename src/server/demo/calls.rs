//! What is said on the telephone.

use super::{case::Case, draw::Draw};
use crate::domain::step::VoiceTurn;

/// Who begins: always the one who answers; then they take turns.
type Script = &'static [&'static str];

const SCRIPTS: [Script; 7] = [
    &[
        "Halden, this is Nora. How can I help?",
        "Hi, it's {customer}. I'd like somebody to fit my {product}.",
        "With pleasure. Would the {due} at half past nine suit you?",
        "Yes, that's fine. Do I have to clear the room?",
        "Two metres around it are enough. I will send you a confirmation to {email}.",
        "Lovely, thank you. Bye!",
    ],
    &[
        "Halden, Nora speaking.",
        "Good morning, I'm calling about order {order}. The page says delivered but nothing is here.",
        "Let me look. {carrier} left it at the depot this morning. It comes tomorrow.",
        "Ah. Well, as long as it comes.",
    ],
    &[
        "Halden, Nora, good afternoon.",
        "{contact} from {company}. Our invoice {invoice} has been open since {date}.",
        "I see it. It waits for {colleague}. May they call you back before four?",
        "Please. It's {amount}, and that is the second time I ask.",
        "I understand. I have marked it as urgent.",
    ],
    &["Halden, this is Nora.", "Oh. Sorry, wrong number."],
    &[
        "Halden, Nora. What can I do for you?",
        "I have an appointment today, {today}, and my train is stuck outside {city}.",
        "No problem at all. Shall we say the {due}, same time?",
        "Perfect. You are a star. Are you a robot, by the way?",
        "I am an AI teammate, yes. A colleague can call you if you prefer.",
        "No no, that was quicker than the last time.",
    ],
    &[
        "Halden, Nora am Apparat, guten Tag.",
        "Grüß Gott, Müller-Özdemir. Ich hätt’ gern die Maße vom {product}.",
        "Gern, ich schicke Ihnen das Maßblatt an {email}.",
        "Großartig, dankeschön!",
    ],
    &[
        "Halden, soy Nora, ¿en qué puedo ayudarle?",
        "Buenos días, quería saber cuándo llega mi pedido {order}.",
        "Mañana antes de las seis, señor. El número es {tracking}.",
        "Muchas gracias, señorita.",
    ],
];

/// The turns of a call, with times that fit into five seconds of recording.
pub fn turns(case: &Case, draw: &mut Draw) -> Vec<VoiceTurn> {
    let script = draw.pick(&SCRIPTS);
    let mut clock = 120;
    let turn = |(index, line): (usize, &&'static str)| {
        let start = clock;
        let end = start + draw.between(480, 740).unsigned_abs();
        clock = end + draw.between(30, 90).unsigned_abs();
        let speaker = if index % 2 == 0 { "Nora" } else { "caller" };
        VoiceTurn { speaker: speaker.to_owned(), text: case.fill(line), start_ms: Some(start), end_ms: Some(end) }
    };
    script.iter().enumerate().map(turn).collect()
}
