//! What a letter template may name: every value as prose, defanged and on one line.

use jianwei_model::{Attachment, Class, Recipient, Timestamp};
use serde::Serialize;

use crate::defang::{defang, one_line};
use crate::{LetterFacts, Sender};

/// Most characters of one stated fact; longer ones are cut, the packet has them whole.
const FACT_CHARACTERS: usize = 300;
/// Most characters of a name or address.
const NAME_CHARACTERS: usize = 300;

/// The names a template knows.
#[derive(Clone, Serialize)]
pub(crate) struct LetterText {
    case: String,
    /// Whether the site is suspected to pose as a state organ.
    fake: bool,
    /// Whether it is suspected to sell forged certificates.
    sale: bool,
    /// What the site is suspected of, to stand behind 涉嫌.
    suspicion: &'static str,
    host: String,
    url: String,
    /// The imitated body, or nothing.
    imitated: Option<ImitatedText>,
    addresses: String,
    registrar: String,
    hosting: String,
    icp: String,
    found_by: String,
    found: String,
    captured: String,
    facts: Vec<String>,
    exhibits: Vec<ExhibitText>,
    wacz: String,
    packet: FileText,
    packet_attached: bool,
    attachments: Vec<FileText>,
    basis: Vec<String>,
    answer_working_days: u32,
    recipient: String,
    sender: SenderText,
    date: String,
}

#[derive(Clone, Serialize)]
struct ImitatedText {
    organisation: String,
    url: String,
}

#[derive(Clone, Serialize)]
struct ExhibitText {
    name: String,
    digest: String,
    captured: String,
}

#[derive(Clone, Serialize)]
struct FileText {
    name: String,
    digest: String,
    bytes: u64,
}

#[derive(Clone, Serialize)]
struct SenderText {
    unit: String,
    name: String,
    address: String,
    phone: String,
    website: String,
}

impl LetterText {
    pub(crate) fn new(
        facts: &LetterFacts,
        recipient: &Recipient,
        now: Timestamp,
        sender: &Sender,
    ) -> Self {
        Self {
            case: facts.case.to_string(),
            fake: matches!(facts.class, Class::FakeGovernmentSite | Class::Both),
            sale: matches!(facts.class, Class::CertificateSale | Class::Both),
            suspicion: suspicion(facts.class),
            host: name(&facts.host),
            url: name(&facts.url),
            imitated: facts.imitated.as_ref().map(|imitated| ImitatedText {
                organisation: name(&imitated.organisation),
                url: name(&imitated.url),
            }),
            addresses: addresses(facts),
            registrar: defang(&facts.registrar.chinese()),
            hosting: defang(&facts.hosting.chinese()),
            icp: defang(&facts.icp.chinese()),
            found_by: name(&facts.found_by),
            found: facts.found.to_beijing(),
            captured: facts.captured.to_beijing(),
            facts: facts.facts.iter().map(|fact| sentence(fact)).collect(),
            exhibits: facts.exhibits.iter().map(ExhibitText::of).collect(),
            wacz: facts.wacz.hex(),
            packet: FileText::of(&facts.packet),
            packet_attached: false,
            attachments: Vec::new(),
            basis: Vec::new(),
            answer_working_days: 0,
            recipient: one_line(&recipient.name, NAME_CHARACTERS),
            sender: SenderText::of(sender),
            date: now.to_beijing_date(),
        }
    }

    pub(crate) fn with_basis(mut self, basis: Vec<String>, answer_working_days: u32) -> Self {
        self.basis = basis;
        self.answer_working_days = answer_working_days;
        self
    }

    pub(crate) fn with_attachments(mut self, facts: &LetterFacts, with_packet: bool) -> Self {
        self.attachments = vec![FileText::of(&facts.summary)];
        if with_packet {
            self.attachments.push(FileText::of(&facts.packet));
        }
        self.packet_attached = with_packet;
        self
    }

