#![no_main]

inlaid_fuzz::decodes!(Tiff);
