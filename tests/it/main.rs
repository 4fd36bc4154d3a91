//! All integration tests in one binary: a module for each capability.

mod architecture;
mod catalog;
mod evaluate;
mod exports;
mod run;
mod schema;
