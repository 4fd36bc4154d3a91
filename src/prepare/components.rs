//! Connected pieces of ink, by runs and union-find.
//!
//! Reads a page of dark ink on white; produces the [`Component`]s in the order of their first pixel. Rosenfeld and
//! Pfaltz (1966) on runs in place of pixels: cost is linear in pixels plus runs.

use image::GrayImage;

use crate::geometry::Rect;

/// Darker than this is ink.
pub const INK: u8 = 128;

/// Pieces beyond this number are not told apart: such a page is noise.
const MOST_RUNS: usize = 8_000_000;

/// A connected piece of ink.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Component {
    /// The box around it.
    pub bbox: Rect,
    /// Pixels of ink.
    pub area: u32,
}

/// A stretch of ink in one row.
#[derive(Clone, Copy)]
struct Run {
    start: u32,
    end: u32,
    row: u32,
}

/// Finds the pieces; `None` on a page of so much noise that they mean nothing.
pub fn find(gray: &GrayImage) -> Option<Vec<Component>> {
    let (runs, row_starts) = runs(gray)?;
    let mut parents: Vec<u32> = (0..runs.len() as u32).collect();
    for rows in row_starts.windows(3) {
        if let [above, here, end] = *rows {
            join(&runs, above..here, here..end, &mut parents);
        }
    }
    Some(collect(&runs, &mut parents))
}

/// The runs, and where each row's runs start, with the total at the end.
fn runs(gray: &GrayImage) -> Option<(Vec<Run>, Vec<usize>)> {
    let mut runs = Vec::new();
    let mut starts = vec![0];
    for (row, line) in gray.as_raw().chunks_exact(gray.width().max(1) as usize).enumerate() {
        let mut x = 0;
        while let Some(start) = line.get(x..).and_then(|rest| rest.iter().position(|&v| v < INK)) {
            let start = x + start;
            let length = line.get(start..).and_then(|rest| rest.iter().position(|&v| v >= INK));
            x = length.map_or(line.len(), |l| start + l);
            runs.push(Run { start: start as u32, end: x as u32, row: row as u32 });
        }
        starts.push(runs.len());
        if runs.len() > MOST_RUNS {
            return None;
        }
    }
    Some((runs, starts))
}

/// Joins runs of neighbouring rows that touch, also at corners.
fn join(runs: &[Run], above: std::ops::Range<usize>, here: std::ops::Range<usize>, parents: &mut [u32]) {
    let (mut i, mut j) = (above.start, here.start);
    while i < above.end && j < here.end {
        let (Some(a), Some(b)) = (runs.get(i), runs.get(j)) else { return };
        if a.start <= b.end && b.start <= a.end {
            unite(parents, i as u32, j as u32);
        }
        if a.end < b.end { i += 1 } else { j += 1 }
    }
}

fn root(parents: &mut [u32], mut i: u32) -> u32 {
    while let Some(&parent) = parents.get(i as usize)
        && parent != i
    {
        let grandparent = parents.get(parent as usize).copied().unwrap_or(parent);
        if let Some(slot) = parents.get_mut(i as usize) {
            *slot = grandparent;
        }
        i = grandparent;
    }
    i
}

/// The earlier root wins, so that pieces are numbered by their first pixel.
fn unite(parents: &mut [u32], a: u32, b: u32) {
    let (a, b) = (root(parents, a), root(parents, b));
    if let Some(slot) = parents.get_mut(a.max(b) as usize) {
        *slot = a.min(b);
    }
}

fn collect(runs: &[Run], parents: &mut [u32]) -> Vec<Component> {
    let mut places = vec![u32::MAX; runs.len()];
    let mut components: Vec<Component> = Vec::new();
    for (i, run) in runs.iter().enumerate() {
        let Some(place) = places.get_mut(root(parents, i as u32) as usize) else { continue };
        let bbox = Rect::new(run.start as i32, run.row as i32, run.end as i32, run.row as i32 + 1);
        if *place == u32::MAX {
            *place = components.len() as u32;
            components.push(Component { bbox, area: run.end - run.start });
        } else if let Some(component) = components.get_mut(*place as usize) {
            component.bbox = component.bbox.union(&bbox);
            component.area += run.end - run.start;
        }
    }
    components
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(rows: &[&str]) -> GrayImage {
        let data = rows.iter().flat_map(|r| r.bytes().map(|b| if b == b'#' { 0 } else { 255 })).collect();
        GrayImage::from_raw(rows[0].len() as u32, rows.len() as u32, data).unwrap()
    }

    #[test]
    fn a_ring_is_one_piece_and_a_dot_inside_another() {
        let found = find(&page(&["#####..", "#...#..", "#.#.#.#", "#...#..", "#####.."])).unwrap();
        let areas: Vec<u32> = found.iter().map(|c| c.area).collect();
        assert_eq!(areas, [16, 1, 1]);
        assert_eq!(found[0].bbox, Rect::new(0, 0, 5, 5));
    }

    #[test]
    fn branches_that_meet_later_are_one_piece() {
        let found = find(&page(&["#..#..#", "#..#..#", "#######"])).unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].area, 13);
    }
}
