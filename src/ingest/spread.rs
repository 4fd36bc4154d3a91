//! Two-page spreads: a book or file scanned open, two pages to an image, is handed on page by page.
//!
//! Reads the pages of another reader; produces the left and the right half of a spread as pages of their own, each with
//! its own pixels, and every other page as it is. A spread is a landscape image with a gutter: an upright band about the
//! middle that no ink crosses but the shadow of the fold, with printed lines on both sides of it. A landscape table has
//! rules, a title or a cell across its middle and stays whole; so does a spread with one side empty, and a page of a PDF
//! that brings text of its own. Never cuts through ink.

use std::ops::Range;

use image::{DynamicImage, GrayImage};

use super::error::IngestError;
use super::open::PageReader;
use super::source_page::{LayerWord, SourcePage, TextLayer};
use crate::geometry::Rect;

/// Width to height of two A-format pages side by side is 1.41; cropped and skewed ones vary.
const SHAPE: Range<f32> = 1.2..1.75;

/// Landscape pages are decoded once more to be judged: all of them where they are this few, else only where they are at
/// least half of the document, as in a book.
const FEW: usize = 8;

/// Pages of more pixels are left whole.
const MOST_PIXELS: u64 = 100_000_000;

/// Width of the small image that is judged; a line of 13 points is then about 14 pixels high with its leading.
const WIDTH: u32 = 1000;

/// The gutter lies in this part of the width,
const MIDDLE: Range<f32> = 0.4..0.6;

/// and is at least this part of the width wide: two inner margins of 6 mm on A3.
const GUTTER: f32 = 0.03;

/// A column of the gutter may have this part of the height in ink: specks.
const SPECKS: f32 = 0.004;

/// Each side has at least so many lines.
const LINES: usize = 6;

/// Ink is darker than this part of the paper about it.
const INK: f32 = 0.7;

/// The pages of `reader`, spreads taken apart.
pub fn apart(reader: Box<dyn PageReader>) -> Box<dyn PageReader> {
    let pages = reader.page_count();
    let wide: Vec<u32> = (1..=pages).filter(|&number| reader.is_wide(number)).collect();
    if wide.len() > FEW && wide.len() * 2 < pages as usize {
        return reader;
    }
    let cuts: Vec<(u32, Cut)> =
        wide.into_iter().filter_map(|number| Some((number, cut_of(reader.as_ref(), number)?))).collect();
    if cuts.is_empty() {
        return reader;
    }
    let cut = |number: u32| cuts.iter().find(|(n, _)| *n == number).map(|(_, cut)| *cut);
    let sides = |number: u32| match cut(number) {
        Some(cut) => vec![(number, Some(cut.left())), (number, Some(cut.right()))],
        None => vec![(number, None)],
    };
    let parts = (1..=pages).flat_map(sides).collect();
    Box::new(Apart { reader, parts })
}

fn cut_of(reader: &dyn PageReader, number: u32) -> Option<Cut> {
    let (width, height) = reader.size(number)?;
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return None;
    }
    // A page that cannot be decoded fails in its turn, with its reason.
    let page = reader.page(number).ok()?;
    if page.text_layer.as_ref().is_some_and(|layer| layer.visible && !layer.over_scan) {
        return None;
    }
    let x = gutter(&page.image)?;
    Some(Cut { x, width: page.image.width(), height: page.image.height() })
}

/// Where a spread is cut.
#[derive(Debug, Clone, Copy)]
struct Cut {
    x: u32,
    width: u32,
    height: u32,
}

impl Cut {
    fn left(&self) -> Rect {
        Rect::new(0, 0, self.x as i32, self.height as i32)
    }

    fn right(&self) -> Rect {
        Rect::new(self.x as i32, 0, self.width as i32, self.height as i32)
    }
}

/// Pages, some of which are a part of another reader's.
struct Apart {
    reader: Box<dyn PageReader>,
    /// For each page the other reader's, and the part of it.
    parts: Vec<(u32, Option<Rect>)>,
}

impl Apart {
    fn part(&self, number: u32) -> Option<(u32, Option<Rect>)> {
        self.parts.get((number as usize).checked_sub(1)?).copied()
    }
}

