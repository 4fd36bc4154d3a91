//! TIFF: one page a directory, any compression the `tiff` crate knows (G4, LZW, JPEG, PackBits, deflate).
//!
//! Reads a file; produces [`SourcePage`]s. The directory chain is followed once, at opening; a page is decoded from
//! the file when it is asked for, so a scan of 1,000 pages costs the memory of one.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use image::{DynamicImage, GrayImage, RgbImage};
use tiff::ColorType;
use tiff::decoder::{Decoder, DecodingResult, Limits as TiffLimits};
use tiff::tags::Tag;

use super::density::credible;
use super::error::IngestError;
use super::limits::Limits;
use super::open::{PageReader, too_many_pages};
use super::source_page::SourcePage;

type TiffFile = Decoder<BufReader<File>>;

/// A TIFF file.
pub struct TiffPages {
    path: PathBuf,
    limits: Limits,
    /// Width and height of every page in pixels; zeros where its directory does not say.
    sizes: Vec<(u32, u32)>,
}

impl TiffPages {
    /// Follows the chain of directories; decodes nothing.
    ///
    /// # Errors
    /// [`IngestError`] where the header is bad, the chain breaks off or there are too many pages.
    pub fn open(path: &Path, limits: &Limits) -> Result<Self, IngestError> {
        let mut file = Self::file(path, limits)?;
        let mut sizes = vec![file.dimensions().unwrap_or_default()];
        while file.more_images() {
            if sizes.len() >= limits.max_pages as usize {
                return Err(too_many_pages(path, limits.max_pages + 1, limits));
            }
            file.next_image().map_err(|e| damaged(path, &e))?;
            sizes.push(file.dimensions().unwrap_or_default());
        }
        Ok(Self { path: path.to_path_buf(), limits: limits.clone(), sizes })
    }

    fn file(path: &Path, limits: &Limits) -> Result<TiffFile, IngestError> {
        let file = File::open(path).map_err(|e| IngestError::io(path, &e))?;
        let bytes = usize::try_from(limits.page_bytes()).unwrap_or(usize::MAX);
        let mut allowed = TiffLimits::default();
        allowed.decoding_buffer_size = bytes;
        allowed.intermediate_buffer_size = bytes;
        let decoder = Decoder::new(BufReader::new(file)).map_err(|e| damaged(path, &e))?;
        Ok(decoder.with_limits(allowed))
    }

    fn decode(&self, number: u32) -> Result<SourcePage, IngestError> {
        let bad =
            |e: tiff::TiffError| IngestError::page(&self.path, number, format!("cannot be decoded ({e})"));
        let mut file = Self::file(&self.path, &self.limits)?;
        file.seek_to_image(number as usize - 1).map_err(bad)?;
        let (width, height) = file.dimensions().map_err(bad)?;
        if width == 0 || height == 0 {
            return Err(IngestError::page(&self.path, number, "the page has no pixels"));
        }
        if !self.limits.admits(width, height) {
            return Err(IngestError::too_many_pixels(&self.path, width, height, self.limits.max_pixels));
        }
        let color = file.colortype().map_err(bad)?;
        let dpi = stated_dpi(&mut file);
        let orientation = tag(&mut file, Tag::Orientation).and_then(|o| u8::try_from(o).ok());
        let pixels = Pixels { width, height, color, palette: palette(&mut file) };
        let samples = file.read_image().map_err(bad)?;
        let mut image = pixels.into_image(samples).ok_or_else(|| {
            IngestError::page(
                &self.path,
                number,
                format!("its pixel format ({color:?}) cannot be read; save it as RGB"),
            )
        })?;
        if let Some(turn) = orientation.and_then(image::metadata::Orientation::from_exif) {
            image.apply_orientation(turn);
        }
        Ok(SourcePage { number, image, dpi, text_layer: None })
    }
}

impl PageReader for TiffPages {
    fn page_count(&self) -> u32 {
        self.sizes.len() as u32
    }

    fn size(&self, number: u32) -> Option<(u32, u32)> {
        self.sizes
            .get((number as usize).checked_sub(1)?)
            .copied()
            .filter(|&(width, height)| width > 0 && height > 0)
    }

    fn page(&self, number: u32) -> Result<SourcePage, IngestError> {
        if number == 0 || number > self.page_count() {
            let pages = format!("the file has {} pages", self.sizes.len());
            return Err(IngestError::page(&self.path, number, pages));
        }
        self.decode(number)
    }
}

fn damaged(path: &Path, error: &tiff::TiffError) -> IngestError {
    match error {
        tiff::TiffError::IoError(e) => IngestError::io(path, e),
        other => IngestError::damaged(path, other.to_string()),
    }
}

fn tag(file: &mut TiffFile, tag: Tag) -> Option<u32> {
    file.find_tag_unsigned::<u32>(tag).ok().flatten()
}

/// XResolution in dots per inch; the unit is inch (2, the default) or centimetre (3).
fn stated_dpi(file: &mut TiffFile) -> Option<f32> {
    let value = file.find_tag(Tag::XResolution).ok().flatten()?;
    let resolution = match value {
        tiff::decoder::ifd::Value::Rational(num, den) if den > 0 => num as f32 / den as f32,
        other => other.into_f32().ok()?,
    };
    match tag(file, Tag::ResolutionUnit).unwrap_or(2) {
        3 => credible(resolution * 2.54),
        2 => credible(resolution),
        _ => None,
    }
}

