//! The `vanthu` command; everything it does is in the library.

fn main() -> std::process::ExitCode {
    vanthu::cli::main()
}
