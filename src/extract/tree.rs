//! The tree of sections: nodes with their markers, headings and paragraphs, and what hangs below them.
//!
//! [`super::section`] builds it. Here a node is cut into heading and text, and the tree is put into the record.

use super::evidence::Proof;
use super::letterhead::is_upper;
use super::passage::Span;
use super::record::Section;
use crate::dictionary::marker::{Marker, MarkerKind};

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

    /// The nodes of one level; it calls itself no deeper than the depth the tree is built to.
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
