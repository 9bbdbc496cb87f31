import * as v from 'valibot';
import type { Role } from './role.ts';

type Schema = v.GenericSchema<unknown, unknown>;

/** What comes in or goes out: JSON of a schema, or another type, of which nothing more is said. */
export type Content = Schema | { readonly type: string; readonly description: string };

/** One thing that can be asked over HTTP. The API's description is drawn from these, and a test holds every route to them. */
export interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** As Hono writes it: `/v1/messages/:id`. */
  readonly path: string;
  /** What a token must be allowed; `open` needs none, `signed` Sinch's signature, `sinch` the Authorization that Sinch takes. */
  readonly needs: Role | 'open' | 'signed' | 'sinch';
  /** A few words. */
  readonly summary: string;
  /** Whatever a caller must know beside. */
  readonly description?: string;
  /** One parameter a name in the path. */
  readonly params?: v.ObjectEntries;
  readonly query?: v.ObjectEntries;
  readonly body?: Content;
  /** Status → what comes back. Problems that any call may meet are not repeated here. */
  readonly answers: Readonly<
    Record<number, { readonly description: string; readonly content?: Content }>
  >;
}

/** The schema of what goes out. Only the API’s description and the CLI read it: marked `@__PURE__` where it is called, it stays out of the Worker’s bundle. */
export const answer = <S>(schema: () => S): S => schema();

/** A moment, in ISO 8601, UTC. */
export const Time = /* @__PURE__ */ answer(() => v.pipe(v.string(), v.isoTimestamp()));

/** A moment as it goes out. `at` in milliseconds since 1970. */
export const time = (at: number): string => new Date(at).toISOString();

/** An error as RFC 9457 has it. `code` is stable. */
export const Problem = /* @__PURE__ */ answer(() =>
  v.looseObject({
    type: v.string(),
    title: v.string(),
    status: v.number(),
    code: v.string(),
    detail: v.string(),
  }),
);
export type Problem = v.InferOutput<typeof Problem>;

/** A text that must be there, of at most `most` characters. */
export const text = (most = 200) =>
  v.pipe(
    v.string(),
    v.trim(),
    v.minLength(1, 'must not be empty'),
    v.maxLength(most, `at most ${most} characters`),
  );

/** How many entries a page has. */
export const Page = v.pipe(
  v.string(),
  v.regex(/^([1-9]\d?|1\d\d|200)$/, 'expected a number from 1 to 200'),
  v.transform(Number),
);

/** A channel as Sinch spells it; small letters are taken too. */
export const Channel = v.pipe(
  v.string(),
  v.trim(),
  v.regex(/^[A-Za-z_0-9]{1,40}$/, 'expected a channel like "SMS" or "WHATSAPP"'),
  v.toUpperCase(),
);
