//! Makes a page fit for the engine: resolution, grey, even background, upright lines, found rules.
//!
//! Reads a [`SourcePage`](crate::ingest::source_page::SourcePage), produces a [`page_image::PageImage`] and the
//! transform that leads every pixel back to the source. Never invents ink.

pub mod background;
pub mod blank;
pub mod clean;
pub mod components;
pub mod deskew;
pub mod despeckle;
pub mod gray;
pub mod orientation;
pub mod page_image;
pub mod resample;
pub mod resolution;
pub mod ruling;
pub mod seal;
pub mod sketch;
pub mod smooth;
pub mod thicken;
pub mod turn;

pub use clean::{PrepareError, PrepareOptions, prepare};
pub use turn::Turn;
