//! In debug builds alone: goes wrong where `VANTHU_FAULT` says, so that tests see what a run makes of it.

use crate::ingest::Document;

/// `VANTHU_FAULT="crash read poison.png"`: what, when (`open`, `read`, `again` in a worker, `shard` in the run of a shard;
/// joined by `+`), and the end of the document's name.
pub(in crate::batch) fn strike(document: &Document, now: &str) {
    let told = std::env::var("VANTHU_FAULT").unwrap_or_default();
    let mut words = told.splitn(3, ' ');
    let (Some(what), Some(when), Some(name)) = (words.next(), words.next(), words.next()) else { return };
    if !when.split('+').any(|w| w == now) || !document.output.to_string_lossy().ends_with(name) {
        return;
    }
    match what {
        "crash" => std::process::abort(),
        "hang" => loop {
            std::thread::park();
        },
        "eat" => {
            let mut eaten: Vec<Vec<u8>> = Vec::new();
            loop {
                eaten.push(vec![1; 64 << 20]);
            }
        }
        _ => {}
    }
}
