//! What leaves the house is read by other people's programs: each format is checked by the rules of its readers, and by
//! the readers themselves where they are installed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use vanthu::extract::record::{Date, DocType, Evidence, Issuer, Number, Record, Section};
use vanthu::geometry::{Affine, Rect};
use vanthu::ingest::{self, Limits, Opened};
use vanthu::layout::page_layout::OcrSymbol;
use vanthu::restore::restored_page::{
    Alignment, Block, Cell, Furniture, FurnitureKind, Line, PageLayout, Paragraph, RestoredPage, Table, Word,
};
use vanthu::write::pdf::{self, Scan};
use vanthu::write::{alto, hocr};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// Whether a tool is there; says what is skipped where it is not.
pub fn has_tool(tool: &str) -> bool {
    let there = Command::new(tool).arg("--version").output().is_ok();
    if !there {
        println!("skipped: {tool} is not installed");
    }
    there
}

/// A word read as `raw` and restored to `text`, `width` pixels wide.
pub fn word(text: &str, raw: &str, x: i32, y: i32, width: i32) -> Word {
    let bbox = Some(Rect::new(x, y, x + width, y + 40));
    Word { text: text.into(), raw: raw.into(), bbox, confidence: 0.97, symbols: vec![] }
}

/// A line of words standing evenly from `x` on.
pub fn line(text: &str, x: i32, y: i32) -> Line {
    let mut at = x;
    let place = |text: &str| {
        let width = 22 * text.chars().count() as i32;
        let word = word(text, text, at, y, width);
        at += width + 12;
        word
    };
    Line { words: text.split(' ').map(place).collect(), number: 0, indent: 0.0 }
}

