//! What customers write in languages other than English, and what they are answered.

use super::cast::Language;

/// Requests and answers in one language; nothing for English, where the skills have their own.
pub struct Phrases {
    pub inputs: &'static [&'static str],
    pub outputs: &'static [&'static str],
}

/// The phrases of a language.
pub const fn phrases(language: Language) -> Option<&'static Phrases> {
    Some(match language {
        Language::Arabic => &ARABIC,
        Language::Chinese => &CHINESE,
        Language::English => return None,
        Language::French => &FRENCH,
        Language::German => &GERMAN,
        Language::Greek => &GREEK,
        Language::Hebrew => &HEBREW,
        Language::Hindi => &HINDI,
        Language::Japanese => &JAPANESE,
        Language::Spanish => &SPANISH,
        Language::Ukrainian => &UKRAINIAN,
    })
}

const ARABIC: Phrases = Phrases {
    inputs: &[
        "مرحباً، طلبت {product} برقم {order} ولم يصل حتى الآن. أين الشحنة؟",
        "أريد استرداد مبلغ {amount} عن الطلب {order} لأن المنتج وصل مكسوراً.",
        "رقم التتبع {tracking} لا يعمل على موقع {carrier}، هل يمكنكم المساعدة؟",
    ],
    outputs: &[
        "أهلاً {first}، طلبك {order} في الطريق وسيصل غداً إن شاء الله.",
        "تم رد مبلغ {amount} عن الطلب {order} إلى وسيلة الدفع الأصلية خلال 3–5 أيام عمل.",
    ],
};

const CHINESE: Phrases = Phrases {
    inputs: &[
        "你好，我的订单{order}已经{days}天没有更新了，请帮我查一下。",
        "收到的{product}有划痕，我想退货并退款{amount}。",
        "請問訂單 {order} 可以改寄到{city}嗎？",
    ],
    outputs: &[
        "{first}您好，订单{order}已由{carrier}承运，单号{tracking}，预计明天送达。",
        "已为您办理退款{amount}，3至5个工作日内原路退回。",
    ],
};

const FRENCH: Phrases = Phrases {
    inputs: &[
        "Bonjour, j’ai reçu la commande {order} hier mais le {product} est abîmé. Où dois-je le renvoyer ?",
        "Où en est ma commande {order} ? Ça fait déjà {days} jours…",
        "Vous m’avez débité deux fois {amount}. Merci de me rembourser au plus tôt, je suis très déçue.",
    ],
    outputs: &[
        "Bonjour {first}, votre remboursement de {amount} a été effectué. Désolés pour la gêne occasionnée !",
        "La commande {order} a quitté l’entrepôt ; livraison prévue à {city} demain avant midi.",
    ],
};

const GERMAN: Phrases = Phrases {
    inputs: &[
        "Grüß Gott, die Bestellung {order} ist laut {carrier} zugestellt, ich habe aber nichts erhalten. Könnten Sie das prüfen?",
        "Schönen guten Tag, ich möchte {product} zurückgeben – die Größe passt überhaupt nicht. {amount} bitte zurück aufs Konto.",
        "Wann kommt {order}? Die Straße heißt übrigens jetzt „Am Weißen Fließ“, nicht mehr „Schloßallee“.",
    ],
    outputs: &[
        "Guten Tag {first}, {amount} werden in 3 bis 5 Werktagen gutgeschrieben. Das Rücksendeetikett hängt an.",
        "Ihre Bestellung {order} ist unterwegs und müsste übermorgen in {city} eintreffen.",
    ],
};

const GREEK: Phrases = Phrases {
    inputs: &[
        "Καλησπέρα, πού βρίσκεται η παραγγελία μου {order}; Περιμένω εδώ και {days} ημέρες.",
        "Το προϊόν ({product}) ήρθε ελαττωματικό. Θέλω επιστροφή χρημάτων, {amount}.",
    ],
    outputs: &[
        "Γεια σας {first}, η παραγγελία {order} παραδίδεται αύριο στη διεύθυνσή σας.",
        "Το ποσό {amount} επιστράφηκε στην κάρτα σας.",
    ],
};

const HEBREW: Phrases = Phrases {
    inputs: &[
        "שלום, הזמנתי {product} (מספר {order}) ולפי {carrier} החבילה נמסרה — אבל לא קיבלתי כלום!",
        "אני מבקשת החזר של {amount} עבור ההזמנה {order}, תודה.",
    ],
    outputs: &["שלום {first}, זיכינו אותך ב־{amount}. מספר המעקב היה {tracking}.", "ההזמנה {order} תגיע מחר עד 14:00."],
};

const HINDI: Phrases = Phrases {
    inputs: &[
        "नमस्ते, मेरा ऑर्डर {order} अभी तक नहीं आया है। कृपया स्थिति बताइए।",
        "मुझे {product} वापस करना है, पैसे ({amount}) कब तक मिलेंगे?",
    ],
    outputs: &[
        "{first} जी, आपका ऑर्डर {order} कल शाम तक पहुँच जाएगा।",
        "{amount} की वापसी कर दी गई है, 3 से 5 कार्यदिवस लगेंगे।",
    ],
};

const JAPANESE: Phrases = Phrases {
    inputs: &[
        "注文番号{order}の商品がまだ届きません。配送状況を教えていただけますか。",
        "{product}に傷がありましたので、返品と{amount}の返金をお願いいたします。",
        "お届け先を{city}に変更したいのですが、間に合いますでしょうか？（注文{order}）",
    ],
    outputs: &[
        "{customer}様　ご注文{order}は{carrier}にて配送中です。お問い合わせ番号は{tracking}です。",
        "{amount}の返金手続きが完了いたしました。ご迷惑をおかけし申し訳ございません。",
    ],
};

const SPANISH: Phrases = Phrases {
    inputs: &[
        "¡Hola! ¿Dónde está mi pedido {order}? Lleva {days} días «en tránsito».",
        "El {product} llegó roto. Quiero la devolución de los {amount}, no un vale.",
    ],
    outputs: &[
        "Hola, {first}: hemos devuelto {amount} a tu tarjeta. ¡Perdona las molestias!",
        "El pedido {order} llegará mañana a {city}; el número de seguimiento es {tracking}.",
    ],
};

const UKRAINIAN: Phrases = Phrases {
    inputs: &[
        "Доброго дня! Замовлення {order} досі не надійшло, хоча минуло вже {days} днів. Підкажіть, де посилка?",
        "Хочу повернути {product}: прийшов із подряпиною. Поверніть, будь ласка, {amount}.",
    ],
    outputs: &[
        "{first}, ваше замовлення {order} прибуде завтра. Номер відправлення {tracking}.",
        "Кошти ({amount}) повернуто на картку, зарахування триває 3–5 днів.",
    ],
};
