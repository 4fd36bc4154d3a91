//! Lifts the ring of a round seal off pages that have lost its colour: photocopies and grey scans.
//!
//! Reads the page and its connected pieces of ink; paints over the ring, and inside it whatever is clearly paler than
//! print. The engine takes a ring for a picture and drops the name beneath it. A circle is fitted to the outline of
//! every piece of a seal's size (Kåsa's least squares, 1976, with outliers trimmed, as the name's letters stick out),
//! and believed only if there is ink all around it. Strokes that run through the ring are longer than it is thick:
//! they are letters, and stay.

use image::{GrayImage, Luma};

use super::components::{Component, INK};
use crate::geometry::Rect;

/// Diameters of seals in inches: 20 to 45 mm (Circular 11/2012/TT-BCA has 30 to 42).
const DIAMETER: std::ops::RangeInclusive<f32> = 0.78..=1.8;

/// A ring has ink on at least this part of its way round.
const CLOSED: f32 = 0.7;

/// Strokes up to so many times the ring's thickness are the ring's.
const RING: f32 = 1.6;

/// Ink in a ring that is paler than the page's print by this is the seal's.
const PALER: u8 = 40;

/// Lifts the rings off the page in place; `dpi` is its resolution.
pub fn lift(gray: &mut GrayImage, components: &[Component], dpi: f32) {
    let high = |c: &&Component| DIAMETER.contains(&(c.bbox.height() as f32 / dpi));
    let wide = |c: &&Component| c.bbox.width() < 2 * c.bbox.height() && c.bbox.height() < 2 * c.bbox.width();
    let sparse = |c: &&Component| (c.area as f32) < 0.4 * c.bbox.width() as f32 * c.bbox.height() as f32;
    for piece in components.iter().filter(high).filter(wide).filter(sparse) {
        if let Some(ring) = Ring::fit(gray, &piece.bbox, dpi) {
            ring.fade_inside(gray);
            ring.erase(gray);
        }
    }
}

/// A circle of ink, in pixels.
struct Ring {
    x: f32,
    y: f32,
    radius: f32,
    thickness: f32,
}

impl Ring {
    fn fit(gray: &GrayImage, bbox: &Rect, dpi: f32) -> Option<Self> {
        let mut points = outline(gray, bbox);
        let mut circle = circle_through(&points)?;
        for slack in [0.1, 0.05, 0.02, 0.01, 0.01] {
            let near = |&(x, y): &(f32, f32)| {
                let off = (x - circle.0).hypot(y - circle.1) - circle.2;
                off.abs() <= (slack * dpi).max(2.0)
            };
            let kept: Vec<_> = points.iter().copied().filter(near).collect();
            if kept.len() * 3 < points.len() {
                break;
            }
            circle = circle_through(&kept)?;
            points = if slack > 0.02 { points } else { kept };
        }
        let (x, y, radius) = circle;
        if !DIAMETER.contains(&(2.0 * radius / dpi)) {
            return None;
        }
        let ring = Self { x, y, radius, thickness: 0.0 };
        let mut runs: Vec<f32> =
            ring.angles().filter_map(|a| ring.run(gray, a)).map(|(from, to)| to - from).collect();
        let closed = runs.len() as f32 >= CLOSED * ring.angles().count() as f32;
        runs.sort_by(f32::total_cmp);
        let thickness = *runs.get(runs.len() / 2)?;
        (closed && thickness < 0.05 * dpi).then_some(Self { thickness, ..ring })
    }

    /// Directions half a pixel apart on the ring.
    fn angles(&self) -> impl Iterator<Item = f32> + use<> {
        let steps = (self.radius * 4.0 * std::f32::consts::PI).max(8.0) as usize;
        (0..steps).map(move |i| i as f32 * std::f32::consts::TAU / steps as f32)
    }

    fn at(&self, angle: f32, radius: f32) -> (u32, u32) {
        let x = self.x + angle.cos() * radius;
        let y = self.y + angle.sin() * radius;
        (x.round().max(0.0) as u32, y.round().max(0.0) as u32)
    }

