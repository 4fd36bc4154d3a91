//! Evens out the paper: yellowed, shaded, folded or stained sheets become white, ink keeps its contrast.
//!
//! The paper is what most of a small cell shows: its upper quartile, widened over the neighbours so that heavy print
//! does not pass for paper, smoothed, and divided out of every pixel (flat-field correction). Cost is linear: one
//! look at a quarter of the pixels, one multiplication for each.

use image::GrayImage;

/// Side of a cell in pixels; at 300 dpi 2.7 mm, a little less than a line of text is high with its leading.
const CELL: u32 = 32;

/// Paper is never taken to be darker than this part of the page's usual paper: a black border stays black.
const DARKEST_PAPER: f32 = 0.4;

/// Above this part of the paper's brightness all is paper, such as what shows through from the back.
pub const WHITE_POINT: f32 = 0.90;

/// Divides out the paper, then spreads what is left over the whole range; above `white_point` (a part of the paper's
/// brightness) all is paper.
pub fn flatten(gray: &mut GrayImage, white_point: f32) {
    if is_bilevel(gray) {
        return;
    }
    let paper = Paper::of(gray);
    if paper.is_white() {
        return;
    }
    paper.divide_out(gray);
    spread(gray, white_point);
}

/// Whether there are only blacks and whites.
pub fn is_bilevel(gray: &GrayImage) -> bool {
    gray.as_raw().iter().step_by(3).all(|&v| !(8..=247).contains(&v))
}

/// The brightness of the paper, a value a cell.
struct Paper {
    columns: usize,
    rows: usize,
    light: Vec<f32>,
}

impl Paper {
    fn of(gray: &GrayImage) -> Self {
        let (columns, rows) = (gray.width().div_ceil(CELL) as usize, gray.height().div_ceil(CELL) as usize);
        let mut histograms = vec![[0u16; 64]; columns];
        let mut light = Vec::with_capacity(columns * rows);
        for row in 0..rows as u32 {
            histograms.iter_mut().for_each(|h| h.fill(0));
            for y in (row * CELL..((row + 1) * CELL).min(gray.height())).step_by(2) {
                let start = y as usize * gray.width() as usize;
                let line = gray.as_raw().get(start..start + gray.width() as usize).unwrap_or_default();
                for (cell, histogram) in line.chunks(CELL as usize).zip(&mut histograms) {
                    for &v in cell.iter().step_by(2) {
                        histogram[usize::from(v >> 2)] += 1;
                    }
                }
            }
            light.extend(histograms.iter().map(upper_quartile));
        }
        let mut paper = Self { columns, rows, light };
        paper.fill_dark();
        paper.neighbours(|cells| cells.iter().copied().fold(0.0, f32::max));
        for _ in 0..2 {
            paper.neighbours(|cells| cells.iter().sum::<f32>() / cells.len() as f32);
        }
        paper
    }

    /// Lifts cells far below the page's usual paper.
    fn fill_dark(&mut self) {
        let mut sorted = self.light.clone();
        sorted.sort_by(f32::total_cmp);
        let usual = sorted.get(sorted.len() / 2).copied().unwrap_or(255.0);
        self.light.iter_mut().for_each(|v| *v = v.max(usual * DARKEST_PAPER).max(16.0));
    }

    /// Replaces each cell by a value of the up to nine around it.
    fn neighbours(&mut self, of: impl Fn(&[f32]) -> f32) {
        let old = std::mem::take(&mut self.light);
        let (columns, rows) = (self.columns, self.rows);
        for y in 0..rows {
            for x in 0..columns {
                let (mut around, mut count) = ([0.0; 9], 0);
                for row in y.saturating_sub(1)..(y + 2).min(rows) {
                    for cell in
                        &old[row * columns + x.saturating_sub(1)..row * columns + (x + 2).min(columns)]
                    {
                        around[count] = *cell;
                        count += 1;
                    }
                }
                self.light.push(of(&around[..count]));
            }
        }
    }

    fn is_white(&self) -> bool {
        self.light.iter().all(|&v| v >= 252.0)
    }

    /// The brightness along a line of cells, between the cells' middles in both directions.
    fn row(&self, y: f32) -> Vec<f32> {
        let place = (y / CELL as f32 - 0.5).clamp(0.0, (self.rows - 1) as f32);
        let (upper, part) = (place as usize, place.fract());
        let lower = (upper + 1).min(self.rows - 1);
        let at = |row: usize, x: usize| self.light.get(row * self.columns + x).copied().unwrap_or(255.0);
        (0..self.columns).map(|x| at(upper, x) * (1.0 - part) + at(lower, x) * part).collect()
    }

    fn divide_out(&self, gray: &mut GrayImage) {
        let width = gray.width() as usize;
        let raw: &mut [u8] = gray;
        for (y, line) in raw.chunks_exact_mut(width).enumerate() {
            let cells = self.row(y as f32 + 0.5);
            for (half, pixels) in line.chunks_mut(CELL as usize / 2).enumerate() {
                // Half cells run from middle to edge or edge to middle, so brightness is linear in each.
                let middle = |i: usize| cells.get(i.min(cells.len() - 1)).copied().unwrap_or(255.0);
                let (left, right) = if half % 2 == 0 {
                    (middle((half / 2).saturating_sub(1)), middle(half / 2))
                } else {
                    (middle(half / 2), middle(half / 2 + 1))
                };
                let start = if half % 2 == 0 { 0.5 } else { 0.0 };
                let step = (right - left) / CELL as f32;
                let first = left + (right - left) * start;
                for (x, v) in pixels.iter_mut().enumerate() {
                    *v = (f32::from(*v) * 255.0 / (first + step * x as f32)).min(255.0) as u8;
                }
            }
        }
    }
}

fn upper_quartile(histogram: &[u16; 64]) -> f32 {
    let all: u32 = histogram.iter().map(|&n| u32::from(n)).sum();
    let mut above = 0;
    for (level, &n) in histogram.iter().enumerate().rev() {
        above += u32::from(n);
        if above * 4 >= all {
            return level as f32 * 4.0 + 2.0;
        }
    }
    255.0
}

/// Spreads grey between the usual ink and nearly white paper over the whole range.
fn spread(gray: &mut GrayImage, white_point: f32) {
    let white = 255.0 * white_point;
    let black = ink_level(gray).min(white - 60.0);
    let table: Vec<u8> =
        (0..256).map(|v| ((v as f32 - black) * 255.0 / (white - black)).clamp(0.0, 255.0) as u8).collect();
    gray.iter_mut().for_each(|v| *v = table.get(usize::from(*v)).copied().unwrap_or(*v));
}

/// The darkest twentieth of what is clearly not paper; at most a little dark on a page of faint print.
fn ink_level(gray: &GrayImage) -> f32 {
    let mut histogram = [0u32; 256];
    gray.as_raw().iter().step_by(3).for_each(|&v| histogram[usize::from(v)] += 1);
    let ink: u32 = histogram.iter().take(180).sum();
    let mut below = 0;
    for (level, &n) in histogram.iter().enumerate().take(180) {
        below += n;
        if below * 20 >= ink.max(1) {
            return level as f32;
        }
    }
    0.0
}
