//! The Vietnamese alphabet: letters, tone marks, syllables, case, folding and tokens.
//!
//! The ground floor of the crate, together with [`crate::dictionary`]: it imports no stage, knows no vocabulary, and
//! everything in it is total: any Unicode goes in, nothing panics.

mod case;
mod fold;
mod legacy;
mod letter;
mod syllable;
mod token;
mod tone;

pub use case::{CasePattern, apply_case, case_of, recase};
pub use fold::{canonical, fold, fold_char, fold_key, fold_key_into, is_combining, nfc};
pub use legacy::{
    LegacyEncoding, LegacyEvidence, decode_legacy, detect_legacy, detect_legacy_by_shape, latin1,
};
pub use letter::{is_marked, is_vietnamese, is_vowel, lower, split_tone, upper, with_tone};
pub use syllable::{Syllable, is_bare_syllable, is_possible_syllable};
pub use token::{Token, TokenKind, Tokens, tokens};
pub use tone::{Tone, TonePlacement, place_tone, placement_of};
