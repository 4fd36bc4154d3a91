//! Colour to grey, with red seals lifted off and white-on-black pages inverted.
//!
//! Reads an image of any pixel format; produces 8-bit grey, ink dark on light paper.

use image::{DynamicImage, GrayImage, Luma};

/// Red leads the other channels by this much in the ink of a seal.
const SEAL_RED: i32 = 40;

/// To grey. With `remove_seals` saturated red turns as light as its red channel, which on black print beneath the
/// seal is still dark.
pub fn to_gray(image: &DynamicImage, remove_seals: bool) -> GrayImage {
    match image {
        DynamicImage::ImageLuma8(gray) => gray.clone(),
        DynamicImage::ImageLuma16(_) => image.to_luma8(),
        DynamicImage::ImageRgb8(rgb) => from_rgb(rgb.as_raw(), rgb.dimensions(), remove_seals),
        _ if image.color().has_alpha() => {
            let rgba = image.to_rgba8();
            let opaque: Vec<u8> = rgba.pixels().flat_map(|p| over_white(p.0)).collect();
            from_rgb(&opaque, rgba.dimensions(), remove_seals)
        }
        _ => {
            let rgb = image.to_rgb8();
            from_rgb(rgb.as_raw(), rgb.dimensions(), remove_seals)
        }
    }
}

fn over_white([r, g, b, a]: [u8; 4]) -> [u8; 3] {
    let alpha = u32::from(a);
    [r, g, b].map(|c| ((u32::from(c) * alpha + 255 * (255 - alpha)) / 255) as u8)
}

fn from_rgb(data: &[u8], (width, height): (u32, u32), remove_seals: bool) -> GrayImage {
    let seal = if remove_seals { SEAL_RED } else { i32::MAX };
    let shade = |p: &[u8]| match *p {
        [r, g, b] => {
            let luma = (i32::from(r) * 77 + i32::from(g) * 150 + i32::from(b) * 29) >> 8;
            let red = i32::from(r);
            let lead = red - i32::from(g.max(b));
            // Rec. 601 weights; in red ink the red channel sees the paper.
            (if lead > seal { luma.max(red) } else { luma }) as u8
        }
        _ => 255,
    };
    let gray: Vec<u8> = data.chunks_exact(3).map(shade).collect();
    GrayImage::from_raw(width, height, gray)
        .unwrap_or_else(|| GrayImage::from_pixel(width, height, Luma([255])))
}

/// Inverts a page that is mostly dark: paper is the colour of most of a page.
pub fn darken_ink(gray: &mut GrayImage) {
    let sampled = gray.as_raw().iter().step_by(7);
    let (dark, all) = sampled.fold((0usize, 0usize), |(d, n), &v| (d + usize::from(v < 100), n + 1));
    if dark * 10 > all * 7 {
        gray.iter_mut().for_each(|v| *v = 255 - *v);
    }
}
