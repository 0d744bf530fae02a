#![no_main]

inlaid_fuzz::decodes!(Hdr);
