// Renders formulas with KaTeX: JSON in on standard input, JSON out on standard output.
// In:  [{tex, display}, …]   Out: [{html} or {error}, …]
import { createRequire } from "node:module";
import { stdin, stdout } from "node:process";

const katex = createRequire(import.meta.url)("katex");

let text = "";
for await (const chunk of stdin) text += chunk;

const rendered = JSON.parse(text).map(({ tex, display }) => {
  try {
    return {
      html: katex.renderToString(tex, {
        displayMode: display,
        output: "htmlAndMathml",
        throwOnError: true,
        strict: "error",
      }),
    };
  } catch (error) {
    return { error: error.message };
  }
});
stdout.write(JSON.stringify(rendered));
