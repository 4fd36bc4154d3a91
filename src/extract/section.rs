//! The body as a tree of sections, by its markers (Decree 30/2020/NĐ-CP, Appendix I, part 6: Phần, Chương, Mục, Điều,
//! khoản, điểm; and the dashes and pluses below them).
//!
//! Each marked paragraph opens a node. Which of the possible readings of its marker holds (`I11.` → `III.`) and where the
//! node hangs is decided by the sequence: a marker that counts on an open list goes on with it, one that begins at one
//! opens a list below, and kinds not yet open nest in the customary order. Unmarked paragraphs are text of the section,
//! preamble before the first and closing after the last. The tree is an arena with a bounded depth: one pass, no recursion.

use super::evidence::Proof;
use super::flow::Item;
use super::letterhead::is_upper;
use super::passage::Span;
use super::record::Section;
use crate::dictionary::cue;
use crate::dictionary::marker::{self, Marker, MarkerKind};

/// Sections nest no deeper; what would is hung at this depth.
const DEEPEST: usize = 32;

/// The numerals of headings.
const ROMANS: &[&str] =
    &["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV"];

/// A node of the tree.
#[derive(Debug)]
pub(crate) struct Node<'p> {
    pub marker: Marker,
    /// The marker and its heading or text as printed.
    pub content: Span<'p>,
    /// Further paragraphs.
    pub text: Vec<Span<'p>>,
    /// Tables, by their place in the body.
    pub tables: Vec<usize>,
    pub children: Vec<usize>,
    pub parent: Option<usize>,
}

/// The body as a tree.
#[derive(Debug, Default)]
pub(crate) struct Tree<'p> {
    pub nodes: Vec<Node<'p>>,
    pub roots: Vec<usize>,
    pub preamble: Vec<Span<'p>>,
    pub closing: Vec<Span<'p>>,
    /// Tables outside any section.
    pub tables: Vec<usize>,
    /// Nodes whose number does not follow the one before.
    pub out_of_sequence: Vec<usize>,
}

/// Heading and own paragraphs of a node.
pub(crate) struct Parts<'p> {
    pub title: Option<Span<'p>>,
    pub text: Vec<Span<'p>>,
}

/// Builds the tree of a body.
pub(crate) fn read(body: &[Item]) -> Tree<'_> {
    let mut builder = Builder { tree: Tree::default(), stack: Vec::new(), romans: has_romans(body) };
    let last_marked =
        body.iter().rposition(|item| matches!(item, Item::Text(p) if marker::read(&p.text).is_some()));
    for (index, item) in body.iter().enumerate() {
        match item {
            Item::Table(_) => builder.table(index),
            Item::Text(passage) => {
                builder.paragraph(passage.span(), last_marked.is_none_or(|last| index > last))
            }
        }
    }
    builder.tree
}

/// Whether the paper counts in Roman numerals: then a lone `1.` before capitals may be a misread `I.`
fn has_romans(body: &[Item]) -> bool {
    body.iter().any(|item| match item {
        Item::Text(p) => {
            marker::read(&p.text).is_some_and(|m| m.kind == MarkerKind::Roman && m.numbers == [2])
        }
        Item::Table(_) => false,
    })
}

struct Builder<'p> {
    tree: Tree<'p>,
    /// Open nodes from the top down.
    stack: Vec<usize>,
    romans: bool,
}

impl<'p> Builder<'p> {
    fn paragraph(&mut self, span: Span<'p>, after_last: bool) {
        if !self.tree.closing.is_empty() {
            return self.tree.closing.push(span);
        }
        match self.marker(span) {
            Some(marker) => self.open(marker, span),
            None if self.tree.nodes.is_empty() => self.tree.preamble.push(span),
            None if self.names_division(span) => {}
            None => self.unmarked(span, after_last),
        }
    }

