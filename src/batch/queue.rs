//! What is to be done next: documents to open and pages to read, for any number of threads.
//!
//! Pages of open documents go before new documents, so that few documents are open at one time, and one document of
//! 1,000 pages and 1,000 documents of one page use the threads equally. A thread without work waits as long as another
//! is opening a document that may have pages for it.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::ingest::Document;

/// Documents and the pages (`P`) of those that are open.
pub struct Queue<P> {
    state: Mutex<State<P>>,
    changed: Condvar,
}

struct State<P> {
    documents: VecDeque<Document>,
    pages: VecDeque<P>,
    /// Threads that are opening a document.
    opening: usize,
}

/// One piece of work.
pub enum Job<'a, P> {
    /// A document to open; its pages are told to [`Opening::pages`].
    Open(Document, Opening<'a, P>),
    /// A page to read.
    Page(P),
}

/// A thread's promise that pages may follow.
pub struct Opening<'a, P> {
    queue: &'a Queue<P>,
}

impl<P> Queue<P> {
    /// A queue of documents.
    pub fn new(documents: Vec<Document>) -> Self {
        let state = State { documents: documents.into(), pages: VecDeque::new(), opening: 0 };
        Self { state: Mutex::new(state), changed: Condvar::new() }
    }

    /// The next piece of work, waiting for it if need be; `None` when all is done or `stopped` says so.
    pub fn next(&self, stopped: impl Fn() -> bool) -> Option<Job<'_, P>> {
        let mut state = self.lock();
        loop {
            if stopped() {
                return None;
            }
            if let Some(page) = state.pages.pop_front() {
                return Some(Job::Page(page));
            }
            if let Some(document) = state.documents.pop_front() {
                state.opening += 1;
                return Some(Job::Open(document, Opening { queue: self }));
            }
            if state.opening == 0 {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<P>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<P> Opening<'_, P> {
    /// The document is open and these are its pages.
    pub fn pages(self, pages: impl IntoIterator<Item = P>) {
        self.queue.lock().pages.extend(pages);
    }
}

impl<P> Drop for Opening<'_, P> {
    fn drop(&mut self) {
        self.queue.lock().opening -= 1;
        self.queue.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn every_page_of_every_document_is_handed_out_once() {
        let documents = (0..40).map(|n| Document::of_file(Path::new(&format!("{n}.pdf")))).collect();
        let (queue, read) = (Queue::new(documents), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    while let Some(job) = queue.next(|| false) {
                        match job {
                            Job::Open(document, opening) => {
                                let pages = document.output.to_string_lossy().len();
                                opening.pages(0..pages);
                            }
                            Job::Page(_) => {
                                read.fetch_add(1, Ordering::Relaxed);
                            }
                        }
                    }
                });
            }
        });
        assert_eq!(read.into_inner(), 10 * "0.pdf".len() + 30 * "10.pdf".len());
    }

    #[test]
    fn a_stop_leaves_the_rest() {
        let queue: Queue<()> = Queue::new(vec![Document::of_file(Path::new("a.pdf"))]);
        assert!(queue.next(|| true).is_none());
        assert!(matches!(queue.next(|| false), Some(Job::Open(..))));
    }
}
