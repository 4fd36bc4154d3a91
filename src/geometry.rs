//! Rectangles and plane transforms in page pixels.
//!
//! Ground floor: every stage that speaks of a place on a page uses these two types. The origin is
//! the upper left corner, x grows to the right and y downwards.

use serde::{Deserialize, Serialize};

/// A rectangle in page pixels, half open: `x0..x1` by `y0..y1`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Rect {
    /// Left edge, included.
    pub x0: i32,
    /// Upper edge, included.
    pub y0: i32,
    /// Right edge, excluded.
    pub x1: i32,
    /// Lower edge, excluded.
    pub y1: i32,
}

impl Rect {
    /// The rectangle between two corners.
    pub fn new(x0: i32, y0: i32, x1: i32, y1: i32) -> Self {
        Self { x0, y0, x1, y1 }
    }

    /// Width in pixels; 0 for an inverted rectangle.
    pub fn width(&self) -> i32 {
        (self.x1 - self.x0).max(0)
    }

    /// Height in pixels; 0 for an inverted rectangle.
    pub fn height(&self) -> i32 {
        (self.y1 - self.y0).max(0)
    }

    /// Area in square pixels.
    pub fn area(&self) -> i64 {
        i64::from(self.width()) * i64::from(self.height())
    }

    /// Horizontal centre, rounded down.
    pub fn center_x(&self) -> i32 {
        (self.x0 + self.x1).div_euclid(2)
    }

    /// Vertical centre, rounded down.
    pub fn center_y(&self) -> i32 {
        (self.y0 + self.y1).div_euclid(2)
    }

    /// The smallest rectangle around both.
    pub fn union(&self, other: &Rect) -> Rect {
        Rect {
            x0: self.x0.min(other.x0),
            y0: self.y0.min(other.y0),
            x1: self.x1.max(other.x1),
            y1: self.y1.max(other.y1),
        }
    }

    /// The smallest rectangle around all of them; `None` for none.
    pub fn union_all(rects: impl IntoIterator<Item = Rect>) -> Option<Rect> {
        rects.into_iter().reduce(|a, b| a.union(&b))
    }

    /// Length of the shared horizontal stretch, 0 if there is none.
    pub fn overlap_x(&self, other: &Rect) -> i32 {
        (self.x1.min(other.x1) - self.x0.max(other.x0)).max(0)
    }

    /// Length of the shared vertical stretch, 0 if there is none.
    pub fn overlap_y(&self, other: &Rect) -> i32 {
        (self.y1.min(other.y1) - self.y0.max(other.y0)).max(0)
    }

    /// The same rectangle, moved.
    pub fn shifted(&self, x: i32, y: i32) -> Rect {
        Rect::new(self.x0 + x, self.y0 + y, self.x1 + x, self.y1 + y)
    }

    /// Whether the point lies inside.
    pub fn contains(&self, x: i32, y: i32) -> bool {
        self.x0 <= x && x < self.x1 && self.y0 <= y && y < self.y1
    }
}

/// An affine transform of the plane: `x' = a·x + b·y + c`, `y' = d·x + e·y + f`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Affine {
    /// Coefficients `a b c d e f`, row by row.
    pub coefficients: [f64; 6],
}

impl Default for Affine {
    fn default() -> Self {
        Self::identity()
    }
}

impl Affine {
    /// The transform that changes nothing.
    pub fn identity() -> Self {
        Self { coefficients: [1.0, 0.0, 0.0, 0.0, 1.0, 0.0] }
    }

    /// Scaling about the origin.
    pub fn scale(x: f64, y: f64) -> Self {
        Self { coefficients: [x, 0.0, 0.0, 0.0, y, 0.0] }
    }

    /// A shift.
    pub fn translate(x: f64, y: f64) -> Self {
        Self { coefficients: [1.0, 0.0, x, 0.0, 1.0, y] }
    }

    /// Rotation by `radians` about `(cx, cy)`; positive turns clockwise on the page, as y grows downwards.
    pub fn rotate_about(radians: f64, cx: f64, cy: f64) -> Self {
        let (sin, cos) = radians.sin_cos();
        Self { coefficients: [cos, -sin, cx - cos * cx + sin * cy, sin, cos, cy - sin * cx - cos * cy] }
    }

    /// This transform first, `next` after it.
    pub fn then(&self, next: &Affine) -> Affine {
        let [a, b, c, d, e, f] = self.coefficients;
        let [g, h, i, j, k, l] = next.coefficients;
        Affine {
            coefficients: [
                g * a + h * d,
                g * b + h * e,
                g * c + h * f + i,
                j * a + k * d,
                j * b + k * e,
                j * c + k * f + l,
            ],
        }
    }

    /// The transform that undoes this one; `None` where the plane collapses.
    pub fn inverse(&self) -> Option<Affine> {
        let [a, b, c, d, e, f] = self.coefficients;
        let determinant = a * e - b * d;
        if determinant.abs() < 1e-12 {
            return None;
        }
        Some(Affine {
            coefficients: [
                e / determinant,
                -b / determinant,
                (b * f - e * c) / determinant,
                -d / determinant,
                a / determinant,
                (d * c - a * f) / determinant,
            ],
        })
    }

    /// The image of a point.
    pub fn apply(&self, x: f64, y: f64) -> (f64, f64) {
        let [a, b, c, d, e, f] = self.coefficients;
        (a * x + b * y + c, d * x + e * y + f)
    }

    /// The upright rectangle around the image of a rectangle.
    pub fn apply_rect(&self, rect: &Rect) -> Rect {
        let corners = [(rect.x0, rect.y0), (rect.x1, rect.y0), (rect.x0, rect.y1), (rect.x1, rect.y1)]
            .map(|(x, y)| self.apply(f64::from(x), f64::from(y)));
        let (xs, ys) = (corners.map(|p| p.0), corners.map(|p| p.1));
        let low = |v: [f64; 4]| v.into_iter().fold(f64::INFINITY, f64::min).round() as i32;
        let high = |v: [f64; 4]| v.into_iter().fold(f64::NEG_INFINITY, f64::max).round() as i32;
        Rect::new(low(xs), low(ys), high(xs), high(ys))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rotation_and_its_inverse_cancel() {
        let turn = Affine::rotate_about(0.03, 1240.0, 1754.0).then(&Affine::scale(0.5, 0.5));
        let (x, y) = turn.then(&turn.inverse().unwrap()).apply(300.0, 400.0);
        assert!((x - 300.0).abs() < 1e-6 && (y - 400.0).abs() < 1e-6);
    }

    #[test]
    fn a_quarter_turn_maps_a_box_to_an_upright_box() {
        let turn = Affine::rotate_about(std::f64::consts::FRAC_PI_2, 0.0, 0.0);
        assert_eq!(turn.apply_rect(&Rect::new(10, 20, 30, 60)), Rect::new(-60, 10, -20, 30));
    }
}
