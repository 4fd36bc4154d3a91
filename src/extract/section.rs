//! The body as a tree of sections, by its markers (Decree 30/2020/NĐ-CP, Appendix I, part 6: Phần, Chương, Mục, Điều,
//! khoản, điểm; and the dashes and pluses below them).
//!
//! Each marked paragraph opens a node. Which of the possible readings of its marker holds (`I11.` → `III.`) and where the
//! node hangs is decided by the sequence: a marker that counts on an open list goes on with it, one that begins at one
//! opens a list below, and kinds not yet open nest in the customary order. Unmarked paragraphs are text of the section,
//! preamble before the first and closing after the last. The tree is an arena with a bounded depth: one pass, no recursion.

use super::flow::Item;
use super::letterhead::is_upper;
use super::passage::Span;
use super::sequence::has_romans;
pub(crate) use super::tree::{Node, Parts, Tree};
use crate::dictionary::cue;
use crate::dictionary::marker::{self, Marker, MarkerKind};

/// Sections nest no deeper; what would is hung at this depth.
const DEEPEST: usize = 32;

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

pub(super) struct Builder<'p> {
    pub(super) tree: Tree<'p>,
    /// Open nodes from the top down.
    pub(super) stack: Vec<usize>,
    pub(super) romans: bool,
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
            if self.restarts_below(marker) || self.announces(marker) {
                break;
            }
            self.stack.pop();
        }
        marker.kind.is_bullet() || marker.ordinal() == 1
    }

    /// The open node of the same kind that the marker goes on with: one whose number it follows, or else the innermost.
    fn sibling(&self, marker: &Marker) -> Option<usize> {
        if self.restarts_below(marker) || self.announces(marker) {
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
        let counts_on = |id: &usize| {
            same(id) && self.tree.nodes.get(*id).is_some_and(|n| n.marker.ordinal() + 1 == marker.ordinal())
        };
        self.stack.iter().rposition(counts_on).or_else(|| self.stack.iter().rposition(same))
    }

    /// A list of the kind it stands in that an item announces: `2. Thành lập ban, gồm 05 đồng chí:` with `1.`, `2.` below.
    fn announces(&self, marker: &Marker) -> bool {
        let Some(top) = self.stack.last().and_then(|id| self.tree.nodes.get(*id)) else { return false };
        let said = top.text.last().unwrap_or(&top.content);
        let keys: Vec<String> = said.text().split_whitespace().rev().take(6).map(cue::key).collect();
        marker.kind.is_numbered()
            && marker.numbers == [1]
            && top.marker.kind == marker.kind
            && top.marker.numbers.len() == 1
            && top.marker.ordinal() >= 2
            && (said.text().trim_end().ends_with(':') || keys.iter().any(|key| key == "gom"))
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
    fn a_list_that_an_item_announces_stands_below_it() {
        let lines = ["1/- A", "2/- Ban gồm 03 đồng chí.", "1/- B", "2/- C", "3/- D", "3/- E", "4/- F"];
        assert_eq!(outline(&lines), ["1/-", "2/-", "2/-/1/-", "2/-/2/-", "2/-/3/-", "3/-", "4/-"]);
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
