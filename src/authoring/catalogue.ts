import type * as v from 'valibot';
import { actions } from '../actions/index.ts';
import { destinations } from '../alerts/destinations/index.ts';
import { UNKNOWN } from '../callbacks/callback.ts';
import { triggers } from '../callbacks/triggers/index.ts';
import { factEntries } from '../rules/model/facts.ts';
import { operators } from '../rules/operators/index.ts';
import { convert } from '../rules/schema/convert.ts';

/**
 * Returns the triggers, facts, operators, actions and destinations as data, for consoles and
 * editors: `GET /v1/catalogue`.
 */
export const catalogue = () => ({
  triggers: [
    ...triggers.map(({ name, description, keys }) => ({ name, description, keys })),
    { name: UNKNOWN, description: 'A callback with an unknown payload key.', keys: [] },
  ],
  facts: factEntries().map(({ recompute: _, ...fact }) => fact),
  operators: operators.map(({ name, negation, description, takesList, values }) => ({
    name,
    negation,
    description,
    takesList,
    values: Object.fromEntries(
      Object.entries(values).map(([type, schema]: [string, v.GenericSchema]) => [
        type,
        convert(schema),
      ]),
    ),
  })),
  actions: actions.map(({ name, kind, description, requiredFacts, templates, params }) => ({
    name,
    kind,
    description,
    requiredFacts,
    templates,
    params: convert(params),
  })),
  destinations: destinations.map(({ type, description, config }) => ({
    type,
    description,
    config: convert(config),
  })),
});
