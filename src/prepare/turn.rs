//! Turns by quarters, of pixels and of whole prepared pages, with the way back.

use image::GrayImage;
use image::imageops::{rotate90, rotate180, rotate270};

use super::page_image::{Direction, PageImage, Ruling};
use crate::geometry::Affine;

/// A clockwise turn by quarters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Turn {
    /// As it came.
    #[default]
    None,
    /// A quarter to the right.
    Right,
    /// Upside down.
    Half,
    /// A quarter to the left.
    Left,
}

/// Turns pixels; gives the transform from the old frame to the new.
pub fn turn(gray: &mut GrayImage, turn: Turn) -> Affine {
    let (width, height) = (f64::from(gray.width()), f64::from(gray.height()));
    let (turned, coefficients) = match turn {
        Turn::None => return Affine::identity(),
        Turn::Right => (rotate90(gray), [0.0, -1.0, height, 1.0, 0.0, 0.0]),
        Turn::Half => (rotate180(gray), [-1.0, 0.0, width, 0.0, -1.0, height]),
        Turn::Left => (rotate270(gray), [0.0, 1.0, 0.0, -1.0, 0.0, width]),
    };
    *gray = turned;
    Affine { coefficients }
}

impl PageImage {
    /// The same page turned, its coordinates with it.
    pub fn turned(&self, by: Turn) -> PageImage {
        let mut gray = self.gray.clone();
        let forward = turn(&mut gray, by);
        let rulings = self.rulings.iter().map(|r| turn_ruling(r, by, &forward)).collect();
        PageImage {
            number: self.number,
            gray,
            dpi: self.dpi,
            source_width: self.source_width,
            source_height: self.source_height,
            to_source: forward.inverse().unwrap_or_default().then(&self.to_source),
            rulings,
            blank: self.blank,
            text_layer: self.text_layer.clone(),
        }
    }
}

fn turn_ruling(ruling: &Ruling, by: Turn, forward: &Affine) -> Ruling {
    let direction = match (by, ruling.direction) {
        (Turn::None | Turn::Half, same) => same,
        (_, Direction::Horizontal) => Direction::Vertical,
        (_, Direction::Vertical) => Direction::Horizontal,
    };
    Ruling { direction, bbox: forward.apply_rect(&ruling.bbox) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Luma;

    #[test]
    fn a_turned_pixel_is_where_the_transform_says() {
        for by in [Turn::None, Turn::Right, Turn::Half, Turn::Left] {
            let mut gray = GrayImage::from_pixel(30, 20, Luma([255]));
            gray.put_pixel(4, 7, Luma([0]));
            let forward = turn(&mut gray, by);
            let (x, y) = forward.apply(4.5, 7.5);
            assert_eq!(gray.get_pixel(x as u32, y as u32).0, [0], "{by:?}");
        }
    }
}