    /// The stretch of ink, from radius to radius, that the ring has in a direction.
    fn run(&self, gray: &GrayImage, angle: f32) -> Option<(f32, f32)> {
        let shade = |radius: f32| {
            let (x, y) = self.at(angle, radius);
            gray.get_pixel_checked(x, y).map_or(255, |p| p.0[0])
        };
        let reach = (self.radius * 0.03).max(3.0);
        let start =
            (0..=2 * reach as i32).map(|d| self.radius - reach + d as f32).find(|&r| shade(r) < INK)?;
        let most = self.radius * 0.3;
        let outward =
            (0..).map(|d| start + d as f32).take_while(|&r| r - start < most && shade(r) < SOFT).last()?;
        let inward =
            (0..).map(|d| start - d as f32).take_while(|&r| start - r < most && shade(r) < SOFT).last()?;
        Some((inward, outward + 1.0))
    }

    fn erase(&self, gray: &mut GrayImage) {
        let runs: Vec<(f32, f32, f32)> = self
            .angles()
            .filter_map(|angle| self.run(gray, angle).map(|(from, to)| (angle, from, to)))
            .filter(|(_, from, to)| to - from <= self.thickness * RING + 2.0)
            .collect();
        for (angle, from, to) in runs {
            let mut radius = from - 0.5;
            while radius <= to {
                let (x, y) = self.at(angle, radius);
                if let Some(pixel) = gray.get_pixel_mut_checked(x, y) {
                    *pixel = Luma([255]);
                }
                radius += 0.5;
            }
        }
    }

    /// Where the ring is paler than print, so is its lettering: all that is not print or beside it goes.
    fn fade_inside(&self, gray: &mut GrayImage) {
        let mut shades: Vec<u8> = self
            .angles()
            .filter_map(|angle| self.run(gray, angle).map(|(from, to)| self.at(angle, (from + to) / 2.0)))
            .filter_map(|(x, y)| gray.get_pixel_checked(x, y).map(|p| p.0[0]))
            .collect();
        shades.sort_unstable();
        let Some(&shade) = shades.get(shades.len() / 2) else { return };
        let Some(print) = shade.checked_sub(PALER) else { return };
        let clip = |v: f32, most: u32| (v.max(0.0) as u32).min(most);
        let (left, right) =
            (clip(self.x - self.radius, gray.width()), clip(self.x + self.radius, gray.width()));
        let (top, bottom) =
            (clip(self.y - self.radius, gray.height()), clip(self.y + self.radius, gray.height()));
        let inside = |x: u32, y: u32| (x as f32 - self.x).hypot(y as f32 - self.y) < self.radius;
        let before = gray.clone();
        let beside_print = |x: u32, y: u32| {
            let near = |v: u32| v.saturating_sub(BESIDE)..=v + BESIDE;
            near(y).any(|v| near(x).any(|u| before.get_pixel_checked(u, v).is_some_and(|p| p.0[0] < print)))
        };
        for y in top..bottom {
            for x in left..right {
                if inside(x, y) && gray.get_pixel(x, y).0[0] < 255 && !beside_print(x, y) {
                    gray.put_pixel(x, y, Luma([255]));
                }
            }
        }
    }
}

/// Ink and its soft edge.
const SOFT: u8 = 200;

/// The soft edge of print is at most so many pixels wide.
const BESIDE: u32 = 2;

/// The first ink from each side of a box.
fn outline(gray: &GrayImage, bbox: &Rect) -> Vec<(f32, f32)> {
    let dark = |x: i32, y: i32| {
        let at = u32::try_from(x).ok().zip(u32::try_from(y).ok());
        at.and_then(|(x, y)| gray.get_pixel_checked(x, y)).is_some_and(|p| p.0[0] < INK)
    };
    let point = |x: i32, y: i32| (x as f32, y as f32);
    let mut points = Vec::new();
    for x in (bbox.x0..bbox.x1).step_by(2) {
        points.extend((bbox.y0..bbox.y1).find(|&y| dark(x, y)).map(|y| point(x, y)));
        points.extend((bbox.y0..bbox.y1).rev().find(|&y| dark(x, y)).map(|y| point(x, y)));
    }
    for y in (bbox.y0..bbox.y1).step_by(2) {
        points.extend((bbox.x0..bbox.x1).find(|&x| dark(x, y)).map(|x| point(x, y)));
        points.extend((bbox.x0..bbox.x1).rev().find(|&x| dark(x, y)).map(|x| point(x, y)));
    }
    points
}

