//! Bounds what is decoded at one time by its pixels: many small pages or one huge one, never many huge ones.

use std::sync::{Condvar, Mutex, PoisonError};

/// Hands out pixels up to a total. A page larger than the total is let through alone.
#[derive(Debug)]
pub struct PixelGate {
    total: u64,
    free: Mutex<u64>,
    returned: Condvar,
}

/// Pixels on loan; given back when dropped.
#[derive(Debug)]
pub struct Loan<'a> {
    gate: &'a PixelGate,
    pixels: u64,
}

impl PixelGate {
    /// A gate for so many pixels at one time.
    pub fn new(total: u64) -> Self {
        Self { total, free: Mutex::new(total), returned: Condvar::new() }
    }

    /// Waits until so many pixels are free.
    pub fn take(&self, pixels: u64) -> Loan<'_> {
        let pixels = pixels.min(self.total);
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let wait = self.returned.wait_while(free, |free| *free < pixels);
        *wait.unwrap_or_else(PoisonError::into_inner) -= pixels;
        Loan { gate: self, pixels }
    }
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        *self.gate.free.lock().unwrap_or_else(PoisonError::into_inner) += self.pixels;
        self.gate.returned.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[test]
    fn never_more_than_the_total_is_out_and_a_huge_page_goes_alone() {
        let (gate, out, most) = (PixelGate::new(10), AtomicU64::new(0), AtomicU64::new(0));
        std::thread::scope(|scope| {
            for pixels in [3, 4, 9, 1000, 2, 10] {
                let (gate, out, most) = (&gate, &out, &most);
                scope.spawn(move || {
                    for _ in 0..200 {
                        let _loan = gate.take(pixels);
                        let now = out.fetch_add(pixels.min(10), Ordering::SeqCst) + pixels.min(10);
                        most.fetch_max(now, Ordering::SeqCst);
                        std::thread::yield_now();
                        out.fetch_sub(pixels.min(10), Ordering::SeqCst);
                    }
                });
            }
        });
        assert!(most.into_inner() <= 10);
        assert_eq!(*gate.free.lock().unwrap(), 10);
    }
}
