import { type Callback, readCallback } from '../callbacks/callback.ts';
import { triggers } from '../callbacks/index.ts';
import { messageOf } from '../errors.ts';
import type { ExitCode } from './command.ts';
import { readSample, sampleNames } from './samples.ts';
import type { Shell } from './shell.ts';

/** Prints the samples: name, trigger, and what is in it. */
export async function listSamples(json: boolean, shell: Shell): Promise<ExitCode> {
  const samples: { name: string; trigger: string; says: string }[] = [];
  for (const name of await sampleNames(shell)) samples.push(await sampleWords(name, shell));
  if (json) {
    shell.out(JSON.stringify({ samples }));
    return 0;
  }
  const widest = (key: 'name' | 'trigger') => Math.max(0, ...samples.map((sample) => sample[key].length));
  const [names, triggerNames] = [widest('name'), widest('trigger')];
  for (const { name, trigger, says } of samples) {
    shell.out(`${name.padEnd(names)}  ${trigger.padEnd(triggerNames)}  ${says}`.trimEnd());
  }
  return 0;
}

async function sampleWords(name: string, shell: Shell) {
  try {
    const callback = await readCallback(await readSample(name, shell), shell.now());
    return { name, trigger: callback.trigger, says: wordsOf(callback) };
  } catch (error) {
    return { name, trigger: 'UNREADABLE', says: messageOf(error) };
  }
}

/** How many facts tell a sample from its neighbours. */
const TOLD = 3;

/** What tells one sample from another: the channel and the first few facts of its own. */
function wordsOf(callback: Callback): string {
  const own = triggers.find(({ name }) => name === callback.trigger)?.facts ?? {};
  const told = Object.keys(own).flatMap((name) => {
    const value = callback.fact(name, {});
    return typeof value === 'string' && value.length <= 60 ? [value] : [];
  });
  return [callback.about.channel, ...new Set(told)]
    .filter(Boolean)
    .slice(0, TOLD + 1)
    .join(', ');
}
