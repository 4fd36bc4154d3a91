//! Scores as text for people: the tables of the reference scorer, and a Markdown table for a folder of documents.

use std::fmt::Write;

use serde_json::Value;

use super::calibration::CalibrationScore;
use super::record_score::{BlockScore, Measures, RecordScore};
use super::repair_score::RepairScore;
use super::text_score::TextScore;

/// The table of one record, with every difference below it when `verbose`.
pub fn record_table(score: &RecordScore, verbose: bool) -> String {
    let columns =
        ["exact", "folded", "soft"].map(|name| format!("{:>9}{:>7}{:>7}", format!("{name} P"), "R", "F1"));
    let head = format!("{:18}{:>5}{:>5}  {}", "block", "gold", "cand", columns.concat());
    let rule = "-".repeat(head.chars().count());
    let mut out = format!("{head}\n");
    out.extend(score.blocks.iter().map(block_row));
    let total = &score.total;
    out.push_str(&format!("{rule}\n"));
    out.push_str(&row("total (macro)", total.gold, total.cand, &total.mean));
    out.push_str(&row("total (micro)", total.gold, total.cand, &total.pooled));
    out.push_str(&format!("{rule}\ndiagnostics, not in the totals\n"));
    out.extend(score.diagnostics.iter().map(block_row));
    if verbose {
        out.extend(score.blocks.iter().map(differences));
    }
    out
}

fn block_row((name, block): &(&str, BlockScore)) -> String {
    row(name, block.gold, block.cand, &block.measures)
}

fn row(name: &str, gold: usize, cand: usize, measures: &Measures) -> String {
    let figures = [measures.exact, measures.folded, measures.soft];
    let figures = figures.map(|f| format!("{:9.4}{:7.4}{:7.4}", f.0, f.1, f.2)).concat();
    format!("{name:18}{gold:5}{cand:5}  {figures}\n")
}

fn differences((name, block): &(&str, BlockScore)) -> String {
    let pair = |d: &super::record_score::Difference| {
        let (gold, cand) = (one_line(&d.gold), one_line(&d.cand));
        format!("DIFF {name} {:?}\n  gold {gold}\n  cand {cand}\n", d.similarity)
    };
    let alone = |kind: &str, items: &[Value]| -> String {
        items.iter().map(|item| format!("{kind} {name} {}\n", one_line(item))).collect()
    };
    let pairs: String = block.differences.iter().map(pair).collect();
    pairs + &alone("MISSING", &block.missing) + &alone("EXTRA", &block.extra)
}

/// An object of strings with a blank after each colon and comma.
fn one_line(item: &Value) -> String {
    let fields = item.as_object().into_iter().flatten().map(|(name, value)| format!("\"{name}\": {value}"));
    format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
}

/// The figures of one text, one a line.
pub fn text_table(score: &TextScore) -> String {
    figures(&serde_json::to_value(score).unwrap_or_default())
}

/// The counts and rates of restoration, one a line; harm and repair to six decimals.
pub fn repair_table(score: &RepairScore) -> String {
    let count = |name: &str, value: usize| format!("{name:26}{value}\n");
    let rate = |name: &str, value: f64| format!("{name:26}{value:.6}\n");
    [
        count("right_before", score.right_before),
        count("harmed", score.harmed),
        count("repaired", score.repaired),
        rate("harm_rate", score.harm_rate),
        rate("repair_rate", score.repair_rate),
        count("codes_right_before", score.codes_right_before),
        count("codes_harmed", score.codes_harmed),
    ]
    .concat()
}

/// The reliability table of stated probabilities and the error that sums it up.
pub fn calibration_table(score: &CalibrationScore) -> String {
    let mut out = format!("{:26}{}\n{:26}{}\n", "claims", score.claims, "unjudged", score.unjudged);
    let _ = writeln!(
        out,
        "{:26}{:.4}\n{:14}{:>8}{:>9}{:>9}",
        "ece", score.ece, "stated", "claims", "mean", "right"
    );
    for bin in score.bins.iter().filter(|bin| bin.count > 0) {
        let range = format!("{:.1} to {:.1}", bin.from, bin.to);
        let _ = writeln!(out, "{range:14}{:>8}{:9.4}{:9.4}", bin.count, bin.stated, bin.right);
    }
    out
}

