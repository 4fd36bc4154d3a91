//! What the archive's language looks like: syllables, terms, places, abbreviations and the n-gram model.
