#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vanthu_fuzz::corrections(data));
