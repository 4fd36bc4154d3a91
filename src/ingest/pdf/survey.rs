//! Looks over a PDF page without decoding a pixel: which images it draws and where, what else, which words.
//!
//! Reads a page's drawing instructions; produces a [`Survey`] in points of the upright page.

use hayro::hayro_interpret::font::GlyphRun;
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache,
    InterpreterSettings, Paint, SoftMask, interpret_page,
};
use hayro::hayro_syntax::object::Stream;
use hayro::hayro_syntax::page::Page;
use hayro::kurbo::{self, BezPath, Rect, Shape};

use super::words::WordBuilder;
use crate::geometry::Affine;
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
    /// An image's stream is shorter than it says.
    pub cut_off_image: bool,
}

impl Survey {
    /// The largest image the page draws: its width and height in pixels.
    pub fn largest_image(&self) -> Option<(u32, u32)> {
        let sizes = self.images.iter().map(|image| (image.width, image.height));
        sizes.max_by_key(|&(width, height)| u64::from(width) * u64::from(height))
    }

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
            cut_off_image: false,
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

    /// Whether a stream holds fewer bytes than it states; padding of encryption is allowed for.
    fn note_length(&mut self, stream: &Stream<'_>) {
        let stated = stream.dict().get::<u32>("Length").unwrap_or(0) as usize;
        self.cut_off_image |= stream.raw_data().len() + 64 < stated;
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
        let invisible = matches!(mode, DrawMode::Invisible) || is_white(&props.paint);
        let words = if invisible { &mut self.invisible } else { &mut self.visible };
        words.push_run(run, props.transform);
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        let (stencil, masked) = match &image {
            Image::Stencil(s) => {
                self.note_length(s.stream());
                (true, false)
            }
            Image::Raster(r) => {
                self.note_length(r.stream());
                let dict = r.stream().dict();
                (false, ["SMask", "Mask", "SMaskInData"].iter().any(|key| dict.contains_key(key)))
            }
        };
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
