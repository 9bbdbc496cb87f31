import { type Schema, Validator } from '@cfworker/json-schema';
import { expect } from 'vitest';
import document from '../../public/openapi.json' with { type: 'json' };

interface Answer {
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
  readonly $ref?: string;
}
interface Described {
  readonly responses: Readonly<Record<string, Answer>>;
  readonly security: readonly object[];
}
// The file is JSON of a known form; its inferred type is as long as itself.
export const { paths, components } = document as unknown as {
  paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  components: { responses: Readonly<Record<string, Answer>>; schemas: Schema };
};
export const written = (path: string): string => path.replace(/\/:(\w+)/g, '/{$1}');
export const nameOf = ({ method, path }: { method: string; path: string }): string =>
  `${method.toUpperCase()} ${path}`;

/** Checks an answer against the document: its status, its type, its body. */
export async function expectDocumented(described: Described, response: Response): Promise<void> {
  const told = described.responses[response.status];
  const answer = told?.$ref ? components.responses[told.$ref.split('/').at(-1) ?? ''] : told;
  const body = await response.text();
  expect(answer, `${response.status} is not documented: ${body}`).toBeDefined();
  const type = response.headers.get('content-type')?.split(';')[0] ?? '';
  const media = answer?.content?.[type];
  expect(media, `${response.status} ${type} is not documented: ${body}`).toBeDefined();
  if (!media || !/^application\/(problem\+)?json$/.test(type)) return;
  // The references of a schema begin at the root of the document.
  const schema = { ...media.schema, components };
  const { valid, errors } = new Validator(schema, '2020-12', false).validate(JSON.parse(body));
  expect(valid, `${JSON.stringify(errors.slice(-3), null, 1)} in ${body.slice(0, 2_000)}`).toBe(
    true,
  );
}
