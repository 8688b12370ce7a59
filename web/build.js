// Bundles each widget into one self-contained module, with a style sheet, and the report's replay into one script:
// node build.js [folder of the package]
import { build } from "esbuild";

const folder = process.argv[2] ?? "../src/eitherway";
const common = { bundle: true, target: "es2022", minify: true, charset: "utf8", legalComments: "none", logLevel: "warning" };

await build({
  ...common,
  entryPoints: ["jumper.ts", "losses.ts", "sampler.ts", "widgets.css"].map((name) => `src/${name}`),
  outdir: `${folder}/notebook/widgets/static`,
  format: "esm",
});
await build({
  ...common,
  entryPoints: [{ in: "src/report.ts", out: "replay" }],
  outdir: `${folder}/report/static`,
  format: "iife", // a page opened as a file may not load modules
});
