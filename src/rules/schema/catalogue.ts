import type * as v from 'valibot';
import { UNKNOWN } from '../../callbacks/callback.ts';
import { triggers } from '../../callbacks/index.ts';
import { factEntries } from '../facts.ts';
import { operators } from '../operators.ts';
import type { ActionWords, FactEntry } from '../vocabulary.ts';
import { convert, type Schema } from './convert.ts';

/** Everything a rule may be made of, as data: what consoles, editors and documentation draw on. */
export interface Catalogue {
  readonly triggers: readonly {
    readonly name: string;
    readonly description: string;
    readonly keys: readonly string[];
  }[];
  readonly facts: readonly FactEntry[];
  /** `values`: for each type of fact that suits, the JSON Schema of the value; lists may stand by name where `takesList` says so. */
  readonly operators: readonly {
    readonly name: string;
    readonly negation: string;
    readonly description: string;
    readonly takesList: boolean;
    readonly values: Readonly<Record<string, Schema>>;
  }[];
  readonly actions: readonly (Pick<ActionWords, 'name' | 'kind' | 'description' | 'needs' | 'templates'> & {
    readonly params: Schema;
  })[];
}

/** Draws the catalogue from the lists. It needs a JSON Schema writer, so it is made by Node and does not travel in the Worker. */
export const catalogue = (actions: readonly ActionWords[]): Catalogue => ({
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
      Object.entries(values).map(([type, schema]: [string, v.GenericSchema]) => [type, convert(schema)]),
    ),
  })),
  actions: actions.map(({ name, kind, description, needs, templates, params }) => ({
    name,
    kind,
    description,
    needs,
    templates,
    params: convert(params),
  })),
});
