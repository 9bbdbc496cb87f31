import { actions } from '../actions/index.ts';
import type { Callback } from '../callbacks/callback.ts';
import { isRecord } from '../callbacks/shapes/parts.ts';
import { triggerNamed } from '../callbacks/triggers/index.ts';
import { compile } from '../rules/compile/compile.ts';
import type { Example, RulebookSource } from '../rules/model/rule.ts';
import { keepExample } from './kept-example.ts';

/** A rule that fires for callbacks like the one that it was drafted from. Its author completes `why` and `then`. */
export interface RuleDraft {
  readonly name: string;
  readonly why: string;
  readonly owner: string;
  readonly on: readonly string[];
  readonly when: { readonly all: readonly object[] };
  readonly then: readonly object[];
  readonly examples: readonly Example[];
}

/** How many facts are compared at most: those that tell a callback from others best. */
const MOST = 4;
/** The longest value that is compared, in characters. */
const LONGEST = 60;

/** Drafts a rule from a callback: it compares the channel and what kind of event it is, and has the callback as an example that names no person. */
export async function draftRule(callback: Callback): Promise<RuleDraft> {
  const facts = comparedFacts(callback);
  const values = facts.map((one) => ('value' in one ? one.value : one.path)).join(' ');
  const name = `${callback.trigger} ${values}`
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60);
  const frame = {
    name,
    why: 'State why this rule exists.',
    owner: 'messaging-ops',
    on: [callback.trigger],
    when: { all: facts },
    then: [{ action: 'alert', params: { severity: 'low', title: `${values}`.slice(0, 100) } }],
  };
  const source: RulebookSource = {
    ...{ rules: { [`${name}.json`]: frame }, lists: {}, conditions: {}, alerts: {} },
  };
  const { rulebook } = compile(source, actions, 'draft');
  const [rule] = rulebook.rules;
  const body: unknown = JSON.parse(callback.raw);
  if (!rule || !isRecord(body)) return { ...frame, examples: [] };
  const { example } = await keepExample({ body, facts: {} }, rule, rulebook, { fires: true });
  return { ...frame, examples: [example] };
}

/** The channel and the non-personal texts that the trigger itself reads; without any, a field at the top of the payload. */
function comparedFacts(callback: Callback) {
  const own = Object.entries(triggerNamed(callback.trigger)?.facts ?? {})
    .filter(([, { personal, type }]) => !personal && type === 'text')
    .map(([name]) => name);
  const facts = ['channel', ...own].flatMap((fact) => {
    const value = callback.fact(fact, {});
    // A family or kind that is not known says nothing.
    return typeof value === 'string' && value.length <= LONGEST && value !== 'other'
      ? [{ fact, operator: 'equal', value }]
      : [];
  });
  if (facts.length > 1) return facts.slice(0, MOST);
  const payload = callback.fact('payload', {});
  const fields = isRecord(payload) && isRecord(payload.payload) ? payload.payload : {};
  const [path = ''] = Object.keys(fields);
  return path === ''
    ? facts
    : [...facts, { fact: 'payload', path: `payload.${path}`, operator: 'present' }];
}
