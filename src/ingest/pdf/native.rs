//! The pixels of a page that is one image, as they were scanned.
//!
//! Reads the page's only image; produces it turned upright as the page shows it and cut to what the page shows.

use hayro::hayro_interpret::font::GlyphRun;
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageData, ImageDrawProps, LumaData, Paint,
    SoftMask,
};
use hayro::hayro_syntax::page::Page;
use hayro::kurbo::BezPath;
use image::{DynamicImage, GrayImage, RgbImage};

use super::survey::{Placed, interpret};
use crate::geometry::Affine;
use crate::ingest::density::credible;

/// A page's own pixels.
pub struct Scan {
    /// Upright, as the page shows it.
    pub image: DynamicImage,
    /// Dots per inch, from the size at which the page shows the image.
    pub dpi: Option<f32>,
    /// From points of the upright page to pixels of `image`.
    pub from_points: Affine,
}

/// Takes the pixels of the page's only image; `None` where they cannot be decoded.
pub fn take(page: &Page<'_>, place: &Placed) -> Option<Scan> {
    let mut catcher = Catcher::default();
    interpret(page, &mut catcher);
    let image = catcher.image?;
    // The decoder makes do with the rows there are; a page that ends in the middle must not pass for a whole one.
    if image.width() == place.width && image.height() < place.height {
        return None;
    }
    let image = upright(image, place);
    let (width, height) = page.render_dimensions();
    Some(cut(image, place, f64::from(width), f64::from(height)))
}

/// Undoes quarter turns and mirrorings: the image as the page shows it.
fn upright(mut image: DynamicImage, place: &Placed) -> DynamicImage {
    let [a, b, c, d, _, _] = place.to_points.as_coeffs();
    let transposed = b.abs() + c.abs() > a.abs() + d.abs();
    if transposed {
        image = image.rotate90().fliph();
    }
    let (along, down) = if transposed { (c, b) } else { (a, d) };
    if along < 0.0 {
        image = image.fliph();
    }
    if down < 0.0 {
        image = image.flipv();
    }
    image
}

/// Cuts off what lies outside the page.
fn cut(image: DynamicImage, place: &Placed, page_width: f64, page_height: f64) -> Scan {
    let bounds = place.bounds();
    let per_x = f64::from(image.width()) / bounds.width().max(1e-6);
    let per_y = f64::from(image.height()) / bounds.height().max(1e-6);
    // Up to half a pixel of overhang is rounding.
    let start = |overhang: f64| (overhang - 0.5).ceil().max(0.0) as u32;
    let left = start(-bounds.x0 * per_x).min(image.width() - 1);
    let top = start(-bounds.y0 * per_y).min(image.height() - 1);
    let right = start((bounds.x1 - page_width) * per_x).min(image.width() - 1 - left);
    let bottom = start((bounds.y1 - page_height) * per_y).min(image.height() - 1 - top);
    let (width, height) = (image.width() - left - right, image.height() - top - bottom);
    let image =
        if left + top + right + bottom > 0 { image.crop_imm(left, top, width, height) } else { image };
    let from_points = Affine::translate(-bounds.x0, -bounds.y0)
        .then(&Affine::scale(per_x, per_y))
        .then(&Affine::translate(-f64::from(left), -f64::from(top)));
    Scan { image, dpi: credible((per_x * 72.0) as f32), from_points }
}

/// Catches the first image that is drawn.
#[derive(Default)]
struct Catcher {
    image: Option<DynamicImage>,
}

impl<'a> Device<'a> for Catcher {
    fn draw_image(&mut self, image: Image<'a, '_>, _: ImageDrawProps<'a>) {
        if self.image.is_some() {
            return;
        }
        match image {
            Image::Stencil(stencil) => {
                stencil.with_stencil(|mask, paint| self.image = stencil_image(mask, paint), None);
            }
            Image::Raster(raster) => raster.with_rgba(|data, _| self.image = raster_image(data), None),
        }
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn draw_glyph_run(&mut self, _: &GlyphRun<'_, 'a>, _: DrawProps<'a>, _: &DrawMode) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

fn raster_image(data: ImageData) -> Option<DynamicImage> {
    match data {
        ImageData::Rgb(rgb) => {
            RgbImage::from_raw(rgb.width, rgb.height, rgb.data).map(DynamicImage::ImageRgb8)
        }
        ImageData::Luma(luma) => {
            GrayImage::from_raw(luma.width, luma.height, luma.data).map(DynamicImage::ImageLuma8)
        }
    }
}

/// A stencil lets its paint through where it is 255; the paper beneath is white.
fn stencil_image(mask: LumaData, paint: &Paint<'_>) -> Option<DynamicImage> {
    let Paint::Color(color) = paint else { return None };
    let [r, g, b, _] = color.to_rgba().to_rgba8();
    let ink = (u32::from(r) * 299 + u32::from(g) * 587 + u32::from(b) * 114) / 1000;
    let shade = |opacity: u8| {
        let opacity = u32::from(opacity);
        ((ink * opacity + 255 * (255 - opacity)) / 255) as u8
    };
    let data = mask.data.into_iter().map(shade).collect();
    GrayImage::from_raw(mask.width, mask.height, data).map(DynamicImage::ImageLuma8)
}
