//! All integration tests in one binary: a module for each capability.

mod architecture;
mod evaluate;
mod run;
mod schema;
