//! What comes in: every format page by page, and broken files at the cost of themselves alone.

use std::path::{Path, PathBuf};

use image::{DynamicImage, GrayImage, Luma};
use tiff::encoder::{Compression, TiffEncoder, colortype};
use vanthu::ingest::source_page::SourcePage;
use vanthu::ingest::{Document, IngestError, Limits, Opened, PageReader, open};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

fn pages(path: &Path) -> Result<Box<dyn PageReader>, IngestError> {
    match open(&Document::of_file(path), &Limits::default())? {
        Opened::Pages(reader) => Ok(reader),
        Opened::Text(_) => panic!("{} is text", path.display()),
    }
}

/// Opens bytes under a name and decodes the first page.
fn first_page(name: &str, bytes: &[u8]) -> Result<SourcePage, IngestError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    pages(&path)?.page(1)
}

fn message(result: Result<SourcePage, IngestError>) -> String {
    let message = result.map(|page| page.number).unwrap_err().to_string();
    assert!(!message.contains('\n'), "{message}");
    message
}

#[test]
fn broken_files_are_refused_in_one_clear_line() {
    let expected = [
        ("empty.pdf", "empty"),
        ("encrypted.pdf", "password"),
        ("huge.png", "60000 × 60000"),
        ("looping.tif", "damaged"),
        ("no-pages.pdf", "no page"),
        ("not-an-image.png", "text"),
        ("truncated.jpg", "ends too early"),
        ("truncated.pdf", "ends too early"),
    ];
    for (name, part) in expected {
        let path = fixture("hostile").join(name);
        let error = message(pages(&path).and_then(|reader| reader.page(1)));
        assert!(error.contains(part) && error.contains(name), "{name}: {error}");
    }
    assert!(message(pages(Path::new("/nowhere/a.pdf")).and_then(|r| r.page(1))).contains("no such file"));
}

#[test]
fn a_file_is_what_its_bytes_say() {
    assert!(message(first_page("a.txt", b"\x7fELF\x02\x01\x01\0\0\0\0")).contains("binary"));
    assert!(message(first_page("a.pdf", b"\0\x01\x02\x03\0\0\0\0")).contains("spite of its name"));
    let mut png = Vec::new();
    let image = DynamicImage::ImageLuma8(GrayImage::from_pixel(3, 2, Luma([7])));
    image.write_to(&mut std::io::Cursor::new(&mut png), image::ImageFormat::Png).unwrap();
    assert_eq!(first_page("a.tif", &png).unwrap().image.to_luma8().as_raw(), &[7; 6]);
    for cut in [20, 40, png.len() - 14] {
        assert!(message(first_page("a.png", &png[..cut])).contains("damaged"));
    }
}

/// A PDF of the given objects, numbered from 1; the first is the catalog.
fn pdf(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = b"%PDF-1.7\n".to_vec();
    let mut offsets = Vec::new();
    for (i, object) in objects.iter().enumerate() {
        offsets.push(bytes.len());
        bytes.extend([format!("{} 0 obj\n", i + 1).as_bytes(), object, b"\nendobj\n"].concat());
    }
    let start = bytes.len();
    bytes.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
    offsets.iter().for_each(|offset| bytes.extend(format!("{offset:010} 00000 n \n").bytes()));
    let trailer = format!("trailer\n<</Size {}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n", objects.len() + 1);
    bytes.extend(trailer.bytes());
    bytes
}

fn stream(dictionary: &str, data: &[u8]) -> Vec<u8> {
    [format!("<<{dictionary}/Length {}>>\nstream\n", data.len()).as_bytes(), data, b"\nendstream"].concat()
}

/// One page of 72 × 36 points that is one image of 4 × 2 pixels, turned as told.
fn scan(rotate: u32, page: &str, image: Vec<u8>) -> Vec<u8> {
    let kids = format!(
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 36]/Rotate {rotate}{page}/Contents 4 0 R\
         /Resources<</XObject<</Im 5 0 R>>>>>>"
    );
    pdf(&[
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
        kids.into_bytes(),
        stream("", b"q 72 0 0 36 0 0 cm /Im Do Q"),
        image,
    ])
}

