#![no_main]

inlaid_fuzz::decodes!(Jpeg);
