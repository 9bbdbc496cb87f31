import type * as v from 'valibot';
import { actions } from '../actions/index.ts';
import { destinations } from '../alerts/destinations/index.ts';
import { UNKNOWN } from '../callbacks/callback.ts';
import { triggers } from '../callbacks/triggers/index.ts';
import { factEntries } from '../rules/model/facts.ts';
import { operators } from '../rules/operators/operators.ts';
import { convert } from '../rules/schema/convert.ts';

/** Everything rules and alerts may be made of, drawn from the lists: what consoles and editors draw on. `GET /v1/catalogue` answers it. */
export const catalogue = () => ({
  triggers: [
    ...triggers.map(({ name, description, keys }) => ({ name, description, keys })),
    { name: UNKNOWN, description: 'A callback whose payload key nobody knows.', keys: [] },
  ],
  facts: factEntries(),
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
