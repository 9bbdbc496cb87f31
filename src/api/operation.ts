import * as v from 'valibot';
import { ERRORS, type ErrorCode } from '../errors.ts';

type Schema = v.GenericSchema<unknown, unknown>;

/**
 * Roles of a token: `read`, `send` (ask before sending, and send), `sync` (read the feed of changes), `author` (change rules), `admin`
 * (change state by hand).
 */
export const ROLES = ['read', 'send', 'sync', 'author', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** A request or response body: JSON of a schema, or a media type that is described in words. */
export type Content = Schema | { readonly type: string; readonly description: string };

/** What a caller needs: a token with a role, any token (`any`), nothing (`open`), Sinch's signature (`signed`), or the Authorization that Sinch accepts (`sinch`). */
export type Access = Role | 'any' | 'open' | 'signed' | 'sinch';

/**
 * One HTTP operation. The route takes its role, parameters, query and body from here, and the OpenAPI
 * description, the typed client and the reference docs are derived from it.
 */
export interface Operation {
  /** The `operationId`: camelCase, unique. */
  readonly name: string;
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** In Hono's form: `/v1/messages/:id`. */
  readonly path: string;
  readonly role: Access;
  /** The operation in a few words. */
  readonly summary: string;
  /** What else a caller has to know. */
  readonly description?: string;
  /** One schema a parameter of the path. */
  readonly params?: v.ObjectEntries;
  /** Parameters behind the `?`. An unknown parameter is refused. */
  readonly query?: v.ObjectEntries;
  readonly body?: Content;
  /** The largest JSON body in bytes; default 1 MiB. */
  readonly maxBytes?: number;
  /** The codes that the handler throws, beside those of the token and the input. */
  readonly refuses?: readonly ErrorCode[];
  /** Responses by status. Problems of the token, the input and `refuses` need no entry. */
  readonly responses: Readonly<
    Record<number, { readonly description: string; readonly content?: Content }>
  >;
}

/** Defines an operation and keeps its literal types for the route and the typed client. */
export const defineOperation = <const O extends Operation>(operation: O): O => operation;

/**
 * Returns the statuses of the problems of an operation: from its access, its input, and the codes that its handler throws. Those of
 * `responses` are not repeated.
 */
export function problemStatuses({
  role,
  params,
  query,
  body,
  refuses = [],
}: Operation): readonly number[] {
  const withToken = role !== 'open' && role !== 'signed' && role !== 'sinch';
  const withInput = withToken || [params, query, body].some((input) => input !== undefined);
  return [
    ...(role === 'open' ? [] : [401, 503]),
    ...(withToken && role !== 'any' ? [403] : []),
    ...(withInput && role !== 'signed' ? [400] : []),
    ...(body ? [413] : []),
    ...(body && role !== 'signed' ? [415] : []),
    // The Authorization is looked up at Sinch within limits, and the path names a project.
    ...(role === 'sinch' ? [404, 429] : []),
    ...refuses.map((code) => ERRORS[code].status),
    // A bug in Signalbox can show anywhere.
    500,
  ];
}

/** Returns whether an operation states a status that it answers: its own, or that of a problem. */
export const documents = (operation: Operation, status: number): boolean =>
  status in operation.responses || problemStatuses(operation).includes(status);

/** A time in ISO 8601, UTC. */
export const Time = v.pipe(v.string(), v.isoTimestamp());

/** Returns a time in ISO 8601. `at` is in milliseconds since 1970. */
export const time = (at: number): string => new Date(at).toISOString();

/** An error in the form of RFC 9457. `code` is stable. */
export const Problem = v.looseObject({
  type: v.string(),
  title: v.string(),
  status: v.number(),
  code: v.string(),
  detail: v.string(),
  /** Of a request that cannot be read: the form that is expected, in one line. */
  expected: v.optional(v.string()),
});
export type Problem = v.InferOutput<typeof Problem>;

/** A required text of at most `most` characters. */
export const text = (most = 200) =>
  v.pipe(
    v.string(),
    v.trim(),
    v.minLength(1, 'must not be empty'),
    v.maxLength(most, `at most ${most} characters`),
  );

/** An identity on a channel, of any length; a JSON number is accepted, because tools that re-encode JSON make one of a phone number. */
export const Identity = v.union(
  [v.string(), v.pipe(v.number(), v.safeInteger(), v.transform(String))],
  'expected a text',
);

/** The number of entries on a page. */
export const Page = v.pipe(
  v.string(),
  v.regex(/^([1-9]\d?|1\d\d|200)$/, 'expected a number from 1 to 200'),
  v.transform(Number),
);

/** A channel in Sinch’s spelling; lower case is accepted. */
export const Channel = v.pipe(
  v.string(),
  v.trim(),
  v.regex(/^[A-Za-z_0-9]{1,40}$/, 'expected a channel like "SMS" or "WHATSAPP"'),
  v.toUpperCase(),
);
