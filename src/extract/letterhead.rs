//! The head of the paper: national heading, issuer, number, place and date, type, subject, addressees.
//!
//! Decree 30/2020/NĐ-CP, Appendix I, parts 1–5 and 9a. Lines are told apart by lane where the page has lanes, else by
//! their words and order, so that scans and plain text are read alike. Ends where the body begins.

use super::doc_type;
use super::flow::Item;
use super::incoming;
use super::number::{self, NumberSpans};
use super::passage::Span;
use super::record::Date;
use super::subject;
use crate::dictionary::{cue, marker};
use crate::restore::restored_page::Lane;

/// The head of a paper, as spans.
#[derive(Default)]
pub(crate) struct Head<'p> {
    pub country: Option<Span<'p>>,
    pub motto: Option<Span<'p>>,
    /// Names of bodies from the highest down, each with its lines.
    pub bodies: Vec<Vec<Span<'p>>>,
    pub number: Option<NumberSpans<'p>>,
    pub place: Option<Span<'p>>,
    pub date: Option<(Date, Span<'p>)>,
    /// Code and the words of the type line.
    pub doc_type: Option<(&'static str, Span<'p>)>,
    pub subject: Vec<Span<'p>>,
    pub addressees: Vec<Span<'p>>,
    pub incoming: Vec<Span<'p>>,
    pub urgency: Option<Span<'p>>,
    pub confidentiality: Option<Span<'p>>,
    /// Item and line at which the body begins.
    pub end: (usize, usize),
}

/// A printed line of the head.
pub(crate) struct HeadLine<'p> {
    pub item: usize,
    pub line: usize,
    pub span: Span<'p>,
    pub keys: Vec<String>,
}

impl HeadLine<'_> {
    /// Whether its letters are capitals.
    pub fn is_upper(&self) -> bool {
        is_upper(self.span.text())
    }
}

/// A head has fewer lines than this.
const MOST_LINES: usize = 80;

/// Reads the head of a paper.
pub(crate) fn read(items: &[Item]) -> Head<'_> {
    let lines = lines(items);
    let mut head = Head::default();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let stamp = incoming::lines(&spans(lines.get(at..).unwrap_or_default()));
        if stamp > 0 && head.doc_type.is_none() {
            head.incoming = spans(lines.get(at..at + stamp).unwrap_or_default());
            at += stamp;
        } else if classify(line, &mut head) {
            at += 1;
        } else if let Some(taken) = subject::of_letter(lines.get(at..).unwrap_or_default(), &mut head.subject)
        {
            at += taken;
        } else if head.doc_type.is_none() && set_type(line, &mut head) {
            at += 1;
            at += subject::after_type(lines.get(at..).unwrap_or_default(), &mut head.subject);
        } else if let Some(taken) = addressees(lines.get(at..).unwrap_or_default(), &mut head.addressees) {
            at += taken;
        } else if is_body(line, &head) {
            break;
        } else {
            body_name(line, &mut head);
            at += 1;
        }
    }
    let next = lines.get(at).map(|line| (line.item, line.line));
    head.end = next.unwrap_or_else(|| lines.last().map_or((0, 0), |line| (line.item + 1, 0)));
    head
}

/// The first lines, as many as a stamp may have.
fn spans<'p>(lines: &[HeadLine<'p>]) -> Vec<Span<'p>> {
    lines.iter().take(8).map(|line| line.span).collect()
}

fn lines(items: &[Item]) -> Vec<HeadLine<'_>> {
    let mut lines = Vec::new();
    for (item, part) in items.iter().enumerate() {
        let Item::Text(passage) = part else { break };
        let spans = passage.lines().into_iter().enumerate();
        lines.extend(spans.map(|(line, span)| HeadLine { item, line, span, keys: span.keys() }));
        if lines.len() > MOST_LINES {
            break;
        }
    }
    lines
}

/// Takes a line for one of the fixed parts of the letterhead; `false` if it is none.
fn classify<'p>(line: &HeadLine<'p>, head: &mut Head<'p>) -> bool {
    let started = head.doc_type.is_some() || !head.addressees.is_empty();
    if head.country.is_none()
        && !started
        && cue::NATIONAL_TITLES.iter().any(|title| cue::same(line.span.text(), title))
    {
        head.country = Some(line.span);
        return true;
    }
    if head.motto.is_none() && !started && cue::same(line.span.text(), cue::MOTTO) {
        head.motto = Some(line.span);
        return true;
    }
    if let (None, Some(number)) = (&head.number, number::read(line.span))
        && (number.notation.is_some() || line.span.text().len() < 24)
    {
        date(number.rest, head);
        head.number = Some(number);
        return true;
    }
    marking(line, head)
        || (line.span.text().len() < 90 && date(line.span, head))
        || !started && is_stamp(line)
}

