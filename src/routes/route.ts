import type { Context, Input, MiddlewareHandler, TypedResponse } from 'hono';
import * as v from 'valibot';
import { queryForm } from '../api/issue-message.ts';
import type { Content, Operation } from '../api/operation.ts';
import { checkEncoding, read, readJson } from './read-input.ts';
import { checkRole, type Secured, withToken } from './token.ts';

type Output<E> = E extends v.ObjectEntries
  ? v.InferOutput<v.StrictObjectSchema<E, undefined>>
  : object;
type JsonSchema = v.GenericSchema<unknown, object>;

/** What `c.req.valid('param' | 'query' | 'json')` returns in the handler of an operation. */
export interface InputOf<O extends Operation> extends Input {
  out: {
    param: Output<O['params']>;
    query: Output<O['query']>;
    json: O['body'] extends JsonSchema ? v.InferOutput<O['body']> : object;
  };
}

/** A schema's output without index signatures: a loose schema accepts more members, and an interface has none. */
type Shown<T> = T extends readonly (infer E)[]
  ? readonly Shown<E>[]
  : T extends object
    ? {
        readonly [K in keyof T as string extends K ? never : K]:
          | Shown<T[K]>
          | (object extends Pick<T, K> ? undefined : never);
      }
    : T;

type ContentOf<R> = R extends { readonly content: infer C } ? C : undefined;
type JsonOf<C> = C extends JsonSchema ? TypedResponse<Shown<v.InferOutput<C>>> : Response;
/** The response of a handler: JSON that suits the schema of one of the operation's responses, or a bare response where none has a schema. */
export type ResponseOf<O extends Operation> = {
  [Status in keyof O['responses']]: JsonOf<ContentOf<O['responses'][Status]>>;
}[keyof O['responses']];

export type Handler<O extends Operation> = (
  c: Context<Secured, O['path'], InputOf<O>>,
) => Promise<ResponseOf<O>> | ResponseOf<O>;

/** An operation and what answers it. */
export interface Route {
  readonly operation: Operation;
  readonly handlers: readonly MiddlewareHandler<Secured>[];
}

const isSchema = (content: Content | undefined): content is JsonSchema =>
  content !== undefined && !('description' in content);

/**
 * Returns the route of an operation: checks the token and its role, reads path, query and JSON body by
 * the operation's schemas, and calls the handler.
 * @throws AppError at request time: `unauthorized`, `forbidden`, `bad_request`, `too_large`
 */
export function route<const O extends Operation>(operation: O, handler: Handler<O>): Route {
  const { role, params, query, body } = operation;
  const secured = role !== 'open' && role !== 'signed' && role !== 'sinch';
  const readInput: MiddlewareHandler<Secured> = async function readInput(c, next) {
    if (params) c.req.addValidatedData('param', read(v.object(params), c.req.param(), 'path'));
    if (secured || query)
      c.req.addValidatedData(
        'query',
        read(v.strictObject(query ?? {}), c.req.query(), 'query', () => queryForm(query ?? {})),
      );
    if (body) checkEncoding(c.req.raw);
    if (isSchema(body))
      c.req.addValidatedData('json', await readJson(body, c.req.raw, operation.maxBytes));
    await next();
  };
  // A signature covers the raw bytes, so the handler of a signed request verifies and reads it itself.
  const reading = role === 'signed' ? [] : [readInput];
  const authorize = !secured ? [] : role === 'any' ? [withToken] : [withToken, checkRole(role)];
  return {
    operation,
    // The handler's context is the one that `readInput` has filled.
    handlers: [...authorize, ...reading, handler as MiddlewareHandler<Secured>],
  };
}