impl PageReader for Apart {
    fn page_count(&self) -> u32 {
        self.parts.len() as u32
    }

    fn size(&self, number: u32) -> Option<(u32, u32)> {
        // What is decoded is the whole spread.
        self.reader.size(self.part(number)?.0)
    }

    fn jpeg(&self, number: u32) -> Option<Vec<u8>> {
        match self.part(number)? {
            (whole, None) => self.reader.jpeg(whole),
            (_, Some(_)) => None,
        }
    }

    fn page(&self, number: u32) -> Result<SourcePage, IngestError> {
        let (whole, part) = self.part(number).unwrap_or((0, None));
        let page = SourcePage { number, ..self.reader.page(whole)? };
        Ok(match part {
            None => page,
            Some(part) => SourcePage {
                image: page.image.crop_imm(
                    part.x0 as u32,
                    part.y0 as u32,
                    part.width() as u32,
                    part.height() as u32,
                ),
                text_layer: page.text_layer.map(|layer| within(layer, &part)),
                ..page
            },
        })
    }
}

/// The words in a part of the page, in its pixels.
fn within(layer: TextLayer, part: &Rect) -> TextLayer {
    let inside = layer.words.into_iter().filter(|w| part.contains(w.bbox.center_x(), w.bbox.center_y()));
    let moved = |b: Rect| Rect::new(b.x0 - part.x0, b.y0 - part.y0, b.x1 - part.x0, b.y1 - part.y0);
    let words = inside.map(|w| LayerWord { bbox: moved(w.bbox), text: w.text }).collect();
    TextLayer { words, ..layer }
}

/// The middle of the gutter of a spread, in pixels from the left; `None` for any other page.
fn gutter(image: &DynamicImage) -> Option<u32> {
    let shape = image.width() as f32 / image.height().max(1) as f32;
    if !SHAPE.contains(&shape) || image.width() < WIDTH / 2 {
        return None;
    }
    let width = WIDTH.min(image.width());
    let small = image.thumbnail_exact(width, (width as f32 / shape).round().max(1.0) as u32).into_luma8();
    let ink = Ink::of(&small);
    let middle =
        ink.widest_gap((MIDDLE.start * width as f32) as usize..(MIDDLE.end * width as f32) as usize)?;
    let sides = [0..middle.start, middle.end..ink.width];
    if (middle.len() as f32) < GUTTER * width as f32 || sides.into_iter().any(|side| ink.lines(side) < LINES)
    {
        return None;
    }
    let x = (middle.start + middle.end) as u64 * u64::from(image.width()) / (2 * u64::from(width));
    u32::try_from(x).ok()
}

/// A small page in two colours.
struct Ink {
    width: usize,
    height: usize,
    dark: Vec<bool>,
}

impl Ink {
    /// Darker than the paper of its cell, and of its column, so that the shadow of the fold is paper.
    fn of(gray: &GrayImage) -> Self {
        const CELL: usize = 20;
        let (width, height) = (gray.width() as usize, gray.height() as usize);
        let at = |x: usize, y: usize| gray.as_raw().get(y * width + x).copied().unwrap_or(255);
        let bright = |xs: Range<usize>, ys: Range<usize>| {
            let mut all: Vec<u8> =
                ys.flat_map(|y| xs.clone().map(move |x| (x, y))).map(|(x, y)| at(x, y)).collect();
            let place = all.len() * 3 / 4;
            all.sort_unstable();
            f32::from(all.get(place).copied().unwrap_or(255))
        };
        let columns: Vec<f32> = (0..width).map(|x| bright(x..x + 1, 0..height)).collect();
        let mut dark = vec![false; width * height];
        for y0 in (0..height).step_by(CELL) {
            for x0 in (0..width).step_by(CELL) {
                let (xs, ys) = (x0..(x0 + CELL).min(width), y0..(y0 + CELL).min(height));
                let paper = bright(xs.clone(), ys.clone());
                for (x, y) in ys.flat_map(|y| xs.clone().map(move |x| (x, y))) {
                    dark[y * width + x] = f32::from(at(x, y)) < INK * paper.min(columns[x]);
                }
            }
        }
        Self { width, height, dark }
    }

