//! Looks over a PDF page without decoding a pixel: which images it draws and where, what else, which words.
//!
//! Reads a page's drawing instructions; produces a [`Survey`] in points of the upright page.

use hayro::hayro_interpret::font::GlyphRun;
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache,
    InterpreterSettings, Paint, SoftMask, interpret_page,
};
use hayro::hayro_syntax::object::{Array, Dict, Stream};
use hayro::hayro_syntax::page::Page;
use hayro::kurbo::{self, BezPath, Rect, Shape};
use hayro_jpeg2000::Image as Jpeg2000;

use super::words::WordBuilder;
use crate::geometry::Affine;
use crate::ingest::format::{Format, by_magic};
use crate::ingest::source_page::TextLayer;

/// An image covers so much of a page at least if the page is a scan.
const SCAN_SHARE: f64 = 0.6;

/// An image that covers so much of a page may hold text that the layer lacks.
const PICTURE_SHARE: f64 = 0.25;

/// An image as it is placed on the page.
#[derive(Debug, Clone, Copy)]
pub struct Placed {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// From image pixels (y down) to points of the upright page.
    pub to_points: kurbo::Affine,
    /// A 1-bit stencil painted in one colour.
    pub stencil: bool,
}

impl Placed {
    /// The box on the page, in points.
    pub fn bounds(&self) -> Rect {
        self.to_points.transform_rect_bbox(Rect::new(0.0, 0.0, f64::from(self.width), f64::from(self.height)))
    }

    /// Dots per inch along the image's own axes.
    pub fn dpi(&self) -> (f32, f32) {
        let [a, b, c, d, _, _] = self.to_points.as_coeffs();
        ((72.0 / a.hypot(b)) as f32, (72.0 / c.hypot(d)) as f32)
    }

    /// Whether the image lies square on the page, perhaps turned by quarters or mirrored.
    fn is_square(&self) -> bool {
        let [a, b, c, d, _, _] = self.to_points.as_coeffs();
        let (straight, turned) = (a.abs() + d.abs(), b.abs() + c.abs());
        straight.min(turned) < 1e-4 * straight.max(turned)
    }
}

/// What a page draws.
pub struct Survey {
    page: Rect,
    images: Vec<Placed>,
    /// Paths and shadings, except white ones and those without area.
    strokes: usize,
    visible: WordBuilder,
    invisible: WordBuilder,
    /// Inside groups or masks that change what an image looks like.
    blended: bool,
    /// Width and height in pixels of the largest image, on the page or beside it, masks and what a filter takes for the
    /// width included: room for as much is taken. Zeros where there is none.
    pub largest_image: (u32, u32),
    /// An image was drawn, be it beside the page.
    pub drew_image: bool,
    /// A glyph was drawn, be it a blank.
    pub drew_glyphs: bool,
}

impl Survey {
    /// Looks over a page.
    pub fn of(page: &Page<'_>) -> Self {
        let (width, height) = page.render_dimensions();
        let mut survey = Self {
            page: Rect::new(0.0, 0.0, f64::from(width), f64::from(height)),
            images: Vec::new(),
            strokes: 0,
            visible: WordBuilder::default(),
            invisible: WordBuilder::default(),
            blended: false,
            largest_image: (0, 0),
            drew_image: false,
            drew_glyphs: false,
        };
        interpret(page, &mut survey);
        survey
    }

    /// The only thing on the page, if that is an upright image over most of it.
    pub fn sole_image(&self) -> Option<Placed> {
        let [image] = self.images.as_slice() else { return None };
        let (x, y) = image.dpi();
        let alone = self.strokes == 0 && self.visible.is_empty() && !self.blended;
        let even = (x / y - 1.0).abs() < 0.02;
        (alone && even && image.is_square() && self.share(image) >= SCAN_SHARE).then_some(*image)
    }

    /// The part of the page an image covers.
    fn share(&self, image: &Placed) -> f64 {
        image.bounds().intersect(self.page).area() / self.page.area().max(1.0)
    }

    /// The resolution of the finest large image, for pages that are scans in layers or strips.
    pub fn scan_dpi(&self) -> Option<f32> {
        if !self.visible.is_empty() {
            return None;
        }
        let large = self.images.iter().filter(|i| self.share(i) > 0.05);
        large.map(|i| i.dpi().0.max(i.dpi().1)).max_by(f32::total_cmp)
    }

    /// The words of the page, in pixels; `from_points` leads there from points of the page.
    pub fn text_layer(self, from_points: &Affine) -> Option<TextLayer> {
        let over_scan = self.images.iter().any(|i| self.share(i) >= PICTURE_SHARE);
        let visible = !self.visible.is_empty();
        let words = if visible { self.visible } else { self.invisible };
        super::layer(words.finish(from_points), visible, over_scan)
    }

