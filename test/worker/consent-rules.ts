import { expect } from 'vitest';
import { actions } from '../../src/actions/index.ts';
import { readCallback } from '../../src/callbacks/callback.ts';
import { ingest } from '../../src/pipeline/ingest.ts';
import { compile } from '../../src/rules/compile/compile.ts';
import { open } from '../../src/services.ts';
import type { Box } from './box.ts';

const message = (value: string) => ({ fact: 'text', operator: 'says', value });
const rule = (
  name: string,
  when: object,
  then: object[],
  on = ['MESSAGE_INBOUND', 'MESSAGE_INBOUND_SMART_CONVERSATION_REDACTION'],
) => ({
  [`${name}.json`]: { name, why: 'to try it', owner: 'tests', on, when, then },
});
const RULES = {
  ...rule('stop', message('STOP'), [
    { action: 'suppress' },
    { action: 'reply', params: { text: 'You get no more messages from us.' } },
  ]),
  ...rule('start', message('START'), [
    { action: 'unsuppress' },
    { action: 'reply', params: { text: 'Welcome back.' } },
  ]),
  ...rule('help', message('HELP'), [{ action: 'reply', params: { text: 'Call us.' } }]),
  ...rule(
    'opt-out',
    { fact: 'opt_status', operator: 'equal', value: 'OPT_OUT_SUCCEEDED' },
    [{ action: 'suppress' }, { action: 'reply', params: { text: 'Bye.' } }],
    ['OPT_OUT'],
  ),
};

/** Ingests callbacks under rules that change consent and reply. */
export async function through(box: Box, ...callbacks: object[]): Promise<void> {
  const services = open(box.bindings);
  const { rulebook, findings } = compile(
    { rules: RULES, lists: {}, conditions: {}, alerts: {} },
    actions,
    'try',
  );
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  for (const callback of callbacks) {
    await ingest(
      await readCallback(new TextEncoder().encode(JSON.stringify(callback)), Date.now()),
      {
        ...services,
        rulebook: async () => rulebook,
      },
    );
  }
}
