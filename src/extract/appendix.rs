//! Appendices: what stands behind the signature under `PHỤ LỤC` (Decree 30/2020/NĐ-CP, Appendix I, part 10).

use super::agenda;
use super::evidence::Proof;
use super::flow::Item;
use super::letterhead::is_upper;
use super::passage::{Span, join};
use super::record::Appendix;
use super::section;
use super::zone;

/// Reads the appendices; each begins with a title line.
pub(crate) fn read(items: &[Item], proof: &mut Proof) -> Vec<Appendix> {
    let begins = |item: &Item| matches!(item, Item::Text(p) if zone::is_appendix(&p.text));
    let mut starts: Vec<usize> =
        items.iter().enumerate().filter(|(_, item)| begins(item)).map(|(at, _)| at).collect();
    // `DANH SÁCH …` right under `PHỤ LỤC` is its title, not another one.
    starts.dedup_by(|later, earlier| *later == *earlier + 1);
    if starts.first().is_none_or(|first| *first > 0) && !items.is_empty() {
        starts.insert(0, 0);
    }
    let ends = starts.iter().skip(1).copied().chain(std::iter::once(items.len()));
    let ranges: Vec<(usize, usize)> = starts.iter().copied().zip(ends).collect();
    ranges
        .iter()
        .enumerate()
        .map(|(at, (from, to))| one(items.get(*from..*to).unwrap_or_default(), at, proof))
        .collect()
}

fn one(items: &[Item], index: usize, proof: &mut Proof) -> Appendix {
    let base = format!("/appendices/{index}");
    let lines: Vec<Span> = items
        .iter()
        .map_while(|item| match item {
            Item::Text(passage) => Some(passage.span()),
            Item::Table(_) => None,
        })
        .collect();
    let marked = lines.first().filter(|line| zone::is_appendix(line.text())).copied();
    let skip = usize::from(marked.is_some());
    let title: Vec<Span> = lines
        .iter()
        .skip(skip)
        .take_while(|line| is_upper(line.text()) || line.text().starts_with('('))
        .copied()
        .collect();
    if let Some(marked) = marked {
        proof.found(format!("{base}/marker"), &[marked]);
    }
    if !title.is_empty() {
        proof.found(format!("{base}/title"), &title);
    }
    let rest = items.get(skip + title.len()..).unwrap_or_default();
    let tree = section::read(rest);
    let mut tables = Vec::new();
    for item in rest {
        if let Item::Table(grid) = item
            && let Some(mut table) = agenda::table(grid)
        {
            table.id = format!("appendix{}-table{}", index + 1, tables.len() + 1);
            tables.push(table);
        }
    }
    let text = tree.preamble.iter().chain(&tree.closing).map(|span| span.owned()).collect();
    Appendix {
        marker: marked.map(|span| span.trim_end(&[':', '.']).owned()),
        title: (!title.is_empty()).then(|| join(&title)),
        text,
        sections: tree.sections(&[], &format!("{base}/sections"), proof),
        tables,
    }
}
