//! Measures texts and records against right answers.