    /// Texts of a made-up case with every optional value and with none, for trying templates.
    pub(crate) fn samples(class: Class, sender: &Sender) -> [Self; 2] {
        let text = |word: &str| word.to_owned();
        let file = FileText {
            name: text("case.json"),
            digest: text("00"),
            bytes: 1,
        };
        let empty = Self {
            case: text("case-0000000000"),
            fake: matches!(class, Class::FakeGovernmentSite | Class::Both),
            sale: matches!(class, Class::CertificateSale | Class::Both),
            suspicion: suspicion(class),
            host: text("site[.]example"),
            url: text("hxxps://site[.]example/"),
            imitated: None,
            addresses: text("未查询到"),
            registrar: text("未知"),
            hosting: text("未知"),
            icp: text("未知"),
            found_by: text("监测"),
            found: text("2026年1月1日 08:00:00"),
            captured: text("2026年1月1日 08:00:00"),
            facts: Vec::new(),
            exhibits: Vec::new(),
            wacz: text("00"),
            packet: file.clone(),
            packet_attached: false,
            attachments: vec![file.clone()],
            basis: vec![text("《某法》第一条")],
            answer_working_days: 5,
            recipient: text("某单位"),
            sender: SenderText::of(sender),
            date: text("2026年1月1日"),
        };
        let mut full = empty.clone();
        full.imitated = Some(ImitatedText {
            organisation: text("某机关"),
            url: text("hxxps://gov[.]example/"),
        });
        full.facts = vec![text("事实一。"), text("事实二。")];
        full.exhibits = vec![ExhibitText {
            name: text("网页"),
            digest: text("00"),
            captured: text("2026年1月1日 08:00:00"),
        }];
        full.attachments.push(file);
        full.packet_attached = true;
        [empty, full]
    }
}

impl ExhibitText {
    fn of(exhibit: &crate::Exhibit) -> Self {
        Self {
            name: name(&exhibit.name),
            digest: exhibit.digest.hex(),
            captured: exhibit.captured.to_beijing(),
        }
    }
}

impl FileText {
    fn of(attachment: &Attachment) -> Self {
        Self {
            name: one_line(&attachment.name, NAME_CHARACTERS),
            digest: attachment.file.digest.hex(),
            bytes: attachment.file.bytes,
        }
    }
}

impl SenderText {
    fn of(sender: &Sender) -> Self {
        let plain = |text: &str| one_line(text, NAME_CHARACTERS);
        Self {
            unit: plain(&sender.unit),
            name: plain(&sender.name),
            address: plain(sender.reply_to.as_ref().unwrap_or(&sender.address)),
            phone: plain(&sender.phone),
            website: plain(&sender.website),
        }
    }
}

/// The numbers of headings: 1 is 一, 12 is 十二.
///
/// Numbers beyond 99 stay digits.
pub(crate) fn chinese_number(number: u32) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let digit = |value: u32| DIGITS.get(value as usize).copied().unwrap_or_default();
    match number {
        0 | 100.. => number.to_string(),
        1..=9 => digit(number).to_owned(),
        10..=19 => format!("十{}", digit(number - 10)),
        _ => format!("{}十{}", digit(number / 10), digit(number % 10)),
    }
}

fn suspicion(class: Class) -> &'static str {
    match class {
        Class::Both => "假冒政府网站并售卖假冒证书",
        Class::CertificateSale => "售卖假冒证书",
        _ => class.chinese(),
    }
}

fn addresses(facts: &LetterFacts) -> String {
    if facts.addresses.is_empty() {
        return "未查询到".to_owned();
    }
    let each: Vec<String> = facts
        .addresses
        .iter()
        .map(|address| defang(&address.to_string()))
        .collect();
    each.join("、")
}

fn name(text: &str) -> String {
    defang(&one_line(text, NAME_CHARACTERS))
}

/// A fact as a sentence: it ends with exactly one full stop.
fn sentence(fact: &str) -> String {
    let line = defang(&one_line(fact, FACT_CHARACTERS));
    let bare = line.trim_end_matches(['。', '；', ';', '.', '，', ',']);
    if bare.ends_with(['！', '？', '…', '”', '：']) {
        return bare.to_owned();
    }
    format!("{bare}。")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_numbered_in_chinese() {
        let numbers: Vec<String> = [1, 9, 10, 11, 20, 99, 100].map(chinese_number).into();
        assert_eq!(numbers, ["一", "九", "十", "十一", "二十", "九十九", "100"]);
    }

    #[test]
    fn facts_end_as_sentences() {
        assert_eq!(sentence("页面称“可查”；"), "页面称“可查”");
        assert_eq!(
            sentence("解析到a.example\n\n五、"),
            "解析到a[.]example 五、。"
        );
    }
}
