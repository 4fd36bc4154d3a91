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

fn draw(
    gray: &GrayImage,
    back: &Affine,
    width: u32,
    height: u32,
    sample: impl Fn(&Sampler<'_>, f32, f32) -> u8,
) -> GrayImage {
    let source = Sampler { data: gray.as_raw(), width: gray.width() as i32, height: gray.height() as i32 };
    let [a, _, _, d, _, _] = back.coefficients.map(|c| c as f32);
    let mut data = Vec::with_capacity(width as usize * height as usize);
    for y in 0..height {
        // Pixel middles lie at halves.
        let (x0, y0) = back.apply(0.5, f64::from(y) + 0.5);
        let (x0, y0) = (x0 as f32 - 0.5, y0 as f32 - 0.5);
        data.extend((0..width).map(|x| sample(&source, x0 + a * x as f32, y0 + d * x as f32)));
    }
    GrayImage::from_raw(width, height, data).unwrap_or_default()
}

struct Sampler<'a> {
    data: &'a [u8],
    width: i32,
    height: i32,
}

impl Sampler<'_> {
    /// A pixel; white outside.
    fn at(&self, x: i32, y: i32) -> f32 {
        if x < 0 || y < 0 || x >= self.width || y >= self.height {
            return 255.0;
        }
        self.data.get((y * self.width + x) as usize).copied().map_or(255.0, f32::from)
    }

    /// `N` pixels of a row from `x`; white outside.
    fn row<const N: usize>(&self, x: i32, y: i32) -> [f32; N] {
        if x >= 0 && y >= 0 && y < self.height && x + (N as i32) <= self.width {
            let start = y as usize * self.width as usize + x as usize;
            if let Some(pixels) = self.data.get(start..start + N).and_then(|p| <&[u8; N]>::try_from(p).ok()) {
                return pixels.map(f32::from);
            }
        }
        std::array::from_fn(|i| self.at(x + i as i32, y))
    }
}

fn bilinear(source: &Sampler<'_>, x: f32, y: f32) -> u8 {
    let (left, top) = (x.floor(), y.floor());
    let (u, v) = (x - left, y - top);
    let [a, b] = source.row::<2>(left as i32, top as i32);
    let [c, d] = source.row::<2>(left as i32, top as i32 + 1);
    let upper = a + (b - a) * u;
    let lower = c + (d - c) * u;
    (upper + (lower - upper) * v + 0.5) as u8
}

fn cubic(source: &Sampler<'_>, x: f32, y: f32) -> u8 {
    let (left, top) = (x.floor(), y.floor());
    let (across, down) = (weights(x - left), weights(y - top));
    let (left, top) = (left as i32 - 1, top as i32 - 1);
    let mut sum = 0.0;
    for (row, weight) in (top..).zip(down) {
        let pixels = source.row::<4>(left, row);
        sum += weight * pixels.iter().zip(across).map(|(p, w)| p * w).sum::<f32>();
    }
    (sum + 0.5) as u8
}

/// Catmull-Rom weights of the four pixels around a place `t` past the second.
fn weights(t: f32) -> [f32; 4] {
    let (t2, t3) = (t * t, t * t * t);
    [-0.5 * t3 + t2 - 0.5 * t, 1.5 * t3 - 2.5 * t2 + 1.0, -1.5 * t3 + 2.0 * t2 + 0.5 * t, 0.5 * t3 - 0.5 * t2]
}
