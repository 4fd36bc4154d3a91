//! How much memory this process has held at most.

/// The largest resident set so far, in bytes, from `/proc`; 0 where there is no such file.
pub fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}

#[cfg(test)]
mod tests {
    #[test]
    fn this_process_holds_more_than_nothing() {
        assert!(super::peak() > 1 << 20);
    }
}
