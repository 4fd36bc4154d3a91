//! The acceptance report of a run, as records offices take over digitised files: a share of the pages is drawn, and the
//! whole is accepted if those pages are right enough.
//!
//! Reads the states of all pages of a run; produces `acceptance.json`. Which pages are drawn depends on their document,
//! its content and their number alone, so that the same input gives the same sample on any machine, and nobody can
//! choose it. The figures are the expected ones (`expected_character_accuracy`): whoever accepts a delivery looks at
//! the pages named and puts the figures counted by hand in their place.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::filing::Filed;
use super::status::{PageStatus, State};
use crate::extract::quality::REQUIRED;

/// The name of the report in the folder of results.
pub const FILE_NAME: &str = "acceptance.json";

/// The share of the pages to draw, in percent: `5%` or `5`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sample(f64);

impl FromStr for Sample {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let percent = text.trim().trim_end_matches('%').trim_end().parse().ok();
        percent
            .filter(|percent| *percent > 0.0 && *percent <= 100.0)
            .map(Self)
            .ok_or_else(|| format!("`{text}` is not a share of the pages; write for instance 5%"))
    }
}

impl TryFrom<String> for Sample {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Sample> for String {
    fn from(sample: Sample) -> String {
        format!("{}%", sample.0)
    }
}

/// Whether a run is right enough, by a sample of its pages.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Acceptance {
    /// The share asked for, in percent.
    pub sample_percent: f64,
    /// Pages that hold print or failed; blank ones have nothing to be right.
    pub pages: usize,
    /// Pages drawn, at least one where there are any.
    pub sampled: usize,
    /// The share of characters that must be right, 0–1.
    pub required_accuracy: f64,
    /// Mean expected share of characters right over the pages drawn, 0–1; a page that failed counts 0.
    pub expected_character_accuracy: Option<f64>,
    /// Where the mean over all pages lies with 95 % confidence, 0–1: Student's t, with the correction for a finite number
    /// of pages; `None` for a sample of one page out of several.
    pub confidence_interval: Option<[f64; 2]>,
    /// `pass` only if the whole interval is at or above what is required.
    pub verdict: Verdict,
    /// The pages drawn, the riskiest first.
    pub sampled_pages: Vec<SampledPage>,
}

/// Right enough or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// At or above what is required.
    Pass,
    /// Below, or too few pages to tell.
    Fail,
}

/// A page drawn.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SampledPage {
    /// The document's folder below `documents/`.
    pub document: String,
    /// 1-based page.
    pub page: u32,
    /// Its state.
    pub state: State,
    /// Expected share of characters right, 0–1.
    pub expected_character_accuracy: Option<f64>,
    /// Whether the page itself is right enough.
    pub verdict: Verdict,
}

impl Acceptance {
    /// Draws the sample from all documents of a run.
    pub fn new<'f>(sample: Sample, filed: impl Iterator<Item = &'f Filed>) -> Self {
        let of_document = |filed: &'f Filed| filed.status.pages.iter().map(move |page| (filed, page));
        let printed = |(_, page): &(&Filed, &PageStatus)| page.state != State::Blank;
        let mut pages: Vec<_> = filed.flat_map(of_document).filter(printed).collect();
        pages.sort_by_cached_key(|(filed, page)| lot(filed, page.page));
        let sampled = (pages.len() as f64 * sample.0 / 100.0).ceil() as usize;
        let mut drawn: Vec<SampledPage> =
            pages.iter().take(sampled).map(|(f, p)| SampledPage::new(f, p)).collect();
        drawn.sort_by(|a, b| {
            a.accuracy()
                .total_cmp(&b.accuracy())
                .then_with(|| (&a.document, a.page).cmp(&(&b.document, b.page)))
        });
        let shares: Vec<f64> = drawn.iter().map(SampledPage::accuracy).collect();
        let interval = interval(&shares, pages.len());
        Self {
            sample_percent: sample.0,
            pages: pages.len(),
            sampled: drawn.len(),
            required_accuracy: REQUIRED,
            expected_character_accuracy: (!shares.is_empty()).then(|| round(mean(&shares))),
            confidence_interval: interval,
            verdict: Verdict::of(interval.map(|[low, _]| low)),
            sampled_pages: drawn,
        }
    }
}

impl Verdict {
    fn of(accuracy: Option<f64>) -> Self {
        if accuracy.is_some_and(|accuracy| accuracy >= REQUIRED) { Self::Pass } else { Self::Fail }
    }
}

impl SampledPage {
    fn new(filed: &Filed, page: &PageStatus) -> Self {
        let accuracy = page.expected_character_accuracy.filter(|_| page.state != State::Failed);
        Self {
            document: filed.document.clone(),
            page: page.page,
            state: page.state,
            expected_character_accuracy: accuracy,
            verdict: Verdict::of(accuracy),
        }
    }

