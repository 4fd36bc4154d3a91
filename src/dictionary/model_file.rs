//! The compiled model as a file: what is in it, reading it from bytes that nobody vouches for, writing it.
//!
//! ```text
//! magic        8 bytes  "VANTHULM"
//! version      u32
//! length       u64      of the whole file
//! vocabulary   u32 length, then the words in order, each followed by '\n' (classes left out)
//! case         3 bytes for each id: codes of small letters, title, all capitals
//! unigrams     for each id: cost u16, backoff i16 (milli-nats)
//! codebooks    3 × 256 × i16: bigram cost, bigram backoff, trigram cost (milli-nats)
//! bigrams      for each id: number of bigrams (short), then for each of them
//!              word (gap to the one before, short), cost u8, number of trigrams (short), if not 0 backoff u8
//! trigrams     in the order of the bigrams: word (gap, short), cost u8
//! neighbourhood  u8 n, then 2^n weights i8; none if n is 0
//! ```
//!
//! All little-endian. A *short* takes one byte below 128, else two with the top bit of the first set (15 bits, high byte first),
//! and 0xFF 0xFF announces a plain `u16`. The embedded copy is decoded in a few milliseconds into flat arrays.
//! Damaged bytes give a [`ModelError`], never a panic, and never more memory than a small multiple of their length.

use super::case_model::CaseModel;
use super::error::ModelError;
use super::neighbourhood::Neighbourhood;
use super::ngram::{Codebooks, Ngram, Unigram, word_of};
use super::vocabulary::{FIRST_WORD, Vocabulary};

const MAGIC: &[u8; 8] = b"VANTHULM";
/// Version of the format described above.
pub(super) const VERSION: u32 = 2;
const CODES: usize = 256;

/// What a model file holds.
#[derive(Debug, Clone)]
pub(super) struct Model {
    pub vocabulary: Vocabulary,
    pub case: CaseModel,
    pub ngram: Ngram,
    pub neighbourhood: Neighbourhood,
}

/// Whether bytes begin as a model file does.
pub(super) fn is_model(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

impl Model {
    /// Decodes a model; everything in it is checked.
    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Model, ModelError> {
        let mut reader = Reader { bytes };
        if reader.take(8).ok() != Some(MAGIC.as_slice()) {
            return Err(ModelError::Magic);
        }
        let version = reader.u32()?;
        if version != VERSION {
            return Err(ModelError::Version { found: version, wanted: VERSION });
        }
        if reader.u64()? != bytes.len() as u64 {
            return Err(ModelError::Length);
        }
        let vocabulary = read_vocabulary(&mut reader)?;
        let case = read_case(&mut reader, vocabulary.len())?;
        let ngram = read_ngram(&mut reader, vocabulary.len())?;
        let neighbourhood = read_neighbourhood(&mut reader)?;
        match reader.bytes {
            [] => Ok(Model { vocabulary, case, ngram, neighbourhood }),
            _ => Err(ModelError::Length),
        }
    }

    /// The bytes of the file.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.ngram.trigrams.len() * 4 + self.ngram.bigrams.len() * 5);
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(&VERSION.to_le_bytes());
        out.extend_from_slice(&[0; 8]);
        let words: String = self.vocabulary.words().flat_map(|word| [word, "\n"]).collect();
        out.extend_from_slice(&(words.len() as u32).to_le_bytes());
        out.extend_from_slice(words.as_bytes());
        out.extend(self.case.codes.iter().flatten());
        write_ngram(&self.ngram, &mut out);
        let weights = &self.neighbourhood.weights;
        out.push(weights.len().checked_ilog2().unwrap_or(0) as u8);
        out.extend(weights.iter().map(|weight| weight.to_le_bytes()[0]));
        let length = (out.len() as u64).to_le_bytes();
        if let Some(slot) = out.get_mut(12..20) {
            slot.copy_from_slice(&length);
        }
        out
    }
}

fn read_vocabulary(reader: &mut Reader<'_>) -> Result<Vocabulary, ModelError> {
    let damaged = ModelError::Damaged("words");
    let length = reader.u32()? as usize;
    let Ok(text) = std::str::from_utf8(reader.take(length)?) else { return Err(damaged) };
    let written = text.split_terminator('\n').count();
    match Vocabulary::from_words(text.split_terminator('\n')) {
        // Sorting must not have moved or merged anything: the figures below go by position.
        Some(vocabulary)
            if vocabulary.len() == written + usize::from(FIRST_WORD)
                && vocabulary.words().eq(text.split_terminator('\n')) =>
        {
            Ok(vocabulary)
        }
        _ => Err(damaged),
    }
}

fn read_case(reader: &mut Reader<'_>, ids: usize) -> Result<CaseModel, ModelError> {
    let rows = reader.take(ids * 3)?.chunks_exact(3);
    Ok(CaseModel { codes: rows.map(|row| [row[0], row[1], row[2]]).collect() })
}

