//! Results are found again: with or without marks, by words, phrases and fields; and nothing typed can break out.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use serde_json::json;
use vanthu::write::catalog::{Catalog, CatalogError, Hit, Query, rebuild, search, update};

/// Files a document as a run would.
fn document(out: &Path, name: &str, record: serde_json::Value, pages: &[&str], stamp: &str) {
    let folder = out.join("documents").join(name);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("record.json"), record.to_string()).unwrap();
    fs::write(folder.join("text.txt"), pages.join("\u{c}")).unwrap();
    fs::write(
        folder.join("status.json"),
        json!({"files": ["record.json"], "options_sha256": stamp}).to_string(),
    )
    .unwrap();
}

/// A whole record, for the catalogue reads records strictly.
fn record(
    kind: (&str, Option<&str>),
    number: &str,
    date: &str,
    issuer: &str,
    subject: &str,
) -> serde_json::Value {
    let mut record = serde_json::to_value(vanthu::extract::record::Record::default()).unwrap();
    let (sequence, notation) = number.split_once('/').unwrap();
    record["source"] = json!({"file": "a.pdf", "pages": 2});
    record["doc_type"] = json!({"code": kind.0, "name": kind.1});
    record["number"] = json!({"raw": number, "sequence": sequence, "notation": notation});
    record["date"] = json!({"raw": null, "iso": date, "year": null, "month": null, "day": null});
    record["issuer"] = json!({"parent": null, "name": issuer});
    record["subject"] = json!(subject);
    record
}

fn archive() -> tempfile::TempDir {
    let out = tempfile::tempdir().unwrap();
    let plan = record(
        ("plan", Some("KẾ HOẠCH")),
        "265/KH-UBND",
        "2025-09-26",
        "ỦY BAN NHÂN DÂN TỈNH AN HẢI",
        "Tổ chức hội nghị cải cách hành chính",
    );
    document(
        out.path(),
        "2025/265.pdf",
        plan,
        &["KẾ HOẠCH\nTổ chức hội nghị", "Phân tích Chỉ số cải cách\nhành chính của đề án"],
        "1",
    );
    let letter = record(
        ("official_letter", None),
        "12/SNV-CCHC",
        "2024-02-01",
        "SỞ NỘI VỤ",
        "Về việc báo cáo hành chính",
    );
    document(out.path(), "12.png", letter, &["Sở Nội vụ gửi báo cáo. Hành chính, cải cách: <script>"], "1");
    out
}

fn found(out: &Path, query: &str) -> Vec<Hit> {
    search(&Catalog::open(out).unwrap(), &Query::parse(query).unwrap(), 20).unwrap()
}

fn places(out: &Path, query: &str) -> Vec<(String, Option<u32>)> {
    found(out, query).into_iter().map(|hit| (hit.document, hit.page)).collect()
}

#[test]
fn marks_case_and_line_ends_do_not_matter_but_phrases_do() {
    let out = archive();
    rebuild(out.path()).unwrap();
    let plan = |page| ("2025/265.pdf".to_owned(), Some(page));
    for query in ["\"cai cach hanh chinh\"", "\"Cải cách HÀNH CHÍNH\"", "de an", "Đề án", "chi so phan tich"]
    {
        assert_eq!(places(out.path(), query), [plan(2)], "{query}");
    }
    assert_eq!(places(out.path(), "cai cach").len(), 2);
    assert_eq!(places(out.path(), "cai cach -\"de an\""), [("12.png".to_owned(), Some(1))]);
    assert!(places(out.path(), "\"chinh hanh\"").is_empty());
    let hit = &found(out.path(), "\"cai cach hanh chinh\"")[0];
    assert_eq!(hit.snippet.text, "Phân tích Chỉ số cải cách hành chính của đề án");
    assert_eq!(hit.snippet.hits, [(17, 36)]);
}

