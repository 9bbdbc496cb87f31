import { type Callback, readCallback } from '../../callbacks/callback.ts';
import type { FactValue, Lists } from '../../callbacks/facts/fact.ts';
import { fold } from '../../callbacks/facts/fold.ts';
import { triggers } from '../../callbacks/triggers/index.ts';
import { messageOf } from '../../errors.ts';
import type { ExitCode } from '../command.ts';
import { checkRules } from '../rules/checked-rules.ts';
import type { Shell } from '../shell.ts';
import { readSample, sampleNames } from './samples.ts';

/** Prints name, trigger and content of each sample. */
export async function listSamples(json: boolean, shell: Shell): Promise<ExitCode> {
  const samples: { name: string; trigger: string; summary: string }[] = [];
  const { lists } = (await checkRules(undefined, shell)).rulebook;
  for (const name of await sampleNames(shell)) samples.push(await sampleWords(name, lists, shell));
  if (json) {
    shell.out(JSON.stringify({ samples }));
    return 0;
  }
  const widest = (key: 'name' | 'trigger') =>
    Math.max(0, ...samples.map((sample) => sample[key].length));
  const [names, triggerNames] = [widest('name'), widest('trigger')];
  for (const { name, trigger, summary } of samples) {
    shell.out(`${name.padEnd(names)}  ${trigger.padEnd(triggerNames)}  ${summary}`.trimEnd());
  }
  return 0;
}

async function sampleWords(name: string, lists: Lists, shell: Shell) {
  try {
    const callback = await readCallback(await readSample(name, shell), shell.now());
    return { name, trigger: callback.trigger, summary: wordsOf(callback, lists) };
  } catch (error) {
    return { name, trigger: 'UNREADABLE', summary: messageOf(error) };
  }
}

/** Number of facts in a summary. */
const FACTS = 3;

/** Values that do not describe a sample: ids, numbers, addresses, and UNSPECIFIED values. */
const SILENT = /^(01[0-9A-HJKMNP-TV-Z]{24}|\+?\d{8,}|https?:.*|UNSPECIFIED_.*)$/;

/** Returns a summary of a sample: its channel and the first facts of its trigger. */
function wordsOf(callback: Callback, lists: Lists): string {
  const trigger = triggers.find(({ name }) => name === callback.trigger);
  const words = [
    callback.subject.channel,
    ...Object.keys(trigger?.facts ?? {}).map((name) => callback.fact(name, lists)),
  ].filter(speaks);
  // A fact and its folded form are one word.
  const meanings = words.map(fold);
  const distinct = words.filter((_, index) => meanings.indexOf(meanings[index] ?? '') === index);
  return distinct.length > 0
    ? distinct.slice(0, FACTS + 1).join(', ')
    : (trigger?.description ?? '');
}

const speaks = (value: FactValue): value is string =>
  typeof value === 'string' && value.length <= 60 && !SILENT.test(value);
