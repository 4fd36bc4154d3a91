//! The measures are those of the reference scorer, figure by figure, on right answers and on damaged ones.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use vanthu::evaluate::{
    Alternatives, alternatives_beside, read_alternatives, read_record, read_text, score_record, score_text,
};

/// Scores every pair named on standard input with the reference scorer and prints one JSON a line.
const DRIVER: &str = r#"
import sys, json, os
sys.path.insert(0, sys.argv[1])
import score
for line in sys.stdin.read().splitlines():
    gold, cand, alt = line.split("\t")
    score.ALTS.clear()
    if alt: score.load_alts(alt)
    if gold.endswith(".json"):
        res = score.score_record(json.loads(score.read(gold)), json.loads(score.read(cand)))
    else:
        res = score.score_text(score.read(gold), score.read(cand))
    print(json.dumps(res))
"#;

fn gold_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/gold")
}

fn reference_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/gold")
}

/// The reference figures of each pair; `None`, with the reason printed, where the scorer cannot run.
fn reference(pairs: &[(PathBuf, PathBuf)]) -> Option<Vec<Value>> {
    if !reference_folder().join("score.py").is_file() {
        println!("skipped: the reference scorer ../shared/gold/score.py is not here");
        return None;
    }
    let row = |(gold, cand): &(PathBuf, PathBuf)| {
        let alternatives =
            alternatives_beside(gold).map_or_else(String::new, |path| path.display().to_string());
        format!("{}\t{}\t{alternatives}\n", gold.display(), cand.display())
    };
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("pairs");
    fs::write(&list, pairs.iter().map(row).collect::<String>()).unwrap();
    let mut python = Command::new("python3");
    python.args(["-B", "-c", DRIVER]).arg(reference_folder()).stdin(fs::File::open(&list).unwrap());
    let Ok(output) = python.output() else {
        println!("skipped: there is no python3");
        return None;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(
        String::from_utf8(output.stdout)
            .unwrap()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect(),
    )
}

fn ours(gold: &Path, cand: &Path) -> Value {
    let alternatives = alternatives_beside(gold)
        .map_or_else(Alternatives::default, |path| read_alternatives(&path).unwrap());
    if gold.extension().is_some_and(|extension| extension == "json") {
        json!(score_record(&read_record(gold).unwrap(), &read_record(cand).unwrap(), &alternatives))
    } else {
        json!(score_text(&read_text(gold).unwrap(), &read_text(cand).unwrap(), &alternatives))
    }
}

/// Everything the reference says is said here too, numbers to 1e-9.
fn assert_agree(reference: &Value, ours: &Value, at: &str) {
    match (reference, ours) {
        (Value::Object(fields), _) => {
            fields.iter().for_each(|(name, value)| assert_agree(value, &ours[name], &format!("{at}/{name}")));
        }
        (Value::Array(a), Value::Array(b)) => {
            assert_eq!(a.len(), b.len(), "{at}");
            a.iter().zip(b).enumerate().for_each(|(i, (a, b))| assert_agree(a, b, &format!("{at}/{i}")));
        }
        (Value::Number(a), Value::Number(b)) => {
            let (a, b) = (a.as_f64().unwrap(), b.as_f64().unwrap());
            assert!((a - b).abs() <= 1e-9, "{at}: {a} there, {b} here");
        }
        _ => assert_eq!(reference, ours, "{at}"),
    }
}

fn assert_all_agree(pairs: &[(PathBuf, PathBuf)]) {
    let Some(figures) = reference(pairs) else { return };
    assert_eq!(figures.len(), pairs.len());
    for (figure, (gold, cand)) in figures.iter().zip(pairs) {
        assert_agree(figure, &ours(gold, cand), &cand.display().to_string());
    }
}

/// A small generator of the same damage every time.
struct Damage(u64);

impl Damage {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound.max(1)
    }

    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// Letters lost, doubled or changed, blanks moved, dashes and quotes of another kind.
    fn text(&mut self, text: &str, rarely: usize) -> String {
        let mut out = String::new();
        for c in text.chars() {
            match self.below(rarely) {
                0 => {}
                1 => out.extend([c, c]),
                2 => out.push(['e', 'ệ', '–', '“', ' ', '|', 'Đ', 'ô', '9', '\u{301}'][self.below(10)]),
                3 => out.extend([' ', c]),
                _ => out.push(c),
            }
        }
        out
    }

    /// Members lost, doubled, swapped, of another type; strings damaged.
    fn value(&mut self, value: &mut Value) {
        if self.once_in(60) {
            *value = [json!(null), json!(5), json!(2.5), json!(true), json!([]), json!({}), json!("x")]
                [self.below(7)]
            .clone();
        }
        match value {
            Value::String(text) if self.once_in(6) => *text = self.text(text, 25),
            Value::Array(members) => {
                if !members.is_empty() && self.once_in(8) {
                    let (a, b) = (self.below(members.len()), self.below(members.len()));
                    members.swap(a, b);
                }
                if !members.is_empty() && self.once_in(8) {
                    let (from, to) = (self.below(members.len()), self.below(members.len()));
                    members.insert(to, members[from].clone());
                }
                members.retain(|_| !self.once_in(25));
                members.iter_mut().for_each(|member| self.value(member));
            }
            Value::Object(fields) => fields.iter_mut().for_each(|(_, field)| self.value(field)),
            _ => {}
        }
    }
}

