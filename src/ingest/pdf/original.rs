//! The JPEG stream of a page that is one image, as it stands in the file.
//!
//! Reads the page's only image; hands out its bytes only where a viewer of them sees what [`native::take`] gives: upright,
//! JPEG alone, grey or RGB, no remapping of its values. What hangs over the page's edge is for the caller to notice, by
//! the size.
//!
//! [`native::take`]: super::native::take

use hayro::hayro_interpret::font::GlyphRun;
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageDrawProps, SoftMask,
};
use hayro::hayro_syntax::object::{Array, Dict, Name};
use hayro::hayro_syntax::page::Page;
use hayro::kurbo::BezPath;

use super::survey::{Placed, interpret};

/// The stream; `None` where there is no such.
pub fn jpeg(page: &Page<'_>, place: &Placed) -> Option<Vec<u8>> {
    let [a, b, c, d, _, _] = place.to_points.as_coeffs();
    let upright = a > 0.0 && d > 0.0 && b.abs().max(c.abs()) < 1e-4 * a;
    if !upright || place.stencil {
        return None;
    }
    let mut finder = Finder::default();
    interpret(page, &mut finder);
    finder.jpeg
}

/// Catches the stream of the first image that is drawn.
#[derive(Default)]
struct Finder {
    seen: bool,
    jpeg: Option<Vec<u8>>,
}

impl<'a> Device<'a> for Finder {
    fn draw_image(&mut self, image: Image<'a, '_>, _: ImageDrawProps<'a>) {
        if std::mem::replace(&mut self.seen, true) {
            return;
        }
        if let Image::Raster(raster) = image
            && is_plain_jpeg(raster.stream().dict())
        {
            self.jpeg = Some(raster.stream().raw_data().into_owned());
        }
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn draw_glyph_run(&mut self, _: &GlyphRun<'_, 'a>, _: DrawProps<'a>, _: &DrawMode) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

/// Whether the stream is JPEG and nothing around it.
pub fn is_jpeg(dict: &Dict<'_>) -> bool {
    let filter = dict.get::<Name<'_>>("Filter").or_else(|| only_name(&dict.get::<Array<'_>>("Filter")?));
    filter.is_some_and(|filter| *filter == *b"DCTDecode")
}

fn is_plain_jpeg(dict: &Dict<'_>) -> bool {
    let space =
        dict.get::<Name<'_>>("ColorSpace").or_else(|| first_name(&dict.get::<Array<'_>>("ColorSpace")?));
    let plain = |space: Name<'_>| {
        matches!(&*space, b"DeviceGray" | b"DeviceRGB" | b"CalGray" | b"CalRGB" | b"ICCBased")
    };
    is_jpeg(dict)
        && space.is_some_and(plain)
        && !["Decode", "DecodeParms"].iter().any(|key| dict.contains_key(key))
}

fn first_name<'a>(array: &Array<'a>) -> Option<Name<'a>> {
    array.flex_iter().next::<Name<'a>>()
}

fn only_name<'a>(array: &Array<'a>) -> Option<Name<'a>> {
    let mut names = array.iter::<Name<'a>>();
    let name = names.next()?;
    names.next().is_none().then_some(name)
}
