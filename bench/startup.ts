import { machine } from './machine.ts';
import { keep } from './results.ts';
import { measureStartup } from './startup/measure.ts';

const [own, bare] = await measureStartup();
const startup = { rows: [own, bare], ratio: own.ms / bare.ms };
for (const { name, ms, kilobytes } of startup.rows)
  console.log(`${name}: ${ms.toFixed(0)} ms, ${kilobytes.toFixed(0)} KB gzip`);
console.log(`ratio: ${startup.ratio.toFixed(2)}`);
await keep('startup', { machine: machine(['wrangler']), startup });