/// Place and date of issue; only the first counts.
fn date<'p>(span: Span<'p>, head: &mut Head<'p>) -> bool {
    let Some((date, range)) = super::date::find_worded(span.text()) else { return false };
    let before = span.slice(0..range.start).trim_end(&[',', '.', ';', '-']);
    let after = span.from(range.end).trim();
    let placed = before.text().split_whitespace().count() <= 6
        && after.text().chars().filter(|c| c.is_alphabetic()).count() < 4;
    if head.date.is_some() || !placed {
        return false;
    }
    if !before.is_empty() {
        head.place = Some(before);
    }
    head.date = Some((date, span.slice(range)));
    true
}

/// Độ khẩn and độ mật, each a line or stamp of its own.
fn marking<'p>(line: &HeadLine<'p>, head: &mut Head<'p>) -> bool {
    let key = line.keys.concat();
    let is = |marks: &[&str]| marks.contains(&key.as_str());
    if is(&["hoatoc", "thuongkhan", "khan", "hoatochengio"]) {
        head.urgency = Some(line.span);
    } else if is(&["mat", "toimat", "tuyetmat"]) {
        head.confidentiality = Some(line.span);
    } else {
        return false;
    }
    true
}

/// What an incoming-mail stamp or an electronic signature prints.
fn is_stamp(line: &HeadLine) -> bool {
    let cues = [
        "Người ký",
        "Ký bởi",
        "Thời gian ký",
        "Ngày ký",
        "Email",
        "CÔNG VĂN ĐẾN",
        "Số đến",
        "Ngày đến",
        "Giờ đến",
    ];
    let page_number = line.span.text().chars().all(|c| !c.is_alphabetic());
    page_number || line.span.text().len() < 90 && cue::prefix_any(&line.keys, &cues).is_some()
}

/// Takes a line for the type of the paper: capitals that begin with the name of a type.
fn set_type<'p>(line: &HeadLine<'p>, head: &mut Head<'p>) -> bool {
    let Some((code, taken)) = doc_type::prefix(&line.keys) else { return false };
    let name = line.span.slice(0..line.span.after_words(taken)).trim();
    let alone = line.keys.len() == taken;
    if line.span.lane() == Lane::Left
        || !(is_upper(name.text()) || alone && !head.bodies.is_empty() && head.number.is_some())
    {
        return false;
    }
    let rest = line.span.from(line.span.after_words(taken)).trim();
    // `KẾ HOẠCH PHỐI HỢP`: a word or two more are part of the name; `CỦA CHỦ TỊCH …` is not, nor a subject.
    let more = rest.keys().len();
    if (1..=2).contains(&more) && is_upper(rest.text()) && cue::prefix(&rest.keys(), "của").is_none() {
        head.doc_type = Some((code, line.span.trim_end(&[':', '.'])));
        return true;
    }
    head.doc_type = Some((code, name.trim_end(&[':', '.'])));
    let issuer = cue::prefix(&rest.keys(), "của").is_some() && is_upper(rest.text());
    if !rest.is_empty() && !issuer && rest.keys().iter().any(|key| key.len() > 1) {
        head.subject.push(rest);
    }
    true
}

/// `Kính gửi: …`, on one line or as a list; returns the lines taken.
fn addressees<'p>(lines: &[HeadLine<'p>], found: &mut Vec<Span<'p>>) -> Option<usize> {
    let first = lines.first()?;
    let taken = cue::prefix(&first.keys, cue::ADDRESSEES).filter(|_| found.is_empty())?;
    let mut rest = vec![first.span.from(first.span.after_words(taken))];
    let mut count = 1;
    for line in lines.iter().skip(1) {
        let text = line.span.text();
        let bullet = marker::read(text).is_some_and(|marker| marker.kind.is_bullet());
        let open = rest
            .last()
            .is_some_and(|last| last.text().trim_end().ends_with([';', ',', ':']) || last.is_empty());
        let goes_on = text.starts_with(char::is_lowercase)
            && rest.last().is_some_and(|last| !last.text().ends_with('.'));
        if !(bullet || open || goes_on) || is_basis(line) || text.len() > 200 {
            break;
        }
        rest.push(line.span);
        count += 1;
    }
    for span in rest {
        let bare =
            marker::read(span.text().trim()).map_or(span.trim(), |marker| span.trim().from(marker.length));
        let bare = bare.trim_end(&[';', ',', '.', ':']);
        if !bare.is_empty() {
            found.push(bare);
        }
    }
    Some(count)
}

/// Whether a line is text of the body.
fn is_body(line: &HeadLine, head: &Head) -> bool {
    let begun = head.doc_type.is_some() || !head.addressees.is_empty();
    let numbered = marker::read(line.span.text()).is_some_and(|marker| marker.kind.is_numbered());
    let sentence = line.span.lane() == Lane::Full && (line.span.text().len() > 120 || !line.is_upper());
    begun || is_basis(line) || numbered || sentence && (head.number.is_some() || line.span.text().len() > 120)
}

/// Whether a line begins a legal basis.
pub(crate) fn is_basis(line: &HeadLine) -> bool {
    !line.is_upper() && cue::prefix_any(&line.keys, cue::BASIS_CUES).is_some()
}

