//! What users rely on in the layout of a page: columns stay apart, tables keep their cells, no word is lost.

use vanthu::geometry::Rect;
use vanthu::layout::page_layout::{Block, FurnitureKind, Lane, PageLayout, Paragraph, Table};
use vanthu::layout::{LayoutOptions, arrange, reading_text};
use vanthu::prepare::page_image::{Direction, Ruling};
use vanthu::recognize::ocr_page::{OcrPage, OcrWord};

/// An A4 page at 300 dpi.
fn page(words: Vec<OcrWord>) -> OcrPage {
    OcrPage { number: 1, width: 2480, height: 3508, dpi: 300.0, words, ..OcrPage::default() }
}

/// The words of a line that begins at `x` and stands on `baseline`, each letter 26 pixels wide.
fn line(text: &str, x: i32, baseline: i32) -> Vec<OcrWord> {
    let mut at = x;
    let word = |text: &str| {
        let width = 26 * text.chars().count() as i32;
        let bbox = Rect::new(at, baseline - 38, at + width, baseline);
        at += width + 15;
        // Letters with neither ascender nor descender would be lower; capitals keep the arithmetic simple.
        OcrWord { text: text.to_uppercase(), bbox, confidence: 0.95, ..OcrWord::default() }
    };
    text.split(' ').map(word).collect()
}

/// The same, centred about `center`.
fn centered(text: &str, center: i32, baseline: i32) -> Vec<OcrWord> {
    let width = line(text, 0, 0).last().map_or(0, |word| word.bbox.x1);
    line(text, center - width / 2, baseline)
}

fn body(from: i32, lines: usize) -> Vec<OcrWord> {
    let text = "can cu luat to chuc chinh quyen dia phuong ngay hai muoi thang nam tiep";
    (0..lines as i32).flat_map(|i| line(text, 354, from + i * 75)).collect()
}

fn paragraphs(layout: &PageLayout, lane: Lane) -> Vec<&Paragraph> {
    let of = |block: &'_ Block| matches!(block, Block::Paragraph(p) if p.lane == lane);
    let blocks = layout.blocks.iter().filter(|block| of(block));
    blocks.filter_map(|block| if let Block::Paragraph(p) = block { Some(p) } else { None }).collect()
}

fn text(paragraphs: &[&Paragraph]) -> Vec<String> {
    paragraphs.iter().flat_map(|p| &p.lines).map(|line| line.text()).collect()
}

fn table(layout: &PageLayout) -> Option<&Table> {
    layout.blocks.iter().find_map(|block| if let Block::Table(table) = block { Some(table) } else { None })
}

fn rule(x0: i32, y0: i32, x1: i32, y1: i32) -> Ruling {
    let direction = if x1 - x0 > y1 - y0 { Direction::Horizontal } else { Direction::Vertical };
    Ruling { direction, bbox: Rect::new(x0, y0, x1, y1) }
}

#[test]
fn the_letterhead_is_read_column_by_column() {
    let words = [
        centered("uy ban nhan dan", 640, 280),
        centered("cong hoa xa hoi chu nghia viet nam", 1640, 280),
        centered("tinh an hai", 640, 350),
        centered("doc lap - tu do - hanh phuc", 1640, 350),
        centered("so: 12/kh-ubnd", 640, 450),
        centered("an hai, ngay 03 thang 11 nam 2025", 1640, 450),
        centered("ke hoach", 1240, 580),
        body(750, 12),
    ];
    let layout = arrange(&page(words.concat()), &LayoutOptions::default());
    assert_eq!(text(&paragraphs(&layout, Lane::Left)), ["UY BAN NHAN DAN", "TINH AN HAI", "SO: 12/KH-UBND"]);
    let right = text(&paragraphs(&layout, Lane::Right));
    assert_eq!(right.first().map(String::as_str), Some("CONG HOA XA HOI CHU NGHIA VIET NAM"));
    assert_eq!(right.len(), 3);
    assert_eq!(text(&paragraphs(&layout, Lane::Full))[0], "KE HOACH");
    // As text the two rows of the letterhead are read one after the other.
    let text = reading_text(&layout);
    assert!(text.find("VIET NAM") < text.find("SO:") && text.find("SO:") < text.find("NGAY 03"), "{text}");
}

#[test]
fn recipients_and_signature_do_not_mix() {
    let words = [
        body(300, 10),
        line("noi nhan:", 354, 1300),
        centered("tm. uy ban nhan dan", 1800, 1300),
        line("- nhu tren;", 354, 1365),
        centered("chu tich", 1800, 1375),
        line("- luu: vt, nc.", 354, 1430),
        centered("nguyen van an", 1800, 1800),
    ];
    let layout = arrange(&page(words.concat()), &LayoutOptions::default());
    assert_eq!(text(&paragraphs(&layout, Lane::Left)), ["NOI NHAN:", "- NHU TREN;", "- LUU: VT, NC."]);
    let right = text(&paragraphs(&layout, Lane::Right));
    assert_eq!(right, ["TM. UY BAN NHAN DAN", "CHU TICH", "NGUYEN VAN AN"]);
}

