//! Pages made fit for reading, and the way back to the pixels they came from.

use image::{DynamicImage, GrayImage, Luma, Rgb, RgbImage};
use vanthu::geometry::Affine;
use vanthu::ingest::source_page::SourcePage;
use vanthu::prepare::page_image::PageImage;
use vanthu::prepare::{PrepareOptions, prepare};

/// A sheet of 1240 × 1754 pixels (A4 at 150 dpi) with lines of letter-like blocks, askew, and one large block.
fn sheet(degrees: f64) -> GrayImage {
    let back = Affine::rotate_about(-degrees.to_radians(), 620.0, 877.0);
    GrayImage::from_fn(1240, 1754, |x, y| {
        let (u, v) = back.apply(f64::from(x) + 0.5, f64::from(y) + 0.5);
        let in_text = (150.0..1090.0).contains(&u) && (150.0..1500.0).contains(&v);
        // Each line begins elsewhere, as letters do not stand in columns.
        let (across, down) = ((u + (v / 32.0).floor() * 5.7).rem_euclid(13.0), v.rem_euclid(32.0));
        let letter = in_text && down < 12.0 && across < 9.0;
        let hollow = (3.0..9.0).contains(&down) && (3.0..6.0).contains(&across);
        let block = (800.0..860.0).contains(&u) && (1560.0..1600.0).contains(&v);
        Luma([if (letter && !hollow) || block { 0 } else { 255 }])
    })
}

fn prepared(image: DynamicImage, dpi: Option<f32>) -> PageImage {
    let page = SourcePage { number: 1, image, dpi, text_layer: None };
    prepare(&page, &PrepareOptions::default()).unwrap()
}

/// The middle of the large block below the text.
fn block_center(gray: &GrayImage, threshold: u8) -> (f64, f64) {
    let (mut x_sum, mut y_sum, mut n) = (0.0, 0.0, 0.0);
    let below = gray.height() * 1535 / 1754;
    for (x, y, p) in gray.enumerate_pixels().filter(|(_, y, _)| *y > below) {
        if p.0[0] < threshold {
            (x_sum, y_sum, n) = (x_sum + f64::from(x) + 0.5, y_sum + f64::from(y) + 0.5, n + 1.0);
        }
    }
    (x_sum / n, y_sum / n)
}

#[test]
fn a_skewed_page_of_wrong_resolution_is_righted_and_leads_back() {
    for degrees in [-1.7, 0.0, 0.6] {
        let source = sheet(degrees);
        let page = prepared(DynamicImage::ImageLuma8(source.clone()), Some(96.0));
        assert!((page.dpi - 300.0).abs() < 2.0, "{}", page.dpi);
        assert_eq!((page.source_width, page.source_height), (1240, 1754));
        let turned = page.to_source.coefficients;
        let found = turned[3].atan2(turned[0]).to_degrees();
        assert!((found - degrees).abs() < 0.06, "{degrees}: {found}");
        let (x, y) = block_center(&page.gray, 128);
        let (back_x, back_y) = page.to_source.apply(x, y);
        let (true_x, true_y) = block_center(&source, 128);
        assert!((back_x - true_x).abs() < 0.5 && (back_y - true_y).abs() < 0.5, "{back_x} {back_y}");
    }
}

#[test]
fn shaded_yellow_paper_turns_white_and_its_print_stays_dark() {
    let ink = sheet(0.0);
    let image = RgbImage::from_fn(1240, 1754, |x, y| {
        let light = 0.6 + 0.4 * f64::from(x) / 1240.0;
        let paper = [225.0, 208.0, 170.0].map(|c: f64| c * light);
        let print = ink.get_pixel(x, y).0[0] == 0;
        Rgb(paper.map(|c| (if print { c * 0.4 } else { c }) as u8))
    });
    let page = prepared(DynamicImage::ImageRgb8(image), Some(150.0));
    let at = |x: u32, y: u32| page.gray.get_pixel(x, y).0[0];
    assert!(at(60, 400) > 245 && at(2400, 400) > 245, "paper");
    let dark = page.gray.as_raw().iter().filter(|&&v| v < 100).count();
    let all = ink.as_raw().iter().filter(|&&v| v == 0).count() * 4;
    assert!(dark * 10 > all * 8 && dark * 10 < all * 12, "{dark} of {all}");
}

#[test]
fn sideways_and_inverted_pages_are_turned_right() {
    let upright = sheet(0.0);
    let sideways = image::imageops::rotate90(&upright);
    let page = prepared(DynamicImage::ImageLuma8(sideways), Some(150.0));
    assert!(page.gray.height() > page.gray.width());
    let mut inverted = upright;
    image::imageops::invert(&mut inverted);
    let page = prepared(DynamicImage::ImageLuma8(inverted), Some(150.0));
    assert!(page.gray.get_pixel(20, 20).0[0] > 240);
}

#[test]
fn backs_are_blank_and_short_pages_are_not() {
    let mut back = GrayImage::from_fn(2480, 3508, |x, y| Luma([240 + ((x * 7 + y * 13) % 9) as u8]));
    for i in 0..40u32 {
        back.put_pixel(300 + i * 47, 200 + (i * 7919) % 3000, Luma([0]));
    }
    assert!(prepared(DynamicImage::ImageLuma8(back.clone()), Some(300.0)).blank);
    for letter in 0..8 {
        for (x, y) in (0..24u32).flat_map(|x| (0..26u32).map(move |y| (x, y))) {
            if x < 7 || y < 7 {
                back.put_pixel(1000 + letter * 40 + x, 800 + y, Luma([20]));
            }
        }
    }
    assert!(!prepared(DynamicImage::ImageLuma8(back), Some(300.0)).blank);
}

#[test]
fn the_smallest_and_the_strangest_images_are_prepared() {
    for (width, height) in [(1, 1), (2, 900), (900, 2), (31, 33)] {
        let image =
            DynamicImage::ImageLuma8(GrayImage::from_fn(width, height, |x, y| Luma([((x * y) % 256) as u8])));
        let page = prepared(image, None);
        assert!(page.gray.width() > 0 && page.gray.height() > 0);
    }
    let empty = SourcePage { number: 4, image: DynamicImage::new_luma8(0, 0), dpi: None, text_layer: None };
    assert!(prepare(&empty, &PrepareOptions::default()).unwrap_err().to_string().contains("page 4"));
}