/// A line of the issuer's name: capitals on the left, before the number. A line that begins like a body opens a name.
fn body_name<'p>(line: &HeadLine<'p>, head: &mut Head<'p>) {
    let left = line.span.lane() != Lane::Right;
    let letters = line.span.text().chars().filter(|c| c.is_alphabetic()).count();
    if !left
        || head.number.is_some()
        || letters < 3
        || !line.is_upper()
        || number::is_labelled(line.span.text())
    {
        return;
    }
    let span = line.span.trim_end(&['*', '-', '_', '—', '.']);
    let place = PLACES.iter().any(|place| line.keys.starts_with(&cue::keys(place)));
    // `QUY CHẾ …` is part of a committee's name, no `QUỸ …`.
    let rule = line.keys.first().is_some_and(|key| key == "quy") && !line.span.text().starts_with("QUỸ");
    let open = head.bodies.last().and_then(|body| body.last()).is_some_and(|last| breaks_off(*last));
    let several = line.keys.first().is_some_and(|key| key == "cac");
    let opens =
        !place && !rule && !open && !several && cue::prefix_any(&line.keys, cue::BODY_HEADS).is_some();
    match head.bodies.last_mut() {
        Some(body) if !opens => body.push(span),
        _ => head.bodies.push(vec![span]),
    }
}

/// First words of a place, with which the name of a body goes on: `ỦY BAN NHÂN DÂN` / `PHƯỜNG …`.
const PLACES: &[&str] =
    &["PHƯỜNG", "XÃ", "TỈNH", "THÀNH PHỐ", "HUYỆN", "QUẬN", "THỊ XÃ", "THỊ TRẤN", "ĐẶC KHU"];

/// Whether a line of a name ends with a word that asks for more: `CÔNG ĐOÀN CÁC KHU` / `CÔNG NGHIỆP`.
fn breaks_off(line: Span) -> bool {
    let wanting = ["cac", "khu", "va", "cua", "ve", "thuoc", "tinh", "xa", "phuong", "cong"];
    line.keys().iter().rev().find(|key| !key.is_empty()).is_some_and(|key| wanting.contains(&key.as_str()))
}

/// Whether the letters of a text are capitals, with a few exceptions for misread ones.
pub(crate) fn is_upper(text: &str) -> bool {
    let (mut capitals, mut small) = (0, 0);
    for c in text.chars().filter(|c| c.is_alphabetic()) {
        if c.is_lowercase() { small += 1 } else { capitals += 1 }
    }
    capitals >= 2 && small * 8 <= capitals
}

#[cfg(test)]
mod tests {
    use super::super::passage::passage;
    use super::*;

    fn items(texts: &[&str]) -> Vec<Item> {
        texts.iter().map(|text| Item::Text(passage(text))).collect()
    }

    fn joined(spans: &[Span]) -> String {
        super::super::passage::join(spans)
    }

    #[test]
    fn the_head_of_a_decision_is_read() {
        let items = items(&[
            "ỦY BAN NHÂN DÂN\nXÃ THANH LĨNH",
            "Số: 218/QĐ-UBND",
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "Độc lập - Tự do - Hạnh phúc",
            "Thanh Lĩnh, ngày 14 tháng 10 năm 2025",
            "QUYẾT ĐỊNH",
            "Về việc thành lập Tổ số hóa hồ sơ,\ntài liệu lưu trữ",
            "ỦY BAN NHÂN DÂN XÃ THANH LĨNH",
            "Căn cứ Luật Lưu trữ;",
        ]);
        let head = read(&items);
        assert_eq!(head.bodies.len(), 1);
        assert_eq!(joined(&head.bodies[0]), "ỦY BAN NHÂN DÂN XÃ THANH LĨNH");
        assert_eq!(head.doc_type.map(|(code, name)| (code, name.text())), Some(("decision", "QUYẾT ĐỊNH")));
        assert_eq!(joined(&head.subject), "Về việc thành lập Tổ số hóa hồ sơ, tài liệu lưu trữ");
        assert_eq!(head.place.map(|place| place.text()), Some("Thanh Lĩnh"));
        assert_eq!(head.end, (7, 0));
    }

    #[test]
    fn the_head_of_an_official_letter_has_its_subject_under_the_number() {
        let items = items(&[
            "ỦY BAN NHÂN DÂN TỈNH AN HẢI\nSỞ NỘI VỤ",
            "Số: 1372/SNV-VTLT",
            "V/v báo cáo tình hình quản lý tài liệu\nlưu trữ giấy năm 2025",
            "An Hải, ngày 03 tháng 11 năm 2025",
            "Kính gửi:",
            "- Các sở, ban, ngành tỉnh;",
            "- Ủy ban nhân dân các xã, phường.",
            "Thực hiện Công văn số 885/UBND-NC, Sở Nội vụ đề nghị:",
        ]);
        let head = read(&items);
        assert_eq!(head.bodies.len(), 2);
        assert_eq!(joined(&head.subject), "V/v báo cáo tình hình quản lý tài liệu lưu trữ giấy năm 2025");
        let addressees: Vec<&str> = head.addressees.iter().map(|a| a.text()).collect();
        assert_eq!(addressees, ["Các sở, ban, ngành tỉnh", "Ủy ban nhân dân các xã, phường"]);
        assert_eq!(head.end, (7, 0));
    }
}
