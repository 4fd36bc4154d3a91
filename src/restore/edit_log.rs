//! The edit log of a text: every change with its place, and the way back.
//!
//! Reads and writes JSON Lines: one [`Edit`] a line, in order of place. [`undo`] takes the restored text and its log and gives
//! back the very bytes that were read.

use std::io::{self, BufRead, Read, Write};

use serde::{Deserialize, Serialize};

use super::restored_page::EditSource;

/// One change of a text, or one that was only pointed out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Edit {
    /// Byte of the text as read at which `from` stands.
    pub offset: u64,
    /// As read.
    pub from: String,
    /// As restored.
    pub to: String,
    /// What proposed it.
    pub source: EditSource,
    /// How likely `to` is right, 0–1.
    pub posterior: f32,
    /// `false`: the text still says `from`; the change is only a suspicion.
    pub applied: bool,
}

/// Why a change could not be undone.
#[derive(Debug, thiserror::Error)]
pub enum UndoError {
    /// Reading or writing failed.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A line of the log is no edit.
    #[error("line {line} of the edit log is not an edit: {reason}")]
    NotAnEdit {
        /// 1-based line.
        line: usize,
        /// What the parser says.
        reason: serde_json::Error,
    },
    /// The text doesn't hold what the log says was put there.
    #[error("the edit log does not belong to this text: at byte {offset} it expects `{expected}`")]
    OtherText {
        /// Byte of the restored text.
        offset: u64,
        /// What should stand there.
        expected: String,
    },
}

/// Gives back the text as it was read, from the restored text and its log.
pub fn undo(mut restored: impl Read, log: impl BufRead, mut original: impl Write) -> Result<(), UndoError> {
    let (mut written, mut read) = (0u64, 0u64);
    for (number, line) in log.lines().enumerate() {
        let line = line?;
        let edit: Edit = serde_json::from_str(&line)
            .map_err(|reason| UndoError::NotAnEdit { line: number + 1, reason })?;
        if !edit.applied {
            continue;
        }
        let mismatch = |offset| UndoError::OtherText { offset, expected: edit.to.clone() };
        let gap = edit.offset.checked_sub(written).ok_or_else(|| mismatch(read))?;
        let copied = io::copy(&mut restored.by_ref().take(gap), &mut original)?;
        let mut there = vec![0; edit.to.len()];
        if copied < gap || restored.read_exact(&mut there).is_err() || there != edit.to.as_bytes() {
            return Err(mismatch(read + copied));
        }
        original.write_all(edit.from.as_bytes())?;
        written = edit.offset + edit.from.len() as u64;
        read += gap + edit.to.len() as u64;
    }
    io::copy(&mut restored, &mut original)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(edits: &[(u64, &str, &str)]) -> String {
        let edit = |&(offset, from, to): &(u64, &str, &str)| Edit {
            offset,
            from: from.into(),
            to: to.into(),
            source: EditSource::Marks,
            posterior: 0.9,
            applied: true,
        };
        edits.iter().map(|e| serde_json::to_string(&edit(e)).unwrap() + "\n").collect()
    }

    #[test]
    fn the_text_comes_back() {
        let log = log(&[(0, "Ke", "Kế"), (3, "hoach", "hoạch")]);
        let mut original = Vec::new();
        undo("Kế hoạch\r\n".as_bytes(), log.as_bytes(), &mut original).unwrap();
        assert_eq!(original, b"Ke hoach\r\n");
    }

    #[test]
    fn another_text_is_refused() {
        let log = log(&[(0, "Ke", "Kế")]);
        let refused = undo("Báo cáo".as_bytes(), log.as_bytes(), Vec::new());
        assert!(matches!(refused, Err(UndoError::OtherText { offset: 0, .. })));
        assert!(matches!(
            undo("x".as_bytes(), "{".as_bytes(), Vec::new()),
            Err(UndoError::NotAnEdit { line: 1, .. })
        ));
    }
}