const IMAGE: &str = "/Type/XObject/Subtype/Image/Width 4/Height 2/ColorSpace/DeviceGray/BitsPerComponent 8";
const PIXELS: [u8; 8] = [10, 20, 30, 40, 50, 60, 70, 80];

#[test]
fn a_page_that_is_one_image_keeps_its_own_pixels() {
    let upright = first_page("a.pdf", &scan(0, "", stream(IMAGE, &PIXELS))).unwrap();
    assert_eq!(upright.image.to_luma8().as_raw(), &PIXELS);
    let turned = first_page("a.pdf", &scan(90, "", stream(IMAGE, &PIXELS))).unwrap();
    assert_eq!(turned.image.to_luma8().as_raw(), &[50, 10, 60, 20, 70, 30, 80, 40]);
    let half = first_page("a.pdf", &scan(180, "", stream(IMAGE, &PIXELS))).unwrap();
    assert_eq!(half.image.to_luma8().as_raw(), &[80, 70, 60, 50, 40, 30, 20, 10]);
    let cropped = first_page("a.pdf", &scan(0, "/CropBox[18 0 72 36]", stream(IMAGE, &PIXELS))).unwrap();
    assert_eq!(cropped.image.to_luma8().as_raw(), &[20, 30, 40, 60, 70, 80]);
}

#[test]
fn a_page_that_lost_its_image_is_an_error_and_no_white_sheet() {
    let mut lost = scan(0, "", stream(IMAGE, &PIXELS));
    let place = lost.windows(6).position(|w| w == b"/Im 5 ").unwrap();
    lost[place + 4] = b'9';
    assert!(message(first_page("a.pdf", &lost)).contains("missing"));
    let broken = scan(0, "", stream(&format!("{IMAGE}/Filter/DCTDecode"), b"\xff\xd8\xff\xe0 no picture"));
    assert!(message(first_page("a.pdf", &broken)).contains("page 1"));
    let cut = scan(0, "", stream(&format!("{IMAGE}/Length 9999"), &PIXELS));
    let _ = first_page("a.pdf", &cut); // an error or the pixels, never a panic
}

/// A page that has to be rendered: the content draws `image` over less than a scan covers.
fn drawn(content: &[u8], image: Vec<u8>) -> Vec<u8> {
    let page = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 36]/Contents 4 0 R\
         /Resources<</XObject<</Im 5 0 R>>/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>";
    pdf(&[
        b"<</Type/Catalog/Pages 2 0 R>>".to_vec(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>".to_vec(),
        page.as_bytes().to_vec(),
        stream("", content),
        image,
    ])
}

fn zlib(data: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::none());
    std::io::Write::write_all(&mut packer, data).unwrap();
    packer.finish().unwrap()
}

#[test]
fn a_rendered_page_that_lost_its_image_is_an_error_and_no_white_sheet() {
    let draw = b"q 36 0 0 18 9 9 cm /Im Do Q";
    let kind = "/Type/XObject/Subtype/Image/ColorSpace/DeviceGray";
    let eight = format!("{kind}/Width 40/Height 40/BitsPerComponent 8");
    let (whole, bits) = ([90; 1600], format!("{kind}/Width 40/Height 40/BitsPerComponent 1"));
    assert!(first_page("a.pdf", &drawn(draw, stream(&eight, &whole))).is_ok());
    let mut jpeg = Vec::new();
    let gray = DynamicImage::ImageLuma8(GrayImage::from_fn(40, 40, |x, y| Luma([(x * y) as u8])));
    gray.write_to(&mut std::io::Cursor::new(&mut jpeg), image::ImageFormat::Jpeg).unwrap();
    let (flate, dct) = (format!("{eight}/Filter/FlateDecode"), format!("{eight}/Filter/DCTDecode"));
    let packed_bits = format!("{bits}/Filter/FlateDecode");
    assert!(first_page("a.pdf", &drawn(draw, stream(&dct, &jpeg))).is_ok());
    for (lost, why) in [
        (stream(&eight, &whole[..400]), "cut off"),
        (stream(&eight, b""), "image"),
        (stream(&flate, &zlib(&whole)[..400]), "cut off"),
        (stream(&flate, &zlib(&whole)[..4]), "image"),
        (stream(&packed_bits, &zlib(&[0; 100])), "cut off"),
        (stream(&dct, &jpeg[..jpeg.len() - 60]), "cut off"),
        (stream(&eight.replace("/Width 40", ""), &whole), "blank"),
    ] {
        let said = message(first_page("a.pdf", &drawn(draw, lost.clone())));
        assert!(said.contains("page 1") && said.contains(why), "{said}: {}", String::from_utf8_lossy(&lost));
    }
}

