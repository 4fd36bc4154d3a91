//! `report.html`: a run at a glance, in one file that needs nothing else: what came in, what to look at, how well it was
//! read, and the worst pages in small.
//!
//! Reads the run's report and the statuses below `documents/`. Names and reasons come from files and papers, so all text is
//! escaped, and the page forbids itself to load or run anything.

use std::fmt::Write;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::scan;
use crate::batch::report::{Report, Review};
use crate::batch::status::DocumentStatus;
use crate::extract::quality::REQUIRED;
use crate::write::xml::escape;
use crate::write::{WriteError, atomic, results};

/// The name of the file in the results folder.
pub const FILE_NAME: &str = "report.html";

/// Pages shown in small, their width in pixels, and lines of a list.
const THUMBNAILS: usize = 12;
const THUMBNAIL_WIDTH: u32 = 260;
const MOST_LINES: usize = 200;

/// Lower ends of the bars of the histogram, in percent; the bar of [`REQUIRED`] parts them.
const BARS: [f64; 8] = [0.0, 80.0, 90.0, 95.0, 98.0, 99.0, 99.5, 99.9];

const STYLE: &str = "body{font:16px/1.5 system-ui,'Noto Sans','DejaVu Sans',sans-serif;color:#1e2732;background:#f3f0ea;margin:0}\
main{max-width:64rem;margin:auto;padding:1.5rem}h1{margin:.2rem 0}h2{margin:2.2rem 0 .6rem}h1 small,h2 small,p small{color:#6b6f76;font-weight:400;font-size:.85rem;margin-left:.6rem}\
.tiles{display:flex;flex-wrap:wrap;gap:.8rem}.tile{background:#fffefb;border:1px solid #ddd6c9;border-radius:12px;padding:.7rem 1.1rem;min-width:8rem}\
.tile b{display:block;font-size:1.7rem}.tile.warn b{color:#b25e00}.tile.bad b{color:#a8321f}.tile.good b{color:#2c6e49}\
.bar{display:grid;grid-template-columns:9rem 1fr 4rem;gap:.8rem;align-items:center;margin:.25rem 0}.bar svg{width:100%;height:1.1rem;border-radius:4px;fill:#4c8a66}\
.bar.low svg{fill:#d98a1c}.bar span:last-child{text-align:right}table{border-collapse:collapse;width:100%;background:#fffefb}\
th{white-space:nowrap}td,th{border-bottom:1px solid #ddd6c9;padding:.4rem .7rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}\
.pages{display:grid;grid-template-columns:repeat(auto-fill,minmax(13rem,1fr));gap:1rem}figure{margin:0;background:#fffefb;border:1px solid #ddd6c9;border-radius:10px;padding:.6rem}\
figure img{width:100%;display:block;border:1px solid #eee}figcaption{font-size:.82rem;overflow-wrap:anywhere}figcaption b{color:#b25e00}";

/// Files the page of a run in the results folder.
///
/// # Errors
/// [`WriteError`] if it cannot be written.
pub fn write(out: &Path, report: &Report) -> Result<(), WriteError> {
    write_with(out, report, &Histogram::of_all(out))
}

/// The same where the pages of all results have been counted already.
///
/// # Errors
/// [`WriteError`] if it cannot be written.
pub fn write_with(out: &Path, report: &Report, accuracies: &Histogram) -> Result<(), WriteError> {
    atomic::write(&out.join(FILE_NAME), page(out, report, accuracies).as_bytes())
}

/// The page of a run.
pub fn page(out: &Path, report: &Report, accuracies: &Histogram) -> String {
    // The one style sheet is allowed by its digest, scripts and all else by nothing.
    let style = base64(&Sha256::digest(STYLE));
    let parts = [
        format!(
            "<!doctype html>\n<html lang=\"vi\"><head><meta charset=\"utf-8\">\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'sha256-{style}'\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>vanthu report</title>\
             <style>{STYLE}</style></head><body><main>\n"
        ),
        head(report),
        accuracies.shown(),
        thumbnails(out, &report.pages_to_review),
        review_list(&report.pages_to_review),
        failures(report),
        "</main></body></html>\n".to_owned(),
    ];
    parts.concat()
}

