// Bundles each entry point of frontend/src into frontend/dist; with --watch again at each change.

import * as esbuild from "esbuild";
import { readdirSync } from "node:fs";

const root = new URL("./", import.meta.url).pathname;
// An entry point is a file directly in src; what several of them share lies in folders below.
const entryPoints = readdirSync(`${root}src`)
  .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))
  .map((name) => `${root}src/${name}`);

const options = {
  entryPoints,
  bundle: true,
  minify: true,
  outdir: `${root}dist`,
  target: ["es2020"],
  format: "iife",
  // Leaflet's few pictures go into the style sheet.
  loader: { ".png": "dataurl", ".svg": "dataurl" },
  logLevel: "warning",
};

if (process.argv.includes("--watch")) {
  const context = await esbuild.context(options);
  await context.watch();
} else {
  await esbuild.build(options);
}