    /// The likeliest reading of a paragraph's marker, if it has one.
    fn marker(&self, span: Span) -> Option<Marker> {
        let printed = marker::read(span.text());
        let rest_of = |m: &Marker| span.text().get(m.length..).unwrap_or_default();
        if self.tree.nodes.is_empty() {
            // Older papers put a dash before each legal basis.
            let basis = |m: &Marker| {
                m.kind.is_bullet() && cue::prefix_any(&cue::keys(rest_of(m)), cue::BASIS_CUES).is_some()
            };
            if printed.as_ref().is_some_and(basis) {
                return None;
            }
        }
        let mut best: Option<(i32, Marker)> = None;
        for marker in marker::readings(span.text()) {
            let literal = printed.as_ref() == Some(&marker);
            let rest = rest_of(&marker).trim();
            let figure = printed.as_ref().is_some_and(|printed| printed.kind == MarkerKind::Arabic);
            let short = rest.chars().count() < 90 && !rest.ends_with(['.', ';', ',']);
            // A stroke that is no marker as printed can only be a misread one.
            let stroke = printed.is_none() && span.text().starts_with(['[', '|', '!', ']']);
            let heading = is_upper(rest) || short && !figure || stroke;
            let score = self.fit(&marker, is_upper(rest), heading) + if literal { 2 } else { 0 };
            let enough = literal || score >= 4;
            if enough && best.as_ref().is_none_or(|(known, _)| score > *known) {
                best = Some((score, marker));
            }
        }
        let found = best.map(|(_, marker)| self.with_lost_strokes(marker, span));
        found.or_else(|| self.garbled_numeral(span))
    }

    /// The numeral of a heading in capitals after others, which has a letter in common with the one due: `Xv. TỔ CHỨC`
    /// after `IV. NỘI DUNG`.
    fn garbled_numeral(&self, span: Span) -> Option<Marker> {
        let (token, heading) = span.text().split_once(' ')?;
        let read = token.strip_suffix(['.', ',', ':', '-'])?.to_uppercase();
        let last = self.stack.iter().filter_map(|id| self.tree.nodes.get(*id)).find(|node| {
            node.marker.kind == MarkerKind::Roman && is_upper(node.content.from(node.marker.length).text())
        })?;
        let due = ROMANS.get(last.marker.ordinal() as usize)?;
        let like = read.chars().count() <= 4 && read.chars().any(|c| due.contains(c));
        (like && is_upper(heading) && heading.split_whitespace().count() > 1).then(|| Marker {
            kind: MarkerKind::Roman,
            numbers: vec![last.marker.ordinal() + 1],
            text: format!("{due}."),
            length: token.len() + 1,
        })
    }

    /// A Roman heading that counts back, printed without some of its strokes: `I.` after `I.` is `II.`, `II.` after it `III.`.
    fn with_lost_strokes(&self, marker: Marker, span: Span) -> Marker {
        let heading = is_upper(span.text().get(marker.length..).unwrap_or_default());
        let mut open = self.stack.iter().rev().filter_map(|id| self.tree.nodes.get(*id));
        let Some(last) = open.find(|node| node.marker.kind == MarkerKind::Roman) else { return marker };
        let next = last.marker.ordinal() + 1;
        let titled = is_upper(last.content.from(last.marker.length).text());
        if marker.kind != MarkerKind::Roman || !heading || !titled || marker.ordinal() >= next {
            return marker;
        }
        let (read, rest) =
            marker.text.split_at(marker.text.find(|c: char| !c.is_alphabetic()).unwrap_or(marker.text.len()));
        match ROMANS.get(next as usize - 1) {
            Some(whole) if whole.contains(read) => {
                Marker { numbers: vec![next], text: format!("{whole}{rest}"), ..marker }
            }
            _ => marker,
        }
    }

    /// How well a marker fits where it stands.
    fn fit(&self, marker: &Marker, capitals: bool, titled: bool) -> i32 {
        let heading = i32::from(capitals && matches!(marker.kind, MarkerKind::Roman | MarkerKind::Upper));
        if marker.kind.is_bullet() {
            return 3;
        }
        if marker.numbers.len() > 1 {
            return match (self.counts_on(marker), self.prefix_open(marker)) {
                (true, _) => 5,
                (false, true) => 2,
                _ => 1,
            };
        }
        let open = self
            .stack
            .iter()
            .rev()
            .filter_map(|id| self.tree.nodes.get(*id))
            .find(|node| node.marker.kind == marker.kind);
        let sequence = match open {
            Some(node) if marker.ordinal() == node.marker.ordinal() + 1 => 4,
            Some(node)
                if marker.kind == MarkerKind::Letter
                    && node.marker.ordinal() == 4
                    && marker.ordinal() == 6 =>
            {
                3
            }
            Some(_) if marker.ordinal() == 1 => 1,
            None if marker.ordinal() == 1 => 3,
            _ => 0,
        };
        let misread_one = self.romans && titled && marker.kind == MarkerKind::Roman && sequence >= 3;
        sequence + heading + if misread_one { 3 } else { 0 }
    }