    fn note_size(&mut self, stream: &Stream<'_>) {
        let dict = stream.dict();
        let masks = ["SMask", "Mask"].map(|key| dict.get::<Stream<'_>>(key));
        let claims = masks.iter().flatten().map(Stream::dict).chain([dict]).flat_map(claimed_sizes);
        let claims = claims.chain(jpeg2000_size(&stream.raw_data()));
        let pixels = |&(width, height): &(u32, u32)| u64::from(width) * u64::from(height);
        self.largest_image = claims.chain([self.largest_image]).max_by_key(pixels).unwrap_or_default();
    }

    /// Whether letters are drawn, none of which is known.
    pub fn has_shapes_only(&self) -> bool {
        !self.visible.is_empty() && !self.visible.knows_a_letter()
    }
}

/// Runs a page's instructions through a device, in points of the upright page.
pub fn interpret<'a>(page: &Page<'a>, device: &mut impl Device<'a>) {
    let (width, height) = page.render_dimensions();
    let transform = kurbo::Affine::new(page.initial_transform(true).as_coeffs());
    let bounds = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
    let cache = InterpreterCache::new();
    let mut context = Context::new(transform, bounds, &cache, page.xref(), InterpreterSettings::default());
    interpret_page(page, &mut context, device);
}

/// The size an image states, and that which the parameters of its filters make of it.
fn claimed_sizes(dict: &Dict<'_>) -> Vec<(u32, u32)> {
    let number = |long, short| dict.get::<u32>(long).or_else(|| dict.get::<u32>(short)).unwrap_or(0);
    let (width, height) = (number("Width", "W"), number("Height", "H"));
    let parameters = ["DecodeParms", "DP"].into_iter().flat_map(|key| {
        let several = dict.get::<Array<'_>>(key).map(|all| all.iter::<Dict<'_>>().collect::<Vec<_>>());
        several.unwrap_or_default().into_iter().chain(dict.get::<Dict<'_>>(key))
    });
    let columns = parameters.filter_map(|p| p.get::<u32>("Columns"));
    columns.chain([width]).map(|width| (width, height)).collect()
}

/// JPEG 2000 is decoded at the size that it states itself.
fn jpeg2000_size(data: &[u8]) -> Option<(u32, u32)> {
    let image =
        (by_magic(data) == Some(Format::Jpeg2000)).then(|| Jpeg2000::new(data, &Default::default()))?;
    image.ok().map(|image| (image.width(), image.height()))
}

/// White paint draws the paper, not on it.
fn is_white(paint: &Paint<'_>) -> bool {
    match paint {
        Paint::Color(color) => {
            let [r, g, b, alpha] = color.to_rgba().to_rgba8();
            alpha == 0 || r.min(g).min(b) >= 250
        }
        Paint::Pattern(_) => false,
    }
}

impl<'a> Device<'a> for Survey {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, _: &DrawMode) {
        let bounds = props.transform.transform_rect_bbox(path.bounding_box());
        let on_page =
            bounds.x1 >= 0.0 && bounds.y1 >= 0.0 && bounds.x0 <= self.page.x1 && bounds.y0 <= self.page.y1;
        // A white sheet drawn before the image is paper; white over it may hide something.
        if on_page && !(is_white(&props.paint) && self.images.is_empty()) {
            self.strokes += 1;
        }
    }

    fn push_clip_path(&mut self, clip: &ClipPath) {
        let bounds = clip.path.bounding_box();
        let page = self.page.area().max(1.0);
        self.blended |= bounds.intersect(self.page).area() < SCAN_SHARE * page;
    }

    fn push_transparency_group(&mut self, opacity: f32, mask: Option<SoftMask<'a>>, blend: BlendMode) {
        self.blended |= opacity < 0.999 || mask.is_some() || blend != BlendMode::Normal;
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        self.drew_glyphs |= !run.glyphs().is_empty();
        let invisible = matches!(mode, DrawMode::Invisible) || is_white(&props.paint);
        let words = if invisible { &mut self.invisible } else { &mut self.visible };
        words.push_run(run, props.transform);
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        let (stencil, masked) = match &image {
            Image::Stencil(_) => (true, false),
            Image::Raster(r) => {
                let dict = r.stream().dict();
                (false, ["SMask", "Mask", "SMaskInData"].iter().any(|key| dict.contains_key(key)))
            }
        };
        self.drew_image = true;
        self.note_size(match &image {
            Image::Stencil(s) => s.stream(),
            Image::Raster(r) => r.stream(),
        });
        self.blended |= masked || props.soft_mask.is_some();
        let placed =
            Placed { width: image.width(), height: image.height(), to_points: props.transform, stencil };
        if placed.bounds().intersect(self.page).area() > 0.0 {
            self.images.push(placed);
        }
    }

    fn pop_clip(&mut self) {}

    fn pop_transparency_group(&mut self) {}
}
