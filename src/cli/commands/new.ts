import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { actions } from '../../actions/index.ts';
import { examplesFor } from '../../authoring/draft-examples.ts';
import { actionOf, conditionOf } from '../../authoring/draft-parts.ts';
import { readAllStored } from '../../authoring/first-sight.ts';
import { keepExample, type PastCallback } from '../../authoring/kept-example.ts';
import { pretty } from '../../authoring/pretty.ts';
import type { Callback } from '../../callbacks/callback.ts';
import { AppError } from '../../errors.ts';
import { analyse } from '../../rules/check/index.ts';
import { compile } from '../../rules/compile/compile.ts';
import { describe } from '../../rules/explain/describe.ts';
import { factEntries, triggerNames } from '../../rules/model/facts.ts';
import type { Finding } from '../../rules/model/finding.ts';
import type { Example, RulebookSource } from '../../rules/model/rule.ts';
import { readPastCallback } from '../callbacks/past-callback.ts';
import { allSamples } from '../callbacks/samples.ts';
import { defineCommand, RULES_OPTION, Text } from '../command.ts';
import { rulesFolder, shown } from '../rules/checked-rules.ts';
import { readRulesFolder } from '../rules/rules-folder.ts';
import type { Shell } from '../shell.ts';
import { WORKER_OPTIONS } from '../worker/ask-worker.ts';

const input = v.object({
  name: v.string(),
  rules: Text,
  on: Text,
  when: v.array(v.string()),
  then: Text,
  owner: Text,
  why: Text,
  from: Text,
  url: Text,
  token: Text,
});

/**
 * `new`: writes a rule with an example that fires and one that does not, from flags or questions.
 */
export const newRule = defineCommand({
  usage: 'new <name>',
  description: 'Write a new rule file with examples.',
  examples: [
    'new red-rating --on CHANNEL_EVENT --owner messaging-ops',
    'new appeal --from 01JD0VSWACRE8FP058C3CN79XA --when "template_status equal IN_APPEAL"',
  ],
  failsIf: 'the file exists already',
  options: [
    RULES_OPTION,
    { flags: '--on <trigger>', description: 'the callback that it listens to: CHANNEL_EVENT' },
    {
      flags: '--when <comparison>',
      description: 'what must hold: "quality_rating equal RED"',
      many: true,
    },
    { flags: '--then <action>', description: 'what to do (default: alert)' },
    { flags: '--owner <name>', description: 'who answers for it' },
    { flags: '--why <words>', description: 'why it exists' },
    {
      flags: '--from <callback>',
      description: 'a past decision, a file or a sample: it becomes the example that fires',
    },
    ...WORKER_OPTIONS,
  ],
  input,
  async run(given, shell) {
    const folder = rulesFolder(given.rules, shell);
    const { source } = await readRulesFolder(folder);
    const file = join(folder, `${given.name}.json`);
    if (await stat(file).catch(() => undefined))
      throw new AppError('conflict', `${shown(file, shell)} is there already`);
    const rule = await draft(given, source, shell);
    const said = await proven(rule, source);
    await writeFile(file, `${pretty(rule)}\n`);
    shell.out(`${shown(file, shell)} written`);
    for (const line of said) shell.out(`  ${line}`);
    shell.out(`Change it as you like, then: npm run -s signalbox -- check, test ${given.name}`);
    return 0;
  },
});

const line = ({ code, message, hint }: Finding): string =>
  `${code} ${message}${hint ? `: ${hint}` : ''}`;

