// Builds everything that browsers get into frontend/dist/ (ignored by git).
// Before it: `python -m bot.texts widget > frontend/dist/texts.json`.
import { createHash } from "node:crypto";
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

/** @type {import("esbuild").BuildOptions} */
const OPTIONS = {
  bundle: true,
  minify: true,
  target: "es2022",
  charset: "utf8",
  loader: { ".css": "text" },
  // Pages with an old Prototype.js give arrays a toJSON that breaks JSON.stringify.
  define: { "JSON.stringify": "stringify" },
  inject: [join(here, "widget", "stringify.js")],
  plugins: [minifiedCss()],
  legalComments: "none",
};
// What few customers need is fetched when it is needed: its texts are not part of the chat's script.
const LATER = /^(form|people)_/;
const said = JSON.parse(await readFile(texts, "utf8"));
for (const part of ["form", "people"]) {
  await script(`${part}.js`, `${part}.js`, "esm", (key) => key.startsWith(`${part}_`));
}
const rare = await saidOnlyIn("more.js", "main.js");
const more = await script("more.js", "more.js", "esm", (key) => rare.has(key));
OPTIONS.define = { ...OPTIONS.define, MORE: JSON.stringify(more.slice(0, 12)) };
await script("widget.js", "main.js", "iife", (key) => !LATER.test(key) && !rare.has(key));

/** @param {string} name @param {string} entry @param {"iife" | "esm"} format @param {(key: string) => boolean} speaks
 * @returns {Promise<string>} a digest of its content */
async function script(name, entry, format, speaks) {
  const words = join(dist, `${name}.texts.json`);
  const own = Object.entries(said).map(([language, all]) => [
    language,
    Object.fromEntries(Object.entries(all).filter(([key]) => speaks(key))),
  ]);
  await writeFile(words, JSON.stringify(Object.fromEntries(own)));
  await build({ ...OPTIONS, entryPoints: [join(here, "widget", entry)], outfile: join(dist, name), format, alias: { texts: words } });
  const made = await readFile(join(dist, name));
  const zipped = gzipSync(made, { level: 9 });
  // Served as they are to whoever takes them: a desk without a proxy is as light as one behind it.
  await writeFile(join(dist, `${name}.gz`), zipped);
  await writeFile(join(dist, `${name}.br`), brotliCompressSync(made));
  console.log(`${name}: ${made.length} bytes, ${zipped.length} compressed`);
  return createHash("sha256").update(made).digest("hex");
}

/** The keys of sentences that the one entry's sources name, and the other's do not.
 * @param {string} entry @param {string} other */
async function saidOnlyIn(entry, other) {
  const [own, others] = await Promise.all([sourcesOf(entry), sourcesOf(other)]);
  const keys = Object.keys(Object.values(said)[0]);
  return new Set(keys.filter((key) => own.includes(`"${key}"`) && !others.includes(`"${key}"`)));
}

/** The source text of all that ends up in a bundle. @param {string} entry */
async function sourcesOf(entry) {
  const { metafile } = await build({
    entryPoints: [join(here, "widget", entry)],
    bundle: true,
    write: false,
    metafile: true,
    outdir: dist,
    external: ["texts", "*.css"],
  });
  const sources = await Promise.all(Object.keys(metafile.inputs).map((path) => readFile(path, "utf8")));
  return sources.join();
}

await mkdir(join(dist, "inbox"), { recursive: true });
await cp(join(here, "inbox"), join(dist, "inbox"), { recursive: true });
await cp(join(modules, "htmx.org/dist/htmx.min.js"), join(dist, "inbox/htmx.min.js"));
await cp(join(modules, "htmx-ext-sse/dist/sse.min.js"), join(dist, "inbox/sse.min.js"));
await build({ ...OPTIONS, entryPoints: [join(here, "inbox/writing/main.js")], outfile: join(dist, "inbox/writing.js"), format: "esm" });
await build({ ...OPTIONS, entryPoints: [join(here, "inbox/rows/main.js")], outfile: join(dist, "inbox/rows.js"), format: "esm" });
await cp(join(here, "demo"), join(dist, "demo"), { recursive: true });
await cp(join(here, "preview"), join(dist, "preview"), { recursive: true });
await build({ ...OPTIONS, entryPoints: [join(here, "preview", "preview.js")], outfile: join(dist, "preview", "preview.js"), format: "esm" });

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
