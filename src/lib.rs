//! `vanthu` turns scanned Vietnamese administrative papers into restored text and JSON records.
//!
//! A sheet walks through the crate as it walks through a records office: it comes in, is cleaned,
//! read, laid out, restored, understood and filed.
//!
//! ```text
//! ingest  →  prepare  →  recognize  →  layout  →  restore  →  extract  →  write
//! SourcePage PageImage   OcrPage      PageLayout RestoredPage Record     files
//! ```
//!
//! Each arrow is one plain data type, owned by the stage that produces it. A stage imports the
//! type of the stage before it and never a stage after it; [`pipeline`] is the only module that
//! knows all seven. [`alphabet`], [`dictionary`] and [`geometry`] are the ground floor and import
//! no stage.
//!
//! Three promises hold everywhere: a value is never invented, a page is never lost silently, and
//! right text is never made wrong.

// The overview of a module names its parts, private ones too, for whoever reads on in the source.
#![allow(rustdoc::private_intra_doc_links)]

pub mod alphabet;
pub mod batch;
pub mod cli;
pub mod dictionary;
pub mod evaluate;
pub mod extract;
pub mod geometry;
pub mod ingest;
pub mod layout;
pub mod pipeline;
pub mod prepare;
pub mod recognize;
pub mod restore;
pub mod review;
pub mod write;
