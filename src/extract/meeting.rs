//! Facts of the meeting a paper is about: who chairs, when, where, the backdrop, who prepares it.
//!
//! A fact is a labelled value: a heading `1. Chủ trì: …`, an item `- Thời gian: …`, or a paragraph that begins so. Papers
//! about no meeting get none, so that the `Thời gian` of a work plan is not taken for a meeting's.

use std::sync::LazyLock;

use regex::Regex;

use super::date;
use super::evidence::Proof;
use super::letterhead::is_upper;
use super::passage::Span;
use super::record::{Meeting, MeetingTime, ParticipantCount};
use super::section::Tree;
use crate::dictionary::cue;

/// Names of meetings.
const EVENTS: &[&str] = &[
    "Hội nghị",
    "Hội thảo",
    "Cuộc họp",
    "Phiên họp",
    "Buổi họp",
    "Buổi làm việc",
    "Lễ",
    "Tọa đàm",
    "Họp",
    "Đại hội",
    "Diễn đàn",
    "Lớp tập huấn",
    "Tập huấn",
    "Hội nghị trực tuyến",
];

/// What else the paper says that bears on its meeting.
pub(crate) struct Context<'a> {
    pub subject: &'a str,
    pub is_invitation: bool,
    pub has_agenda: bool,
    pub count: Option<ParticipantCount>,
}

/// A labelled value.
#[derive(Clone, Copy)]
struct Fact<'p> {
    label: Span<'p>,
    value: Option<Span<'p>>,
    /// The node it stands in.
    node: Option<usize>,
}

/// Reads the facts of a meeting; `None` for a paper about none.
pub(crate) fn read(tree: &Tree, context: Context, proof: &mut Proof) -> Option<Meeting> {
    let name = event(context.subject);
    let facts = facts(tree);
    let mut meeting = Meeting { name, participant_count: context.count, ..Meeting::default() };
    held(tree, &mut meeting, proof);
    if meeting.name.is_none() && !context.is_invitation && meeting.chair.is_none() {
        return None;
    }
    if let Some(chair) = find(&facts, &["Chủ trì", "Đồng chủ trì", "Chủ tọa", "Người chủ trì"], 6)
    {
        meeting.chair = value("/meeting/chair", chair, proof);
    }
    if let Some(time) = find(&facts, &["Thời gian"], 6).filter(|time| !time.text().is_empty()) {
        meeting.time = value("/meeting/time", time, proof).map(|raw| time_of(&raw));
    }
    let place = find(&facts, &["Địa điểm"], 8).or_else(|| venue(tree, &facts));
    if let Some(place) = place {
        meeting.place = value("/meeting/place", place, proof);
    }
    if let Some(chairs) = find(&facts, &["Đồng chủ trì"], 6) {
        meeting.co_chairs = co_chairs(chairs, proof);
    }
    meeting.online_link = link(tree, proof);
    meeting.banner = banner(tree, proof);
    prepared_by(&facts, &mut meeting);
    let form = find(&facts, &["Hình thức"], 6).map(|form| form.text());
    meeting.mode = mode(tree, meeting.place.as_deref(), form).map(str::to_owned);
    let told = meeting.chair.is_some() || meeting.time.is_some() || meeting.place.is_some();
    if !(told || context.has_agenda || meeting.participant_count.is_some() || !meeting.banner.is_empty()) {
        return None;
    }
    for (field, there) in [
        ("chair", meeting.chair.is_some()),
        ("time", meeting.time.is_some()),
        ("place", meeting.place.is_some()),
    ] {
        if !there {
            proof.absent(format!("/meeting/{field}"));
        }
    }
    Some(meeting)
}

fn value(pointer: &str, span: Span, proof: &mut Proof) -> Option<String> {
    let span = span.trim_end(&['.', ';', ',']);
    if span.is_empty() {
        return None;
    }
    proof.found(pointer, &[span]);
    Some(span.owned())
}

static HELD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(Ngày \d[^,]{4,30}), tại ([^,]{4,90}), (.{4,120}?) (?:đã )?chủ trì ")
        .expect("a valid pattern")
});

