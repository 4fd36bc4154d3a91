//! The page image, in the smallest form that keeps every pixel.

use std::io::{self, Write};

use fax::decoder::{decode_g4, pels};
use fax::encoder::Encoder;
use fax::{Color, VecWriter};
use image::DynamicImage;
use pdf_writer::types::Predictor;
use pdf_writer::{Filter, Name, Ref};

use super::file::{PdfFile, deflate};

/// The encoder counts in 16 bits with a sign.
const WIDEST_G4: u16 = 32_000;

/// A page image as it goes into the file.
#[derive(Debug)]
pub enum Scan {
    /// A JPEG stream, passed through as it is; grey or colour.
    Jpeg {
        /// The stream, from its start mark to its end mark.
        bytes: Vec<u8>,
        /// In pixels.
        width: u32,
        /// In pixels.
        height: u32,
        /// 1 for grey, 3 for colour.
        components: u8,
    },
    /// Pixels, to be packed without loss.
    Pixels(DynamicImage),
}

impl Scan {
    /// A JPEG stream that may be passed through; `None` for what PDF/A-2 viewers need not show (CMYK, 12 bit, lossless)
    /// and for what is no JPEG.
    pub fn from_jpeg(bytes: Vec<u8>) -> Option<Self> {
        let (width, height, components) = frame_header(&bytes)?;
        (width > 0 && height > 0 && matches!(components, 1 | 3)).then_some(Self::Jpeg {
            bytes,
            width,
            height,
            components,
        })
    }

    /// Width and height in pixels.
    pub fn size(&self) -> (u32, u32) {
        match self {
            Self::Jpeg { width, height, .. } => (*width, *height),
            Self::Pixels(image) => (image.width(), image.height()),
        }
    }

    /// Writes the image object; `false` for an image without a pixel, which is none.
    pub fn write<W: Write>(&self, file: &mut PdfFile<W>, id: Ref) -> io::Result<bool> {
        let (width, height) = self.size();
        let (Ok(columns), Ok(rows)) = (i32::try_from(width), i32::try_from(height)) else { return Ok(false) };
        if width == 0 || height == 0 {
            return Ok(false);
        }
        let packed = Packed::of(self);
        file.put(id, |chunk| {
            let bytes: &[u8] = match &packed.bytes {
                Some(bytes) => bytes,
                None => self.jpeg(),
            };
            let mut image = chunk.image_xobject(id, bytes);
            image.width(columns).height(rows).bits_per_component(packed.bits);
            image.color_space_name(if packed.components == 3 {
                Name(b"DeviceRGB")
            } else {
                Name(b"DeviceGray")
            });
            image.filter(packed.filter);
            match packed.filter {
                Filter::CcittFaxDecode => {
                    image.decode_parms().k(-1).columns(columns).rows(rows).black_is_1(false);
                }
                Filter::FlateDecode => {
                    let colors = i32::from(packed.components);
                    let mut parameters = image.decode_parms();
                    parameters
                        .predictor(Predictor::PngUp)
                        .colors(colors)
                        .bits_per_component(8)
                        .columns(columns);
                }
                _ => {}
            }
        })?;
        Ok(true)
    }

    fn jpeg(&self) -> &[u8] {
        match self {
            Self::Jpeg { bytes, .. } => bytes,
            Self::Pixels(_) => &[],
        }
    }
}

/// Size and number of components from the frame header of a baseline, extended or progressive JPEG of 8 bits.
fn frame_header(bytes: &[u8]) -> Option<(u32, u32, u8)> {
    let mut rest = bytes.strip_prefix(&[0xff, 0xd8])?;
    loop {
        let [0xff, marker, ..] = *rest else { return None };
        match marker {
            0xff => rest = rest.get(1..)?,
            0x01 | 0xd0..=0xd7 => rest = rest.get(2..)?,
            0xc0..=0xc2 => {
                let [precision, h1, h0, w1, w0, components] = *rest.get(4..10)? else { return None };
                let (width, height) = (u16::from_be_bytes([w1, w0]), u16::from_be_bytes([h1, h0]));
                return (precision == 8).then_some((width.into(), height.into(), components));
            }
            // Other kinds of coding; the end; image data before any header.
            0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf | 0xd9 | 0xda => return None,
            _ => {
                let length = usize::from(u16::from_be_bytes([*rest.get(2)?, *rest.get(3)?]));
                rest = rest.get(2 + length.max(2)..)?;
            }
        }
    }
}