/// A page with all that a page can hold, some of it hostile, scanned at half a degree and cleaned at twice its size.
pub fn page(number: u32) -> RestoredPage {
    let paragraph =
        |lines, alignment| Block::Paragraph(Paragraph { lines, alignment, ..Paragraph::default() });
    let cell = |row, column, text: &str, x, y| Cell {
        row,
        column,
        row_span: 1,
        column_span: 1,
        lines: if text.is_empty() { vec![] } else { vec![line(text, x, y)] },
    };
    let mut restored = line("Kế hoạch cải cách hành chính", 300, 700);
    restored.words[0].raw = "Ké".into();
    restored.words[0].symbols = vec![
        OcrSymbol { text: "K".into(), confidence: 0.99, alternatives: vec![] },
        OcrSymbol {
            text: "é".into(),
            confidence: 0.6,
            alternatives: vec![("ế".into(), 0.3), ("&".into(), 0.1)],
        },
    ];
    let hostile = line("<script>alert('x')</script> & \"quoted\" \u{0}\u{b}\u{ffff} ]]>", 300, 900);
    let table = Table {
        rows: 2,
        columns: 2,
        cells: vec![
            cell(0, 0, "TT", 300, 1100),
            cell(0, 1, "Nội dung", 500, 1100),
            cell(1, 0, "", 0, 0),
            cell(1, 1, "Khai mạc", 500, 1200),
        ],
        bbox: Some(Rect::new(290, 1090, 1500, 1260)),
        ruled: true,
    };
    let furniture = |kind, text, x, y| Block::Furniture(Furniture { kind, lines: vec![line(text, x, y)] });
    let layout = PageLayout {
        number,
        width: 2480,
        height: 3508,
        dpi: 300.0,
        source_width: 1240,
        source_height: 1754,
        to_source: Affine::rotate_about(0.009, 1240.0, 1754.0).then(&Affine::scale(0.5, 0.5)),
        blocks: vec![
            furniture(FurnitureKind::PageNumber, "2", 1240, 100),
            paragraph(vec![line("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 300, 300)], Alignment::Center),
            paragraph(vec![restored, line("của tỉnh An Hải", 300, 780)], Alignment::Left),
            paragraph(vec![hostile], Alignment::Left),
            paragraph(vec![Line::default()], Alignment::Left),
            Block::Table(table),
            furniture(FurnitureKind::Stamp, "ỦY BAN", 1500, 3000),
            furniture(FurnitureKind::Noise, "‘ .", 20, 3400),
        ],
        ..PageLayout::default()
    };
    RestoredPage { layout, edits: vec![] }
}

/// A page of plain text: no positions at all.
fn plain() -> RestoredPage {
    let word = |text: &str| Word { text: text.into(), raw: text.into(), ..Word::default() };
    let line = Line { words: "Số: 265/KH-UBND".split(' ').map(word).collect(), number: 1, indent: 0.0 };
    let blocks = vec![Block::Paragraph(Paragraph { lines: vec![line], ..Paragraph::default() })];
    RestoredPage { layout: PageLayout { number: 2, blocks, ..PageLayout::default() }, edits: vec![] }
}

/// The values of an attribute, in order.
fn attributes<'a>(xml: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    xml.split(&start).skip(1).map(|rest| rest.split('"').next().unwrap_or_default()).collect()
}

#[test]
fn alto_holds_every_word_with_its_place_and_what_was_read() {
    let xml = alto::alto(&page(1), "ke-hoach <1> & \"2\".pdf");
    let contents = attributes(&xml, "CONTENT");
    assert!(
        contents.contains(&"hoạch") && contents.contains(&"&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;")
    );
    assert!(xml.contains("<ALTERNATIVE PURPOSE=\"recognized\">Ké</ALTERNATIVE>"), "{xml}");
    assert!(xml.contains("<Glyph CONTENT=\"é\" GC=\"0.600\"><Variant CONTENT=\"ế\" VC=\"0.300\"/>"));
    assert_eq!(xml.matches("<ALTERNATIVE").count(), 1, "only where restoration changed a word");
    let ids = attributes(&xml, "ID");
    assert_eq!(ids.len(), ids.iter().collect::<BTreeSet<_>>().len(), "every ID once");
    for (name, limit) in
        [("HPOS", 1240.0), ("VPOS", 1754.0), ("WIDTH", 1240.0), ("HEIGHT", 1754.0), ("WC", 1.0)]
    {
        let inside = |value: &str| (0.0..=limit).contains(&value.parse::<f64>().unwrap());
        assert!(attributes(&xml, name).into_iter().all(inside), "{name} beyond the page");
    }
    let order = [
        "TopMargin",
        "PrintSpace",
        "CỘNG",
        "Kế",
        "của",
        "alert",
        "t6_r1_c1",
        "t6_r2_c2",
        "\"stamp\"",
        "\"noise\"",
    ];
    let places: Vec<usize> =
        order.iter().map(|part| xml.find(part).unwrap_or_else(|| panic!("{part}: {xml}"))).collect();
    assert!(places.is_sorted(), "blocks stand in reading order: {places:?}");
}

#[test]
fn alto_keeps_the_rules_of_the_published_schema() {
    let folder = tempfile::tempdir().unwrap();
    let empty = RestoredPage { layout: PageLayout { number: 3, ..PageLayout::default() }, edits: vec![] };
    alto::write(folder.path(), &[page(1), plain(), empty], "a <b>.pdf").unwrap();
    if !has_tool("xmllint") {
        return;
    }
    for number in 1..=3 {
        let checked = Command::new("xmllint")
            .env("XML_CATALOG_FILES", fixtures().join("alto/catalog.xml"))
            .args(["--nonet", "--noout", "--schema"])
            .arg(fixtures().join("alto/alto-4-4.xsd"))
            .arg(folder.path().join(alto::file_name(number)))
            .output()
            .unwrap();
        assert!(checked.status.success(), "page {number}: {}", String::from_utf8_lossy(&checked.stderr));
    }
}

#[test]
fn hocr_is_well_formed_and_runs_nothing() {
    let html = hocr::hocr(&[page(1), plain()], "a \"b\" <c>.pdf");
    assert!(!html.contains("<script"));
    assert!(
        html.contains(
            "title=\"image &quot;a &#39;b&#39; &lt;c&gt;.pdf&quot;; bbox 0 0 1240 1754; ppageno 0\""
        ),
        "{html}"
    );
    assert!(html.contains("x_wconf 97; x_vanthu_raw &quot;Ké&quot;\">Kế</span>"));
    assert_eq!(html.matches("class=\"ocr_page\"").count(), 2);
    let ids = attributes(&html, "id");
    assert_eq!(ids.len(), ids.iter().collect::<BTreeSet<_>>().len(), "every id once");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.hocr");
    std::fs::write(&path, &html).unwrap();
    if has_tool("xmllint") {
        let checked = Command::new("xmllint").args(["--nonet", "--noout"]).arg(&path).output().unwrap();
        assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
    }
}

/// A grey page image with some shades in it.
fn gray_scan(page: &RestoredPage) -> image::DynamicImage {
    let (width, height) = (page.layout.source_width, page.layout.source_height);
    image::GrayImage::from_fn(width, height, |x, y| image::Luma([(x % 7 * 30 + y % 5 * 10) as u8])).into()
}

/// The same in black and white.
fn black_and_white_scan(page: &RestoredPage) -> image::DynamicImage {
    let (width, height) = (page.layout.source_width, page.layout.source_height);
    let dot = |x: u32, y: u32| if (x * x + y * 3) % 11 < 3 || y.is_multiple_of(97) { 0 } else { 255 };
    image::GrayImage::from_fn(width, height, |x, y| image::Luma([dot(x, y)])).into()
}

fn jpeg_of(image: &image::DynamicImage) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.write_to(&mut bytes, image::ImageFormat::Jpeg).unwrap();
    bytes.into_inner()
}

fn record() -> Record {
    let section = |title: &str, children| Section {
        marker: Some("I.".into()),
        level: 1,
        title: Some(title.into()),
        children,
        ..Section::default()
    };
    let page = |page| Evidence { page: Some(page), bbox: Some([100, 300, 900, 340]), ..Evidence::default() };
    Record {
        doc_type: DocType { code: "plan".into(), name: Some("KẾ HOẠCH".into()) },
        number: Number { raw: Some("265/KH-UBND".into()), ..Number::default() },
        issuer: Issuer { parent: None, name: Some("ỦY BAN NHÂN DÂN <TỈNH> AN HẢI".into()) },
        subject: Some("Tổ chức \u{0} hội nghị & đánh giá".into()),
        date: Some(Date { year: Some(2025), month: Some(9), day: Some(26), ..Date::default() }),
        sections: vec![section("MỤC ĐÍCH", vec![section("Yêu cầu", vec![])]), section("TỔ CHỨC", vec![])],
        evidence: [("/sections/0".to_owned(), page(1)), ("/sections/1/title".to_owned(), page(2))].into(),
        ..Record::default()
    }
}

/// Three pages: grey pixels, a JPEG, black and white.
fn searchable() -> (Vec<u8>, Vec<u8>) {
    let pages = [page(1), page(2), page(3)];
    let jpeg = jpeg_of(&gray_scan(&pages[0]));
    let mut bytes = Vec::new();
    pdf::pdf(&mut bytes, &pages, &record(), None, |number| match number {
        1 => Some(Scan::Pixels(gray_scan(&pages[0]))),
        2 => Scan::from_jpeg(jpeg.clone()),
        _ => Some(Scan::Pixels(black_and_white_scan(&pages[2]))),
    })
    .unwrap();
    (bytes, jpeg)
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

#[test]
fn a_searchable_pdf_keeps_every_pixel_and_passes_jpeg_through() {
    let (bytes, jpeg) = searchable();
    assert!(contains(&bytes, &jpeg), "the JPEG stream is in the file byte for byte");
    let (again, _) = searchable();
    assert!(bytes == again, "the same input gives the same bytes");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.pdf");
    std::fs::write(&path, &bytes).unwrap();
    let document = ingest::Document { files: vec![path], output: "a.pdf".into() };
    let Ok(Opened::Pages(reader)) = ingest::open(&document, &Limits::default()) else { panic!("not a PDF") };
    assert_eq!(reader.page_count(), 3);
    assert!(reader.page(1).unwrap().image.to_luma8() == gray_scan(&page(1)).to_luma8());
    assert!(reader.page(3).unwrap().image.to_luma8() == black_and_white_scan(&page(3)).to_luma8());
    assert_eq!(reader.jpeg(2).as_deref(), Some(jpeg.as_slice()), "and comes out again as it went in");
    assert_eq!(reader.jpeg(1), None);
    let dpi = reader.page(1).unwrap().dpi.unwrap();
    assert!((dpi - 150.0).abs() < 0.5, "a page of 150 dpi keeps its size: {dpi}");
}

#[test]
fn a_searchable_pdf_is_found_valid_and_says_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.pdf");
    std::fs::write(&path, searchable().0).unwrap();
    if has_tool("qpdf") {
        let checked = Command::new("qpdf").arg("--check").arg(&path).output().unwrap();
        let said = String::from_utf8_lossy(&checked.stdout) + String::from_utf8_lossy(&checked.stderr);
        assert!(checked.status.success() && !said.contains("WARNING"), "{said}");
    }
    if has_tool("pdfinfo") {
        let output = Command::new("pdfinfo").arg(&path).output().unwrap();
        let info = String::from_utf8_lossy(&output.stdout).into_owned();
        for part in
            ["KẾ HOẠCH 265/KH-UBND", "ỦY BAN NHÂN DÂN <TỈNH> AN HẢI", "Tổ chức hội nghị & đánh giá", "26"]
        {
            assert!(info.contains(part), "{part}: {info}");
        }
        let output = Command::new("pdfinfo").arg("-meta").arg(&path).output().unwrap();
        let xmp = folder.path().join("a.xml");
        std::fs::write(&xmp, &output.stdout).unwrap();
        assert!(contains(&output.stdout, b"<pdfaid:part>2</pdfaid:part>"));
        if has_tool("xmllint") {
            assert!(Command::new("xmllint").arg("--noout").arg(&xmp).status().unwrap().success());
        }
    }
}

#[test]
fn a_searchable_pdf_gives_the_words_back_in_order_at_their_places() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.pdf");
    std::fs::write(&path, searchable().0).unwrap();
    if !has_tool("pdftotext") {
        return;
    }
    let read = |arguments: &[&str]| {
        let output = Command::new("pdftotext").args(arguments).arg(&path).arg("-").output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let text = read(&["-f", "1", "-l", "1"]);
    for part in [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Kế hoạch cải cách hành chính\ncủa tỉnh An Hải",
        "TT",
        "Nội dung",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    // <word xMin="…" yMin="…" xMax="…" yMax="…">hoạch</word>, in points; the page is 150 dpi.
    let boxes = read(&["-bbox", "-f", "1", "-l", "1"]);
    let layout = page(1).layout;
    let mut overlaps = Vec::new();
    for word in layout.blocks.iter().flat_map(Block::lines).flat_map(|line| &line.words) {
        let Some(line) = boxes.lines().find(|line| line.contains(&format!(">{}</word>", word.text))) else {
            continue;
        };
        let number = |name: &str| attributes(line, name)[0].parse::<f64>().unwrap() * 150.0 / 72.0;
        let place = layout.to_source.apply_rect(&word.bbox.unwrap());
        let off =
            (number("xMin") - f64::from(place.x0)).abs().max((number("xMax") - f64::from(place.x1)).abs());
        assert!(off < 4.0, "{} is {off} pixels off: {line}", word.text);
        // Sideways by less than a pixel, so heights alone say how far the boxes overlap.
        let (top, bottom) = (f64::from(place.y0), f64::from(place.y1));
        let both = number("yMax").min(bottom) - number("yMin").max(top);
        overlaps.push(both / (number("yMax").max(bottom) - number("yMin").min(top)));
    }
    overlaps.sort_by(f64::total_cmp);
    assert!(overlaps.len() > 15, "{} words found: {boxes}", overlaps.len());
    assert!(overlaps[overlaps.len() / 2] > 0.9, "{overlaps:?}");
}

#[test]
fn a_pdf_may_hold_its_record() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.pdf");
    pdf::write(&path, &[plain()], &record(), Some(b"{\"a\": 1}\n"), |_| None).unwrap();
    assert!(contains(&std::fs::read(&path).unwrap(), b"<pdfaid:part>3</pdfaid:part>"));
    if !has_tool("qpdf") || !has_tool("pdfdetach") {
        return;
    }
    assert!(Command::new("qpdf").arg("--check").arg(&path).status().unwrap().success());
    let out = folder.path().join("b.json");
    let detached = Command::new("pdfdetach").args(["-save", "1", "-o"]).arg(&out).arg(&path).status();
    assert!(detached.unwrap().success());
    assert_eq!(std::fs::read_to_string(&out).unwrap(), "{\"a\": 1}\n");
}

#[test]
fn a_pdf_of_pages_without_images_and_of_no_pages_is_still_a_pdf() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.pdf");
    for pages in [vec![plain()], vec![]] {
        pdf::write(&path, &pages, &Record::default(), None, |_| None).unwrap();
        if has_tool("qpdf") {
            let checked = Command::new("qpdf").arg("--check").arg(&path).output().unwrap();
            assert!(
                pages.is_empty() || checked.status.success(),
                "{}",
                String::from_utf8_lossy(&checked.stderr)
            );
        }
    }
}

