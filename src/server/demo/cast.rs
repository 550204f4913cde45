//! Who takes part: the teammates, the colleagues they work for, the customers and the companies.

use super::draw::{Draw, Stream};
use crate::domain::ids::AiEmployeeId;
use uuid::Uuid;

/// The AI teammates of the demo organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Teammate {
    Nora,
    Otis,
    Ivy,
    Sol,
}

impl Teammate {
    /// The name that people see.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nora => "Nora",
            Self::Otis => "Otis",
            Self::Ivy => "Ivy",
            Self::Sol => "Sol",
        }
    }

    /// The same id for all runs of one seed.
    pub fn id(self, seed: u64) -> AiEmployeeId {
        AiEmployeeId(Draw::new(seed, Stream::Teammate, self as u64).uuid())
    }
}

/// A person of the organization, on whose behalf a teammate works.
pub struct Colleague {
    pub name: &'static str,
    pub id: Uuid,
}

const COLLEAGUES: [&str; 8] = [
    "Ada Brandt",
    "Jonas Weber",
    "Priya Raman",
    "Marek Nowak",
    "Lucía Ferrer",
    "Tom Hallam",
    "Aiko Mori",
    "Femi Adeyemi",
];

/// One of the colleagues.
pub fn colleague(seed: u64, draw: &mut Draw) -> Colleague {
    let index = draw.index(COLLEAGUES.len());
    Colleague { name: COLLEAGUES[index], id: Draw::new(seed, Stream::Colleague, index as u64).uuid() }
}

/// What a customer writes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    Arabic,
    Chinese,
    English,
    French,
    German,
    Greek,
    Hebrew,
    Hindi,
    Japanese,
    Spanish,
    Ukrainian,
}

/// Somebody who writes or calls.
#[derive(Debug)]
pub struct Customer {
    pub name: &'static str,
    /// What they are called in a friendly answer.
    pub first: &'static str,
    pub email: &'static str,
    pub city: &'static str,
    pub language: Language,
}

const fn customer(
    name: &'static str,
    first: &'static str,
    email: &'static str,
    city: &'static str,
    language: Language,
) -> Customer {
    Customer { name, first, email, city, language }
}