    /// Whether a number of several parts is the next one of an open list, or the first below its own: `4.2.` after `4.1.`
    fn counts_on(&self, marker: &Marker) -> bool {
        let Some((last, prefix)) = marker.numbers.split_last() else { return false };
        let open = self.stack.iter().filter_map(|id| self.tree.nodes.get(*id)).map(|node| &node.marker);
        open.filter(|known| known.kind == marker.kind).any(|known| {
            let before = known.numbers.split_last().is_some_and(|(n, p)| p == prefix && n + 1 == *last);
            before || *last == 1 && known.numbers == prefix
        })
    }

    fn prefix_open(&self, marker: &Marker) -> bool {
        let prefix = marker.numbers.get(..marker.numbers.len() - 1).unwrap_or_default();
        self.stack.iter().filter_map(|id| self.tree.nodes.get(*id)).any(|node| {
            node.marker.kind == MarkerKind::Arabic
                && (node.marker.numbers == prefix || node.marker.numbers.get(..prefix.len()) == Some(prefix))
        })
    }

    /// Opens a node for a marked paragraph.
    fn open(&mut self, marker: Marker, content: Span<'p>) {
        let expected = self.close_for(&marker);
        while self.stack.len() >= DEEPEST {
            self.stack.pop();
        }
        let id = self.tree.nodes.len();
        let parent = self.stack.last().copied();
        match parent.and_then(|parent| self.tree.nodes.get_mut(parent)) {
            Some(node) => node.children.push(id),
            None => self.tree.roots.push(id),
        }
        if !expected {
            self.tree.out_of_sequence.push(id);
        }
        self.tree.nodes.push(Node {
            marker,
            content,
            text: Vec::new(),
            tables: Vec::new(),
            children: Vec::new(),
            parent,
        });
        self.stack.push(id);
    }

    /// Closes the open nodes that the marker does not stand under; `false` if its number does not follow.
    fn close_for(&mut self, marker: &Marker) -> bool {
        let kind_of = |tree: &Tree, id: usize| {
            tree.nodes.get(id).map(|node| (node.marker.kind, node.marker.numbers.clone()))
        };
        if let Some(at) = self.sibling(marker) {
            let last = self
                .stack
                .get(at)
                .and_then(|id| kind_of(&self.tree, *id))
                .map_or(0, |(_, n)| n.last().copied().unwrap_or(0));
            self.stack.truncate(at);
            return marker.kind.is_bullet()
                || (last + 1..=last + 2).contains(&marker.ordinal()) && follows(marker, last);
        }
        if marker.numbers.len() > 1 {
            let prefix = marker.numbers.get(..marker.numbers.len() - 1).unwrap_or_default().to_vec();
            let parent = self.stack.iter().rposition(|id| {
                kind_of(&self.tree, *id)
                    .is_some_and(|(kind, numbers)| kind == MarkerKind::Arabic && numbers == prefix)
            });
            if let Some(at) = parent {
                self.stack.truncate(at + 1);
                return marker.ordinal() == 1;
            }
        }
        while let Some((kind, numbers)) = self.stack.last().and_then(|id| kind_of(&self.tree, *id)) {
            let restarts = kind == marker.kind && marker.ordinal() == 1 && kind.is_numbered();
            if (kind, numbers.len()) < (marker.kind, marker.numbers.len()) && !restarts {
                break;
            }
            if self.restarts_below(marker) {
                break;
            }
            self.stack.pop();
        }
        marker.kind.is_bullet() || marker.ordinal() == 1
    }

