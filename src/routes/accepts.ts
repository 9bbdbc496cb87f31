import { createMiddleware } from 'hono/factory';
import * as v from 'valibot';
import { said } from '../api/issue-message.ts';
import { AppError } from '../errors.ts';
import { readBody } from './body.ts';

/** Takes a JSON body that suits a schema; the handler gets it by `c.req.valid('json')`. @throws AppError `bad_request`, naming the place */
export const accepts = <const S extends v.GenericSchema<unknown, object>>(schema: S) =>
  createMiddleware<
    object,
    string,
    { in: { json: v.InferInput<S> }; out: { json: v.InferOutput<S> } }
  >(async function acceptsJson(c, next) {
    c.req.addValidatedData(
      'json',
      read(schema, parse(new TextDecoder().decode(await readBody(c.req.raw))), 'body'),
    );
    await next();
  });

type QueryOf<E extends v.ObjectEntries> = v.InferInput<v.StrictObjectSchema<E, undefined>>;

/** The same for what stands behind the `?`. A parameter that nobody knows is refused: it may be a typing mistake. */
export const asks = <const E extends v.ObjectEntries>(entries: E) =>
  createMiddleware<
    object,
    string,
    { in: { query: QueryOf<E> }; out: { query: v.InferOutput<v.StrictObjectSchema<E, undefined>> } }
  >(async function asksQuery(c, next) {
    c.req.addValidatedData('query', read(v.strictObject(entries), c.req.query(), 'query'));
    await next();
  });

/** Reads a value by a schema. What was received is never repeated: it may name a person. @throws AppError `bad_request` */
export function read<T>(schema: v.GenericSchema<unknown, T>, value: unknown, whole: string): T {
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output;
  throw new AppError('bad_request', said(parsed.issues[0], whole));
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new AppError('bad_request', 'body: is not JSON');
  }
}
