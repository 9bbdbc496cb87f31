// Loaded into the replay that is measured. It counts the lines that are printed, a callback each, and at each mark tells
// the bench what the process holds: all of it, and what is left after a full collection.
const { performance } = require('node:perf_hooks');

const marks = process.env.SAMPLE_AT.split(',').map(Number);
const write = process.stdout.write.bind(process.stdout);
let lines = 0;
process.stdout.write = (...words) => {
  lines += 1;
  if (lines === 1 || marks.includes(lines)) sample();
  return write(...words);
};

function sample() {
  const { rss } = process.memoryUsage();
  const before = performance.now();
  globalThis.gc();
  const { heapUsed } = process.memoryUsage();
  const now = performance.now();
  process.send({ lines, rss, heapUsed, now, collecting: now - before });
}
