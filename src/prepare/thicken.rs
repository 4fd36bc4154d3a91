//! Thickens faint print: every pixel turns as dark as the darkest of its neighbours to the right and below.

use image::GrayImage;

/// Thickens strokes by a pixel in place. Cost is linear: two comparisons a pixel.
pub fn thicken(gray: &mut GrayImage) {
    let width = gray.width() as usize;
    if width < 2 {
        return;
    }
    let raw: &mut [u8] = gray;
    for line in raw.chunks_exact_mut(width) {
        for x in 0..width - 1 {
            line[x] = line[x].min(line[x + 1]);
        }
    }
    let mut rest = raw;
    while rest.len() >= 2 * width {
        let (line, below) = rest.split_at_mut(width);
        line.iter_mut().zip(below.iter()).for_each(|(here, below)| *here = (*here).min(*below));
        rest = below;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Luma;

    #[test]
    fn a_dot_grows_by_one_pixel_each_way() {
        let mut gray = GrayImage::from_pixel(5, 5, Luma([255]));
        gray.put_pixel(2, 3, Luma([40]));
        thicken(&mut gray);
        let dark: Vec<(u32, u32)> =
            gray.enumerate_pixels().filter(|(_, _, p)| p.0[0] == 40).map(|(x, y, _)| (x, y)).collect();
        assert_eq!(dark, [(1, 2), (2, 2), (1, 3), (2, 3)]);
    }
}