/// The circle of least squares, as (x, y, radius).
fn circle_through(points: &[(f32, f32)]) -> Option<(f32, f32, f32)> {
    let n = points.len() as f64;
    if points.len() < 20 {
        return None;
    }
    let (mx, my) =
        points.iter().fold((0.0, 0.0), |(a, b), p| (a + f64::from(p.0) / n, b + f64::from(p.1) / n));
    let (mut suu, mut suv, mut svv, mut suw, mut svw, mut sw) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
    for &(x, y) in points {
        let (u, v) = (f64::from(x) - mx, f64::from(y) - my);
        let w = u * u + v * v;
        suu += u * u;
        suv += u * v;
        svv += v * v;
        suw += u * w;
        svw += v * w;
        sw += w;
    }
    let determinant = suu * svv - suv * suv;
    if determinant.abs() < 1e-6 {
        return None;
    }
    let u = (suw * svv - svw * suv) / (2.0 * determinant);
    let v = (svw * suu - suw * suv) / (2.0 * determinant);
    let radius = (u * u + v * v + sw / n).sqrt();
    Some(((u + mx) as f32, (v + my) as f32, radius as f32))
}

#[cfg(test)]
mod tests {
    use super::super::components;
    use super::*;

    /// A ring 1.3 in wide at 300 dpi, `shade` dark, with a black bar across its right side.
    fn sealed(shade: u8) -> GrayImage {
        let mut gray = GrayImage::from_pixel(700, 600, Luma([255]));
        for (x, y, pixel) in gray.enumerate_pixels_mut() {
            let off = (x as f32 - 300.0).hypot(y as f32 - 300.0) - 200.0;
            if off.abs() < 4.0 {
                *pixel = Luma([shade]);
            }
        }
        (280..290).for_each(|y| (440..560).for_each(|x| gray.put_pixel(x, y, Luma([0]))));
        gray
    }

    fn dark(gray: &GrayImage) -> usize {
        gray.pixels().filter(|p| p.0[0] < 200).count()
    }

    #[test]
    fn a_ring_goes_and_a_stroke_through_it_stays() {
        for shade in [0, 100] {
            let mut gray = sealed(shade);
            let pieces = components::find(&gray).unwrap();
            lift(&mut gray, &pieces, 300.0);
            let left = dark(&gray);
            assert!((1100..1400).contains(&left), "{left} pixels are left of a bar of 1200");
        }
    }

    #[test]
    fn pale_lettering_in_a_pale_ring_goes_too() {
        let mut gray = sealed(100);
        (300..330).for_each(|y| (200..204).for_each(|x| gray.put_pixel(x, y, Luma([100]))));
        let pieces = components::find(&gray).unwrap();
        lift(&mut gray, &pieces, 300.0);
        assert!((200..204).all(|x| gray.get_pixel(x, 310).0[0] == 255));
    }

    #[test]
    fn a_box_is_no_ring() {
        let mut gray = GrayImage::from_pixel(600, 600, Luma([255]));
        (100..500).for_each(|i| {
            for d in 0..4 {
                for (x, y) in [(i, 100 + d), (i, 496 + d), (100 + d, i), (496 + d, i)] {
                    gray.put_pixel(x, y, Luma([0]));
                }
            }
        });
        let before = gray.clone();
        let pieces = components::find(&gray).unwrap();
        lift(&mut gray, &pieces, 300.0);
        assert_eq!(gray, before);
    }
}