/// An image stream with what a viewer must know to unpack it.
struct Packed {
    /// `None` where the bytes are those of the JPEG.
    bytes: Option<Vec<u8>>,
    filter: Filter,
    components: u8,
    bits: i32,
}

impl Packed {
    fn of(scan: &Scan) -> Self {
        let image = match scan {
            Scan::Jpeg { components, .. } => {
                return Self { bytes: None, filter: Filter::DctDecode, components: *components, bits: 8 };
            }
            Scan::Pixels(image) => image,
        };
        // A transparent place shows the paper, as it does everywhere else in the program.
        let rgb = image.color().has_color().then(|| image.to_rgb8());
        let coloured =
            rgb.as_ref().is_some_and(|rgb| rgb.pixels().any(|p| p.0[0] != p.0[1] || p.0[1] != p.0[2]));
        if let Some(rgb) = rgb.filter(|_| coloured) {
            return Self::flate(rgb.as_raw(), 3 * rgb.width() as usize, 3);
        }
        let gray = image.to_luma8();
        let width = gray.width();
        let black_and_white = gray.as_raw().iter().all(|shade| matches!(shade, 0 | 255));
        let stream =
            u16::try_from(width).ok().filter(|_| black_and_white).and_then(|width| g4(gray.as_raw(), width));
        match stream {
            Some(bytes) => {
                Self { bytes: Some(bytes), filter: Filter::CcittFaxDecode, components: 1, bits: 1 }
            }
            None => Self::flate(gray.as_raw(), width as usize, 1),
        }
    }

    /// Every row as its difference from the one above, packed by deflate.
    fn flate(samples: &[u8], row: usize, components: u8) -> Self {
        let mut differences = Vec::with_capacity(samples.len() + samples.len() / row.max(1));
        let mut above: &[u8] = &[];
        for line in samples.chunks_exact(row.max(1)) {
            const UP: u8 = 2;
            differences.push(UP);
            let before = above.iter().copied().chain(std::iter::repeat(0));
            differences.extend(line.iter().zip(before).map(|(sample, above)| sample.wrapping_sub(above)));
            above = line;
        }
        Self { bytes: Some(deflate(&differences)), filter: Filter::FlateDecode, components, bits: 8 }
    }
}

/// Black-and-white rows as CCITT group 4 (ITU-T T.6); `None` should the stream not give back each dot.
///
/// The encoder is not ours and its streams are kept for good, so each is read back before it is trusted.
fn g4(samples: &[u8], width: u16) -> Option<Vec<u8>> {
    if width > WIDEST_G4 {
        return None;
    }
    let rows = || samples.chunks_exact(usize::from(width).max(1));
    let mut encoder = Encoder::new(VecWriter::new());
    for row in rows() {
        encoder.encode_line(row.iter().map(dot), width).ok()?;
    }
    let stream = encoder.finish().map(VecWriter::finish).ok()?;
    let (mut wanted, mut same) = (rows(), true);
    decode_g4(stream.iter().copied(), width, u16::try_from(rows().len()).ok(), |line| {
        same &= wanted.next().is_some_and(|row| pels(line, width).eq(row.iter().map(dot)));
    })?;
    (same && wanted.next().is_none()).then_some(stream)
}

fn dot(shade: &u8) -> Color {
    if *shade == 0 { Color::Black } else { Color::White }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_jpeg_that_every_viewer_shows_is_passed_through() {
        let start = [0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2];
        let header = |kind: u8, bits: u8, components: u8| {
            [start.as_slice(), &[0xff, kind, 0, 11, bits, 0, 20, 0, 10, components, 1, 0x11, 0]].concat()
        };
        assert_eq!(Scan::from_jpeg(header(0xc0, 8, 3)).unwrap().size(), (10, 20));
        assert!(Scan::from_jpeg(header(0xc2, 8, 1)).is_some());
        for (kind, bits, components) in [(0xc0, 8, 4), (0xc1, 12, 1), (0xc3, 8, 1), (0xda, 8, 1)] {
            assert!(Scan::from_jpeg(header(kind, bits, components)).is_none());
        }
        for cut in 0..header(0xc0, 8, 3).len() {
            let _ = Scan::from_jpeg(header(0xc0, 8, 3)[..cut].to_vec());
        }
    }
}
