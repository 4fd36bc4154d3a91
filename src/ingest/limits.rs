//! [`Limits`]: how much one input may ask of the machine.

/// How much one input may ask of the machine; what asks for more is refused before memory is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Pixels of one page. The default, 200 million, is an A0 drawing at 300 dpi and more than an A3 at 600.
    pub max_pixels: u64,
    /// Bytes of one file; default 2 GiB. A PDF is held in memory while it is open, other formats are not.
    pub max_file_bytes: u64,
    /// Pages of one document; default 20,000.
    pub max_pages: u32,
    /// Bytes of one text file; default 64 MiB.
    pub max_text_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_pixels: 200_000_000, max_file_bytes: 2 << 30, max_pages: 20_000, max_text_bytes: 64 << 20 }
    }
}

impl Limits {
    /// Whether a page of `width` × `height` pixels may be decoded.
    pub fn admits(&self, width: u32, height: u32) -> bool {
        u64::from(width) * u64::from(height) <= self.max_pixels
    }

    /// The most bytes a decoder may allocate for one page: 16-bit RGBA plus working room.
    pub fn page_bytes(&self) -> u64 {
        self.max_pixels.saturating_mul(8).saturating_add(64 << 20)
    }
}