    /// The open node of the same kind that the marker goes on with.
    fn sibling(&self, marker: &Marker) -> Option<usize> {
        if self.restarts_below(marker) {
            return None;
        }
        let same = |id: &usize| {
            let Some(node) = self.tree.nodes.get(*id) else { return false };
            let prefix =
                |m: &Marker| m.numbers.get(..m.numbers.len().saturating_sub(1)).unwrap_or_default().to_vec();
            node.marker.kind == marker.kind
                && node.marker.numbers.len() == marker.numbers.len()
                && prefix(&node.marker) == prefix(marker)
        };
        self.stack.iter().rposition(same)
    }

    /// A list that begins at one again under an open heading of a deeper kind: `a)` with `1.`, `2.` below it.
    fn restarts_below(&self, marker: &Marker) -> bool {
        let Some(top) = self.stack.last().and_then(|id| self.tree.nodes.get(*id)) else { return false };
        let mut open = self.stack.iter().filter_map(|id| self.tree.nodes.get(*id));
        let counted = open.rfind(|node| node.marker.kind == marker.kind && node.marker.numbers.len() == 1);
        marker.kind.is_numbered()
            && marker.numbers == [1]
            && top.marker.kind > marker.kind
            && top.marker.kind.is_numbered()
            && counted.is_some_and(|node| node.marker.ordinal() >= 1)
    }

    /// The title of a chapter on the line below its marker.
    fn names_division(&mut self, span: Span<'p>) -> bool {
        let named = [MarkerKind::Part, MarkerKind::Chapter, MarkerKind::Division];
        let Some(node) = self.stack.last().and_then(|id| self.tree.nodes.get_mut(*id)) else { return false };
        let bare = node.content.from(node.marker.length).is_empty() && node.text.is_empty();
        if bare && named.contains(&node.marker.kind) && is_upper(span.text()) {
            node.text.push(span);
            return true;
        }
        false
    }

    /// An unmarked paragraph belongs to the nearest section above the dashes, or closes the paper.
    fn unmarked(&mut self, span: Span<'p>, after_last: bool) {
        let owner = self.section();
        if after_last && self.closes(span, owner) {
            return self.tree.closing.push(span);
        }
        match owner.and_then(|id| self.tree.nodes.get_mut(id)) {
            Some(node) => node.text.push(span),
            None => self.tree.closing.push(span),
        }
    }

    /// The innermost open node that is no dash or plus.
    fn section(&self) -> Option<usize> {
        let numbered =
            |id: &&usize| self.tree.nodes.get(**id).is_some_and(|node| node.marker.kind.is_numbered());
        self.stack.iter().rev().find(numbered).copied()
    }

    /// Whether a paragraph behind the last marker closes the paper: by its words, or because it follows a list that
    /// stands under no heading.
    fn closes(&self, span: Span, owner: Option<usize>) -> bool {
        let keys: Vec<String> = span.text().split_whitespace().take(14).map(cue::key).collect();
        if cue::prefix_any(&keys, CLOSING_CUES).is_some() {
            return true;
        }
        let asks = cue::holds_any(&keys, &["yêu cầu", "đề nghị", "kính đề nghị", "trân trọng", "kính mời"]);
        let Some(node) = owner.and_then(|id| self.tree.nodes.get(id)) else { return true };
        let item = node.content.text().ends_with(['.', ';'])
            || node.parent.is_none() && node.content.text().chars().count() > 120;
        let list = !node.children.is_empty() || !node.text.is_empty() || !node.tables.is_empty();
        item && node.text.is_empty() && node.marker.kind != MarkerKind::Article || asks && list
    }

    fn table(&mut self, index: usize) {
        match self.section().or(self.stack.last().copied()).and_then(|id| self.tree.nodes.get_mut(id)) {
            Some(node) => node.tables.push(index),
            None => self.tree.tables.push(index),
        }
    }
}

/// Papers may leave `đ)` out; any other gap is a gap.
fn follows(marker: &Marker, last: u32) -> bool {
    marker.ordinal() == last + 1 || marker.kind == MarkerKind::Letter && (last == 4 || last == 5)
}