/// What a notice says of the meeting it comes from: `Ngày …, tại …, Phó Chủ tịch … chủ trì cuộc họp`.
fn held(tree: &Tree, meeting: &mut Meeting, proof: &mut Proof) {
    let found = tree.preamble.iter().find_map(|span| Some((span, HELD.captures(span.text())?)));
    let Some((span, found)) = found else { return };
    let part = |group: usize| found.get(group).map(|m| span.slice(m.range()));
    meeting.time = part(1).and_then(|part| value("/meeting/time", part, proof)).map(|raw| time_of(&raw));
    meeting.place = part(2).and_then(|part| value("/meeting/place", part, proof));
    meeting.chair = part(3).and_then(|part| value("/meeting/chair", part, proof));
}

/// `Đồng chủ trì: A; B`: a stop parts them.
fn co_chairs(chairs: Span, proof: &mut Proof) -> Vec<String> {
    let parts = chairs.text().split(';').map(|part| chairs.of(part).trim_end(&['.', ',', ';']));
    let parts: Vec<Span> = parts.filter(|part| !part.is_empty()).collect();
    for (index, part) in parts.iter().enumerate() {
        proof.found(format!("/meeting/co_chairs/{index}"), &[*part]);
    }
    parts.iter().map(|part| part.owned()).collect()
}

static LINK: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"https?://[^\s,;()]+[^\s,;().]").expect("a valid pattern"));

/// The address of an online meeting: the first link of the body, unless a letter that no address has shows it misread.
fn link(tree: &Tree, proof: &mut Proof) -> Option<String> {
    let spans = tree.nodes.iter().flat_map(|node| std::iter::once(&node.content).chain(&node.text));
    let found =
        spans.chain(&tree.preamble).find_map(|span| Some(span.slice(LINK.find(span.text())?.range())))?;
    if !found.text().is_ascii() {
        proof.blank("/meeting/online_link", &[found]);
        return None;
    }
    proof.found("/meeting/online_link", &[found]);
    Some(found.owned())
}

/// The event a subject is about, from its name on.
pub(crate) fn event(subject: &str) -> Option<String> {
    let words: Vec<&str> = subject.split_whitespace().collect();
    let keys: Vec<String> = words.iter().map(|word| cue::key(word)).collect();
    let at = (0..words.len().min(14)).find(|at| {
        let rest = keys.get(*at..).unwrap_or_default();
        EVENTS.iter().any(|event| rest.starts_with(&cue::keys(event)))
    })?;
    words.get(at..).map(|words| words.join(" "))
}

/// All labelled values of the body, in order.
fn facts<'p>(tree: &Tree<'p>) -> Vec<Fact<'p>> {
    let mut facts: Vec<Fact> = tree.preamble.iter().filter_map(|span| labelled(*span, None)).collect();
    for (id, node) in tree.nodes.iter().enumerate() {
        let parts = tree.parts(id);
        match parts.title {
            Some(label) => facts.push(Fact { label, value: parts.text.first().copied(), node: Some(id) }),
            None => facts.extend(labelled(node.content.from(node.marker.length).trim(), Some(id))),
        }
        facts.extend(node.text.iter().filter_map(|span| labelled(*span, Some(id))));
    }
    facts
}

fn labelled(span: Span<'_>, node: Option<usize>) -> Option<Fact<'_>> {
    let colon = span.text().find(':').filter(|at| *at < 80)?;
    let value = span.from(colon + 1).trim();
    (!value.is_empty()).then(|| Fact { label: span.slice(0..colon).trim(), value: Some(value), node })
}

/// The first value whose label begins with one of the cues and has at most so many words.
fn find<'p>(facts: &[Fact<'p>], cues: &[&str], most: usize) -> Option<Span<'p>> {
    let wrong = ["thực hiện", "hoàn thành", "và thành phần", "báo cáo", "phân công"];
    let fits = |fact: &&Fact| {
        let keys = fact.label.keys();
        keys.len() <= most && cue::prefix_any(&keys, cues).is_some() && !cue::holds_any(&keys, &wrong)
    };
    facts.iter().filter(fits).find_map(|fact| fact.value.filter(|value| !value.is_empty()))
}