fn read_ngram(reader: &mut Reader<'_>, ids: usize) -> Result<Ngram, ModelError> {
    let mut unigrams = Vec::with_capacity(ids);
    for _ in 0..ids {
        unigrams.push(Unigram { cost: i32::from(reader.u16()?), backoff: i32::from(reader.u16()? as i16) });
    }
    let codebooks =
        Codebooks { bigram: read_book(reader)?, backoff: read_book(reader)?, trigram: read_book(reader)? };
    let mut ngram = Ngram { unigrams, codebooks, ..Ngram::default() };
    let children = read_bigrams(reader, ids, &mut ngram)?;
    read_trigrams(reader, ids, &children, &mut ngram)?;
    Ok(ngram)
}

fn read_neighbourhood(reader: &mut Reader<'_>) -> Result<Neighbourhood, ModelError> {
    let size = match reader.u8()? {
        0 => 0,
        bits @ 1..32 => 1 << bits,
        _ => return Err(ModelError::Damaged("neighbourhood")),
    };
    Ok(Neighbourhood { weights: reader.take(size)?.iter().map(|&byte| i8::from_le_bytes([byte])).collect() })
}

fn read_book(reader: &mut Reader<'_>) -> Result<Vec<i32>, ModelError> {
    Ok(reader.take(CODES * 2)?.chunks_exact(2).map(|c| i32::from(i16::from_le_bytes([c[0], c[1]]))).collect())
}

/// Fills the bigrams; gives back how many trigrams each of them owns.
fn read_bigrams(reader: &mut Reader<'_>, ids: usize, ngram: &mut Ngram) -> Result<Vec<u16>, ModelError> {
    let mut children = Vec::new();
    ngram.bigram_starts.push(0);
    for _ in 0..ids {
        let count = reader.short()?;
        let mut run = Run::new(ids, "bigrams");
        for _ in 0..count {
            let word = run.next(reader.short()?)?;
            let cost = reader.u8()?;
            let trigrams = reader.short()?;
            let backoff = if trigrams > 0 { reader.u8()?.max(1) } else { 0 };
            ngram.bigrams.push(word << 16 | u32::from(cost) << 8 | u32::from(backoff));
            children.push(trigrams);
        }
        ngram.bigram_starts.push(ngram.bigrams.len() as u32);
    }
    Ok(children)
}

fn read_trigrams(
    reader: &mut Reader<'_>,
    ids: usize,
    children: &[u16],
    ngram: &mut Ngram,
) -> Result<(), ModelError> {
    ngram.trigram_starts.reserve(children.len() + 1);
    ngram.trigram_starts.push(0);
    for &count in children {
        let mut run = Run::new(ids, "trigrams");
        for _ in 0..count {
            let word = run.next(reader.short()?)?;
            ngram.trigrams.push(word << 16 | u32::from(reader.u8()?) << 8);
        }
        ngram.trigram_starts.push(ngram.trigrams.len() as u32);
    }
    Ok(())
}

/// Gaps back to word ids: strictly rising, all below the number of ids.
struct Run {
    next_free: u32,
    ids: u32,
    part: &'static str,
}

impl Run {
    fn new(ids: usize, part: &'static str) -> Run {
        Run { next_free: 0, ids: ids as u32, part }
    }

    fn next(&mut self, gap: u16) -> Result<u32, ModelError> {
        let word = self.next_free + u32::from(gap);
        if word >= self.ids {
            return Err(ModelError::Damaged(self.part));
        }
        self.next_free = word + 1;
        Ok(word)
    }
}

fn write_ngram(ngram: &Ngram, out: &mut Vec<u8>) {
    for unigram in &ngram.unigrams {
        out.extend_from_slice(&(unigram.cost.clamp(0, i32::from(u16::MAX)) as u16).to_le_bytes());
        out.extend_from_slice(&clamped(unigram.backoff).to_le_bytes());
    }
    for book in [&ngram.codebooks.bigram, &ngram.codebooks.backoff, &ngram.codebooks.trigram] {
        for code in 0..CODES {
            out.extend_from_slice(&clamped(book.get(code).copied().unwrap_or(0)).to_le_bytes());
        }
    }
    let mut starts = ngram.trigram_starts.windows(2).map(|pair| pair[1] - pair[0]);
    for run in runs(&ngram.bigram_starts, &ngram.bigrams) {
        write_short(run.len() as u16, out);
        write_gaps(run, out, |entry, out| {
            let trigrams = starts.next().unwrap_or(0);
            out.push((entry >> 8) as u8);
            write_short(trigrams as u16, out);
            if trigrams > 0 {
                out.push(entry as u8);
            }
        });
    }
    for run in runs(&ngram.trigram_starts, &ngram.trigrams) {
        write_gaps(run, out, |entry, out| out.push((entry >> 8) as u8));
    }
}