/// How closing paragraphs begin.
const CLOSING_CUES: &[&str] = &[
    "Trên đây là",
    "Cuộc họp kết thúc",
    "Hội nghị kết thúc",
    "Buổi làm việc kết thúc",
    "Biên bản được lập",
    "Biên bản này được",
    "Trên đây",
    "Trong quá trình",
    "Quá trình thực hiện",
    "Căn cứ Kế hoạch này",
    "Nhận được",
    "Kính đề nghị",
    "Kính trình",
    "Trân trọng",
    "Rất mong",
    "Kính mong",
    "Đề nghị các",
    "Đề nghị quý",
    "Yêu cầu các",
    "Giấy mời này thay",
    "Sự có mặt",
    "Ủy ban nhân dân kính",
    "Kế hoạch này thay thế",
    "Thông báo này thay",
    "Vậy",
];

impl<'p> Tree<'p> {
    /// Heading and own paragraphs of a node. A dash has a heading only if something hangs below it; a numbered item is
    /// cut at its colon, and is a heading if it ends without a stop.
    pub fn parts(&self, id: usize) -> Parts<'p> {
        let Some(node) = self.nodes.get(id) else { return Parts { title: None, text: Vec::new() } };
        let content = node.content.from(node.marker.length).trim();
        let mut text = node.text.clone();
        if content.is_empty() {
            let title = (!text.is_empty()
                && matches!(node.marker.kind, MarkerKind::Part | MarkerKind::Chapter | MarkerKind::Division))
            .then(|| text.remove(0));
            return Parts { title, text };
        }
        let bare = content.trim_end(&[':']);
        let opens = content.text().ends_with(':');
        if node.marker.kind.is_bullet() {
            let heading = !node.children.is_empty() && (opens || !content.text().ends_with(['.', ';']));
            return if heading { Parts { title: Some(bare), text } } else { with(content, text, None) };
        }
        if let Some(colon) = heading_colon(content.text()) {
            let rest = content.from(colon + 1).trim();
            let title = Some(content.slice(0..colon).trim());
            return if rest.is_empty() { Parts { title, text } } else { with(rest, text, title) };
        }
        let stops = content.text().ends_with(['.', ';', ',']) && !is_upper(content.text());
        if stops || content.text().chars().count() > 300 {
            with(content, text, None)
        } else {
            Parts { title: Some(bare), text }
        }
    }

    /// Markers from the top down to a node.
    pub fn path(&self, id: usize) -> Vec<String> {
        let mut path = Vec::new();
        let mut at = Some(id);
        while let Some(node) = at.and_then(|id| self.nodes.get(id)) {
            path.push(node.marker.text.clone());
            at = node.parent;
        }
        path.reverse();
        path
    }

    /// A node and the nodes above it, from the inside out.
    pub fn ancestors(&self, id: usize) -> impl Iterator<Item = usize> + '_ {
        std::iter::successors(Some(id), |id| self.nodes.get(*id).and_then(|node| node.parent))
    }

    /// The tree as the record's sections, with evidence below the pointer `base`; `links` are the tables of nodes.
    pub fn sections(&self, links: &[(usize, String)], base: &str, proof: &mut Proof) -> Vec<Section> {
        self.level(&self.roots, 1, links, base, proof)
    }

    /// The nodes of one level; it calls itself no deeper than [`DEEPEST`].
    fn level(
        &self,
        ids: &[usize],
        level: u32,
        links: &[(usize, String)],
        base: &str,
        proof: &mut Proof,
    ) -> Vec<Section> {
        let mut sections = Vec::with_capacity(ids.len());
        for (index, id) in ids.iter().enumerate() {
            let Some(node) = self.nodes.get(*id) else { continue };
            let pointer = format!("{base}/{index}");
            let parts = self.parts(*id);
            proof.found(pointer.clone(), &[node.content]);
            if let Some(title) = parts.title {
                proof.found(format!("{pointer}/title"), &[title]);
            }
            for (at, text) in parts.text.iter().enumerate() {
                proof.found(format!("{pointer}/text/{at}"), &[*text]);
            }
            let first = links.partition_point(|(owner, _)| owner < id);
            let own = links.get(first..).unwrap_or_default().iter().take_while(|(owner, _)| owner == id);
            sections.push(Section {
                marker: Some(node.marker.text.clone()),
                level,
                title: parts.title.map(|title| title.owned()),
                text: parts.text.iter().map(|text| text.owned()).collect(),
                children: self.level(&node.children, level + 1, links, &format!("{pointer}/children"), proof),
                table_ids: own.map(|(_, id)| id.clone()).collect(),
            });
        }
        sections
    }

    /// The heading of a node, else its text, without a final stop.
    pub fn label(&self, id: usize) -> Option<Span<'p>> {
        let parts = self.parts(id);
        parts.title.or_else(|| parts.text.first().map(|text| text.trim_end(&[':', '.', ';'])))
    }
}