/// `2. Địa điểm và thành phần` says the place under its first item: `a) … tại điểm cầu …: Hội trường tầng 3`.
fn venue<'p>(tree: &Tree<'p>, facts: &[Fact<'p>]) -> Option<Span<'p>> {
    let heading = facts.iter().find(|fact| cue::prefix(&fact.label.keys(), "Địa điểm").is_some())?;
    let node = heading.node.and_then(|id| tree.nodes.get(id))?;
    node.children.iter().find_map(|child| {
        let parts = tree.parts(*child);
        let text = parts.text.first().copied()?;
        let halls = ["hội trường", "phòng họp", "trụ sở", "tầng", "nhà văn hóa", "trung tâm", "số"];
        (parts.title.is_some() && cue::holds_any(&text.keys(), &halls)).then_some(text)
    })
}

static CLOCK: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(\d{1,2})\s?(?:giờ|h|g|:)\s?(\d{2})?").expect("a valid pattern"));

fn time_of(raw: &str) -> MeetingTime {
    let day = date::find(raw).and_then(|(date, _)| date.iso);
    let mut clocks = CLOCK.captures_iter(raw).filter_map(|found| {
        let hour: u32 = found.get(1)?.as_str().parse().ok()?;
        let minute: u32 = found.get(2).map_or(Some(0), |m| m.as_str().parse().ok())?;
        (hour < 24 && minute < 60).then(|| format!("{hour:02}:{minute:02}"))
    });
    let at = |clock: String| day.as_ref().map(|day| format!("{day}T{clock}"));
    let (start, end) = (clocks.next(), clocks.next());
    let tentative = cue::holds_any(&cue::keys(raw), &["dự kiến", "sau", "sẽ có thông báo"]);
    MeetingTime {
        start_iso: start.and_then(at).or_else(|| day.clone()),
        end_iso: end.and_then(at),
        month: date::month(raw),
        tentative: Some(tentative),
        raw: Some(raw.to_owned()),
    }
}

fn mode(tree: &Tree, place: Option<&str>, form: Option<&str>) -> Option<&'static str> {
    let titles = (0..tree.nodes.len()).filter_map(|id| tree.parts(id).title).map(|title| title.owned());
    let text: Vec<String> = titles
        .chain(place.into_iter().chain(form).map(str::to_owned))
        .flat_map(|text| cue::keys(&text))
        .collect();
    let online = cue::holds_any(&text, &["trực tuyến", "các điểm cầu", "các đầu cầu"]);
    let present = cue::holds_any(&text, &["trực tiếp", "hội trường", "phòng họp", "trụ sở"]);
    match (online, present || place.is_some()) {
        (true, true) => Some("hybrid"),
        (true, false) => Some("online"),
        (false, true) => Some("in_person"),
        (false, false) => None,
    }
}

/// Wording of the backdrop: the paragraphs under `Maket`, lines of one block run together.
fn banner(tree: &Tree, proof: &mut Proof) -> Vec<String> {
    let Some(id) = (0..tree.nodes.len()).find(|id| is_banner(tree, *id)) else { return Vec::new() };
    let text = tree.parts(id).text;
    proof.found("/meeting/banner", &text);
    text.iter().map(|span| span.owned()).collect()
}

/// Whether a node is about the backdrop.
pub(crate) fn is_banner(tree: &Tree, id: usize) -> bool {
    let Some(title) = tree.parts(id).title else { return false };
    let keys = title.keys();
    // `Nội dung` is set aside first: measured with it, `Nội dung Hội nghị` would be as like as `Nội dung phông`.
    let named = if keys.starts_with(&cue::keys("Nội dung")) { &keys[2..] } else { &keys[..] };
    keys.len() <= 8 && cue::prefix_any(named, &["Maket", "Ma két", "Market", "Phông", "Backdrop"]).is_some()
}

/// Cuts the wording of backdrops into its blocks.
pub(crate) fn part_banners(tree: &mut Tree) {
    for id in 0..tree.nodes.len() {
        if is_banner(tree, id)
            && let Some(node) = tree.nodes.get_mut(id)
        {
            let blocks = node.text.iter().flat_map(|span| blocks(&span.lines()));
            node.text = blocks.filter_map(|block| Some(block.first()?.through(block.last()?))).collect();
        }
    }
}

