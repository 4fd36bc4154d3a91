//! All integration tests in one binary: a module for each capability.

mod architecture;
mod catalog;
mod evaluate;
mod exports;
mod ingest;
mod layout;
mod prepare;
mod recognize;
mod run;
mod schema;
