import type { Changed } from '../../src/api/rulebooks/rulebooks.ts';
import { bundle } from '../../src/rulebooks/bundled.ts';
import type { RulebookSource } from '../../src/rules/model/rule.ts';
import type { Box } from './box.ts';
import { inbound, PERSON } from './sample.ts';

/** The version of the rules that came with the build. */
export const BUNDLED = bundle.version;

/** A rule that says something about every message from a person. */
export const greeting = (words: object = {}) => ({
  name: 'greeting',
  why: 'Somebody says hello.',
  owner: 'support',
  on: ['MESSAGE_INBOUND'],
  when: { fact: 'keyword', operator: 'equal', value: 'HELLO' },
  then: [{ action: 'alert', params: { severity: 'low', title: 'Hello' } }],
  ...words,
});

/** The shipped rules, and some more; `undefined` takes one away. */
export function rules(more: Readonly<Record<string, object | undefined>> = {}): RulebookSource {
  const all = Object.entries({ ...bundle.source.rules, ...more }).filter(
    ([, rule]) => rule !== undefined,
  );
  const { lists, conditions, alerts, guardrails = {} } = bundle.source;
  return { rules: Object.fromEntries(all), lists, conditions, alerts, guardrails };
}

export const put = (box: Box, rulebook: object, query = '', headers: Record<string, string> = {}) =>
  box.ask(`/v1/rulebooks${query}`, { method: 'PUT', body: JSON.stringify(rulebook), headers });
export const post = (
  box: Box,
  path: string,
  body: object = {},
  headers: Record<string, string> = {},
) =>
  box.ask(`/v1/rulebooks/${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  });

/** Publishes on top of whatever is in force. */
export async function publish(box: Box, rulebook: object, query = ''): Promise<Changed> {
  const response = await put(box, { ...rulebook, builds_on: '*' }, query);
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  return response.json();
}

export const inForce = async (box: Box) =>
  (await (await box.ask('/v1/rulebooks')).json<{ in_force: string }>()).in_force;
export const firedBy = async (box: Box, text: string, id: string) =>
  (await box.take(inbound(text, { id }))).fired.map(({ rule }) => rule);
export const health = async (box: Box) =>
  (await box.ask('/healthz')).json<{ troubles: string[]; rulebook: Record<string, unknown> }>();
export const suppressed = async (box: Box) =>
  (await (await box.ask(`/v1/recipients/SMS/+${PERSON}`)).json<{ suppressed: boolean }>())
    .suppressed;
