//! The outline a viewer shows beside the pages, from the sections of the record.
//!
//! A section stands in it with marker and title and leads to where it begins. Items without a title are text, not
//! headings, and stay out; so does what stands on no known page.

use std::io::{self, Write};

use pdf_writer::{Ref, TextStr};

use super::Leaf;
use super::file::PdfFile;
use crate::extract::record::{Record, Section};
use crate::write::table::page_of;

/// Deeper headings than this make an outline nobody looks at.
const DEEPEST: usize = 3;
/// Letters of a heading that are shown.
const LONGEST: usize = 120;

/// A heading, with those below it.
struct Item {
    title: String,
    page: u32,
    /// Upper edge in pixels of the source page.
    top: Option<i32>,
    children: Vec<Item>,
}

/// Writes the outline; `None` for a record without headings.
pub fn write<W: Write>(file: &mut PdfFile<W>, record: &Record, leaves: &[Leaf]) -> io::Result<Option<Ref>> {
    let items = items(record, &record.sections, "/sections", 1);
    if items.is_empty() {
        return Ok(None);
    }
    let root = file.fresh();
    let ends = write_items(file, &items, root, leaves)?;
    file.put(root, |chunk| {
        let mut outline = chunk.outline(root);
        if let Some((first, last)) = ends {
            outline.first(first).last(last).count(count(items.len()));
        }
    })?;
    Ok(Some(root))
}

fn items(record: &Record, sections: &[Section], pointer: &str, depth: usize) -> Vec<Item> {
    if depth > DEEPEST {
        return Vec::new();
    }
    let item = |(index, section): (usize, &Section)| {
        let pointer = format!("{pointer}/{index}");
        let title = [section.marker.as_deref(), section.title.as_deref()]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ");
        let evidence =
            [&pointer, &format!("{pointer}/title")].into_iter().find_map(|key| record.evidence.get(key));
        section.title.as_ref()?;
        Some(Item {
            title: title.chars().filter(|c| !c.is_control()).take(LONGEST).collect(),
            page: page_of(record, &pointer)?,
            top: evidence.and_then(|evidence| evidence.bbox).map(|[_, top, _, _]| top),
            children: items(record, &section.children, &format!("{pointer}/children"), depth + 1),
        })
    };
    sections.iter().enumerate().filter_map(item).collect()
}

/// Writes items of one level, closed; says which were first and last.
fn write_items<W: Write>(
    file: &mut PdfFile<W>,
    items: &[Item],
    parent: Ref,
    leaves: &[Leaf],
) -> io::Result<Option<(Ref, Ref)>> {
    let ids: Vec<Ref> = items.iter().map(|_| file.fresh()).collect();
    for (index, item) in items.iter().enumerate() {
        let Some(&id) = ids.get(index) else { continue };
        let below = write_items(file, &item.children, id, leaves)?;
        file.put(id, |chunk| {
            let mut entry = chunk.outline_item(id);
            entry.title(TextStr(&item.title)).parent(parent);
            if let Some(&before) = index.checked_sub(1).and_then(|before| ids.get(before)) {
                entry.prev(before);
            }
            if let Some(&next) = ids.get(index + 1) {
                entry.next(next);
            }
            if let Some((first, last)) = below {
                entry.first(first).last(last).count(-count(item.children.len()));
            }
            if let Some(leaf) = leaves.iter().find(|leaf| leaf.number == item.page) {
                let top = item.top.map_or(leaf.frame.height, |top| {
                    leaf.frame.height - (f64::from(top) * leaf.frame.scale) as f32
                });
                entry.dest().page(leaf.id).xyz(0.0, top, None);
            }
        })?;
    }
    Ok(ids.first().copied().zip(ids.last().copied()))
}

fn count(items: usize) -> i32 {
    i32::try_from(items).unwrap_or(i32::MAX)
}
