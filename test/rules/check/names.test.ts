import { describe, expect, test } from 'vitest';
import { actions } from '../../../src/actions/index.ts';
import { nameFindings } from '../../../src/rules/check/names.ts';
import { compile } from '../../../src/rules/compile/compile.ts';
import { rule, sources } from '../rulebook.ts';

const forwarding = (over: object) => {
  const source = sources(
    [rule({ then: [{ action: 'forward', params: { to: 'crm' } }], ...over })],
    { alerts: { destinations: { ops: {} }, default: 'ops' } },
  );
  const { rulebook } = compile(source, actions, 'v1');
  return nameFindings({ source, rulebook }).map(({ severity, code }) => [severity, code]);
};

describe('a rule that names a destination that alerts.json does not have', () => {
  test('has an error, because its callbacks would go nowhere', () =>
    expect(forwarding({})).toEqual([['error', 'unknown-destination']]));

  test('has a warning while it is disabled, so that a customer may forward nothing', () =>
    expect(forwarding({ enabled: false })).toEqual([['warning', 'unknown-destination']]));
});
