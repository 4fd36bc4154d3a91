//! Pages that lie, shine or show in unusual ways are read like any other: one fixture each, and the words on it are known.

use std::collections::HashMap;
use std::path::Path;

use vanthu::ingest::{Document, Limits, Opened, open};
use vanthu::prepare::{PrepareOptions, prepare};
use vanthu::recognize::ocr_page::{OcrPage, Origin};
use vanthu::recognize::{RecognizeOptions, recognize};

fn fixture(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/hard").join(name)
}

/// What is read on every page of a fixture.
fn read(name: &str) -> Vec<OcrPage> {
    let Ok(Opened::Pages(pages)) = open(&Document::of_file(&fixture(name)), &Limits::default()) else {
        panic!("{name} has no pages");
    };
    let read = |number| {
        let image = prepare(&pages.page(number).expect(name), &PrepareOptions::default()).expect(name);
        recognize(&image, &RecognizeOptions::default()).expect(name)
    };
    (1..=pages.page_count()).map(read).collect()
}

/// The share of words that a page and the text of a paper have in common, in whatever order (F1).
fn agreement(page: &OcrPage, paper: &str) -> f64 {
    let text = std::fs::read_to_string(fixture(&format!("{paper}.txt"))).expect(paper);
    let mut expected: HashMap<&str, usize> = HashMap::new();
    text.split_whitespace().for_each(|word| *expected.entry(word).or_default() += 1);
    let all = text.split_whitespace().count() + page.words.len();
    let shared = page.words.iter().filter(|word| {
        let count = expected.get_mut(word.text.as_str());
        count.is_some_and(|left| std::mem::replace(left, left.saturating_sub(1)) > 0)
    });
    2.0 * shared.count() as f64 / all as f64
}

fn assert_reads(page: &OcrPage, paper: &str, least: f64) {
    let found = agreement(page, paper);
    println!("page {} against {paper}: {found:.3}", page.number);
    assert!(found >= least, "page {} agrees with {paper} to {found:.3} only: {:?}", page.number, words(page));
}

fn words(page: &OcrPage) -> Vec<&str> {
    page.words.iter().map(|word| word.text.as_str()).collect()
}

#[test]
fn the_back_of_a_sheet_is_blank_and_still_a_page() {
    let pages = read("blank.jpg");
    assert!(pages[0].blank && pages[0].words.is_empty(), "{:?}", words(&pages[0]));
}

#[test]
fn a_page_is_read_whichever_way_it_lies() {
    let pages = read("turned.tif");
    assert_eq!(pages.len(), 4);
    pages.iter().for_each(|page| assert_reads(page, "kho-2", 0.95));
}

#[test]
fn white_print_on_black_is_read() {
    assert_reads(&read("inverted.png")[0], "kho-2", 0.95);
}

#[test]
fn a_file_scanned_open_is_two_pages_each_in_its_own_pixels() {
    let pages = read("two-up.jpg");
    assert_eq!(pages.iter().map(|page| page.number).collect::<Vec<_>>(), [1, 2]);
    assert_reads(&pages[0], "kho-1", 0.9);
    assert_reads(&pages[1], "kho-2", 0.95);
    assert!(pages.iter().all(|page| page.source_width < page.source_height));
}

#[test]
fn a_seal_hides_no_name_in_colour_or_copied() {
    // Where the ring crosses it, the copy's name may lose a mark.
    for (name, parts) in [("sealed.jpg", &["Đoàn", "Khắc", "Miên"][..]), ("sealed-copy.tif", &["Đoàn"])]
    {
        let page = &read(name)[0];
        assert_reads(page, "kho-1", 0.95);
        assert!(parts.iter().all(|part| words(page).contains(part)), "{name}: {:?}", words(page));
    }
}

#[test]
fn resolutions_may_differ_from_page_to_page_and_from_what_is_stated() {
    let pages = read("mixed-dpi.pdf");
    assert_reads(&pages[0], "kho-1", 0.85);
    assert_reads(&pages[1], "kho-2", 0.95);
    assert_reads(&pages[2], "kho-2", 0.95);
    assert!(pages.iter().all(|page| (240.0..=430.0).contains(&page.dpi)));
}

#[test]
fn only_a_text_layer_that_says_what_the_page_shows_is_taken() {
    let good = &read("layer-good.pdf")[0];
    assert_eq!(good.origin, Origin::TextLayer);
    assert_reads(good, "kho-2", 1.0);
    for name in ["stripped", "mojibake", "tcvn3", "vni"] {
        let page = &read(&format!("layer-{name}.pdf"))[0];
        assert_eq!(page.origin, Origin::Engine, "{name}");
        assert_reads(page, "kho-2", 0.95);
    }
}
