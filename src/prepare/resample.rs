//! Draws a page through an affine transform, for scaling and rotating in one step.
//!
//! Reads grey pixels; produces grey pixels on white. Enlarging uses Catmull-Rom, which keeps thin strokes crisp;
//! turning at the same size is bilinear. Strong reductions are averaged down by whole factors first.

use image::GrayImage;

use crate::geometry::Affine;

/// The image of `gray` under `forward`, on a white sheet of `width` × `height` pixels.
pub fn resample(gray: &GrayImage, forward: &Affine, width: u32, height: u32) -> GrayImage {
    let [a, _, _, d, ..] = forward.coefficients;
    let scale = a.hypot(d);
    let factor = (1.0 / scale + 0.2).floor().max(1.0) as u32;
    if factor > 1 {
        let small = reduce(gray, factor);
        let forward = Affine::scale(f64::from(factor), f64::from(factor)).then(forward);
        return resample(&small, &forward, width, height);
    }
    let back = forward.inverse().unwrap_or_default();
    if scale > 1.05 {
        draw(gray, &back, width, height, cubic)
    } else {
        draw(gray, &back, width, height, bilinear)
    }
}

/// Averages blocks of `factor` × `factor` pixels.
fn reduce(gray: &GrayImage, factor: u32) -> GrayImage {
    let (width, height) = ((gray.width() / factor).max(1), (gray.height() / factor).max(1));
    let mut sums = vec![0u32; width as usize];
    let mut data = Vec::with_capacity((width * height) as usize);
    for row in 0..height {
        sums.fill(0);
        for y in row * factor..((row + 1) * factor).min(gray.height()) {
            let line = gray.as_raw().chunks_exact(gray.width() as usize).nth(y as usize).unwrap_or_default();
            for (pixels, sum) in line.chunks(factor as usize).zip(&mut sums) {
                *sum += pixels.iter().map(|&v| u32::from(v)).sum::<u32>();
            }
        }
        data.extend(sums.iter().map(|&s| (s / (factor * factor)) as u8));
    }
    GrayImage::from_raw(width, height, data).unwrap_or_default()
}

/// Places are counted in 1/65536 of a pixel, so that a step is an addition and a floor a shift.
const PLACE: f64 = 65536.0;

fn draw(
    gray: &GrayImage,
    back: &Affine,
    width: u32,
    height: u32,
    paint: impl Fn(&Sampler<'_>, &Walk, &mut [u8]),
) -> GrayImage {
    let source = Sampler { data: gray.as_raw(), width: gray.width() as i32, height: gray.height() as i32 };
    let fixed = |v: f64| (v * PLACE).round() as i64;
    let [across, _, _, down, ..] = back.coefficients.map(fixed);
    let mut data = vec![255; width as usize * height as usize];
    for (y, line) in data.chunks_exact_mut(width.max(1) as usize).enumerate() {
        // Pixel middles lie at halves.
        let (x, y) = back.apply(0.5, y as f64 + 0.5);
        paint(&source, &Walk { x: fixed(x - 0.5), y: fixed(y - 0.5), across, down }, line);
    }
    GrayImage::from_raw(width, height, data).unwrap_or_default()
}

/// Longest stretch blended at once, in pixels: they are counted in 16 bits.
const LONGEST: i64 = 4096;

/// Where a line of the result runs through the source, in places.
struct Walk {
    x: i64,
    y: i64,
    across: i64,
    down: i64,
}

impl Walk {
    /// The place of a pixel of the line.
    fn at(&self, pixel: usize) -> (i64, i64) {
        (self.x + self.across * pixel as i64, self.y + self.down * pixel as i64)
    }

    /// For how many pixels from a place on the walk stays in one row and takes one column after the other.
    fn stretch(&self, (x, y): (i64, i64)) -> usize {
        let until_next = |place: i64, step: i64| match step {
            0 => i64::MAX,
            1.. => (65535 - (place & 0xffff)) / step + 1,
            _ => (place & 0xffff) / -step + 1,
        };
        until_next(x, self.across - 65536).min(until_next(y, self.down)).min(LONGEST) as usize
    }
}

/// The whole pixel of a place, and the 256ths beyond it.
fn split(place: i64) -> (i32, usize) {
    ((place >> 16) as i32, (place >> 8) as usize & 0xff)
}

struct Sampler<'a> {
    data: &'a [u8],
    width: i32,
    height: i32,
}

