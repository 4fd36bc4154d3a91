//! JSON Lines over a whole run: every record on a line of its own, for `jq`, data frames and other systems.
//!
//! Reads `record.json` from every folder below `DIR/documents`, one at a time; the order is that of the documents' names.
//! A record is copied value by value, not understood: members that this version does not know stay in. What people put
//! right stands in it.

use std::io::{self, Write};
use std::path::Path;

use super::{corrections, results};

/// Writes a line for each record below `out/documents`; says how many there were.
///
/// A file that is no JSON is passed over and named in `unreadable`.
///
/// # Errors
/// If `to` cannot be written.
pub fn write(out: &Path, to: &mut impl Write, mut unreadable: impl FnMut(&str)) -> io::Result<u64> {
    let mut records = 0;
    for folder in results::folders(out) {
        let record =
            folder.read("record.json").and_then(|b| serde_json::from_slice::<serde_json::Value>(&b).ok());
        let Some(mut record) = record else {
            unreadable(&folder.name);
            continue;
        };
        corrections::apply(&mut record, &corrections::read(&folder.path));
        serde_json::to_writer(&mut *to, &record)?;
        to.write_all(b"\n")?;
        records += 1;
    }
    Ok(records)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_come_one_a_line_in_order_and_a_broken_one_is_named() {
        let out = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let folder = out.path().join("documents").join(name);
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(folder.join("record.json"), text).unwrap();
        };
        file("b.pdf", "{\"z\": 1.50,\n \"a\": \"Kế\\nhoạch\"}");
        file("a/c.pdf", "{\"n\": [ ]}");
        file("broken.pdf", "{");
        let (mut lines, mut broken) = (Vec::new(), Vec::new());
        let count = write(out.path(), &mut lines, |name| broken.push(name.to_owned())).unwrap();
        assert_eq!(String::from_utf8(lines).unwrap(), "{\"n\":[]}\n{\"z\":1.5,\"a\":\"Kế\\nhoạch\"}\n");
        assert_eq!((count, broken), (2, vec!["broken.pdf".to_owned()]));
    }
}
