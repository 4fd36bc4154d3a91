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
    sample: impl Fn(&Sampler<'_>, i64, i64) -> u8,
) -> GrayImage {
    let source = Sampler { data: gray.as_raw(), width: gray.width() as i32, height: gray.height() as i32 };
    let fixed = |v: f64| (v * PLACE).round() as i64;
    let [across, _, _, down, ..] = back.coefficients.map(fixed);
    let mut data = Vec::with_capacity(width as usize * height as usize);
    for y in 0..height {
        // Pixel middles lie at halves.
        let (x0, y0) = back.apply(0.5, f64::from(y) + 0.5);
        let (x0, y0) = (fixed(x0 - 0.5), fixed(y0 - 0.5));
        data.extend((0..i64::from(width)).map(|x| sample(&source, x0 + across * x, y0 + down * x)));
    }
    GrayImage::from_raw(width, height, data).unwrap_or_default()
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

fn bilinear(source: &Sampler<'_>, x: i64, y: i64) -> u8 {
    let ((left, u), (top, v)) = (split(x), split(y));
    let (u, v) = (u as i32, v as i32);
    let [a, b] = source.row::<2>(left, top);
    let [c, d] = source.row::<2>(left, top + 1);
    let (upper, lower) = (a * (256 - u) + b * u, c * (256 - u) + d * u);
    ((upper * (256 - v) + lower * v + 32768) >> 16) as u8
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

fn cubic(source: &Sampler<'_>, x: i64, y: i64) -> u8 {
    let ((left, u), (top, v)) = (split(x), split(y));
    let (across, down) = (&WEIGHTS[u], &WEIGHTS[v]);
    let mut sum = 0;
    for (row, weight) in (top - 1..).zip(down) {
        let [a, b, c, d] = source.row::<4>(left - 1, row);
        sum += weight * (a * across[0] + b * across[1] + c * across[2] + d * across[3]);
    }
    ((sum + (1 << 19)) >> 20).clamp(0, 255) as u8
}