    fn accuracy(&self) -> f64 {
        self.expected_character_accuracy.unwrap_or(0.0)
    }
}

/// What decides in which order pages are drawn.
fn lot(filed: &Filed, page: u32) -> [u8; 32] {
    let mut digest = Sha256::new();
    digest.update(filed.status.input_sha256.as_bytes());
    digest.update(filed.document.as_bytes());
    digest.update(page.to_le_bytes());
    digest.finalize().into()
}

/// The 95 % interval of the mean over `all` pages from the shares of some of them.
fn interval(shares: &[f64], all: usize) -> Option<[f64; 2]> {
    let n = shares.len();
    if n == 0 || (n == 1 && all > 1) {
        return None;
    }
    let mean = mean(shares);
    let spread: f64 = shares.iter().map(|share| (share - mean).powi(2)).sum();
    let left_out = 1.0 - n as f64 / all as f64;
    let error = if n == 1 { 0.0 } else { (spread / (n - 1) as f64 / n as f64 * left_out).sqrt() };
    let reach = error * student(n.saturating_sub(1));
    Some([mean - reach, mean + reach].map(|end| round(end.clamp(0.0, 1.0))))
}

/// Student's t at 97.5 % for so many degrees of freedom; between the entries, that of the fewer.
fn student(freedom: usize) -> f64 {
    const TABLE: [(usize, f64); 13] = [
        (1, 12.706),
        (2, 4.303),
        (3, 3.182),
        (4, 2.776),
        (5, 2.571),
        (6, 2.447),
        (8, 2.306),
        (10, 2.228),
        (15, 2.131),
        (20, 2.086),
        (30, 2.042),
        (60, 2.000),
        (120, 1.980),
    ];
    TABLE.iter().rev().find(|(degrees, _)| *degrees <= freedom).map_or(12.706, |(_, t)| *t)
}

fn mean(shares: &[f64]) -> f64 {
    shares.iter().sum::<f64>() / shares.len().max(1) as f64
}

fn round(share: f64) -> f64 {
    (share * 1e4).round() / 1e4
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::status::DocumentStatus;

    fn filed(name: &str, accuracies: &[Option<f64>]) -> Filed {
        let mut status = DocumentStatus::failed(String::new(), name.repeat(3), String::new());
        let page = |(i, accuracy): (usize, &Option<f64>)| PageStatus {
            page: i as u32 + 1,
            state: if accuracy.is_some() { State::Ok } else { State::Blank },
            expected_character_accuracy: *accuracy,
            reason: None,
        };
        status.pages = accuracies.iter().enumerate().map(page).collect();
        Filed { document: name.into(), input: name.into(), status, skipped: false }
    }

    fn report(sample: &str, filed: &[Filed]) -> Acceptance {
        Acceptance::new(sample.parse().unwrap(), filed.iter())
    }

    #[test]
    fn the_same_pages_are_drawn_whatever_the_order_of_documents() {
        let many = [filed("a", &[Some(0.99); 40]), filed("b", &[Some(0.995); 60])];
        let turned = [filed("b", &[Some(0.995); 60]), filed("a", &[Some(0.99); 40])];
        let drawn = report("10%", &many);
        assert_eq!(drawn, report("10", &turned));
        assert_eq!((drawn.pages, drawn.sampled, drawn.verdict), (100, 10, Verdict::Pass));
    }

    #[test]
    fn a_good_mean_of_scattered_pages_does_not_pass() {
        let scattered = report("20%", &[filed("a", &[Some(1.0), Some(0.965)].repeat(20))]);
        let [low, high] = scattered.confidence_interval.unwrap();
        assert!(low < 0.98 && high > 0.98, "{low} {high}");
        assert_eq!(scattered.verdict, Verdict::Fail);
        let risks: Vec<f64> = scattered.sampled_pages.iter().map(SampledPage::accuracy).collect();
        assert!(risks.is_sorted());
    }

    #[test]
    fn a_whole_count_has_no_margin_and_blank_pages_do_not_count() {
        let all = report("100%", &[filed("a", &[Some(0.985), None, Some(0.981)])]);
        assert_eq!((all.pages, all.confidence_interval), (2, Some([0.983, 0.983])));
        assert_eq!(report("1%", &[filed("a", &[Some(0.99); 5])]).confidence_interval, None);
        assert_eq!(report("5%", &[]).verdict, Verdict::Fail);
    }

    #[test]
    fn a_share_that_is_none_is_refused() {
        for wrong in ["0", "101%", "x", "", "-3%"] {
            assert!(wrong.parse::<Sample>().unwrap_err().contains("5%"), "{wrong}");
        }
    }
}
