//! Looks a query up in the catalogue.
//!
//! Pages come best first (BM25 over the whole words); among equals those first that were filed first. A query of fields alone gives
//! the documents, newest first. Query text reaches SQLite only as bound values and as quoted keys of letters and digits.

use rusqlite::types::Value;
use rusqlite::{Row, params_from_iter};
use serde::Serialize;

use super::query::{Condition, Query};
use super::snippet::Snippet;
use super::{Catalog, CatalogError};

/// A page, or a document, that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hit {
    /// Name of the document: its folder below `documents/`.
    pub document: String,
    /// 1-based page; `None` for a text without pages, and where only fields were asked for.
    pub page: Option<u32>,
    /// Number and notation.
    pub number: Option<String>,
    /// Type as printed.
    pub doc_type: Option<String>,
    /// Day of issue, `YYYY-MM-DD`.
    pub date: Option<String>,
    /// Issuing body.
    pub issuer: Option<String>,
    /// What the paper is about.
    pub subject: Option<String>,
    /// The words around the hit; the subject, where only fields were asked for.
    pub snippet: Snippet,
}

/// The first `limit` hits.
///
/// # Errors
/// [`CatalogError`] if the catalogue cannot be read.
pub fn search(catalog: &Catalog, query: &Query, limit: usize) -> Result<Vec<Hit>, CatalogError> {
    run(catalog, query, limit).map_err(|source| CatalogError::Sqlite { path: catalog.path.clone(), source })
}

const SHOWN: &str = "d.name, d.number, coalesce(d.type_name, d.type_code), d.date, d.issuer, d.subject";

fn run(catalog: &Catalog, query: &Query, limit: usize) -> rusqlite::Result<Vec<Hit>> {
    let mut values = Vec::new();
    let sql = if query.phrases.is_empty() {
        let conditions = conditions(query, &mut values) + &nowhere(query, &mut values);
        format!(
            "SELECT {SHOWN}, NULL, NULL FROM documents d WHERE {conditions} ORDER BY d.date DESC, d.name LIMIT ?"
        )
    } else {
        values.push(Value::Text(expression(query)));
        let conditions = conditions(query, &mut values);
        let papers = match query.fields.is_empty() && query.without_fields.is_empty() {
            true => "",
            false => "JOIN pages p ON p.id = k.rowid JOIN documents d ON d.id = p.document",
        };
        // The best pages first, by their numbers alone: to carry the texts of all that hold a common word through the
        // sorting takes longer than to find them.
        format!(
            "WITH best AS MATERIALIZED
                 (SELECT k.rowid AS page, k.rank AS rank FROM page_keys k {papers}
                  WHERE page_keys MATCH ? AND {conditions} ORDER BY k.rank LIMIT ?)
             SELECT {SHOWN}, p.number, p.text FROM best JOIN pages p ON p.id = best.page
             JOIN documents d ON d.id = p.document ORDER BY best.rank, d.name, p.number"
        )
    };
    values.push(Value::Integer(i64::try_from(limit).unwrap_or(i64::MAX)));
    let mut statement = catalog.connection.prepare(&sql)?;
    let hits = statement.query_map(params_from_iter(values), |row| hit(row, query))?;
    hits.collect()
}

fn hit(row: &Row<'_>, query: &Query) -> rusqlite::Result<Hit> {
    let subject: Option<String> = row.get(5)?;
    let text: Option<String> = row.get(7)?;
    let shown = text.as_deref().or(subject.as_deref()).unwrap_or_default();
    Ok(Hit {
        document: row.get(0)?,
        number: row.get(1)?,
        doc_type: row.get(2)?,
        date: row.get(3)?,
        issuer: row.get(4)?,
        page: row.get(6)?,
        snippet: Snippet::around(shown, &query.phrases),
        subject,
    })
}

/// The words and phrases in FTS5's own language.
fn expression(query: &Query) -> String {
    let wanted = quoted(&query.phrases, " AND ");
    match query.without.is_empty() {
        true => wanted,
        false => format!("({wanted}) NOT ({})", quoted(&query.without, " OR ")),
    }
}

/// Keys hold letters and digits only, so quotes are enough to keep them from being anything else.
fn quoted(phrases: &[Vec<String>], between: &str) -> String {
    phrases.iter().map(|keys| format!("\"{}\"", keys.join(" "))).collect::<Vec<_>>().join(between)
}

/// Where whole documents are asked for, words that must not be there must be on none of their pages.
fn nowhere(query: &Query, values: &mut Vec<Value>) -> String {
    if query.without.is_empty() {
        return String::new();
    }
    values.push(Value::Text(quoted(&query.without, " OR ")));
    let pages =
        "SELECT document FROM pages WHERE id IN (SELECT rowid FROM page_keys WHERE page_keys MATCH ?)";
    format!(" AND d.id NOT IN ({pages})")
}

/// The conditions on documents as SQL with a bound value for each; true where there are none.
fn conditions(query: &Query, values: &mut Vec<Value>) -> String {
    let mut sql = String::from("TRUE");
    for (conditions, is) in [(&query.fields, "IS TRUE"), (&query.without_fields, "IS NOT TRUE")] {
        for condition in conditions {
            let (test, value) = test(condition);
            sql.push_str(&format!(" AND ({test}) {is}"));
            values.push(Value::Text(value));
        }
    }
    sql
}

fn test(condition: &Condition) -> (&'static str, String) {
    match condition {
        Condition::Number(key) => ("instr(d.number_key || ' ', ?) = 1", format!("{key} ")),
        Condition::Type(key) => ("instr(d.type_key, ?) > 0", format!("|{key}|")),
        Condition::Issuer(key) => ("instr(d.issuer_key, ?) > 0", format!(" {key} ")),
        Condition::After(day) => ("d.date >= ?", day.clone()),
        Condition::Before(day) => ("d.date <= ?", day.clone()),
    }
}
