//! What a page should show and cannot: content that is missing, images that are cut off, ink that comes to nothing.
//!
//! Reads a page's instructions and the streams they draw; produces a reason to fail the page, or `None`. The interpreter
//! passes over what it cannot draw and makes do with the rows it has, so that without this a lost page would pass for a
//! white one.

use hayro::hayro_interpret::font::GlyphRun;
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageData, ImageDrawProps, SoftMask,
};
use hayro::hayro_syntax::content::ops::TypedInstruction;
use hayro::hayro_syntax::object::stream::ImageDecodeParams;
use hayro::hayro_syntax::object::{Dict, Name, Stream};
use hayro::hayro_syntax::page::Page;
use hayro::kurbo::{BezPath, Rect};

use super::original::is_jpeg;
use super::survey::{Survey, interpret};
use crate::ingest::raster::has_end_of_image;

const CUT_OFF: &str = "the data of its image is cut off";
const UNDECODED: &str = "an image on it cannot be decoded";

/// Whether the page names content, or draws an object, that is not there.
pub fn content(page: &Page<'_>) -> bool {
    if page.raw().contains_key("Contents") && page.page_stream().is_none() {
        return true;
    }
    let mut operations = page.typed_operations();
    while let Some(operation) = operations.next() {
        if let TypedInstruction::XObject(name) = operation
            && page.resources().get_x_object(name.0).is_none()
        {
            return true;
        }
    }
    false
}

/// Why an image on the page is not all there. Decodes the images if told to; otherwise only their streams are looked at,
/// for whoever decodes them next and counts the rows.
pub fn image(page: &Page<'_>, decode: bool) -> Option<&'static str> {
    let (width, height) = page.render_dimensions();
    let page_box = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
    let mut inspector = Inspector { page: page_box, decode, lost: None };
    interpret(page, &mut inspector);
    inspector.lost
}

/// Whether a page that came out in one colour draws an image or text all the same: something the interpreter passed
/// over, or letters without a shape that no text layer makes up for.
pub fn ink(page: &Page<'_>, survey: &Survey) -> bool {
    let (mut draws_image, mut draws_text) = (false, false);
    let mut operations = page.typed_operations();
    while let Some(operation) = operations.next() {
        match operation {
            TypedInstruction::InlineImage(_) => draws_image = true,
            TypedInstruction::XObject(name) => {
                let drawn = page.resources().get_x_object(name.0);
                draws_image |= drawn.is_some_and(|stream| is_image(stream.dict()));
            }
            TypedInstruction::ShowText(_)
            | TypedInstruction::ShowTexts(_)
            | TypedInstruction::NextLineAndShowText(_)
            | TypedInstruction::ShowTextWithParameters(_) => draws_text = true,
            _ => {}
        }
    }
    draws_image && !survey.drew_image || draws_text && !survey.drew_glyphs || survey.has_shapes_only()
}

fn is_image(dict: &Dict<'_>) -> bool {
    dict.get::<Name<'_>>("Subtype").is_some_and(|name| *name == *b"Image")
}

/// Looks into every image on the page until one is found that is not all there.
struct Inspector {
    page: Rect,
    decode: bool,
    lost: Option<&'static str>,
}

impl Inspector {
    fn look_into(&self, image: &Image<'_, '_>) -> Option<&'static str> {
        let (width, height) = (image.width(), image.height());
        let stream = match image {
            Image::Stencil(stencil) => stencil.stream(),
            Image::Raster(raster) => raster.stream(),
        };
        if is_cut_off(stream, width, height) {
            return Some(CUT_OFF);
        }
        if !self.decode {
            return None;
        }
        match decoded_size(image) {
            None => Some(UNDECODED),
            Some((w, h)) if w == width && h < height => Some(CUT_OFF),
            Some(_) => None,
        }
    }
}

impl<'a> Device<'a> for Inspector {
    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        let whole = Rect::new(0.0, 0.0, f64::from(image.width()), f64::from(image.height()));
        let on_page = props.transform.transform_rect_bbox(whole).intersect(self.page).area() > 0.0;
        if on_page && self.lost.is_none() {
            self.lost = self.look_into(&image);
        }
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn draw_glyph_run(&mut self, _: &GlyphRun<'_, 'a>, _: DrawProps<'a>, _: &DrawMode) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

/// The decoder makes do with the rows there are, and says so by the height alone.
fn decoded_size(image: &Image<'_, '_>) -> Option<(u32, u32)> {
    let mut size = None;
    match image {
        Image::Stencil(stencil) => {
            stencil.with_stencil(|mask, _| size = Some((mask.width, mask.height)), None)
        }
        Image::Raster(raster) => {
            let size_of = |data: ImageData| match data {
                ImageData::Rgb(rgb) => (rgb.width, rgb.height),
                ImageData::Luma(luma) => (luma.width, luma.height),
            };
            raster.with_rgba(|data, _| size = Some(size_of(data)), None);
        }
    }
    size
}

/// Whether a stream holds less than it states, in the ways that its decoder would paint over.
fn is_cut_off(stream: &Stream<'_>, width: u32, height: u32) -> bool {
    let dict = stream.dict();
    let data = stream.raw_data();
    // Padding of encryption is allowed for.
    let stated = dict.get::<u32>("Length").unwrap_or(0) as usize;
    let short = data.len().saturating_add(64) < stated;
    short || is_jpeg(dict) && !has_end_of_image(&data) || lacks_packed_rows(stream, width, height)
}

/// Samples of less than a byte are filled up with zeros to the height stated; how many were there, the bytes say.
fn lacks_packed_rows(stream: &Stream<'_>, width: u32, height: u32) -> bool {
    let dict = stream.dict();
    let is_mask = dict.get::<bool>("ImageMask").or_else(|| dict.get::<bool>("IM")).unwrap_or(false);
    let stated = dict.get::<u8>("BitsPerComponent").or_else(|| dict.get::<u8>("BPC"));
    let bits = stated.unwrap_or(if is_mask { 1 } else { 8 });
    if bits >= 8 {
        return false;
    }
    let params = ImageDecodeParams { bpc: Some(bits), width, height, ..Default::default() };
    // A decoder of images counts its rows itself.
    let Some(unpacked) = stream.decoded_image(&params).ok().filter(|d| d.image_data.is_none()) else {
        return false;
    };
    // More than one component makes a row longer still.
    let row = (u64::from(width) * u64::from(bits)).div_ceil(8);
    (unpacked.data.len() as u64) < row * u64::from(height - height.min(1))
}
