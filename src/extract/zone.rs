//! The paper cut into its zones: head, body, foot, appendices; and the body's paragraphs made whole.
//!
//! A paragraph may come in two because a page ended, or two in one because a gap was small. Here a list item that begins
//! inside a paragraph is set free, and a sentence that goes on after a page break is joined.

use super::flow::{Grid, Item};
use super::letterhead::is_upper;
use super::passage::Passage;
use crate::dictionary::{cue, marker};
use crate::restore::restored_page::{Alignment, Lane};

/// The zones behind the head.
#[derive(Debug, Default)]
pub(crate) struct Zones {
    pub body: Vec<Item>,
    /// Printed lines of recipients and signature.
    pub foot: Vec<Passage>,
    /// Items of the appendices, from the first title on.
    pub appendices: Vec<Item>,
}

/// Cuts the items behind the head into zones; `from` is the item and the printed line at which the body begins.
pub(crate) fn cut(items: &[Item], from: (usize, usize)) -> Zones {
    let mut rest: Vec<Item> = Vec::new();
    for (index, item) in items.iter().enumerate().skip(from.0) {
        match item {
            Item::Text(passage) if index == from.0 && from.1 > 0 => {
                let lines =
                    passage.split_lines().into_iter().skip(from.1).flat_map(|line| line.tokens).collect();
                rest.push(Item::Text(Passage::of_tokens(lines, passage.lane, passage.alignment)));
            }
            other => rest.push(other.clone()),
        }
    }
    let foot = foot_begin(&rest);
    let end = foot_end(&rest, foot);
    let appendices = rest.split_off(end);
    let foot = rest.split_off(foot);
    let lines = foot.into_iter().flat_map(|item| match item {
        Item::Text(passage) => passage.split_lines().into_iter().flat_map(halves).collect(),
        Item::Table(grid) => cells(grid),
    });
    Zones { foot: lines.collect(), body: whole_paragraphs(rest), appendices: whole_paragraphs(appendices) }
}

/// A line of the foot that runs through both columns, cut at its widest gap: that is wider than two words could part.
fn halves(line: Passage) -> Vec<Passage> {
    let boxes: Vec<_> = line.tokens.iter().map(|token| token.bbox).collect();
    let gap = |at: usize| match (boxes.get(at - 1), boxes.get(at)) {
        (Some(Some(a)), Some(Some(b))) => (b.x0 - a.x1, a.y1 - a.y0),
        _ => (0, 1),
    };
    let widest = (1..line.tokens.len()).max_by_key(|at| gap(*at).0);
    let Some(at) = widest.filter(|at| line.lane == Lane::Full && gap(*at).0 > 4 * gap(*at).1.max(1)) else {
        return vec![line];
    };
    let mut left = line.tokens;
    let right = left.split_off(at);
    vec![
        Passage::of_tokens(left, Lane::Left, Alignment::Left),
        Passage::of_tokens(right, Lane::Right, Alignment::Center),
    ]
}

/// A foot set in a table without rules: its cells, column by column.
fn cells(grid: Grid) -> Vec<Passage> {
    let columns = grid.rows.first().map_or(0, Vec::len);
    let mut lines = Vec::new();
    for column in 0..columns {
        let lane = if column == 0 { Lane::Left } else { Lane::Right };
        for cell in grid.rows.iter().filter_map(|row| row.get(column)) {
            lines.extend(cell.split_lines().into_iter().map(|line| Passage { lane, ..line }));
        }
    }
    lines
}

/// The item with which recipients or signature begin.
fn foot_begin(items: &[Item]) -> usize {
    let label = items.iter().position(|item| match item {
        Item::Text(passage) => passage.lane != Lane::Right && is_label(&passage.text),
        Item::Table(grid) => grid.rows.iter().take(2).flatten().any(|cell| is_label(&cell.text)),
    });
    let signed = || items.iter().rposition(|item| matches!(item, Item::Text(p) if is_authority(&p.text)));
    let Some(mut begin) = label.or_else(|| archived(items)).or_else(signed) else { return items.len() };
    while begin > 0
        && matches!(items.get(begin - 1), Some(Item::Text(p)) if p.lane != Lane::Full || is_authority(&p.text))
    {
        begin -= 1;
    }
    begin
}

