//! [`Sketch`]: the page at about 100 dots per inch, ink or paper, for questions that need no more.

use image::GrayImage;

/// Width the sketch aims at, in pixels: an A4 page at 100 dpi.
const WIDTH: u32 = 850;

/// A block is ink if it is this much darker than white on average.
const INK: u32 = 70;

/// A small picture of the page in two colours.
pub struct Sketch {
    /// In blocks.
    pub width: usize,
    /// In blocks.
    pub height: usize,
    /// Source pixels a block is wide and high.
    pub block: u32,
    /// Row by row; `true` is ink.
    pub ink: Vec<bool>,
}

impl Sketch {
    /// Sketches a page of dark ink on white.
    pub fn of(gray: &GrayImage) -> Self {
        let block = (gray.width().min(gray.height()) / WIDTH).max(1);
        let (width, height) =
            ((gray.width() / block).max(1) as usize, (gray.height() / block).max(1) as usize);
        let mut ink = Vec::with_capacity(width * height);
        let mut sums = vec![0u32; width];
        for row in 0..height as u32 {
            sums.fill(0);
            for y in row * block..(row + 1) * block {
                let start = y as usize * gray.width() as usize;
                let line = gray.as_raw().get(start..start + gray.width() as usize).unwrap_or_default();
                for (pixels, sum) in line.chunks_exact(block as usize).zip(&mut sums) {
                    *sum += pixels.iter().map(|&v| u32::from(255 - v)).sum::<u32>();
                }
            }
            ink.extend(sums.iter().map(|&s| s > INK * block * block));
        }
        Self { width, height, block, ink }
    }

    /// The rows of the sketch.
    pub fn rows(&self) -> impl Iterator<Item = &[bool]> {
        self.ink.chunks_exact(self.width)
    }

    /// The sketch with rows for columns.
    pub fn transposed(&self) -> Sketch {
        let mut ink = vec![false; self.ink.len()];
        for (y, row) in self.rows().enumerate() {
            for (x, &dark) in row.iter().enumerate() {
                ink[x * self.height + y] = dark;
            }
        }
        Sketch { width: self.height, height: self.width, block: self.block, ink }
    }
}
