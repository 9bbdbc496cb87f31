import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isRecord } from '../../src/callbacks/shapes/parts.ts';
import { folder, openShell } from '../cli/shell.ts';
import { commandsIn } from './doc-blocks.ts';

/** The tasks of the handbook, done as they are written in a copy of the shipped rules. */
const RULES = join(import.meta.dirname, '../../rules');
const sections = readFileSync(join(RULES, 'README.md'), 'utf8')
  .split(/^###? /m)
  .filter((part) => /^\d+\. |^Keep a callback/.test(part));

/** What the commands of a task print; those that ask a Worker are run by docs.test.ts. */
const PRINTED: Readonly<Record<string, readonly RegExp[]>> = {
  '1. Change a limit': [
    /limit marketing to 20 a minute/,
    /alert text: “Marketing is limited to 20 a minute/,
    / 0 failed/,
  ],
  '2. Add a stop word': [/✓ stop fired/],
  '3. Notify another channel at night': [/at night/, /→ night: /],
  '4. Find out why a rule did not fire': [/✗ stop did not fire/],
  '5. Undo a publication': [],
  '6. Silence a rule for two hours': [],
  '7. Send one kind of alert to another team': [/→ billing: /],
  '8. Watch a new template status': [/1 rule, 2 examples: 2 passed, 0 failed/],
  '9. Count failures for each app': [/2 passed, 0 failed/],
  '10. Answer HELP in your own words': [/reply text: “Example Shop: call 020 555 0100/],
  '11. Stop one rule now': [],
  '12. Take back what a rule did to consent yesterday': [],
  '13. See what a change would have done last week': [],
  '14. Try a text at another time': [/✓ stop fired/],
  '15. Share a list between two rules': [/✓ product-question fired/, /✓ product-complaint fired/],
  '16. Limit a rule to one app': [
    /✓ help fired/,
    /✗ help did not fire: app was 01JSIGNALBOXEXAMPLEAPP0002/,
  ],
  '17. Let a rule end': [/Until 2027-01-31 18:00 UTC/, /its time was over/],
  '18. Try a rule in shadow': [/help would have fired, but is in shadow/],
  '19. Write a story': [/✓ story help-after-stop/],
  '20. Use an order number in the metadata': [/2 passed, 0 failed/],
  '21. Answer in office hours only': [/✓ help fired/, /✗ help did not fire: /],
  'Keep a callback as an example': [/✓ stop did not fire/, /many-tries\.json written/],
};

/** Commands that need a running Worker. */
const ASKS_A_WORKER = /^(silence|pause|resume|consent|backtest|diff|publish|versions|rollback)\b/;

/** Lays a fragment over a file: keys of objects are merged, everything else is replaced. */
function merged(file: unknown, over: unknown): unknown {
  if (!isRecord(file) || !isRecord(over)) return over;
  const keys = [...new Set([...Object.keys(file), ...Object.keys(over)])];
  return Object.fromEntries(
    keys.map((key) => [
      key,
      key === 'when'
        ? (over[key] ?? file[key])
        : key in over
          ? merged(file[key], over[key])
          : file[key],
    ]),
  );
}

/** Does what the sentences and the JSON of a task say. Returns whether it changed a file. */
function follow(section: string, rules: string): boolean {
  let changed = false;
  const edit = (file: string, change: (text: string) => string) => {
    const path = join(rules, file);
    const before = readFileSync(path, 'utf8');
    const after = change(before);
    expect(after, `${file} is changed`).not.toBe(before);
    changed = true;
    writeFileSync(path, after);
  };
  for (const [, file = '', from = '', to = ''] of section.matchAll(
    /[Ii]n `([^`]+)`, change `([^`]+)` to `([^`]+)`/g,
  ))
    edit(file, (text) => text.replaceAll(from, to));
  for (const [, file = '', value = ''] of section.matchAll(
    /In `([^`]+)`, add `([^`]+)` to `values`/g,
  ))
    edit(file, (text) => {
      const list = JSON.parse(text);
      return JSON.stringify({ ...list, values: [...list.values, value] });
    });
  for (const [, file = '', json = ''] of section.matchAll(
    /In `([^`]+)`, set:\n\n```json\n([\s\S]*?)```/g,
  ))
    edit(file, (text) => JSON.stringify(merged(JSON.parse(text), JSON.parse(json)), undefined, 2));
  for (const [, file = '', json = ''] of section.matchAll(
    /Add `([^`]+)`:\n\n```json\n([\s\S]*?)```/g,
  )) {
    mkdirSync(dirname(join(rules, file)), { recursive: true });
    writeFileSync(join(rules, file), json);
    changed = true;
  }
  return changed;
}

/** Splits a command line into words, as a shell does. */
const wordsOf = (line: string): readonly string[] =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');

describe('the tasks of the handbook', () => {
  test('are the 21 of a rule author, and one more', () => {
    expect(sections.map((section) => section.split('\n')[0])).toEqual(Object.keys(PRINTED));
  });

  test.each(sections.map((section) => [section.split('\n')[0] ?? '', section] as const))(
    '%s',
    { timeout: 150_000 },
    async (title, section) => {
      const root = folder({});
      const rules = join(root, 'rules');
      cpSync(RULES, rules, { recursive: true });
      const changed = follow(section, rules);
      const { run, out, err } = openShell({ here: root });
      const lines = [...section.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, text = '']) =>
        commandsIn(text),
      );
      expect(lines.length, 'commands').toBeGreaterThan(0);
      for (const line of lines) {
        const words = wordsOf(
          line.replace(/^(npm run -s signalbox -- |npx --no -- signalbox )/, ''),
        );
        if (ASKS_A_WORKER.test(words.join(' '))) continue;
        expect(await run(...words, '--rules', 'rules'), [line, ...out, ...err].join('\n')).toBe(0);
      }
      for (const words of PRINTED[title] ?? []) expect(out.join('\n')).toMatch(words);
      if (!changed) return;
      // The examples, stories and guardrails of all rules hold after the change, and no file has an error.
      out.length = 0;
      expect(await run('test', '--rules', 'rules'), out.slice(-20).join('\n')).toBe(0);
    },
  );
});