fn with<'p>(first: Span<'p>, mut text: Vec<Span<'p>>, title: Option<Span<'p>>) -> Parts<'p> {
    text.insert(0, first);
    Parts { title, text }
}

/// The colon that ends the heading part of a line: early, outside parentheses, in the first sentence.
fn heading_colon(text: &str) -> Option<usize> {
    let (mut depth, mut words) = (0_i32, 0);
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            ' ' => words += 1,
            ';' => return None,
            '.' if next == Some(' ') => return None,
            ':' if depth <= 0 && next.is_none_or(char::is_whitespace) => return (words <= 25).then_some(at),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::passage::passage;
    use super::*;

    fn outline(lines: &[&str]) -> Vec<String> {
        let body: Vec<Item> = lines.iter().map(|line| Item::Text(passage(line))).collect();
        let tree = read(&body);
        (0..tree.nodes.len()).map(|id| tree.path(id).join("/")).collect()
    }

    #[test]
    fn markers_nest_and_misread_ones_are_put_right() {
        let lines = [
            "|. MỤC ĐÍCH",
            "1. Mục đích",
            "- Một.",
            "2. Yêu cầu",
            "I1. NỘI DUNG",
            "I11. TỔ CHỨC",
            "1. A",
            "a) B",
            "- C",
            "+ D",
            "- E",
            "b) F",
            "iYv. KINH PHÍ",
        ];
        let expected = [
            "I.",
            "I./1.",
            "I./1./-",
            "I./2.",
            "II.",
            "III.",
            "III./1.",
            "III./1./a)",
            "III./1./a)/-",
            "III./1./a)/-/+",
            "III./1./a)/-",
            "III./1./b)",
            "IV.",
        ];
        assert_eq!(outline(&lines), expected);
    }

    #[test]
    fn numbers_of_several_parts_hang_under_their_prefix() {
        let lines = ["4. A", "4.1. B", "4.1.1. C", "- x", "4.1.2. D", "4.2. E", "5. F"];
        assert_eq!(
            outline(&lines),
            ["4.", "4./4.1.", "4./4.1./4.1.1.", "4./4.1./4.1.1./-", "4./4.1./4.1.2.", "4./4.2.", "5."]
        );
    }

    #[test]
    fn articles_hold_clauses_and_points() {
        let lines = [
            "Điều 1. Thành lập Tổ:",
            "1. Bà A;",
            "2. Ông B.",
            "Điều 2. Nhiệm vụ",
            "1. Quét ảnh:",
            "a) Rõ;",
            "b) Đủ.",
            "2. Báo cáo.",
        ];
        assert_eq!(outline(&lines)[4..], ["Điều 2./1.", "Điều 2./1./a)", "Điều 2./1./b)", "Điều 2./2."]);
    }

    #[test]
    fn a_thousand_levels_are_cut_at_the_bound() {
        let lines: Vec<String> =
            (1..=1000).map(|n| format!("{}. x", vec!["1"; n.min(12)].join("."))).collect();
        let body: Vec<Item> = lines.iter().map(|line| Item::Text(passage(line))).collect();
        let tree = read(&body);
        assert!((0..tree.nodes.len()).all(|id| tree.path(id).len() <= DEEPEST));
    }

    #[test]
    fn a_closing_paragraph_is_no_text_of_the_last_section() {
        let lines = ["Mở đầu:", "1. Kinh phí", "Kinh phí từ ngân sách.", "Trên đây là Kế hoạch./."];
        let body: Vec<Item> = lines.iter().map(|line| Item::Text(passage(line))).collect();
        let tree = read(&body);
        assert_eq!((tree.preamble.len(), tree.closing.len(), tree.nodes[0].text.len()), (1, 1, 1));
        assert_eq!(tree.parts(0).title.map(|title| title.text()), Some("Kinh phí"));
    }
}