/// The colour map: all reds, then all greens, then all blues, 16 bits each.
fn palette(file: &mut TiffFile) -> Option<Vec<u16>> {
    file.find_tag_unsigned_vec::<u16>(Tag::ColorMap).ok().flatten()
}

/// What is needed to turn samples into an image.
struct Pixels {
    width: u32,
    height: u32,
    color: ColorType,
    palette: Option<Vec<u16>>,
}

impl Pixels {
    /// Grey or RGB at 8 bits; the `tiff` crate has already undone white-is-zero.
    fn into_image(self, samples: DecodingResult) -> Option<DynamicImage> {
        let (width, height) = (self.width, self.height);
        let gray = |data| GrayImage::from_raw(width, height, data).map(DynamicImage::ImageLuma8);
        let rgb = |data| RgbImage::from_raw(width, height, data).map(DynamicImage::ImageRgb8);
        match self.color {
            ColorType::Gray(bits @ (1 | 2 | 4)) => {
                gray(self.unpack(&bytes(samples)?, bits, 255 / ((1 << bits) - 1)))
            }
            ColorType::Gray(_) => gray(bytes(samples)?),
            ColorType::GrayA(_) => gray(over_white(&bytes(samples)?, 1)),
            ColorType::RGB(_) | ColorType::YCbCr(_) => rgb(bytes(samples)?),
            ColorType::RGBA(_) => rgb(over_white(&bytes(samples)?, 3)),
            ColorType::CMYK(_) => rgb(cmyk_to_rgb(&bytes(samples)?, 4)),
            ColorType::CMYKA(_) => rgb(cmyk_to_rgb(&bytes(samples)?, 5)),
            ColorType::Palette(bits) => {
                let samples = bytes(samples)?;
                let indices = if bits < 8 { self.unpack(&samples, bits, 1) } else { samples };
                rgb(self.look_up(&indices)?)
            }
            _ => None,
        }
    }

    /// Samples of 1, 2 or 4 bits, each row padded to a byte, to one byte each.
    fn unpack(&self, packed: &[u8], bits: u8, factor: u8) -> Vec<u8> {
        let (width, per_byte) = (self.width as usize, 8 / usize::from(bits));
        let stride = width.div_ceil(per_byte);
        // Some versions hand over a byte a sample already.
        if packed.len() >= width * self.height as usize && stride < width {
            return packed.iter().map(|&s| s.saturating_mul(factor)).collect();
        }
        let mask = ((1u16 << bits) - 1) as u8;
        let row = |row: &[u8]| -> Vec<u8> {
            let sample = |x: usize| {
                let byte = row.get(x / per_byte).copied().unwrap_or(0);
                (byte >> (8 - usize::from(bits) * (x % per_byte + 1))) & mask
            };
            (0..width).map(|x| sample(x).saturating_mul(factor)).collect()
        };
        packed.chunks(stride.max(1)).take(self.height as usize).flat_map(row).collect()
    }

    fn look_up(&self, indices: &[u8]) -> Option<Vec<u8>> {
        let palette = self.palette.as_ref()?;
        let colors = palette.len() / 3;
        let channel = |i: usize, c: usize| palette.get(c * colors + i).map_or(255, |v| (v >> 8) as u8);
        Some(indices.iter().flat_map(|&i| [0, 1, 2].map(|c| channel(usize::from(i), c))).collect())
    }
}

/// Samples of 8 bits; 16-bit ones keep their upper half.
fn bytes(samples: DecodingResult) -> Option<Vec<u8>> {
    match samples {
        DecodingResult::U8(data) => Some(data),
        DecodingResult::U16(data) => Some(data.into_iter().map(|v| (v >> 8) as u8).collect()),
        DecodingResult::U32(data) => Some(data.into_iter().map(|v| (v >> 24) as u8).collect()),
        DecodingResult::F32(data) => {
            Some(data.into_iter().map(|v| (v.clamp(0.0, 1.0) * 255.0) as u8).collect())
        }
        _ => None,
    }
}

/// `channels` of colour and one of opacity, laid over white paper.
fn over_white(samples: &[u8], channels: usize) -> Vec<u8> {
    let pixel = |p: &[u8]| -> Vec<u8> {
        let alpha = u32::from(p.last().copied().unwrap_or(255));
        let over = |c: &u8| ((u32::from(*c) * alpha + 255 * (255 - alpha)) / 255) as u8;
        p.iter().take(channels).map(over).collect()
    };
    samples.chunks_exact(channels + 1).flat_map(pixel).collect()
}

/// Ink amounts to light: `r = (255 - c)(255 - k) / 255`.
fn cmyk_to_rgb(samples: &[u8], stride: usize) -> Vec<u8> {
    let light = |ink: u8, black: u8| ((255 - u32::from(ink)) * (255 - u32::from(black)) / 255) as u8;
    let pixel = |p: &[u8]| match *p {
        [c, m, y, k, ..] => [light(c, k), light(m, k), light(y, k)],
        _ => [255; 3],
    };
    samples.chunks_exact(stride).flat_map(pixel).collect()
}
