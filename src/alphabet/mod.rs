//! Vietnamese letters, tone marks, syllables, case, NFC and tokens.