/// Where the recipients begin whose label cannot be read: at the first of the short dashes that end with `Lưu: VT`.
fn archived(items: &[Item]) -> Option<usize> {
    let entry = |item: &Item| match item {
        Item::Text(passage) => {
            let dash = passage.text.chars().take(8).any(|c| matches!(c, '-' | '–' | '—'));
            dash && passage.text.chars().count() < 120
        }
        Item::Table(_) => false,
    };
    let last = items.iter().rposition(|item| match item {
        Item::Text(passage) => {
            let keys: Vec<String> =
                passage.text.split_whitespace().map(cue::key).filter(|key| !key.is_empty()).take(2).collect();
            keys.first().is_some_and(|key| key == "luu")
                && keys.get(1).is_some_and(|key| key.starts_with("vt"))
        }
        Item::Table(_) => false,
    })?;
    let right = |item: &Item| matches!(item, Item::Text(p) if p.lane == Lane::Right);
    let entries =
        (0..last).rev().take_while(|at| items.get(*at).is_some_and(|item| entry(item) || right(item)));
    let first = entries.filter(|at| items.get(*at).is_some_and(entry)).last()?;
    // The label itself, however it was read: a word or three with a colon.
    let label = first.checked_sub(1).filter(|at| {
        matches!(items.get(*at), Some(Item::Text(p))
            if p.text.ends_with([':', ';']) && p.text.split_whitespace().count() <= 3 && marker::read(&p.text).is_none())
    });
    Some(label.unwrap_or(first))
}

/// `Nơi nhận` at the head of a short text.
pub(crate) fn is_label(text: &str) -> bool {
    let first: Vec<String> = text.split_whitespace().take(4).map(cue::key).collect();
    let Some(taken) = cue::prefix(&first, cue::RECIPIENTS) else { return false };
    let word = text.split_whitespace().nth(taken - 1).unwrap_or_default();
    word.ends_with([':', ';', '.']) || text.split_whitespace().count() == taken
}

/// `TM. …`, `KT. …` in capitals.
pub(crate) fn is_authority(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default();
    // `KT.CHỦ TỊCH`: the blank was lost.
    let key = cue::key(first.split_once('.').map_or(first, |(prefix, _)| prefix));
    let prefixed = cue::AUTHORITY_PREFIXES.iter().any(|prefix| cue::key(prefix) == key);
    prefixed && (first.contains(['.', '/']) || first == "TUQ") && is_upper(text)
}

/// One past the last item of the foot: before the title of an appendix, the letterhead of another paper, or a table.
fn foot_end(items: &[Item], begin: usize) -> usize {
    let ends = |item: &Item| match item {
        Item::Text(passage) => is_appendix(&passage.text) || is_letterhead(&passage.text),
        Item::Table(_) => true,
    };
    let after = items.iter().enumerate().skip(begin + 1).find(|(_, item)| ends(item));
    let Some((mut end, item)) = after else { return items.len() };
    // The left column of another letterhead stands before its right one, on the same page.
    if let (Item::Text(passage), Some(page)) = (item, page(item))
        && is_letterhead(&passage.text)
    {
        while end > begin + 1 && items.get(end - 1).and_then(self::page) == Some(page) {
            end -= 1;
        }
    }
    end
}

/// The page an item begins on.
fn page(item: &Item) -> Option<u32> {
    let passage = match item {
        Item::Text(passage) => passage,
        Item::Table(grid) => grid.rows.first()?.first()?,
    };
    passage.tokens.first().map(|token| token.page)
}

/// The first line of another letterhead.
fn is_letterhead(text: &str) -> bool {
    let keys: Vec<String> = text.split_whitespace().take(12).map(cue::key).collect();
    is_upper(text) && cue::prefix_any(&keys, cue::NATIONAL_TITLES).is_some()
}

