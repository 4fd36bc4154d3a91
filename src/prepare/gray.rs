//! Colour to grey, with red seals lifted off and white-on-black pages inverted.
//!
//! Reads an image of any pixel format; produces 8-bit grey, ink dark on light paper.

use image::{DynamicImage, GrayImage, Luma};

/// Red leads the other channels by this much in the ink of a seal.
const SEAL_RED: i32 = 40;

/// Seal ink on bare paper is at least this red; what is darker has print beneath it.
const SEAL_ON_PAPER: i32 = 150;

/// To grey. With `remove_seals` saturated red turns to white paper; where print lies beneath it, it turns as light as
/// its red channel, which sees the print and not the seal.
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
            // Rec. 601 weights for everything that is not a seal.
            (match lead > seal {
                true if red >= SEAL_ON_PAPER => 255,
                true => luma.max(red),
                false => luma,
            }) as u8
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_red_seal_goes_and_the_print_beneath_it_stays() {
        let rgb = |p| DynamicImage::ImageRgb8(image::RgbImage::from_pixel(1, 1, image::Rgb(p)));
        let level = |p| to_gray(&rgb(p), true).as_raw()[0];
        assert_eq!(level([220, 60, 70]), 255);
        assert!(level([90, 30, 35]) < 100);
        assert_eq!(level([20, 20, 20]), 20);
        assert!(level([60, 70, 160]) < 90, "blue ink is no seal");
        assert!(to_gray(&rgb([220, 60, 70]), false).as_raw()[0] < 120);
    }

    #[test]
    fn transparent_pixels_are_paper() {
        let clear = DynamicImage::ImageRgba8(image::RgbaImage::from_pixel(1, 1, image::Rgba([0, 0, 0, 0])));
        assert_eq!(to_gray(&clear, true).as_raw()[0], 255);
    }

    #[test]
    fn white_on_black_is_inverted() {
        let mut gray = GrayImage::from_pixel(40, 40, Luma([10]));
        gray.put_pixel(5, 5, Luma([250]));
        darken_ink(&mut gray);
        assert_eq!((gray.get_pixel(0, 0).0[0], gray.get_pixel(5, 5).0[0]), (245, 5));
    }
}
