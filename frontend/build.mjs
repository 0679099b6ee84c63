// Builds everything that browsers get into frontend/dist/ (ignored by git).
// Before it: `python -m bot.texts widget > frontend/dist/texts.json`.
import { cp, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");
const modules = join(here, "..", "node_modules");
const texts = join(dist, "texts.json");

await stat(texts).catch(() => {
  console.error(`${texts} is missing. Run: .venv/bin/python -m bot.texts widget > frontend/dist/texts.json`);
  process.exit(1);
});

await build({
  entryPoints: [join(here, "widget", "main.js")],
  outfile: join(dist, "widget.js"),
  bundle: true,
  minify: true,
  format: "iife",
  target: "es2022",
  charset: "utf8",
  loader: { ".css": "text" },
  alias: { texts },
  // Pages with an old Prototype.js give arrays a toJSON that breaks JSON.stringify.
  define: { "JSON.stringify": "stringify" },
  inject: [join(here, "widget", "stringify.js")],
  plugins: [minifiedCss()],
  legalComments: "none",
});

await mkdir(join(dist, "inbox"), { recursive: true });
await cp(join(here, "inbox"), join(dist, "inbox"), { recursive: true });
await cp(join(modules, "htmx.org/dist/htmx.min.js"), join(dist, "inbox/htmx.min.js"));
await cp(join(modules, "htmx-ext-sse/dist/sse.min.js"), join(dist, "inbox/sse.min.js"));
await cp(join(here, "demo"), join(dist, "demo"), { recursive: true });

const widget = await readFile(join(dist, "widget.js"));
const zipped = gzipSync(widget, { level: 9 });
// Served as they are to whoever takes them: a desk without a proxy is as light as one behind it.
await writeFile(join(dist, "widget.js.gz"), zipped);
await writeFile(join(dist, "widget.js.br"), brotliCompressSync(widget));
console.log(`widget.js: ${widget.length} bytes, ${zipped.length} compressed`);

/** CSS as a minified string, for the shadow root. @returns {import("esbuild").Plugin} */
function minifiedCss() {
  return {
    name: "minified-css",
    setup(on) {
      on.onLoad({ filter: /\.css$/ }, async ({ path }) => {
        const made = await build({ entryPoints: [path], minify: true, write: false });
        return { contents: made.outputFiles[0].text, loader: "text" };
      });
    },
  };
}
