// Bundles each widget into one self-contained module, and their common style sheet: node build.js [folder]
import { build } from "esbuild";

const folder = process.argv[2] ?? "../src/eitherway/widgets/static";

await build({
  entryPoints: ["jumper.ts", "losses.ts", "sampler.ts", "widgets.css"].map((name) => `src/${name}`),
  outdir: folder,
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
});