impl Sampler<'_> {
    /// A pixel; white outside.
    fn at(&self, x: i32, y: i32) -> i32 {
        if x < 0 || y < 0 || x >= self.width || y >= self.height {
            return 255;
        }
        self.data.get((y * self.width + x) as usize).copied().map_or(255, i32::from)
    }

    /// Pixels of a row from `x`, if all are on the sheet.
    fn run(&self, x: i32, y: i32, length: usize) -> Option<&[u8]> {
        let (left, top, width) = (usize::try_from(x).ok()?, usize::try_from(y).ok()?, self.width as usize);
        let start = top * width + left;
        if left + length <= width { self.data.get(start..start + length) } else { None }
    }

    /// `N` pixels of a row from `x`; white outside.
    fn row<const N: usize>(&self, x: i32, y: i32) -> [i32; N] {
        if x >= 0 && y >= 0 && y < self.height && x + (N as i32) <= self.width {
            let start = y as usize * self.width as usize + x as usize;
            if let Some(pixels) = self.data.get(start..start + N).and_then(|p| <&[u8; N]>::try_from(p).ok()) {
                return pixels.map(i32::from);
            }
        }
        std::array::from_fn(|i| self.at(x + i as i32, y))
    }
}

/// Weighs the four pixels around each place by nearness.
fn bilinear(source: &Sampler<'_>, walk: &Walk, line: &mut [u8]) {
    let mut done = 0;
    while done < line.len() {
        let place = walk.at(done);
        let end = done.saturating_add(walk.stretch(place)).min(line.len());
        let Some(pixels) = line.get_mut(done..end) else { return };
        let (left, top) = ((place.0 >> 16) as i32, (place.1 >> 16) as i32);
        match (source.run(left, top, pixels.len() + 1), source.run(left, top + 1, pixels.len() + 1)) {
            (Some(upper), Some(lower)) => blend(upper, lower, walk, place, pixels),
            _ => pixels.iter_mut().zip(done..).for_each(|(v, i)| *v = at_edge(source, walk.at(i))),
        }
        done = end;
    }
}

/// One stretch in 16 bits a pixel, so that eight pixels are reckoned at once: what is left of a place within its pixel
/// does not overflow on the stretch.
fn blend(upper: &[u8], lower: &[u8], walk: &Walk, (x, y): (i64, i64), pixels: &mut [u8]) {
    let (u, v, across, down) = (x as u16, y as u16, walk.across as u16, walk.down as u16);
    let beside = upper.iter().zip(upper.iter().skip(1));
    let below = lower.iter().zip(lower.iter().skip(1));
    for (i, ((out, (a, b)), (c, d))) in (0u16..).zip(pixels.iter_mut().zip(beside).zip(below)) {
        let u = u.wrapping_add(across.wrapping_mul(i)) >> 8;
        let v = v.wrapping_add(down.wrapping_mul(i)) >> 8;
        *out = between(between((*a).into(), (*b).into(), u), between((*c).into(), (*d).into(), u), v) as u8;
    }
}

/// The value `part`/256 of the way from `a` to `b`.
fn between(a: u16, b: u16, part: u16) -> u16 {
    (a * (256 - part) + b * part + 128) >> 8
}

/// As [`blend`] does it, for one pixel that has neighbours off the sheet.
fn at_edge(source: &Sampler<'_>, (x, y): (i64, i64)) -> u8 {
    let ((left, u), (top, v)) = (split(x), split(y));
    let [a, b] = source.row::<2>(left, top).map(|v| v as u16);
    let [c, d] = source.row::<2>(left, top + 1).map(|v| v as u16);
    between(between(a, b, u as u16), between(c, d, u as u16), v as u16) as u8
}

/// Catmull-Rom weights of the four pixels around a place `t`/256 past the second, in 1024ths.
const WEIGHTS: [[i32; 4]; 256] = {
    let (mut table, mut t) = ([[0; 4]; 256], 0);
    while t < 256 {
        let (x, x2, x3) = (t, t * t, t * t * t);
        // Over 2 · 256³, rounded to 1024ths.
        let left = (-x3 + 2 * x2 * 256 - x * 65536 + 16384) >> 15;
        let right = (x3 - x2 * 256 + 16384) >> 15;
        let next = (-3 * x3 + 4 * x2 * 256 + x * 65536 + 16384) >> 15;
        table[t as usize] = [left, 1024 - left - right - next, next, right];
        t += 1;
    }
    table
};

fn cubic(source: &Sampler<'_>, walk: &Walk, line: &mut [u8]) {
    line.iter_mut().enumerate().for_each(|(i, v)| *v = cubic_at(source, walk.at(i)));
}

fn cubic_at(source: &Sampler<'_>, (x, y): (i64, i64)) -> u8 {
    let ((left, u), (top, v)) = (split(x), split(y));
    let (across, down) = (&WEIGHTS[u], &WEIGHTS[v]);
    let mut sum = 0;
    for (row, weight) in (top - 1..).zip(down) {
        let [a, b, c, d] = source.row::<4>(left - 1, row);
        sum += weight * (a * across[0] + b * across[1] + c * across[2] + d * across[3]);
    }
    ((sum + (1 << 19)) >> 20).clamp(0, 255) as u8
}
