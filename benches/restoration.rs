//! How fast text is restored, and how fast the dictionary is there: `cargo bench --bench restoration`.
//!
//! The texts are the seed papers of the repository: clean, stripped of all marks, and garbled. Each is short, so the words
//! are known after the first round; `vanthu dict evaluate` measures text that never repeats.

use std::fs;
use std::hint::black_box;
use std::path::Path;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use vanthu::alphabet::fold;
use vanthu::dictionary::Dictionary;
use vanthu::restore::{RestoreOptions, Restorer};

fn seed(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/seeds");
    let entries = fs::read_dir(folder).expect("the seeds").filter_map(|entry| Some(entry.ok()?.path()));
    let mut found =
        entries.filter(|path| path.file_name().is_some_and(|n| n.to_string_lossy().starts_with(name)));
    fs::read_to_string(found.next().expect("a seed")).expect("text")
}

fn restoring(criterion: &mut Criterion) {
    let dictionary = Dictionary::builtin().expect("built in");
    let clean = seed("000");
    let texts = [("stripped", fold(&clean).into_owned()), ("garbled", seed("003")), ("clean", clean)];
    let mut group = criterion.benchmark_group("restore");
    for (name, text) in &texts {
        group.throughput(Throughput::Elements(text.split_whitespace().count() as u64));
        let known = Restorer::new(dictionary.clone(), RestoreOptions::default());
        group.bench_with_input(BenchmarkId::new(*name, "words met before"), text, |bench, text| {
            bench.iter(|| black_box(known.text(text)));
        });
        group.sample_size(20);
        group.bench_with_input(BenchmarkId::new(*name, "words new"), text, |bench, text| {
            bench.iter_batched(
                || Restorer::new(dictionary.clone(), RestoreOptions::default()),
                |fresh| black_box(fresh.text(text)),
                criterion::BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

fn loading(criterion: &mut Criterion) {
    let model =
        fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("dictionaries/vanthu.model")).expect("model");
    let mut group = criterion.benchmark_group("load");
    group.sample_size(20).throughput(Throughput::Bytes(model.len() as u64));
    group.bench_function("model", |bench| bench.iter(|| black_box(Dictionary::from_bytes(&model))));
    group.finish();
}

criterion_group!(benches, restoring, loading);
criterion_main!(benches);
