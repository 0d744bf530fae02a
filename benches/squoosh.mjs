// Encodes raw RGBA (oxipng: a PNG) with one of Squoosh's codecs from npm, @jsquash/CODEC, at its
// defaults but for what OPTIONS (JSON) says. Prints the milliseconds that the encoding alone took.
// node squoosh.mjs NODE_MODULES CODEC IN WIDTH HEIGHT OPTIONS OUT
import fs from 'node:fs';
import { pathToFileURL } from 'node:url';

const [modules, codec, input, width, height, options, output] = process.argv.slice(2);
globalThis.ImageData ??= class {};
const parts = {
  avif: ['encode.js', 'codec/enc/avif_enc.wasm'],
  jpeg: ['encode.js', 'codec/enc/mozjpeg_enc.wasm'],
  jxl: ['encode.js', 'codec/enc/jxl_enc.wasm'],
  oxipng: ['optimise.js', 'codec/pkg/squoosh_oxipng_bg.wasm'],
  webp: ['encode.js', 'codec/enc/webp_enc_simd.wasm'],
};
const [script, machine] = parts[codec].map((it) => `${modules}/@jsquash/${codec}/${it}`);
const encoder = await import(pathToFileURL(script).href);
await encoder.init(await WebAssembly.compile(fs.readFileSync(machine)));
const bytes = fs.readFileSync(input);
const pixels = { data: new Uint8ClampedArray(bytes), width: Number(width), height: Number(height) };
const start = performance.now();
const made = await encoder.default(codec === 'oxipng' ? bytes : pixels, JSON.parse(options));
process.stdout.write(String(performance.now() - start));
fs.writeFileSync(output, Buffer.from(made));
