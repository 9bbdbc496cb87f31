import * as v from 'valibot';
import type { Severity } from '../rules/values.ts';

/** A secret by name: `{"secret": "DEST_SLACK_OPS"}`. Only `DEST_*` can be named, so that no rule file sends another secret out. */
export const Secret = v.strictObject({
  secret: v.pipe(v.string(), v.regex(/^DEST_[A-Z0-9_]+$/, 'only secrets named DEST_… can be used')),
});
export type Secret = v.InferOutput<typeof Secret>;

/** What is to be told. Texts are finished; each destination escapes and cuts them its own way. */
export interface Notice {
  /** The same for a repeated delivery: receivers can tell by it. */
  readonly id: string;
  readonly severity: Severity;
  readonly title: string;
  readonly text: string;
  readonly rule: string;
  readonly owner: string;
  readonly why: string;
  /** The facts that mattered, by name. */
  readonly facts: Readonly<Record<string, unknown>>;
  readonly callbackId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** An HTTP request that tells it. */
export interface Outgoing {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Looks a secret up. @throws AppError `not_configured`, naming it, when it is not set */
export type Reveal = (secret: Secret) => string;

interface Definition<C extends object> {
  readonly type: string;
  readonly description: string;
  /** The destination's entry in `alerts.json`, `type` included: a strict object. */
  readonly config: v.GenericSchema<unknown, C>;
  readonly secrets: (config: C) => readonly Secret[];
  readonly request: (notice: Notice, config: C, reveal: Reveal) => Outgoing;
}

/** A kind of destination as the rest of the house sees it. It builds a request and nothing else. */
export interface Destination {
  readonly type: string;
  readonly description: string;
  readonly config: v.GenericSchema<unknown, object>;
  readonly secrets: (config: object) => readonly Secret[];
  readonly request: (notice: Notice, config: object, reveal: Reveal) => Outgoing;
}

/** Defines a kind of destination; its config type stays behind its own schema. */
export const defineDestination = <C extends object>(definition: Definition<C>): Destination => ({
  type: definition.type,
  description: definition.description,
  config: definition.config,
  secrets: (config) => definition.secrets(v.parse(definition.config, config)),
  request: (notice, config, reveal) => definition.request(notice, v.parse(definition.config, config), reveal),
});

/** A JSON request. */
export const json = (url: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Outgoing => ({
  url,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

/** A text cut to a provider's limit, in characters, without splitting one. */
export const cut = (text: string, most: number): string => {
  const characters = Array.from(text);
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
};