fn head(report: &Report) -> String {
    let (documents, pages) = (&report.documents, &report.pages);
    let tile = |class: &str, count: usize, vi: &str, en: &str| {
        let class = if count == 0 { "" } else { class };
        format!("<div class=\"tile {class}\"><b>{count}</b>{vi}<br><small>{en}</small></div>")
    };
    let interrupted = match report.interrupted {
        true => {
            "<p><b>Chưa xong: chạy lại lệnh để tiếp tục.</b> <small>Interrupted: run again and it goes on.</small></p>"
        }
        false => "",
    };
    let tiles = [
        tile("", documents.found, "văn bản", "documents found"),
        tile("good", documents.done, "đọc lần này", "done in this run"),
        tile("", documents.skipped, "đã có từ trước", "left as they were"),
        tile("bad", documents.failed, "có lỗi", "failed"),
        tile("", pages.total, "trang đọc lần này", "pages of this run"),
        tile("", pages.blank, "trang trắng", "blank"),
        tile("warn", report.pages_to_review.len(), "trang cần xem", "pages to review"),
        tile("bad", pages.failed, "trang không đọc được", "pages not read"),
    ];
    let (version, engine) = (escape(&report.version), escape(&report.engine));
    let minutes = report.timings.wall_seconds / 60.0;
    format!(
        "<h1>Kết quả đọc văn bản<small>vanthu {version}, {engine}; {minutes:.1} min</small></h1>\n{interrupted}<div class=\"tiles\">{}</div>\n",
        tiles.concat()
    )
}

/// How many pages that hold print are expected to be how right.
#[derive(Debug, Clone, Default)]
pub struct Histogram {
    bars: [usize; BARS.len()],
}

impl Histogram {
    /// Of all results below `out`.
    fn of_all(out: &Path) -> Self {
        let mut histogram = Self::default();
        results::folders(out)
            .filter_map(|folder| DocumentStatus::read(&folder.path.join("status.json")))
            .for_each(|status| histogram.add(&status));
        histogram
    }

    /// Counts the pages of a document.
    pub fn add(&mut self, status: &DocumentStatus) {
        let accuracies = status.pages.iter().filter_map(|page| page.expected_character_accuracy);
        accuracies.for_each(|share| self.bars[bar(100.0 * share)] += 1);
    }

    fn shown(&self) -> String {
        let mut text = String::from(
            "<h2>Chất lượng dự kiến từng trang<small>expected share of characters right, pages of all results</small></h2>\n",
        );
        let most = self.bars.iter().max().copied().unwrap_or(0).max(1);
        for (index, count) in self.bars.iter().enumerate() {
            let (from, to) = (BARS[index], BARS.get(index + 1).copied().unwrap_or(100.0));
            let low = if from < REQUIRED * 100.0 { " low" } else { "" };
            let width = 100.0 * *count as f64 / most as f64;
            // Writing to a string cannot fail.
            let _ = writeln!(
                text,
                "<div class=\"bar{low}\"><span>{from} – {to} %</span><svg viewBox=\"0 0 100 1\" preserveAspectRatio=\"none\"><rect width=\"{width:.1}\" height=\"1\"/></svg><span>{count}</span></div>"
            );
        }
        text
    }
}

/// The bar of an accuracy in percent.
fn bar(accuracy: f64) -> usize {
    BARS.iter().rposition(|from| accuracy >= *from).unwrap_or(0)
}

fn accuracy(review: &Review) -> String {
    review
        .expected_character_accuracy
        .map_or_else(|| "–".to_owned(), |share| format!("{:.1} %", 100.0 * share))
}

