import { loadProduct } from './load-product.ts';
import { runSeed } from './run.ts';

const product = await loadProduct();
const [from, n] = process.argv.slice(2).map(Number);
let steps=0; const t=process.cpuUsage(); const all: Record<string, number> = {};
for (let seed = from!; seed < from! + n!; seed++) {
  try { const r = await runSeed(product, { seed, traced: process.argv[4]==='t' }); steps+=r.steps;
  if (process.argv[4]==='t') process.stdout.write(r.lines.join('\n')+'\n');
  for (const v of r.violations) { all[v.invariant]=(all[v.invariant]??0)+1; process.stdout.write(`${seed} ${v.invariant}: ${v.detail.slice(0,260)}\n`); } }
  catch (e) { process.stdout.write(`${seed} THROWN ${(e as Error).stack?.slice(0,600)}\n`); }
}
process.stdout.write(JSON.stringify({ steps, perCpuSec: n!/((process.cpuUsage(t).user+process.cpuUsage(t).system)/1e6), all }) + '\n');
process.exit(0);