    fn is_dark(&self, x: usize, y: usize) -> bool {
        self.dark.get(y * self.width + x).copied().unwrap_or(false)
    }

    /// The widest band without ink that has a part in the given columns.
    fn widest_gap(&self, columns: Range<usize>) -> Option<Range<usize>> {
        let most = (SPECKS * self.height as f32) as usize;
        let free = |x: usize| (0..self.height).filter(|&y| self.is_dark(x, y)).count() <= most;
        let mut gaps: Vec<Range<usize>> = Vec::new();
        for x in (0..self.width).filter(|&x| free(x)) {
            match gaps.last_mut() {
                Some(gap) if gap.end == x => gap.end = x + 1,
                _ => gaps.push(x..x + 1),
            }
        }
        let central = |gap: &&Range<usize>| columns.contains(&((gap.start + gap.end) / 2));
        gaps.iter().filter(central).max_by_key(|gap| gap.len()).cloned()
    }

    /// How many printed lines there are in a part of the page, as strips a few letters wide see them: the median of those
    /// strips that see any. Lines that run down the page, or one large picture, are none.
    fn lines(&self, part: Range<usize>) -> usize {
        const STRIP: usize = 32;
        let strips = part.clone().step_by(STRIP).map(|x| x..(x + STRIP).min(part.end));
        let mut counts: Vec<usize> = strips.map(|strip| self.rows(&strip)).filter(|&n| n > 0).collect();
        counts.sort_unstable();
        counts.get(counts.len() / 2).copied().unwrap_or(0)
    }

    /// The runs of inked rows in a strip that are as high as a line of letters.
    fn rows(&self, strip: &Range<usize>) -> usize {
        let inked: Vec<bool> =
            (0..self.height).map(|y| strip.clone().filter(|&x| self.is_dark(x, y)).count() >= 3).collect();
        inked
            .chunk_by(|a, b| a == b)
            .filter(|run| run.first() == Some(&true) && (2..=16).contains(&run.len()))
            .count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Luma;

    /// A landscape page of 1,400 × 1,000 with lines of words in the given columns, and more ink by `also`.
    fn page(columns: &[Range<u32>], also: impl Fn(u32, u32) -> bool) -> DynamicImage {
        let word = |x: u32, y: u32| columns.iter().any(|c| c.contains(&x)) && x % 40 < 31 && y % 22 < 9;
        let line = |x: u32, y: u32| (120..900).contains(&y) && word(x, y) && !(x + y).is_multiple_of(4);
        DynamicImage::ImageLuma8(GrayImage::from_fn(1400, 1000, |x, y| {
            Luma([if line(x, y) || also(x, y) { 20 } else { 235 }])
        }))
    }

    const BOTH: [Range<u32>; 2] = [80..640, 760..1320];

    #[test]
    fn two_pages_are_cut_in_the_gutter_and_the_shadow_of_the_fold_does_not_matter() {
        let x = gutter(&page(&BOTH, |_, _| false)).expect("a spread");
        assert!((650..750).contains(&x), "{x}");
        assert!(gutter(&page(&BOTH, |x, _| (690..702).contains(&x))).is_some());
    }

    #[test]
    fn what_stands_across_the_middle_keeps_a_page_whole() {
        assert_eq!(gutter(&page(&BOTH, |x, y| (400..1000).contains(&x) && (60..70).contains(&y))), None);
        assert_eq!(gutter(&page(&BOTH, |x, y| (80..1320).contains(&x) && y % 66 < 2)), None);
        assert_eq!(gutter(&page(&[80..720, 720..1320], |_, _| false)), None);
    }

    #[test]
    fn one_side_alone_and_lines_that_run_down_the_page_are_no_spread() {
        assert_eq!(gutter(&page(&BOTH[..1], |_, _| false)), None);
        let DynamicImage::ImageLuma8(upright) = page(&[80..420, 560..940], |_, _| false) else {
            unreachable!()
        };
        let sideways = image::imageops::crop_imm(&upright, 0, 0, 1000, 1400).to_image();
        let sideways = DynamicImage::ImageLuma8(image::imageops::rotate90(&sideways));
        assert_eq!(gutter(&sideways.resize_exact(1400, 1000, image::imageops::FilterType::Triangle)), None);
    }
}
