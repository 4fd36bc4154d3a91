//! PNG, JPEG, JPEG 2000, BMP and WebP: one file, one page.
//!
//! Reads a file; produces a [`SourcePage`] turned as its EXIF orientation says. The size in the header is checked
//! against the limits before a pixel is decoded.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use hayro_jpeg2000::{DecodeSettings, Image as Jpeg2000};
use image::{DynamicImage, ImageDecoder, ImageReader};

use super::density;
use super::error::IngestError;
use super::format::{Format, head};
use super::limits::Limits;
use super::open::PageReader;
use super::source_page::SourcePage;

/// A page image in a file of its own.
pub struct RasterPage {
    path: PathBuf,
    format: Format,
    limits: Limits,
    dpi: Option<f32>,
}

impl RasterPage {
    /// Looks at the header; decodes nothing.
    pub fn open(path: &Path, format: Format, limits: &Limits) -> Result<Self, IngestError> {
        let page = Self {
            path: path.to_path_buf(),
            format,
            limits: limits.clone(),
            dpi: density::stated(format, &head(path)?),
        };
        if format != Format::Jpeg2000 {
            page.decoder()?;
        }
        Ok(page)
    }

    /// A decoder whose stated size is within the limits.
    fn decoder(&self) -> Result<Box<dyn ImageDecoder>, IngestError> {
        let bad = |e: image::ImageError| self.image_error(&e);
        let file = File::open(&self.path).map_err(|e| IngestError::io(&self.path, &e))?;
        let mut reader = ImageReader::new(BufReader::new(file));
        reader.set_format(image_format(self.format));
        let mut allowed = image::Limits::default();
        allowed.max_alloc = Some(self.limits.page_bytes());
        reader.limits(allowed);
        let decoder = reader.into_decoder().map_err(bad)?;
        let (width, height) = decoder.dimensions();
        if !self.limits.admits(width, height) {
            return Err(IngestError::too_many_pixels(&self.path, width, height, self.limits.max_pixels));
        }
        Ok(Box::new(decoder))
    }

    fn image_error(&self, error: &image::ImageError) -> IngestError {
        match error {
            image::ImageError::IoError(e) if e.kind() != std::io::ErrorKind::UnexpectedEof => {
                IngestError::io(&self.path, e)
            }
            image::ImageError::Limits(_) => IngestError::TooLarge {
                path: self.path.clone(),
                what: "the page asks for more memory than allowed".to_string(),
                option: "--max-pixels",
            },
            other => IngestError::damaged(&self.path, other.to_string()),
        }
    }

    fn decode(&self) -> Result<DynamicImage, IngestError> {
        if self.format == Format::Jpeg2000 {
            return self.decode_jpeg2000();
        }
        if self.format == Format::Jpeg && !ends_as_jpeg(&self.path)? {
            return Err(IngestError::damaged(&self.path, "it ends too early: no end-of-image mark"));
        }
        let mut decoder = self.decoder()?;
        let orientation = decoder.orientation().unwrap_or(image::metadata::Orientation::NoTransforms);
        let mut image = DynamicImage::from_decoder(decoder).map_err(|e| self.image_error(&e))?;
        image.apply_orientation(orientation);
        Ok(image)
    }

    fn decode_jpeg2000(&self) -> Result<DynamicImage, IngestError> {
        let bytes = std::fs::read(&self.path).map_err(|e| IngestError::io(&self.path, &e))?;
        let damaged = || IngestError::damaged(&self.path, "the JPEG 2000 data cannot be decoded");
        let image = Jpeg2000::new(&bytes, &DecodeSettings { strict: true, ..Default::default() })
            .map_err(|_| damaged())?;
        if !self.limits.admits(image.width(), image.height()) {
            let (width, height) = (image.width(), image.height());
            return Err(IngestError::too_many_pixels(&self.path, width, height, self.limits.max_pixels));
        }
        DynamicImage::from_decoder(image).map_err(|_| damaged())
    }
}

impl PageReader for RasterPage {
    fn page_count(&self) -> u32 {
        1
    }

    fn size(&self, _: u32) -> Option<(u32, u32)> {
        if self.format == Format::Jpeg2000 {
            let bytes = std::fs::read(&self.path).ok()?;
            let image = Jpeg2000::new(&bytes, &DecodeSettings::default()).ok()?;
            return Some((image.width(), image.height()));
        }
        self.decoder().ok().map(|decoder| decoder.dimensions())
    }

    fn jpeg(&self, number: u32) -> Option<Vec<u8>> {
        let upright = |orientation| orientation == image::metadata::Orientation::NoTransforms;
        let jpeg = number == 1 && self.format == Format::Jpeg;
        let jpeg = jpeg && self.decoder().ok()?.orientation().map_or(true, upright);
        jpeg.then(|| std::fs::read(&self.path).ok()).flatten()
    }

    fn page(&self, number: u32) -> Result<SourcePage, IngestError> {
        if number != 1 {
            return Err(IngestError::page(&self.path, number, "the file has one page"));
        }
        let image = self.decode()?;
        Ok(SourcePage { number, image, dpi: self.dpi, text_layer: None })
    }
}

/// Whether the end-of-image mark is there; the decoder would fill up what is missing with grey and say nothing.
/// Cameras and mail programs append a little, so the last 64 KiB are searched.
fn ends_as_jpeg(path: &Path) -> Result<bool, IngestError> {
    let tail = |mut file: File| {
        let length = file.seek(SeekFrom::End(0))?;
        file.seek(SeekFrom::Start(length.saturating_sub(64 << 10)))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map(|_| bytes)
    };
    let bytes = File::open(path).and_then(tail).map_err(|e| IngestError::io(path, &e))?;
    Ok(has_end_of_image(&bytes))
}

/// Whether a JPEG's end-of-image mark stands in the last 64 KiB.
pub(super) fn has_end_of_image(jpeg: &[u8]) -> bool {
    let tail = jpeg.get(jpeg.len().saturating_sub(64 << 10)..).unwrap_or_default();
    tail.windows(2).any(|w| w == [0xff, 0xd9])
}

fn image_format(format: Format) -> image::ImageFormat {
    match format {
        Format::Jpeg => image::ImageFormat::Jpeg,
        Format::Bmp => image::ImageFormat::Bmp,
        Format::WebP => image::ImageFormat::WebP,
        _ => image::ImageFormat::Png,
    }
}
