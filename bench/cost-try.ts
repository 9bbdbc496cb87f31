import { run, sumOf } from './cost/measure.ts';
import { buildSignalbox } from './worker/build.ts';

const built = await buildSignalbox('shipped', 'bench/cost/worker.ts');
console.error('built', Date.now());
const n = Number(process.argv[3] ?? 100);
const rate = Number(process.argv[4] ?? 38.6);
const t = Date.now();
const a = await run(built, process.argv[2] ?? 'all', n, rate);
console.log(a.callbacks, (Date.now() - t) / 1000 + ' s', a.cpuMs, a.stored);
for (const [kind, counts] of Object.entries(a.counted.kinds))
  console.log(
    kind,
    JSON.stringify(
      Object.fromEntries(
        Object.entries(counts)
          .filter(([, n]) => n > 0)
          .map(([k, n]) => [k, Math.round(n)]),
      ),
    ),
  );
console.log('sum', JSON.stringify(sumOf(a.counted)));
console.log(a.counted.calls);
await built.remove();