/// The customers. About a third of them do not write in English.
pub const CUSTOMERS: [Customer; 40] = [
    customer("Amara Okafor", "Amara", "amara.okafor@mail.example", "Lagos", Language::English),
    customer("Liam O’Connell", "Liam", "liam.oconnell@mail.example", "Cork", Language::English),
    customer("Hannah Fitzgerald", "Hannah", "h.fitzgerald@post.example", "Leeds", Language::English),
    customer("Noah Lindqvist", "Noah", "noah.lindqvist@mail.example", "Malmö", Language::English),
    customer("Grace Mbeki", "Grace", "grace.mbeki@mail.example", "Durban", Language::English),
    customer("Ethan Caldwell", "Ethan", "ethan.caldwell@inbox.example", "Denver", Language::English),
    customer("Sofia Marchetti", "Sofia", "sofia.marchetti@posta.example", "Bologna", Language::English),
    customer("Tomáš Dvořák", "Tomáš", "tomas.dvorak@mail.example", "Brno", Language::English),
    customer("Ines Carvalho", "Ines", "ines.carvalho@mail.example", "Porto", Language::English),
    customer("Bartosz Wiśniewski", "Bartosz", "b.wisniewski@poczta.example", "Kraków", Language::English),
    customer("Chloe Tan", "Chloe", "chloe.tan@inbox.example", "Singapore", Language::English),
    customer("Mohini Das", "Mohini", "mohini.das@mail.example", "Kolkata", Language::English),
    customer("Ayşe Yıldız", "Ayşe", "ayse.yildiz@posta.example", "İzmir", Language::English),
    customer("Nguyễn Thị Mai", "Mai", "mai.nguyen@mail.example", "Huế", Language::English),
    customer("Oliver Pritchard", "Oliver", "oliver.pritchard@post.example", "Cardiff", Language::English),
    customer("Zainab Hussain", "Zainab", "zainab.hussain@mail.example", "Bradford", Language::English),
    customer("Daniel Nuñez", "Daniel", "daniel.nunez@mail.example", "Austin", Language::English),
    customer("Freja Sørensen", "Freja", "freja.sorensen@post.example", "Aarhus", Language::English),
    customer("Katherine Bauer-Smith", "Katherine", "kbs@inbox.example", "Chicago", Language::English),
    customer("Robert O’Neil; --", "Robert", "bobby.tables@mail.example", "Boston", Language::English),
    customer("Jürgen Großmann", "Jürgen", "j.grossmann@post.example", "Köln", Language::German),
    customer("Käthe Schönböck", "Käthe", "kaethe.schoenboeck@post.example", "Linz", Language::German),
    customer("Björn Müller-Lüdenscheidt", "Björn", "b.mueller@post.example", "Düsseldorf", Language::German),
    customer("Zoé Lefèvre", "Zoé", "zoe.lefevre@courrier.example", "Orléans", Language::French),
    customer("François Bérubé", "François", "f.berube@courrier.example", "Montréal", Language::French),
    customer("Maëlle Le Goff", "Maëlle", "maelle.legoff@courrier.example", "Brest", Language::French),
    customer("Íñigo Ibáñez", "Íñigo", "inigo.ibanez@correo.example", "Logroño", Language::Spanish),
    customer("Begoña Peña", "Begoña", "begona.pena@correo.example", "A Coruña", Language::Spanish),
    customer("محمد العلي", "محمد", "m.alali@mail.example", "دبي", Language::Arabic),
    customer("ليلى حداد", "ليلى", "leila.haddad@mail.example", "عمّان", Language::Arabic),
    customer("佐藤 美咲", "美咲さん", "misaki.sato@mail.example", "大阪", Language::Japanese),
    customer("田中 健一", "健一さん", "k.tanaka@mail.example", "札幌", Language::Japanese),
    customer("王小明", "小明", "wang.xiaoming@mail.example", "上海", Language::Chinese),
    customer("陳美玲", "美玲", "meiling.chen@mail.example", "台北", Language::Chinese),
    customer("प्रिया शर्मा", "प्रिया", "priya.sharma@mail.example", "जयपुर", Language::Hindi),
    customer("राजेश कुमार", "राजेश", "rajesh.kumar@mail.example", "लखनऊ", Language::Hindi),
    customer("Олена Коваленко", "Олено", "olena.kovalenko@poshta.example", "Львів", Language::Ukrainian),
    customer("Тарас Шевчук", "Тарасе", "taras.shevchuk@poshta.example", "Одеса", Language::Ukrainian),
    customer("Γιώργος Παπαδόπουλος", "Γιώργο", "g.papadopoulos@mail.example", "Θεσσαλονίκη", Language::Greek),
    customer("נועה לוי", "נועה", "noa.levi@mail.example", "תל אביב", Language::Hebrew),
];

/// A company that sends invoices, signs contracts or might buy something.
#[derive(Debug)]
pub struct Company {
    pub name: &'static str,
    pub domain: &'static str,
    pub contact: &'static str,
    pub country: &'static str,
    pub iban: &'static str,
    pub people: u32,
}

const fn company(
    name: &'static str,
    domain: &'static str,
    contact: &'static str,
    country: &'static str,
    iban: &'static str,
    people: u32,
) -> Company {
    Company { name, domain, contact, country, iban, people }
}

