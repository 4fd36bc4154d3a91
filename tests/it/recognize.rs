//! The engine on real print, a PDF's own text in its place, and a recorded reading in place of both.

use std::path::Path;

use image::DynamicImage;
use vanthu::ingest::source_page::SourcePage;
use vanthu::ingest::{Document, Limits, Opened, open};
use vanthu::prepare::{PrepareOptions, prepare};
use vanthu::recognize::ocr_page::{OcrPage, Origin};
use vanthu::recognize::{RecognizeError, RecognizeOptions, recognize, replay};

fn first_page(name: &str) -> SourcePage {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/scans").join(name);
    match open(&Document::of_file(&path), &Limits::default()).unwrap() {
        Opened::Pages(reader) => reader.page(1).unwrap(),
        Opened::Text(_) => panic!("{name} is text"),
    }
}

fn read(page: &SourcePage) -> Result<OcrPage, RecognizeError> {
    let image = prepare(page, &PrepareOptions::default()).unwrap();
    recognize(&image, &RecognizeOptions::default())
}

fn text(page: &OcrPage) -> String {
    page.words.iter().map(|w| w.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// The head of an official letter, small enough to be read in a moment.
fn letterhead() -> SourcePage {
    let page = first_page("cong-van/1372-SNV-VTLT.png");
    let (width, height) = (page.image.width(), page.image.height());
    SourcePage { image: page.image.crop_imm(0, 0, width, height / 3), ..page }
}

#[test]
fn print_is_read_with_boxes_confidences_and_second_choices() {
    let page = read(&letterhead()).unwrap();
    assert!(text(&page).contains("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"), "{}", text(&page));
    assert_eq!(page.origin, Origin::Engine);
    assert!(page.words.iter().all(|w| (0.0..=1.0).contains(&w.confidence)));
    assert!(page.words.iter().any(|w| w.symbols.iter().any(|s| !s.alternatives.is_empty())));
    let (width, height) = (page.width as i32, page.height as i32);
    assert!(page.words.iter().all(|w| w.bbox.x0 >= 0 && w.bbox.x1 <= width && w.bbox.y1 <= height));
    assert_eq!(replay::read(&replay::write(std::slice::from_ref(&page))), Ok(vec![page]));
}

#[test]
fn a_page_on_its_head_is_read_upright_and_leads_back() {
    let upright = letterhead();
    let turned = SourcePage {
        image: DynamicImage::ImageLuma8(upright.image.rotate180().into_luma8()),
        ..letterhead()
    };
    let page = read(&turned).unwrap();
    let word = page.words.iter().find(|w| w.text == "CỘNG").expect("the motto");
    let source = page.to_source.apply_rect(&word.bbox);
    assert!(source.y0 > upright.image.height() as i32 / 2, "the top is the bottom of the source: {source:?}");
}

#[test]
fn a_good_text_layer_stands_for_the_engine() {
    let page = read(&first_page("bao-cao/153-BC-TTLT.pdf")).unwrap();
    assert_eq!(page.origin, Origin::TextLayer);
    assert!(text(&page).contains("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"));
}

#[test]
fn a_missing_model_is_named_with_the_command_that_installs_it() {
    let folder = tempfile::tempdir().unwrap();
    let options = RecognizeOptions { tessdata: Some(folder.path().to_path_buf()), ..Default::default() };
    let image = prepare(&letterhead(), &PrepareOptions::default()).unwrap();
    let error = recognize(&image, &options).unwrap_err().to_string();
    assert!(error.contains("apt-get install tesseract-ocr-vie"), "{error}");
    std::fs::write(folder.path().join("vie.traineddata"), b"no model").unwrap();
    let error = recognize(&image, &options).unwrap_err().to_string();
    assert!(error.contains("cannot load"), "{error}");
}