fn thumbnails(out: &Path, reviews: &[Review]) -> String {
    let figures: Vec<String> =
        reviews.iter().filter_map(|review| figure(out, review)).take(THUMBNAILS).collect();
    if figures.is_empty() {
        return String::new();
    }
    format!(
        "<h2>Những trang đáng ngờ nhất<small>the riskiest pages</small></h2>\n<div class=\"pages\">{}</div>\n",
        figures.concat()
    )
}

/// `None` for a page that cannot be shown: the list below still names it.
fn figure(out: &Path, review: &Review) -> Option<String> {
    let status = DocumentStatus::read(&out.join("documents").join(&review.document).join("status.json"))?;
    // A page may be there because its image upsets a decoder.
    let image =
        catch_unwind(AssertUnwindSafe(|| scan::jpeg(&status.input_files, review.page, THUMBNAIL_WIDTH)));
    let (image, name, share) = (base64(&image.ok()?.ok()?), escape(&review.document), accuracy(review));
    let page = review.page;
    Some(format!(
        "<figure><img alt=\"\" src=\"data:image/jpeg;base64,{image}\"><figcaption><b>{share}</b> {name}, {page}</figcaption></figure>"
    ))
}

fn review_list(reviews: &[Review]) -> String {
    if reviews.is_empty() {
        return "<h2>Không có trang nào cần xem.<small>No page needs a look.</small></h2>\n".to_owned();
    }
    let line = |review: &Review| {
        format!(
            "<tr><td>{}</td><td>{}</td><td>{}</td></tr>\n",
            escape(&review.document),
            review.page,
            accuracy(review)
        )
    };
    let lines: String = reviews.iter().take(MOST_LINES).map(line).collect();
    format!(
        "<h2>Trang cần xem<small>pages to review; <code>vanthu review</code></small></h2>\n<table><tr><th>Văn bản</th><th>Trang</th><th>Dự kiến đúng</th></tr>\n{lines}</table>\n{}",
        more(reviews.len())
    )
}

fn failures(report: &Report) -> String {
    if report.failures.is_empty() {
        return String::new();
    }
    let lines: String = report
        .failures
        .iter()
        .take(MOST_LINES)
        .map(|failure| {
            let page = failure.page.map(|page| page.to_string()).unwrap_or_default();
            format!(
                "<tr><td>{}</td><td>{page}</td><td>{}</td></tr>\n",
                escape(&failure.input),
                escape(&failure.reason)
            )
        })
        .collect();
    format!(
        "<h2>Không đọc được<small>not read</small></h2>\n<table><tr><th>Tệp</th><th>Trang</th><th>Lý do</th></tr>\n{lines}</table>\n{}",
        more(report.failures.len())
    )
}

fn more(all: usize) -> String {
    match all.checked_sub(MOST_LINES) {
        Some(rest @ 1..) => format!("<p>… và {rest} nữa<small>and {rest} more, in report.json</small></p>\n"),
        _ => String::new(),
    }
}

/// RFC 4648.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let bits = (0..3).fold(0, |bits, at| bits << 8 | u32::from(group.get(at).copied().unwrap_or(0)));
        for digit in 0..4 {
            let shown = digit <= group.len();
            let six = (bits >> (18 - 6 * digit) & 63) as usize;
            text.push(if shown { char::from(DIGITS[six]) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_standard() {
        let cases = [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
        ];
        for (plain, encoded) in cases {
            assert_eq!(base64(plain.as_bytes()), encoded);
        }
        assert_eq!(base64(&[0xfb, 0xff]), "+/8=");
    }

    #[test]
    fn every_page_is_in_one_bar() {
        let bars = [0.0, 79.9, 80.0, 98.0, 97.99, 100.0, 99.95].map(bar);
        assert_eq!(bars, [0, 0, 1, 4, 3, 7, 7]);
    }
}
