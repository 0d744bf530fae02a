// Encodes raw RGBA with Squoosh's mozjpeg (npm: @jsquash/jpeg) at its defaults.
// node mozjpeg.mjs NODE_MODULES IN WIDTH HEIGHT QUALITY OUT
import fs from 'node:fs';
import { pathToFileURL } from 'node:url';

const [modules, input, width, height, quality, output] = process.argv.slice(2);
globalThis.ImageData ??= class {};
const encoder = await import(pathToFileURL(`${modules}/@jsquash/jpeg/encode.js`).href);
await encoder.init(await WebAssembly.compile(fs.readFileSync(`${modules}/@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm`)));
const data = new Uint8ClampedArray(fs.readFileSync(input));
const picture = { data, width: Number(width), height: Number(height) };
fs.writeFileSync(output, Buffer.from(await encoder.default(picture, { quality: Number(quality) })));
