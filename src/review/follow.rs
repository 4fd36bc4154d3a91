//! What else changes when one thing is put right: the values that hold a corrected word, the parts of a date or number.
//!
//! Reads the fields as they stand; produces further changes to file with the first. Never guesses: a word that stands
//! twice in a value, or a number without a slash, changes nothing else.

use serde_json::{Value, json};

use super::fields::Field;
use crate::write::corrections::Change;

/// The changes that follow from `change`.
pub fn follow(change: &Change, fields: &[Field]) -> Vec<Change> {
    match change {
        Change::Word { page, bbox, was, is, .. } => {
            let holding =
                fields.iter().filter(|field| field.page == Some(u64::from(*page)) && covers(field, bbox));
            holding.filter_map(|field| with_word(field, was, is)).collect()
        }
        Change::Field { pointer, is: Value::String(is), was, .. } if json!(is) != *was => parts(pointer, is)
            .into_iter()
            .filter_map(|(pointer, is)| {
                let field = fields.iter().find(|field| field.pointer == pointer)?;
                (field.value != is).then(|| changed(field, is))
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn changed(field: &Field, is: Value) -> Change {
    Change::Field { pointer: field.pointer.clone(), was: field.value.clone(), is, read: field.raw.clone() }
}

/// Whether the middle of the word lies within the value's place.
fn covers(field: &Field, bbox: &[i32; 4]) -> bool {
    let Some(Ok(place)) = field.bbox.clone().map(serde_json::from_value::<[i64; 4]>) else { return false };
    let middle = |a: i32, b: i32| (i64::from(a) + i64::from(b)) / 2;
    let (x, y) = (middle(bbox[0], bbox[2]), middle(bbox[1], bbox[3]));
    (place[0]..=place[2]).contains(&x) && (place[1]..=place[3]).contains(&y)
}

/// The value with the word in it put right; `None` unless the word stands in it exactly once.
fn with_word(field: &Field, was: &str, is: &str) -> Option<Change> {
    let text = field.value.as_str()?;
    // A value has lost the signs that closed the line: compare without them.
    let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    let (was, is) = (bare(was), bare(is));
    if was.is_empty() || was == is {
        return None;
    }
    let mut places = text.match_indices(&was).filter(|(at, _)| {
        let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let (before, after) = (text.get(..*at), text.get(at + was.len()..));
        !letter(before.and_then(|t| t.chars().next_back())) && !letter(after.and_then(|t| t.chars().next()))
    });
    let (at, _) = places.next()?;
    if places.next().is_some() {
        return None;
    }
    let put_right = format!("{}{is}{}", text.get(..at)?, text.get(at + was.len()..)?);
    Some(changed(field, Value::String(put_right)))
}

/// The parts that a number spells out.
fn parts(pointer: &str, is: &str) -> Vec<(&'static str, Value)> {
    let split = (pointer == "/number/raw").then(|| is.split_once('/')).flatten();
    let part = |text: &str| match text.trim() {
        "" => Value::Null,
        text => json!(text),
    };
    split
        .map(|(sequence, notation)| {
            vec![("/number/sequence", part(sequence)), ("/number/notation", part(notation))]
        })
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::review::fields::fields;

    fn listed() -> Vec<Field> {
        let proof = json!({"page": 1, "bbox": [0, 0, 100, 50], "confidence": 0.9, "status": "found"});
        fields(
            &json!({
                "number": {"raw": "26/KH-UBND", "sequence": "26", "notation": "KH-UBND"},
                "subject": "Tổ chức hội nghi cải cách",
                "place": "nghi nghi",
                "evidence": {"/number": proof, "/subject": proof, "/place": proof}
            }),
            &[],
        )
    }

    fn summary(changes: &[Change]) -> Vec<(String, Value)> {
        let one = |change: &Change| match change {
            Change::Field { pointer, is, .. } => (pointer.clone(), is.clone()),
            other => panic!("{other:?}"),
        };
        changes.iter().map(one).collect()
    }

    #[test]
    fn a_word_put_right_is_put_right_in_the_value_that_holds_it_once() {
        let word = |was: &str, is: &str, x| Change::Word {
            page: 1,
            bbox: [x, 10, x + 10, 20],
            was: was.into(),
            is: is.into(),
            read: None,
        };
        let found = summary(&follow(&word("nghi,", "nghị,", 40), &listed()));
        assert_eq!(found, [("/subject".to_owned(), json!("Tổ chức hội nghị cải cách"))]);
        assert!(follow(&word("nghi", "nghị", 400), &listed()).is_empty(), "it stands elsewhere");
        assert!(follow(&word("ngh", "nghi", 40), &listed()).is_empty(), "part of a word");
    }

    #[test]
    fn a_number_brings_its_parts_along() {
        let is = json!("265/KH-UBND");
        let change =
            Change::Field { pointer: "/number/raw".into(), was: json!("26/KH-UBND"), is, read: None };
        assert_eq!(summary(&follow(&change, &listed())), [("/number/sequence".to_owned(), json!("265"))]);
    }
}