/// The companies.
pub const COMPANIES: [Company; 20] = [
    company("Brightwater Logistics", "brightwater.example", "Helen Marsh", "GB", "GB29NWBK60161331926819", 340),
    company("Nordfjord Paper AS", "nordfjord-paper.example", "Sindre Aas", "NO", "NO9386011117947", 85),
    company("Schäfer & Söhne GmbH", "schaefer-soehne.example", "Ulrike Schäfer", "DE", "DE89370400440532013000", 46),
    company("Café Montgolfier SARL", "montgolfier.example", "Élodie Garnier", "FR", "FR1420041010050500013M02606", 12),
    company("Tamarind Foods", "tamarindfoods.example", "Arjun Nair", "IN", "GB33BUKB20201555555555", 210),
    company("Kestrel Packaging", "kestrelpack.example", "Ruth Ellery", "GB", "GB94BARC10201530093459", 128),
    company("Officine Verdi S.p.A.", "officineverdi.example", "Paolo Verdi", "IT", "IT60X0542811101000000123456", 530),
    company("Blue Heron Analytics", "blueheron.example", "Maya Chen", "US", "DE75512108001245126199", 64),
    company("Van der Linden Bloemen", "vdlbloemen.example", "Sanne de Wit", "NL", "NL91ABNA0417164300", 33),
    company("Cerro Alto Coffee", "cerroalto.example", "Mateo Rojas", "CO", "ES9121000418450200051332", 19),
    company("Hoshino Instruments 株式会社", "hoshino.example", "星野 直樹", "JP", "GB82WEST12345698765432", 275),
    company("Łódzka Drukarnia", "lodzka-drukarnia.example", "Zofia Lis", "PL", "PL61109010140000071219812874", 58),
    company("Granite & Oak Interiors", "graniteoak.example", "Peter Quill", "US", "IE29AIBK93115212345678", 24),
    company("Sundance Solar Coop", "sundancesolar.example", "Dana Whitehorse", "US", "BE68539007547034", 91),
    company("Müller Kältetechnik KG", "mueller-kaelte.example", "Heike Müller", "DE", "DE02120300000000202051", 140),
    company("Atlas Freight Ltd", "atlasfreight.example", "Callum Reid", "GB", "GB15HBUK40127612345678", 1_200),
    company("Petit Bateau Médical", "pbmedical.example", "Hugo Renard", "FR", "FR7630006000011234567890189", 310),
    company("Orchard Dental Group", "orcharddental.example", "Nadia Rahman", "GB", "GB60BARC20000055779911", 75),
    company("Fjällgård Möbel AB", "fjallgard.example", "Elin Berg", "SE", "SE4550000000058398257466", 190),
    company("Aegean Ferries Α.Ε.", "aegeanferries.example", "Νίκος Βλάχος", "GR", "GR1601101250000000012300695", 860),
];

/// Something that is sold: its name, its stock number and its price in cents.
#[derive(Debug)]
pub struct Product {
    pub name: &'static str,
    pub sku: &'static str,
    pub cents: i64,
}

const fn product(name: &'static str, sku: &'static str, cents: i64) -> Product {
    Product { name, sku, cents }
}

/// The products.
pub const PRODUCTS: [Product; 14] = [
    product("oak desk 160 cm", "DSK-160-OAK", 48_900),
    product("desk lamp Lumen 2", "LMP-LUM2-BLK", 7_950),
    product("noise-cancelling headset", "HDS-NC-700", 18_990),
    product("ergonomic chair Fjord", "CHR-FJD-GRY", 62_500),
    product("27″ monitor arm", "ARM-27-ALU", 11_900),
    product("wool felt mat", "MAT-FLT-90", 3_990),
    product("standing frame", "FRM-STD-3S", 39_900),
    product("whiteboard 120 × 90", "WBD-12090", 14_500),
    product("cable tray (pair)", "TRY-CBL-2", 2_450),
    product("filing cabinet", "CAB-3D-WHT", 21_900),
    product("acoustic panel set", "PNL-ACU-6", 26_700),
    product("phone booth Solo", "BTH-SOLO", 389_000),
    product("document camera", "CAM-DOC-4K", 16_900),
    product("reading light", "LMP-READ-S", 4_250),
];