#[test]
fn a_run_files_every_format_and_finds_its_results_again() {
    let (input, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let copy =
        |scan: &str, name: &str| std::fs::copy(fixtures().join("scans").join(scan), input.path().join(name));
    copy("cong-van/1372-SNV-VTLT.png", "a.png").unwrap();
    copy("nhan-dang-cu/265-KH-UBND.txt", "b.txt").unwrap();
    let vanthu =
        |arguments: &[&str]| Command::new(env!("CARGO_BIN_EXE_vanthu")).args(arguments).output().unwrap();
    let (from, to) = (input.path().to_str().unwrap(), out.path().to_str().unwrap());
    // `json` is not named: the record is filed all the same.
    let formats = "txt,alto,hocr,md,csv,xlsx,pdf,jsonl";
    let ran = vanthu(&["run", from, "--out", to, "--formats", formats, "--quiet"]);
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));

    let listed = |name: &str| -> Vec<String> {
        let status = std::fs::read(out.path().join("documents").join(name).join("status.json")).unwrap();
        let status: serde_json::Value = serde_json::from_slice(&status).unwrap();
        serde_json::from_value(status["files"].clone()).unwrap()
    };
    for name in ["a.png", "b.txt"] {
        for file in listed(name) {
            assert!(out.path().join("documents").join(name).join(&file).is_file(), "{name}: {file}");
        }
    }
    assert!(listed("a.png").contains(&"searchable.pdf".to_owned()));
    assert!(!listed("b.txt").contains(&"searchable.pdf".to_owned()), "a text has no page images");
    let records = std::fs::read_to_string(out.path().join("records.jsonl")).unwrap();
    assert_eq!(records.lines().count(), 2);

    read_by_others(out.path());

    let found = |arguments: &[&str]| {
        let output = vanthu(&[&["search", to], arguments].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let hits = found(&["--json", "\"so noi vu\""]);
    let hit: serde_json::Value = serde_json::from_str(hits.lines().next().unwrap()).unwrap();
    assert_eq!((hit["document"].as_str(), hit["page"].as_u64()), (Some("a.png"), Some(1)), "{hits}");
    let searched = found(&["\"so noi vu\"", "--limit", "1"]);
    assert_eq!(searched.lines().count(), 2, "{searched}");
    std::fs::remove_file(out.path().join("catalog.sqlite")).unwrap();
    assert_eq!(vanthu(&["search", to, "vu"]).status.code(), Some(66));
    assert_eq!(vanthu(&["index", to]).status.code(), Some(0));
    assert_eq!(found(&["--json", "\"so noi vu\""]), hits);
    assert_eq!(vanthu(&["search", to, "before:mai"]).status.code(), Some(64));
}

/// The programs that read such files read these, as far as they are installed.
fn read_by_others(out: &Path) {
    let letter = out.join("documents/a.png");
    let reads = |tool: &str, arguments: &[&str]| {
        let output = Command::new(tool).args(arguments).current_dir(out).output().unwrap();
        assert!(output.status.success(), "{tool} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    if has_tool("xmllint") {
        reads("xmllint", &["--noout", letter.join("text.hocr").to_str().unwrap()]);
        let schema = fixtures().join("alto/alto-4-4.xsd");
        let checked = Command::new("xmllint")
            .env("XML_CATALOG_FILES", fixtures().join("alto/catalog.xml"))
            .args(["--nonet", "--noout", "--schema"])
            .args([schema, letter.join("alto/0001.xml")])
            .status();
        assert!(checked.unwrap().success());
    }
    if has_tool("sqlite3") {
        let count =
            reads("sqlite3", &["catalog.sqlite", "PRAGMA integrity_check; SELECT count(*) FROM documents"]);
        assert_eq!(count.trim(), "ok\n2");
    }
    if !has_tool("python3") {
        return;
    }
    let plain = "import csv, json; json.loads(open('records.jsonl').readline()); \
                 rows = list(csv.DictReader(open('documents/b.txt/tables/tasks.csv', encoding='utf-8-sig'))); \
                 assert rows and all(None not in row for row in rows)";
    reads("python3", &["-c", plain]);
    for (module, work) in [
        (
            "openpyxl",
            "b = m.load_workbook('documents/b.txt/tables.xlsx'); assert b.sheetnames == ['agenda', 'attendees', 'tasks']",
        ),
        (
            "pandas",
            "assert len(m.read_json('records.jsonl', lines=True)) == 2; m.read_csv('documents/b.txt/tables/agenda.csv')",
        ),
    ] {
        let there = Command::new("python3").args(["-c", &format!("import {module}")]).output().unwrap();
        match there.status.success() {
            true => drop(reads("python3", &["-c", &format!("import {module} as m; {work}")])),
            false => println!("skipped: {module} is not installed"),
        }
    }
}
