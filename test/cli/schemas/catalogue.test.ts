import { describe, expect, test } from 'vitest';
import { actions } from '../../../src/actions/index.ts';
import { destinations } from '../../../src/alerts/destinations/index.ts';
import { catalogue } from '../../../src/authoring/catalogue.ts';
import { triggers } from '../../../src/callbacks/triggers/index.ts';
import { factEntries } from '../../../src/rules/model/facts.ts';
import { operators } from '../../../src/rules/operators/index.ts';

const drawn = catalogue();
const names = (entries: readonly { readonly name: string }[]) => entries.map(({ name }) => name);

describe('the catalogue', () => {
  test('names everything that the lists hold', () => {
    expect(names(drawn.triggers)).toEqual([...names(triggers), 'UNKNOWN']);
    expect(names(drawn.facts)).toEqual(names(factEntries()));
    expect(names(drawn.operators)).toEqual(names(operators));
    expect(names(drawn.actions)).toEqual(names(actions));
    expect(drawn.destinations.map(({ type }) => type)).toEqual(
      destinations.map(({ type }) => type),
    );
  });

  test('is plain JSON', () => expect(JSON.parse(JSON.stringify(drawn))).toEqual(drawn));

  test('says which values an operator takes on which type of fact', () => {
    const values = (name: string) =>
      drawn.operators.find((operator) => operator.name === name)?.values;
    expect(values('in')?.number).toMatchObject({ type: 'array', items: { type: 'number' } });
    expect(values('withinHours')?.time).toMatchObject({
      type: 'object',
      required: ['from', 'to', 'timeZone'],
    });
    expect(values('lessThan')?.text).toBeUndefined();
  });

  test.each(
    drawn.actions.map((action) => [action.name, action.params] as const),
  )('has the params of %s as a closed object', (_, params) =>
    expect(params).toMatchObject({ type: 'object', additionalProperties: false }));

  test.each(
    drawn.destinations.map(({ type, config }) => [type, config] as const),
  )('has the settings of %s as a closed object', (_, config) =>
    expect(config).toMatchObject({ type: 'object', required: expect.arrayContaining(['type']) }));
});