#[test]
fn a_ruled_table_keeps_its_cells_and_spans() {
    let words = [
        body(300, 6),
        line("tt", 370, 1060),
        centered("nam nay", 1600, 1060),
        line("1", 370, 1160),
        line("khai mac", 600, 1160),
        line("van phong", 1300, 1160),
        line("hoi nghi", 600, 1235),
    ];
    let mut page = page(words.concat());
    page.rulings = vec![
        rule(354, 1000, 2300, 1003),
        rule(354, 1090, 2300, 1093),
        rule(354, 1270, 2300, 1273),
        rule(354, 1000, 357, 1273),
        rule(500, 1000, 503, 1273),
        rule(1200, 1090, 1203, 1273),
        rule(2297, 1000, 2300, 1273),
    ];
    let layout = arrange(&page, &LayoutOptions::default());
    let table = table(&layout).expect("a table");
    let cells: Vec<(u32, u32, u32, String)> = table
        .cells
        .iter()
        .map(|cell| {
            let lines: Vec<String> = cell.lines.iter().map(|line| line.text()).collect();
            (cell.row, cell.column, cell.column_span, lines.join(" / "))
        })
        .collect();
    let expected = [(0, 0, 1, "TT"), (0, 1, 2, "NAM NAY"), (1, 0, 1, "1")];
    assert_eq!(cells[..3], expected.map(|(r, c, s, t)| (r, c, s, t.to_owned())));
    assert_eq!(cells[3..], [(1, 1, 1, "KHAI MAC / HOI NGHI".to_owned()), (1, 2, 1, "VAN PHONG".to_owned())]);
}

#[test]
fn columns_of_white_space_make_a_table_and_a_wide_blank_does_not() {
    let mut words = body(300, 4);
    let rows =
        [("1", "nguyen van an", "truong ban"), ("2", "tran thi binh", "pho ban"), ("3", "le chi", "thu ky")];
    for (i, (number, name, office)) in (0i32..).zip(rows) {
        let y = 640 + 80 * i;
        words.extend([line(number, 400, y), line(name, 560, y), line(office, 1400, y)].concat());
    }
    words.extend([line("ong pham van dung", 354, 1000), line("thanh vien", 1500, 1000)].concat());
    words.extend(body(1080, 4));
    let layout = arrange(&page(words), &LayoutOptions::default());
    let table = table(&layout).expect("a table");
    assert_eq!((table.rows, table.columns, table.ruled), (3, 3, false));
    assert!(reading_text(&layout).contains("2\tTRAN THI BINH\tPHO BAN"));
    assert!(reading_text(&layout).contains("ONG PHAM VAN DUNG THANH VIEN"));
}

#[test]
fn a_page_number_is_furniture_and_splits_nothing() {
    let words = [centered("2", 1240, 150), body(300, 8)].concat();
    let layout = arrange(&page(words), &LayoutOptions::default());
    assert!(matches!(&layout.blocks[0], Block::Furniture(f) if f.kind == FurnitureKind::PageNumber));
    assert_eq!(text(&paragraphs(&layout, Lane::Full)).len(), 8);
}

/// A cheap generator, so that the pages are the same in every run.
fn scatter(seed: &mut u64, below: i32) -> i32 {
    *seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
    ((*seed >> 33) % below as u64) as i32
}

#[test]
fn every_word_is_kept_once_wherever_it_stands() {
    let texts =
        ["Nơi", "nhận:", "-", "|", "2", "CỘNG", "HÒA", "XÃ", "HỘI", "ký", "1.", "★", "ngày", "a)", "."];
    for round in 0..60u64 {
        let mut seed = round;
        let words: Vec<OcrWord> = (0..200)
            .map(|_| {
                let (x, y) = (scatter(&mut seed, 2600) - 60, scatter(&mut seed, 3600) - 60);
                let (w, h) = (scatter(&mut seed, 300) - 5, scatter(&mut seed, 80) - 5);
                let text = texts[scatter(&mut seed, texts.len() as i32) as usize].to_owned();
                let confidence = scatter(&mut seed, 100) as f32 / 100.0;
                OcrWord { text, bbox: Rect::new(x, y, x + w, y + h), confidence, ..OcrWord::default() }
            })
            .collect();
        let mut page = page(words);
        page.rulings = (0..30)
            .map(|i| {
                let (x, y, length) =
                    (scatter(&mut seed, 2400), scatter(&mut seed, 3400), scatter(&mut seed, 2000));
                if i % 2 == 0 { rule(x, y, x + length + 5, y + 3) } else { rule(x, y, x + 3, y + length + 5) }
            })
            .collect();
        let layout = arrange(&page, &LayoutOptions::default());
        let mut kept: Vec<Rect> = layout
            .blocks
            .iter()
            .flat_map(Block::lines)
            .flat_map(|line| &line.words)
            .filter_map(|word| word.bbox)
            .collect();
        let mut read: Vec<Rect> = page.words.iter().map(|word| word.bbox).collect();
        let key = |r: &Rect| (r.x0, r.y0, r.x1, r.y1);
        kept.sort_by_key(key);
        read.sort_by_key(key);
        assert_eq!(kept, read, "round {round}");
    }
}

#[test]
fn an_absurdly_full_page_takes_no_long_time() {
    let words = (0..100_000)
        .map(|i| {
            let (x, y) = ((i % 250) * 40, (i / 250) * 30);
            OcrWord {
                text: "ba".into(),
                bbox: Rect::new(x, y, x + 30, y + 20),
                confidence: 0.9,
                ..Default::default()
            }
        })
        .collect();
    let start = std::time::Instant::now();
    let layout =
        arrange(&OcrPage { width: 10_000, height: 12_000, ..page(words) }, &LayoutOptions::default());
    assert_eq!(layout.blocks.iter().flat_map(Block::lines).map(|l| l.words.len()).sum::<usize>(), 100_000);
    assert!(start.elapsed().as_secs() < 10);
}

#[test]
fn an_empty_page_is_empty() {
    let layout = arrange(&OcrPage { blank: true, ..OcrPage::default() }, &LayoutOptions::default());
    assert!(layout.blank && layout.blocks.is_empty() && reading_text(&layout).is_empty());
}
