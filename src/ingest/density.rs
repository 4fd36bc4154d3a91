//! Dots per inch as image files state them.
//!
//! Reads the first bytes of a JPEG (JFIF, EXIF), PNG (pHYs), BMP or JPEG 2000 (res); produces dots per inch, or
//! `None` where the file states none or an absurd value. TIFF and PDF state theirs in `tiff` and `pdf`.

use super::format::Format;

/// Scanners make 72 to 1,200 dpi; 72 and 96 are what programs write that do not know.
const CREDIBLE: std::ops::RangeInclusive<f32> = 70.0..=2500.0;

/// Keeps a credible resolution.
pub fn credible(dpi: f32) -> Option<f32> {
    (dpi.is_finite() && CREDIBLE.contains(&dpi)).then_some(dpi)
}

/// The resolution an image file states in its first bytes.
pub fn stated(format: Format, head: &[u8]) -> Option<f32> {
    let dpi = match format {
        Format::Png => png(head),
        Format::Jpeg => jpeg(head),
        Format::Bmp => per_meter(le32(head, 38)?),
        _ => None,
    };
    dpi.and_then(credible)
}

fn per_meter(dots: u32) -> Option<f32> {
    (dots > 0).then_some(dots as f32 * 0.0254)
}

fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2)?.try_into().ok().map(u16::from_be_bytes)
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_be_bytes)
}

fn le32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes)
}

/// The pHYs chunk, which stands before the pixels.
fn png(head: &[u8]) -> Option<f32> {
    let mut at = 8;
    loop {
        let length = be32(head, at)? as usize;
        match head.get(at + 4..at + 8)? {
            b"pHYs" if head.get(at + 16) == Some(&1) => return per_meter(be32(head, at + 8)?),
            b"pHYs" | b"IDAT" => return None,
            _ => at = at.checked_add(length)?.checked_add(12)?,
        }
    }
}

/// JFIF's density, else EXIF's resolution.
fn jpeg(head: &[u8]) -> Option<f32> {
    let (mut at, mut exif_dpi) = (2, None);
    while let (Some(0xff), Some(&marker)) = (head.get(at).copied(), head.get(at + 1)) {
        if marker == 0xda {
            break;
        }
        let length = be16(head, at + 2)? as usize;
        let body = head.get(at + 4..).unwrap_or_default();
        if marker == 0xe0 && body.starts_with(b"JFIF\0") {
            let density = f32::from(be16(body, 8)?);
            match body.get(7) {
                Some(1) => return Some(density),
                Some(2) => return Some(density * 2.54),
                _ => {}
            }
        }
        if marker == 0xe1 && body.starts_with(b"Exif\0\0") {
            exif_dpi = exif_dpi.or(body.get(6..).and_then(exif));
        }
        at += 2 + length;
    }
    exif_dpi
}

/// XResolution (282) and ResolutionUnit (296) of the first directory of an EXIF block.
fn exif(tiff: &[u8]) -> Option<f32> {
    let big = tiff.starts_with(b"MM");
    let u16_at = |at: usize| {
        let pair: [u8; 2] = tiff.get(at..at + 2)?.try_into().ok()?;
        Some(if big { u16::from_be_bytes(pair) } else { u16::from_le_bytes(pair) })
    };
    let u32_at = |at: usize| if big { be32(tiff, at) } else { le32(tiff, at) };
    let directory = u32_at(4)? as usize;
    let (mut resolution, mut per_cm) = (None, false);
    for entry in 0..usize::from(u16_at(directory)?).min(64) {
        let at = directory + 2 + entry * 12;
        match u16_at(at)? {
            282 => {
                let value = u32_at(at + 8)? as usize;
                let (num, den) = (u32_at(value)?, u32_at(value + 4)?);
                resolution = (den > 0).then(|| num as f32 / den as f32);
            }
            296 => per_cm = u16_at(at + 8)? == 3,
            _ => {}
        }
    }
    resolution.map(|r| if per_cm { r * 2.54 } else { r })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jfif_header_states_dots_per_inch_or_per_centimetre() {
        let jfif = |unit: u8, d: u8| {
            [&[0xff, 0xd8, 0xff, 0xe0, 0, 16][..], b"JFIF\0\x01\x01", &[unit, 0, d, 0, d, 0, 0]].concat()
        };
        assert_eq!(stated(Format::Jpeg, &jfif(1, 200)), Some(200.0));
        assert_eq!(stated(Format::Jpeg, &jfif(2, 118)), Some(118.0 * 2.54));
        assert_eq!(stated(Format::Jpeg, &jfif(0, 1)), None);
        assert_eq!(stated(Format::Jpeg, &jfif(1, 1)), None);
    }

    #[test]
    fn cut_off_headers_state_nothing() {
        assert_eq!(stated(Format::Png, b"\x89PNG\r\n\x1a\n\0\0"), None);
        assert_eq!(stated(Format::Jpeg, b"\xff\xd8\xff\xe0\0"), None);
        assert_eq!(stated(Format::Jpeg, b"\xff\xd8\xff\xe1\0\x20Exif\0\0MM\0*\xff\xff\xff\xff"), None);
    }
}