/// The title of an appendix.
pub(crate) fn is_appendix(text: &str) -> bool {
    let keys: Vec<String> = text.split_whitespace().take(12).map(cue::key).collect();
    let named = cue::prefix(&keys, "Phụ lục").is_some() && text.starts_with(char::is_uppercase);
    let listed =
        cue::prefix_any(&keys, &["DANH SÁCH", "DANH MỤC", "BIỂU", "MẪU"]).is_some() && is_upper(text);
    named && text.chars().count() < 160 || listed
}

/// Paragraphs as their author wrote them.
fn whole_paragraphs(items: Vec<Item>) -> Vec<Item> {
    let mut whole: Vec<Item> = Vec::new();
    for item in items {
        match item {
            Item::Text(passage) => {
                for piece in set_free(passage) {
                    match whole.last_mut() {
                        Some(Item::Text(last)) if goes_on(last, &piece) => last.append(piece),
                        _ => whole.push(Item::Text(piece)),
                    }
                }
            }
            table => whole.push(table),
        }
    }
    whole
}

/// A passage cut before each list item or heading that begins inside it.
fn set_free(passage: Passage) -> Vec<Passage> {
    let lines = passage.split_lines();
    if lines.len() < 2 {
        return vec![passage];
    }
    let mut pieces: Vec<Passage> = Vec::new();
    let mut last = String::new();
    for line in lines {
        let text = line.text.clone();
        match pieces.last_mut() {
            Some(piece) if !begins_inside(&last, &text) => piece.append(line),
            _ => pieces.push(line),
        }
        last = text;
    }
    pieces
}

/// Whether a line inside a paragraph begins an item: it has a marker, and the line before has ended or is a heading.
fn begins_inside(last: &str, line: &str) -> bool {
    let Some(marker) = marker::read(line) else { return false };
    let ended =
        last.ends_with(['.', ';', ':', '!', '?', '/']) || marker.kind.is_bullet() && last.ends_with(',');
    let heading = marker::read(last).is_some_and(|m| m.kind.is_numbered()) && last.chars().count() < 60;
    ended || heading
}

/// Whether a piece goes on with the sentence before it.
fn goes_on(last: &Passage, piece: &Passage) -> bool {
    if last.lane != Lane::Full || piece.lane != Lane::Full || marker::read(&piece.text).is_some() {
        return false;
    }
    let centred = last.alignment == Alignment::Center && piece.alignment == Alignment::Center;
    if centred && is_upper(&last.text) && is_upper(&piece.text) {
        return marker::read(&last.text).is_none() && !is_appendix(&last.text) && !is_appendix(&piece.text);
    }
    let open = !last.text.ends_with(['.', ';', ':', '!', '?', '/', '"', '”']);
    let wanting = ["về", "của", "và", "với", "cho", "từ", "tại", "theo", "các", "những", "do", "bởi"];
    let governs = last.text.split_whitespace().next_back().is_some_and(|word| wanting.contains(&word));
    let small = piece.text.starts_with(char::is_lowercase);
    let page_break = last.tokens.last().map(|t| t.page) != piece.tokens.first().map(|t| t.page);
    let running = last.text.chars().count() > 60 && !is_upper(&last.text) && !is_upper(&piece.text);
    open && (small || governs || page_break && running)
}

#[cfg(test)]
mod tests {
    use super::super::passage::passage;
    use super::*;

    fn texts(items: Vec<Item>) -> Vec<String> {
        let text = |item: Item| match item {
            Item::Text(passage) => passage.text,
            Item::Table(_) => "table".to_owned(),
        };
        items.into_iter().map(text).collect()
    }

    #[test]
    fn an_item_glued_to_its_heading_is_set_free_and_a_broken_sentence_joined() {
        let items = vec![
            Item::Text(passage("1. Mục đích\n- Nâng cao chất lượng hồ sơ của các cơ quan, đơn vị")),
            Item::Text(passage("trên địa bàn xã.")),
        ];
        let expected =
            ["1. Mục đích", "- Nâng cao chất lượng hồ sơ của các cơ quan, đơn vị trên địa bàn xã."];
        assert_eq!(texts(whole_paragraphs(items)), expected);
    }
}
