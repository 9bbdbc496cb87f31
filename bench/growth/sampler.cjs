// Loaded into the process that is measured. It counts the lines that are read, a callback each, and at each mark tells
// the bench what the process holds: all of it, and what is left after a full collection.
const { syncBuiltinESMExports } = require('node:module');
const { performance } = require('node:perf_hooks');
const readline = require('node:readline');

const marks = process.env.SAMPLE_AT.split(',').map(Number);
const { createInterface } = readline;
let lines = 0;
readline.createInterface = (options) => {
  const reader = createInterface(options);
  return reader.on('line', () => {
    lines += 1;
    if (lines === 1 || marks.includes(lines)) sample();
  });
};
syncBuiltinESMExports();

function sample() {
  const { rss } = process.memoryUsage();
  const before = performance.now();
  globalThis.gc();
  const { heapUsed } = process.memoryUsage();
  const now = performance.now();
  process.send({ lines, rss, heapUsed, now, collecting: now - before });
}