#[test]
fn records_score_as_the_reference_scores_them() {
    let folder = tempfile::tempdir().unwrap();
    let mut pairs = Vec::new();
    for name in ["gold_000.json", "gold_003.json"] {
        let gold = gold_folder().join(name);
        pairs.push((gold.clone(), gold.clone()));
        for seed in 0..3 {
            let mut record = read_record(&gold).unwrap();
            Damage(seed).value(&mut record);
            let file = folder.path().join(format!("{seed}-{name}"));
            fs::write(&file, record.to_string()).unwrap();
            pairs.push((gold.clone(), file));
        }
    }
    pairs.push((gold_folder().join("gold_000.json"), gold_folder().join("gold_003.json")));
    for (number, absurd) in ["null", "[]", "{\"sections\": [7, {\"children\": 3}]}"].iter().enumerate() {
        let file = folder.path().join(format!("absurd-{number}.json"));
        fs::write(&file, absurd).unwrap();
        pairs.push((gold_folder().join("gold_003.json"), file));
    }
    assert_all_agree(&pairs);
}

#[test]
fn texts_score_as_the_reference_scores_them() {
    let folder = tempfile::tempdir().unwrap();
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/seeds");
    let mut pairs = vec![
        (gold_folder().join("gold_003.txt"), seeds.join("003_426adaba9adc02c9.txt")),
        (gold_folder().join("gold_003.txt"), gold_folder().join("gold_003.reading.txt")),
        (gold_folder().join("gold_000.txt"), gold_folder().join("gold_003.txt")),
    ];
    for name in ["gold_000.txt", "gold_003.txt"] {
        let gold = gold_folder().join(name);
        for rarely in [12, 100] {
            let file = folder.path().join(format!("{rarely}-{name}"));
            fs::write(&file, Damage(rarely as u64).text(&read_text(&gold).unwrap(), rarely)).unwrap();
            pairs.push((gold.clone(), file));
        }
        let empty = folder.path().join(format!("empty-{name}"));
        fs::write(&empty, "\u{feff} \n").unwrap();
        pairs.push((gold.clone(), empty));
    }
    assert_all_agree(&pairs);
}

#[test]
fn the_documented_figures_of_the_seed_text_hold() {
    let figures = ours(
        &gold_folder().join("gold_003.txt"),
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/seeds/003_426adaba9adc02c9.txt"),
    );
    let rounded = |name: &str| format!("{:.4}", figures[name].as_f64().unwrap());
    assert_eq!(rounded("cer"), "0.2102");
    assert_eq!(rounded("syllable_accuracy"), "0.1462");
    assert_eq!(rounded("syllable_accuracy_folded"), "0.7566");
}
