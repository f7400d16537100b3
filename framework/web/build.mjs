// Bundles the pages: node build.mjs FOLDER. The same sources and lock file give the same bytes.
import {build} from 'esbuild';

const outdir = process.argv[2];
if (!outdir) throw new Error('usage: node build.mjs FOLDER');

const common = {
  bundle: true,
  minify: true,
  charset: 'utf8',
  legalComments: 'inline',
  target: ['es2022'],
  logLevel: 'warning',
  outdir,
};

await build({
  ...common,
  entryPoints: {report: 'src/report/main.ts', explore: 'src/explore/main.ts', style: 'src/style.css'},
  format: 'iife',
});
// Plotly is minified already; it sets window.Plotly.
await build({...common, entryPoints: {plots: 'src/plots.ts'}, format: 'iife'});
