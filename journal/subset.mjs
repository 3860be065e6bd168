// Cuts a font down to some characters with HarfBuzz: {font, faces: [{text, target}, …]} in on
// standard input, a WOFF2 file written for each face.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { stdin } from "node:process";

const subset = createRequire(import.meta.url)("subset-font");

let request = "";
for await (const chunk of stdin) request += chunk;

const { font, faces } = JSON.parse(request);
const bytes = readFileSync(font);
for (const { text, target } of faces) {
  // Family and full names, and what the licence wants kept: copyright, licence, its address.
  const options = { targetFormat: "woff2", preserveNameIds: [0, 1, 2, 4, 6, 13, 14, 16] };
  writeFileSync(target, await subset(bytes, text, options));
}
