//! Indexing and searching 100,000 generated pages: `cargo bench --bench catalog [-- PAGES]`.
//!
//! Prints pages a second, and the median and slowest time of a mix of queries, each asked ten times.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use vanthu::extract::record::{Date, DocType, Issuer, Number, Record, SourceInfo};
use vanthu::write::catalog::{Catalog, Query, rebuild, search, update};

/// Syllables that papers are made of, the common ones first; drawn by a power law below.
const SYLLABLES: &str = "của và các công tác thực hiện kế hoạch hành chính cơ quan đơn vị nhân dân ủy ban tỉnh huyện xã \
    phường tổ chức cải cách năm báo cáo quy định hội nghị chỉ số nội vụ tài chính đề án dự thảo phòng sở giám đốc chủ tịch \
    văn bản triển khai nhiệm vụ giải pháp nâng cao chất lượng phục vụ người doanh nghiệp chuyển đổi số dịch trực tuyến \
    hồ sơ thủ tục giải quyết kết quả đánh giá kiểm tra giám sát đào bồi dưỡng cán bộ viên chức tuyên truyền kinh phí";
const PAGES_A_PAPER: usize = 5;
const WORDS_A_PAGE: usize = 380;

/// A small generator of its own, so that the papers are the same everywhere.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n.max(1)
    }

    fn word<'a>(&mut self, words: &[&'a str]) -> &'a str {
        let most = self.below(words.len()) + 1;
        words[self.below(most)]
    }
}

fn paper(folder: &Path, index: usize, dice: &mut Dice, words: &[&str]) {
    let number = format!("{}/KH-UBND", index % 4000 + 1);
    let (year, month, day) = (2015 + index % 11, index % 12 + 1, index % 28 + 1);
    let record = Record {
        schema_version: "1.0".into(),
        source: SourceInfo {
            file: format!("{index}.pdf"),
            pages: Some(PAGES_A_PAPER as u32),
            ..SourceInfo::default()
        },
        doc_type: DocType { code: "plan".into(), name: Some("KẾ HOẠCH".into()) },
        number: Number { raw: Some(number), ..Number::default() },
        issuer: Issuer { parent: None, name: Some(format!("ỦY BAN NHÂN DÂN XÃ SỐ {}", index % 200)) },
        date: Some(Date { iso: Some(format!("{year}-{month:02}-{day:02}")), ..Date::default() }),
        subject: Some("Triển khai công tác cải cách hành chính".into()),
        ..Record::default()
    };
    let page = |dice: &mut Dice| {
        let rare = format!("hồ sơ mã {}", dice.below(1_000_000));
        (0..WORDS_A_PAGE).map(|_| dice.word(words)).chain([rare.as_str()]).collect::<Vec<_>>().join(" ")
    };
    let text = (0..PAGES_A_PAPER).map(|_| page(dice)).collect::<Vec<_>>().join("\u{c}");
    fs::create_dir_all(folder).expect("folder");
    fs::write(folder.join("record.json"), serde_json::to_vec(&record).expect("record")).expect("write");
    fs::write(folder.join("text.txt"), text).expect("write");
    fs::write(folder.join("status.json"), format!("{{\"files\":[\"record.json\"],\"n\":{index}}}"))
        .expect("write");
}

fn main() {
    let pages = std::env::args().skip(1).find_map(|arg| arg.parse().ok()).unwrap_or(100_000);
    let out = tempfile::tempdir().expect("folder");
    let (mut dice, words) = (Dice(7), SYLLABLES.split_whitespace().collect::<Vec<_>>());
    for index in 0..pages / PAGES_A_PAPER {
        let folder = out.path().join(format!("documents/{:03}/{index:06}.pdf", index % 500));
        paper(&folder, index, &mut dice, &words);
    }
    let start = Instant::now();
    let indexed = rebuild(out.path()).expect("index");
    let rate = indexed.pages as f64 / start.elapsed().as_secs_f64();
    println!("indexed {} pages in {:.1?}: {rate:.0} pages/s", indexed.pages, start.elapsed());
    let start = Instant::now();
    let unchanged = update(out.path()).expect("update").unchanged;
    println!("looked over {unchanged} unchanged papers in {:.1?}", start.elapsed());

    let mut all = Vec::new();
    for text in [
        "cai cach hanh chinh",
        "\"cải cách hành chính\"",
        "ke hoach",
        "\"hồ sơ mã 4711\"",
        "kinh phi tuyen truyen giam sat",
        "\"boi duong can bo\"",
        "number:265",
        "type:KH before:2016-01-31",
        "issuer:\"xa so 17\" chuyen doi",
        "so noi vu -du",
        "after:2025-06-01 \"dịch vụ\"",
        "\"trực tuyến\" number:12",
    ] {
        let query = Query::parse(text).expect("query");
        let mut times: Vec<Duration> = Vec::new();
        let mut hits = 0;
        for _ in 0..10 {
            let start = Instant::now();
            let catalog = Catalog::open(out.path()).expect("catalogue");
            hits = search(&catalog, &query, 20).expect("search").len();
            times.push(start.elapsed());
        }
        times.sort();
        println!("{:>9.2?}  {hits:>2} hits  {text}", times[5]);
        all.extend(times);
    }
    all.sort();
    println!("median {:.2?}, slowest {:.2?}", all[all.len() / 2], all[all.len() - 1]);
}