/// The wording of a backdrop in blocks: the body above, the kind of event, what it is about, place and date.
fn blocks<'p>(lines: &[Span<'p>]) -> Vec<Vec<Span<'p>>> {
    let mut blocks: Vec<Vec<Span>> = Vec::new();
    let mut closed = true;
    for line in lines {
        let keys = line.keys();
        let event = keys.len() <= 3 && EVENTS.iter().any(|event| keys == cue::keys(event));
        let body = cue::prefix_any(&keys, cue::BODY_HEADS).is_some() && keys.len() <= 10 && blocks.len() < 2;
        let dated = date::find_worded(line.text()).is_some();
        match blocks.last_mut() {
            Some(block) if !closed && !event && !dated && is_upper(line.text()) => block.push(*line),
            _ => blocks.push(vec![*line]),
        }
        closed = event || dated || body && !is_broken(line);
    }
    blocks
}

fn is_broken(line: &Span) -> bool {
    line.keys().last().is_some_and(|key| ["dan", "pho", "tinh", "va"].contains(&key.as_str()))
}

/// `- Đơn vị tham mưu: Sở A chủ trì, phối hợp với các cơ quan: B, C và D.`
fn prepared_by(facts: &[Fact], meeting: &mut Meeting) {
    let labels =
        ["Đơn vị tham mưu", "Cơ quan tham mưu", "Đơn vị chuẩn bị", "Đơn vị tổ chức", "Đơn vị chủ trì"];
    let named = facts.iter().filter(|fact| fact.label.keys().first().is_none_or(|key| key != "dong"));
    let named: Vec<Fact> = named.copied().collect();
    let Some(value) = find(&named, &labels, 8) else { return };
    let text = value.text().trim_end_matches('.');
    let (lead, rest) = text.split_once(" phối hợp").map_or((text, ""), |(lead, rest)| (lead, rest));
    let lead = lead.trim_end_matches([',', ' ']).trim_end_matches(" chủ trì").trim_end_matches(',');
    meeting.lead_units = vec![lead.trim().to_owned()];
    let rest = rest.split_once(": ").map_or(rest, |(_, list)| list).trim().trim_start_matches("với ");
    meeting.coordinating_units = units(rest);
}

/// Bodies of a list: a comma parts them before a capital, `và` before the last.
fn units(text: &str) -> Vec<String> {
    let mut units: Vec<String> = Vec::new();
    for piece in text.split(", ").flat_map(|piece| {
        piece
            .split(" và các ")
            .enumerate()
            .map(|(at, p)| if at > 0 { format!("các {p}") } else { p.to_owned() })
            .collect::<Vec<_>>()
    }) {
        match units.last_mut() {
            Some(last) if !piece.starts_with(char::is_uppercase) && !piece.starts_with("các ") => {
                last.push_str(", ");
                last.push_str(&piece);
            }
            _ => units.push(piece),
        }
    }
    units.retain(|unit| !unit.trim().is_empty());
    units
}

#[cfg(test)]
mod tests {
    use super::super::flow::Item;
    use super::super::passage::passage;
    use super::super::section;
    use super::*;

    #[test]
    fn labelled_values_are_the_facts() {
        let lines = [
            "1. Chủ trì: Bà Kiều Thị Sen, Phó Chủ tịch.",
            "2. Thời gian: 14 giờ 00 phút ngày 12 tháng 12 năm 2025.",
            "3. Địa điểm: Hội trường tầng 2.",
        ];
        let body: Vec<Item> = lines.iter().map(|line| Item::Text(passage(line))).collect();
        let context =
            Context {
                subject: "Dự Hội nghị tổng kết", is_invitation: true, has_agenda: false, count: None
            };
        let meeting = read(&section::read(&body), context, &mut Proof::default()).expect("a meeting");
        assert_eq!(meeting.chair.as_deref(), Some("Bà Kiều Thị Sen, Phó Chủ tịch"));
        assert_eq!(meeting.time.and_then(|time| time.start_iso).as_deref(), Some("2025-12-12T14:00"));
        assert_eq!(meeting.mode.as_deref(), Some("in_person"));
        assert_eq!(meeting.name.as_deref(), Some("Hội nghị tổng kết"));
    }

    #[test]
    fn a_work_plan_has_no_meeting() {
        let body = vec![Item::Text(passage("1. Thời gian: Từ tháng 3 đến tháng 9 năm 2025."))];
        let context = Context {
            subject: "Số hóa tài liệu lưu trữ",
            is_invitation: false,
            has_agenda: false,
            count: None,
        };
        assert!(read(&section::read(&body), context, &mut Proof::default()).is_none());
    }
}