fn clamped(value: i32) -> i16 {
    value.clamp(i32::from(i16::MIN), i32::from(i16::MAX)) as i16
}

fn runs<'a>(starts: &'a [u32], entries: &'a [u32]) -> impl Iterator<Item = &'a [u32]> {
    starts.windows(2).map(|pair| entries.get(pair[0] as usize..pair[1] as usize).unwrap_or_default())
}

fn write_gaps(run: &[u32], out: &mut Vec<u8>, mut rest: impl FnMut(u32, &mut Vec<u8>)) {
    let mut next_free = 0u16;
    for &entry in run {
        let word = word_of(entry);
        write_short(word.saturating_sub(next_free), out);
        next_free = word.saturating_add(1);
        rest(entry, out);
    }
}

fn write_short(value: u16, out: &mut Vec<u8>) {
    match value {
        0..128 => out.push(value as u8),
        128..0x7FFF => out.extend_from_slice(&(value | 0x8000).to_be_bytes()),
        _ => {
            out.extend_from_slice(&[0xFF, 0xFF]);
            out.extend_from_slice(&value.to_le_bytes());
        }
    }
}

/// Takes bytes off the front, or says that there are too few.
struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], ModelError> {
        let (taken, rest) = self.bytes.split_at_checked(count).ok_or(ModelError::Length)?;
        self.bytes = rest;
        Ok(taken)
    }

    fn u8(&mut self) -> Result<u8, ModelError> {
        let (&first, rest) = self.bytes.split_first().ok_or(ModelError::Length)?;
        self.bytes = rest;
        Ok(first)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ModelError> {
        self.take(N)?.try_into().map_err(|_| ModelError::Length)
    }

    fn u16(&mut self) -> Result<u16, ModelError> {
        Ok(u16::from_le_bytes(self.array()?))
    }

    fn u32(&mut self) -> Result<u32, ModelError> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    fn u64(&mut self) -> Result<u64, ModelError> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    fn short(&mut self) -> Result<u16, ModelError> {
        let first = self.u8()?;
        if first < 128 {
            return Ok(u16::from(first));
        }
        let second = self.u8()?;
        match u16::from_be_bytes([first, second]) {
            0xFFFF => self.u16(),
            two => Ok(two & 0x7FFF),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Three words, two bigrams, one trigram.
    fn small() -> Model {
        let vocabulary = Vocabulary::from_words(["ban", "nhân", "ủy"]).expect("three words");
        let ids = vocabulary.len();
        let mut bigram_starts = vec![0; 10];
        bigram_starts.extend([1, 1, 2]);
        let ngram = Ngram {
            unigrams: vec![Unigram { cost: 3000, backoff: -20 }; ids],
            bigram_starts,
            bigrams: vec![10 << 16 | 1 << 8, 9 << 16 | 2 << 8 | 1],
            trigram_starts: vec![0, 0, 1],
            trigrams: vec![10 << 16 | 1 << 8],
            codebooks: Codebooks { bigram: vec![0; 256], backoff: vec![0; 256], trigram: vec![500; 256] },
        };
        Model {
            vocabulary,
            case: CaseModel::from_counts(&vec![[1, 2, 3]; ids]),
            ngram,
            neighbourhood: Neighbourhood { weights: vec![1, -2, 3, -4] },
        }
    }

    #[test]
    fn a_model_survives_the_file() {
        let bytes = small().to_bytes();
        let read = Model::from_bytes(&bytes).expect("sound");
        assert_eq!(read.to_bytes(), bytes);
        assert_eq!(read.ngram.cost(11, 9, 10), 500);
    }

    #[test]
    fn strange_bytes_are_refused_by_name() {
        let bytes = small().to_bytes();
        assert_eq!(Model::from_bytes(b"not a model").err(), Some(ModelError::Magic));
        let mut newer = bytes.clone();
        newer[8] = 9;
        assert_eq!(Model::from_bytes(&newer).err(), Some(ModelError::Version { found: 9, wanted: VERSION }));
        for length in 0..bytes.len() {
            assert!(Model::from_bytes(&bytes[..length]).is_err());
        }
    }

    proptest! {
        #[test]
        fn damaged_bytes_never_panic(flips in prop::collection::vec((20usize..2000, any::<u8>()), 1..8)) {
            let mut bytes = small().to_bytes();
            for (at, value) in flips {
                let at = at % bytes.len();
                bytes[at] = value;
            }
            if let Ok(model) = Model::from_bytes(&bytes) {
                let _ = model.ngram.cost(11, 9, 10);
                let _ = model.ngram.cost(u16::MAX, 9, u16::MAX);
            }
        }
    }
}
