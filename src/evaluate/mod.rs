//! Measures texts and records against right answers.
//!
//! [`score_record`] and [`score_text`] measure as `gold/score.py` of the reference data does: the same items, the same
//! pairing, the same figures; a test holds the two together. [`score_repair`] adds what that script does not know:
//! of the syllables that were right before restoration, how many are wrong after it (*harm*), and of the wrong ones,
//! how many were mended (*repair*). [`score_calibration`] asks whether a stated probability can be believed, [`claims`] the same of the values of records.
//!
//! The strings are normalised here and not in `alphabet`, on purpose: a change to the product must never move the ruler.

mod align;
mod alternatives;
mod assignment;
mod calibration;
mod distance;
mod files;
mod normalize;
mod pairing;
mod record_items;
mod record_score;
mod reliability;
mod repair_score;
mod report;
mod text_score;

pub use alternatives::Alternatives;
pub use calibration::{Bin, CalibrationScore, score_calibration};
pub use distance::{common_subsequence, levenshtein, similarity};
pub use files::{
    EvaluateError, Pair, alternatives_beside, is_record, pair_files, read_alternatives, read_record,
    read_text,
};
pub use record_score::{BlockScore, Measures, Prf, RecordScore, Total, score_record};
pub use reliability::{Claim, claims, score_claims};
pub use repair_score::{RepairScore, score_repair};
pub use report::{calibration_table, record_summary, record_table, repair_table, text_summary, text_table};
pub use text_score::{TextScore, score_text};