fn figures(score: &Value) -> String {
    let line = |(name, value): (&String, &Value)| match value.as_f64() {
        Some(rate) if value.is_f64() => format!("{name:26}{rate:.4}\n"),
        _ => format!("{name:26}{value}\n"),
    };
    score.as_object().into_iter().flatten().map(line).collect()
}

/// A Markdown table of the records of a folder: main figures and the exact F1 of each block, the mean below.
pub fn record_summary(scores: &[(String, RecordScore)]) -> String {
    let Some((_, first)) = scores.first() else { return String::new() };
    let blocks: Vec<&str> = first.blocks.iter().map(|(name, _)| *name).collect();
    let names = ["exact", "folded", "soft"].into_iter().chain(blocks.iter().copied());
    let rows = scores.iter().map(|(name, score)| {
        let total = &score.total.mean;
        let mut cells = vec![Some(total.exact.2), Some(total.folded.2), Some(total.soft.2)];
        let live = |block: &BlockScore| (block.gold + block.cand > 0).then_some(block.measures.exact.2);
        cells.extend(score.blocks.iter().map(|(_, block)| live(block)));
        (name.as_str(), cells)
    });
    markdown("record", names.collect(), rows.collect())
}

/// A Markdown table of the texts of a folder, the mean below.
pub fn text_summary(scores: &[(String, TextScore)]) -> String {
    if scores.is_empty() {
        return String::new();
    }
    let names = ["CER", "folded CER", "WER", "syllables right", "letters right", "marks right"];
    let rows = scores.iter().map(|(name, s)| {
        let right = [s.syllable_accuracy, s.syllable_accuracy_folded, s.diacritic_accuracy];
        (name.as_str(), [s.cer, s.cer_folded, s.wer].into_iter().chain(right).map(Some).collect())
    });
    markdown("text", names.to_vec(), rows.collect())
}

fn markdown(corner: &str, names: Vec<&str>, rows: Vec<(&str, Vec<Option<f64>>)>) -> String {
    let mut out = format!("| {corner} | {} |\n|---|{}\n", names.join(" | "), "---:|".repeat(names.len()));
    let line = |name: &str, cells: &[Option<f64>]| {
        let cell = |value: &Option<f64>| value.map_or_else(|| "–".to_string(), |value| format!("{value:.4}"));
        format!("| {name} | {} |\n", cells.iter().map(cell).collect::<Vec<_>>().join(" | "))
    };
    out.extend(rows.iter().map(|(name, cells)| line(name, cells)));
    let column =
        |at: usize| rows.iter().filter_map(|(_, cells)| cells.get(at).copied().flatten()).collect::<Vec<_>>();
    let means: Vec<_> = (0..names.len()).map(|at| mean(&column(at))).collect();
    out + &line("**mean**", &means)
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::{Alternatives, score_record, score_text};
    use serde_json::json;

    #[test]
    fn the_record_table_names_what_differs() {
        let (gold, cand) = (json!({"subject": "Số hóa"}), json!({"subject": "Số hoá"}));
        let score = score_record(&gold, &cand, &Alternatives::default());
        let table = record_table(&score, true);
        assert!(
            table.contains("DIFF metadata 0.6667\n  gold {\"name\": \"subject\", \"value\": \"Số hóa\"}"),
            "{table}"
        );
        assert!(table.contains("metadata              1    1     0.0000 0.0000 0.0000   1.0000"), "{table}");
    }

    #[test]
    fn a_block_that_is_absent_has_no_figure_in_the_summary() {
        let record = json!({"subject": "Số hóa"});
        let score = score_record(&record, &record, &Alternatives::default());
        let table = record_summary(&[("a.pdf".into(), score)]);
        assert!(table.contains("| a.pdf | 1.0000 | 1.0000 | 1.0000 | 1.0000 | – |"), "{table}");
    }

    #[test]
    fn the_text_table_has_counts_and_rates() {
        let table = text_table(&score_text("Số hóa", "So hoa", &Alternatives::default()));
        assert!(
            table.starts_with("gold_chars                6\n")
                && table.contains("cer                       0.3333\n")
        );
    }
}
