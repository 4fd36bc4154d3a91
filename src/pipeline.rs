//! A document through all stages.
