import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { inbound } from '../cli/shell.ts';
import { copyProject } from './project-copy.ts';

type Json = Record<string, unknown>;

/** Rewrites a JSON file of the rules folder. */
function change(root: string, file: string, changed: (json: Json) => Json): void {
  const path = join(root, 'rules', file);
  writeFileSync(path, JSON.stringify(changed(JSON.parse(readFileSync(path, 'utf8'))), null, 2));
}

/** Writes so many rules of a customer's own, each about a word of its own. */
function writeOwnRules(root: string, count: number): void {
  for (let number = 1; number <= count; number += 1) {
    const name = `own-rule-${number}`;
    const rule = {
      $schema: './rule.schema.json',
      name,
      why: 'Messages about this topic reach a person at once.',
      owner: 'legal',
      on: ['MESSAGE_INBOUND'],
      when: { fact: 'text', operator: 'containsWord', value: `topic${number}` },
      then: [{ action: 'alert', params: { severity: 'high', title: `Topic ${number} was named` } }],
      examples: [
        { name: 'named', callback: inbound(`about topic${number}`), fires: true },
        { name: 'not named', callback: inbound('hello'), fires: false },
      ],
    };
    writeFileSync(join(root, 'rules', `${name}.json`), JSON.stringify(rule, null, 2));
  }
}

const CUSTOMISATIONS: readonly (readonly [name: string, make: (root: string) => void])[] = [
  ['nothing', () => {}],
  ['one own rule', (root) => writeOwnRules(root, 1)],
  [
    'Slack as ops',
    (root) =>
      change(root, 'alerts.json', (alerts) => ({
        ...alerts,
        destinations: {
          ...Object(alerts.destinations),
          ops: { type: 'slack', url: { secret: 'DEST_OPS' } },
        },
      })),
  ],
  [
    'an own HELP text',
    (root) =>
      change(root, 'help.json', (rule) => ({
        ...rule,
        then: [{ action: 'reply', params: { text: 'Acme Support: +1 555 0100. STOP to end.' } }],
      })),
  ],
  ['6 own rules', (root) => writeOwnRules(root, 6)],
  [
    'no forward',
    (root) => {
      change(root, 'alerts.json', ({ destinations, ...alerts }) => {
        const { forward: _, ...others } = Object(destinations);
        return { ...alerts, destinations: others };
      });
      change(root, 'unsupported-forwarded.json', (rule) => ({ ...rule, enabled: false }));
    },
  ],
  ['60 own rules', (root) => writeOwnRules(root, 60)],
];

describe('verify', () => {
  test.each(CUSTOMISATIONS)('passes after the customisation: %s', async (_, make) => {
    const { root, signalbox, remove } = copyProject();
    onTestFinished(remove);
    make(root);
    const { code, output } = await signalbox('verify');
    expect(code, output).toBe(0);
    expect(output).not.toMatch(/ error /);
    expect(output.trimEnd().split('\n').at(-1)).toMatch(
      /^Ready to deploy\. check: .*; test: .* 0 failed; bundle: .*; dry run: upload of /,
    );
    expect(existsSync(join(root, 'rules', 'RULES.md'))).toBe(true);
  });

  test('does not fail on an outdated RULES.md, and writes it anew', async () => {
    const { root, signalbox, remove } = copyProject();
    onTestFinished(remove);
    writeFileSync(join(root, 'rules', 'RULES.md'), 'outdated');
    expect((await signalbox('verify')).code).toBe(0);
    expect(readFileSync(join(root, 'rules', 'RULES.md'), 'utf8')).toContain('help.json');
  });

  test('fails on a rule whose example comes out otherwise, and names it', async () => {
    const { root, signalbox, remove } = copyProject();
    onTestFinished(remove);
    change(root, 'stop.json', (rule) => ({ ...rule, enabled: false }));
    const { code, output } = await signalbox('verify');
    expect(code).toBe(1);
    expect(output).toMatch(/guardrail/);
    expect(output.trimEnd().split('\n')).toContainEqual(
      expect.stringMatching(/^Not ready: check failed\. /),
    );
  });
});