#[test]
fn a_white_sheet_is_a_page() {
    let white = stream(IMAGE, &[255; 8]);
    for content in [&b""[..], b"q 36 0 0 18 9 9 cm /Im Do Q", b"BT /F 12 Tf ( ) Tj ET"] {
        assert!(first_page("a.pdf", &drawn(content, white.clone())).is_ok());
    }
}

#[test]
fn a_document_cut_anywhere_never_gives_fewer_pages_in_silence() {
    let whole = scan(0, "", stream(IMAGE, &PIXELS));
    for cut in (0..whole.len() - 6).step_by(7) {
        match first_page("a.pdf", &whole[..cut]) {
            Ok(page) => assert_eq!(page.image.to_luma8().as_raw(), &PIXELS, "cut at {cut}"),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
}

#[test]
fn tiff_pages_of_every_pixel_format_are_read() {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut tiff = TiffEncoder::new(&mut bytes).unwrap();
    tiff.write_image::<colortype::Gray8>(2, 2, &[0, 85, 170, 255]).unwrap();
    tiff.write_image::<colortype::Gray16>(2, 1, &[0, 0xff00]).unwrap();
    tiff.write_image::<colortype::RGB8>(1, 1, &[200, 30, 40]).unwrap();
    tiff.write_image::<colortype::CMYK8>(2, 1, &[0, 0, 0, 0, 0, 0, 0, 255]).unwrap();
    let mut tiff = tiff.with_compression(Compression::Lzw);
    tiff.write_image::<colortype::Gray8>(2, 1, &[9, 8]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.tif");
    std::fs::write(&path, bytes.into_inner()).unwrap();
    let reader = pages(&path).unwrap();
    assert_eq!(reader.page_count(), 5);
    let rgb = |n| reader.page(n).unwrap().image.to_rgb8().into_raw();
    assert_eq!(rgb(1), [0, 0, 0, 85, 85, 85, 170, 170, 170, 255, 255, 255]);
    assert_eq!(rgb(2), [0, 0, 0, 255, 255, 255]);
    assert_eq!(rgb(3), [200, 30, 40]);
    assert_eq!(rgb(4), [255, 255, 255, 0, 0, 0]);
    assert_eq!(rgb(5), [9, 9, 9, 8, 8, 8]);
    assert!(reader.page(6).is_err() && reader.page(0).is_err());
}

#[test]
fn fax_pages_come_black_on_white_with_their_resolution() {
    let reader = pages(&fixture("scans/ke-hoach/265-KH-UBND.tif")).unwrap();
    assert_eq!(reader.page_count(), 5);
    let page = reader.page(1).unwrap();
    assert_eq!((page.image.width(), page.dpi), (2480, Some(300.0)));
    let gray = page.image.to_luma8();
    let white = gray.as_raw().iter().filter(|&&v| v == 255).count();
    assert!(white * 10 > gray.as_raw().len() * 8, "mostly paper");
}

#[test]
fn a_born_digital_page_brings_its_words() {
    let page = pages(&fixture("scans/bao-cao/153-BC-TTLT.pdf")).unwrap().page(1).unwrap();
    let layer = page.text_layer.unwrap();
    assert!(layer.visible && !layer.over_scan);
    let text: Vec<&str> = layer.words.iter().map(|w| w.text.as_str()).collect();
    assert!(text.join(" ").contains("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"));
    let (width, height) = (page.image.width() as i32, page.image.height() as i32);
    assert!(layer.words.iter().all(|w| w.bbox.x0 >= 0 && w.bbox.x1 <= width && w.bbox.y1 <= height));
}
