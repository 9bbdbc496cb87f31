import fc from 'fast-check';
import { operations as list } from '../../../src/api/index.ts';
import type { Operation } from '../../../src/api/operation.ts';
import { openApiDocument } from '../../../src/cli/openapi/document.ts';
import { authorizationOf, CALLERS } from '../bench.ts';
import { fromSchema, isSchema, type JsonSchema, oddValues } from '../from-schema.ts';
import { documented } from './statuses.ts';
import { defineTarget, type Target } from './target.ts';

/** An operation as the API description has it. */
interface Described {
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema?: JsonSchema;
  }[];
  readonly requestBody?: {
    readonly content?: Readonly<Record<string, { readonly schema?: JsonSchema }>>;
  };
}

/** Requests for every operation, as its schema in the API description has them, by every role. */
export async function operationTarget(): Promise<Target> {
  const { paths } = (await openApiDocument()) as {
    paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  }; // as OpenAPI defines it
  const all: readonly Operation[] = list;
  const inputs = all
    // The receiver of callbacks has targets of its own, and so have imports.
    .filter(({ role, name }) => role !== 'signed' && name !== 'importRecipients')
    .map((operation) => {
      const path = operation.path.replaceAll(/:(\w+)(\{[^}]*\})?/g, '{$1}');
      const found = paths[path]?.[operation.method] ?? {};
      return requestOf(operation, found);
    });
  return defineTarget({
    name: 'operations',
    share: 6,
    inputs: fc.oneof(...inputs),
    run({ name, path, caller, body, type }, bench) {
      const operation = all.find((one) => one.name === name);
      if (!operation) return Promise.resolve([`there is no operation ${name}`]);
      return bench.ask(
        {
          method: operation.method.toUpperCase(),
          path,
          headers: {
            ...(operation.role === 'sinch' && caller !== 'none'
              ? { authorization: `Basic ${btoa('local-key-id:local-key-secret')}` }
              : authorizationOf(caller)),
            ...(body === undefined ? {} : { 'content-type': type }),
          },
          body,
        },
        documented(operation),
      );
    },
  });
}

function requestOf(operation: Operation, { parameters = [], requestBody }: Described) {
  const given = (place: string) => {
    const some = parameters.filter((parameter) => parameter.in === place);
    const fields = Object.fromEntries(
      some.map(({ name, schema }) => [name, fromSchema(schema ?? {}, name)]),
    );
    return fc.record(fields, {
      requiredKeys: some.filter(({ required }) => required).map(({ name }) => name),
    });
  };
  const [type = 'application/json', content] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  const schema = content?.schema;
  const body = !requestBody
    ? fc.constant(undefined)
    : fc
        .oneof(
          { weight: 12, arbitrary: isSchema(schema) ? fromSchema(schema) : oddValues },
          { weight: 1, arbitrary: oddValues },
        )
        .map((value) => (type.includes('json') ? (JSON.stringify(value) ?? '{') : String(value)));
  return fc
    .record({
      params: given('path'),
      query: given('query'),
      caller: fc.constantFrom(...CALLERS, 'owner', 'owner'),
      body,
    })
    .map(({ params, query, caller, body: text }) => ({
      name: operation.name,
      caller,
      body: text,
      type,
      path: pathOf(operation.path, params) + queryOf(query),
    }));
}

const pathOf = (path: string, params: Readonly<Record<string, unknown>>): string =>
  path
    .replaceAll(/:(\w+)(\{[^}]*\})?/g, (_, name: string) => encode(textOf(params[name])) || 'x')
    .replaceAll('*', 'anything');

function queryOf(query: Readonly<Record<string, unknown>>): string {
  const pairs = Object.entries(query).map(
    ([name, value]) => `${encode(name)}=${encode(textOf(value))}`,
  );
  return pairs.length > 0 ? `?${pairs.join('&')}` : '';
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? '');

/** Half a surrogate has no encoding, and a segment of dots is a step in the path. */
const encode = (text: string): string =>
  encodeURIComponent(/^\.+$/.test(text) ? 'dots' : text.toWellFormed());
