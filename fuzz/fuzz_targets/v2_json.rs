#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| wire::fuzz::v2_json(data));