/** Puts the rule together; what was not given is asked for. @throws AppError `bad_request` without a terminal */
async function draft(given: v.InferOutput<typeof input>, source: RulebookSource, shell: Shell) {
  const ask = async (
    flag: string,
    value: string | undefined,
    question: string,
    usual = '',
  ): Promise<string> => {
    if (value !== undefined) return value;
    const answer = await shell.ask(usual ? `${question} [${usual}] ` : `${question} `);
    const found = answer?.trim() || usual;
    if (!found) throw new AppError('bad_request', `--${flag} is missing: ${question}`);
    return found;
  };
  const past =
    given.from === undefined ? undefined : await readPastCallback(given.from, given, shell);
  const callbacks = past && (await readAllStored(bytesOf(past.body), shell.now()));
  const trigger = await ask(
    'on',
    given.on ?? callbacks?.[0].trigger,
    `Which callback? One of ${triggerNames.join(', ')}:`,
  );
  const [first] = given.when;
  const comparison = await ask(
    'when',
    first,
    `When does it fire? ${callbacks ? `The callback has ${callbacks.map(factWords).join('; or ')}` : 'For example: quality_rating equal RED'}:`,
  );
  const action = await ask(
    'then',
    given.then,
    `What shall be done? One of ${actions.map(({ name }) => name).join(', ')}:`,
    'alert',
  );
  const owner = await ask('owner', given.owner, 'Who answers for it?', 'messaging-ops');
  const why = await ask('why', given.why, 'Why does it exist, in a sentence?');
  const comparisons = [comparison, ...given.when.slice(1)].map(conditionOf);
  const frame = {
    $schema: './rule.schema.json',
    name: given.name,
    why,
    owner,
    on: [trigger],
    when: comparisons.length === 1 ? comparisons[0] : { all: comparisons },
    then: [actionOf(action, given.name, source)],
  };
  const samples = await allSamples(shell);
  if (!past) return { ...frame, examples: await examplesFor(frame, source, samples) };
  const own = await exampleFrom(past, frame, source);
  const others = await examplesFor(frame, source, new Map([['from', own.callback], ...samples]));
  return { ...frame, examples: [own, ...others.filter(({ fires }) => !fires)] };
}

const bytesOf = (body: object): Uint8Array => new TextEncoder().encode(JSON.stringify(body));

/** Returns the example that a past callback becomes. @throws AppError `bad_request` if it does not make the rule fire */
async function exampleFrom(
  past: PastCallback,
  frame: { readonly name: string },
  source: RulebookSource,
): Promise<Example> {
  const alone = { ...source, rules: { [`${frame.name}.json`]: frame } };
  const { rulebook, findings } = compile(alone, actions, 'new');
  const [rule] = rulebook.rules;
  if (!rule)
    throw new AppError('bad_request', `nothing was written:\n${findings.map(line).join('\n')}`);
  const { example, result } = await keepExample(past, rule, rulebook, { fires: true });
  if (!result.passed)
    throw new AppError(
      'bad_request',
      `nothing was written, because the callback does not make the rule fire: ${result.sentence}`,
    );
  return example;
}

/** How many facts of a callback are listed, and how long a value may be. */
const [FACTS, LONGEST] = [12, 40];

/** The facts of a callback that are no ids: "status FAILED, reason_code RATE_LIMITED". */
function factWords(callback: Callback): string {
  const facts = factEntries().flatMap(({ name, personal }) => {
    const value = personal ? undefined : callback.fact(name, {});
    const text = typeof value === 'object' ? '' : String(value ?? '');
    return text === '' || text.length > LONGEST ? [] : [`${name} ${text}`];
  });
  return facts.slice(0, FACTS).join(', ');
}

/**
 * The rule as a sentence, and what it costs if it costs more than others.
 * @throws AppError `bad_request` with what else `check` finds in it
 */
async function proven(
  rule: { readonly name: string },
  source: RulebookSource,
): Promise<readonly string[]> {
  const file = `${rule.name}.json`;
  const whole = { ...source, rules: { ...source.rules, [file]: rule } };
  const { rulebook, findings } = compile(whole, actions, 'new');
  const found = [...findings, ...(await analyse(whole, rulebook))].filter(
    (finding) => finding.file === file,
  );
  const wrong = found.filter(({ code }) => code !== 'looked-at-always');
  if (wrong.length > 0)
    throw new AppError('bad_request', `nothing was written:\n${wrong.map(line).join('\n')}`);
  const compiled = rulebook.rules.find(({ name }) => name === rule.name);
  return [compiled ? describe(compiled) : '', ...found.map(line)];
}
