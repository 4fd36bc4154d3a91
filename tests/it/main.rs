//! All integration tests in one binary: a module for each capability.

mod architecture;
mod batch;
mod browser;
mod catalog;
mod evaluate;
mod exports;
mod faults;
mod fuzz;
mod hard;
mod hostile;
mod ingest;
mod layout;
mod papers;
mod prepare;
mod recognize;
mod restore;
mod review;
mod run;
mod schema;
mod shards;
mod store;