#[test]
fn fields_find_papers() {
    let out = archive();
    rebuild(out.path()).unwrap();
    let plan = [
        "number:265",
        "number:265/KH-UBND",
        "type:KH",
        "type:plan",
        "type:\"kế hoạch\"",
        "issuer:\"an hai\"",
    ];
    for query in plan.into_iter().chain(["after:2025", "-type:CV", "hoi nghi type:kh", "number:265 -script"])
    {
        let found = places(out.path(), query);
        assert!(found.len() == 1 && found[0].0 == "2025/265.pdf", "{query}: {found:?}");
    }
    for query in [
        "number:12",
        "type:CV",
        "type:\"công văn\"",
        "before:2024-12-31",
        "before:01/02/2024",
        "issuer:\"noi vu\"",
    ] {
        let found = places(out.path(), query);
        assert!(found.len() == 1 && found[0].0 == "12.png", "{query}: {found:?}");
    }
    for query in
        ["number:26", "number:65", "type:K", "issuer:ban issuer:vu", "after:2026", "number:265 -\"de an\""]
    {
        assert!(places(out.path(), query).is_empty(), "{query}");
    }
    assert_eq!(found(out.path(), "type:KH")[0].snippet.text, "Tổ chức hội nghị cải cách hành chính");
}

#[test]
fn an_update_takes_what_is_new_and_drops_what_is_gone() {
    let out = archive();
    assert_eq!(update(out.path()).unwrap().documents, 2);
    assert_eq!(update(out.path()).unwrap().unchanged, 2);
    let again = record(("plan", None), "265/KH-UBND", "2025-09-26", "UBND", "Sửa đổi");
    document(out.path(), "2025/265.pdf", again, &["trang duy nhất"], "2");
    let indexed = update(out.path()).unwrap();
    assert_eq!((indexed.documents, indexed.unchanged), (1, 1));
    assert!(places(out.path(), "chi so").is_empty());
    assert_eq!(places(out.path(), "duy nhat").len(), 1);
    fs::remove_dir_all(out.path().join("documents/12.png")).unwrap();
    assert_eq!(update(out.path()).unwrap().removed, 1);
    assert!(places(out.path(), "script").is_empty());
    // A run that got nothing out of the document any more leaves its old record behind.
    fs::write(out.path().join("documents/2025/265.pdf/status.json"), "{\"files\": []}").unwrap();
    assert_eq!(update(out.path()).unwrap().removed, 1);
}

#[test]
fn a_damaged_or_missing_catalogue_is_said_to_be_so_and_made_anew() {
    let out = archive();
    assert!(matches!(Catalog::open(out.path()), Err(CatalogError::Missing(_))));
    fs::write(out.path().join("catalog.sqlite"), "no database at all").unwrap();
    assert!(matches!(Catalog::open(out.path()), Err(CatalogError::Unusable(_))));
    fs::create_dir_all(out.path().join("documents/broken")).unwrap();
    fs::write(out.path().join("documents/broken/record.json"), "{").unwrap();
    let indexed = update(out.path()).unwrap();
    assert_eq!((indexed.documents, indexed.unreadable), (2, 1));
    assert_eq!(places(out.path(), "de an").len(), 1);
}

#[test]
fn the_same_results_make_the_same_catalogue() {
    let dump = |out: &Path| {
        rebuild(out).unwrap();
        fs::read(out.join("catalog.sqlite")).unwrap()
    };
    let out = archive();
    assert!(dump(out.path()) == dump(out.path()));
}

#[test]
fn nothing_typed_breaks_out() {
    let out = archive();
    rebuild(out.path()).unwrap();
    let catalog = Catalog::open(out.path()).unwrap();
    for text in [
        "\"",
        "a OR b",
        "NEAR(a b)",
        "keys:a",
        "a*",
        "^a",
        "'; DROP TABLE documents; --",
        "number:'",
        "issuer:%",
        "-",
        "a AND",
        "(((",
        "type:|",
        "\u{0}",
        "{a}",
        "a + b",
        "col : x",
    ] {
        if let Ok(query) = Query::parse(text) {
            search(&catalog, &query, 5).unwrap_or_else(|error| panic!("{text}: {error}"));
        }
    }
    let long = vec!["a"; 10_000].join(" ");
    assert!(Query::parse(&long).is_err());
    let phrase = Query::parse(&format!("\"{long}\"")).unwrap();
    let _ = search(&catalog, &phrase, 5);
    proptest!(ProptestConfig::with_cases(200), |(text in "\\PC{0,40}|[\"'():*^a-z -]{0,40}")| {
        if let Ok(query) = Query::parse(&text) {
            prop_assert!(search(&catalog, &query, 5).is_ok());
        }
    });
}
