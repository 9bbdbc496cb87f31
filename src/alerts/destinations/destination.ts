import * as v from 'valibot';
import type { Severity } from '../../rules/model/values.ts';

/** A secret by name: `{"secret": "DEST_SLACK_OPS"}`. Only `DEST_*` can be named, so that no rule file sends another secret out. */
export const Secret = v.strictObject({
  secret: v.pipe(v.string(), v.regex(/^DEST_[A-Z0-9_]+$/, 'only secrets named DEST_… can be used')),
});
export type Secret = v.InferOutput<typeof Secret>;

/** What is to be told about a group of alerts. Texts are finished; each destination escapes and cuts them its own way. */
export interface AlertMessage {
  /** This very message: the same when it is delivered again. */
  readonly id: string;
  /** The group it is about: the same for its first message, updates, repeats and end. */
  readonly alert: string;
  readonly state: 'firing' | 'resolved';
  /** A test that somebody asked for: nothing is wrong. */
  readonly test: boolean;
  readonly severity: Severity;
  readonly title: string;
  readonly text: string;
  readonly rule: string;
  /** The rule as a sentence. */
  readonly sentence: string;
  readonly owner: string;
  readonly why: string;
  /** The facts that mattered, by name. */
  readonly facts: Readonly<Record<string, unknown>>;
  readonly callbackId: string;
  /** How often, since the group opened. */
  readonly count: number;
  /** What else is in the group, in words: one rule a line. */
  readonly others: readonly string[];
  /** When it happened first and last. All times are milliseconds since 1970. */
  readonly firstAt: number;
  readonly lastAt: number;
  /** When this message was made. */
  readonly at: number;
  readonly nextStep?: string;
  /** Where the decision is explained. */
  readonly link?: string;
}

/** An HTTP request that tells it. */
export interface HttpOutgoing {
  readonly via: 'http';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** It is signed by Standard Webhooks as it leaves. */
  readonly signing?: Signing;
}
/** As which message a request is signed, and by what. */
export interface Signing {
  /** `whsec_…` or plain base64; several, separated by spaces, all sign: so keys rotate without a gap. */
  readonly key: string;
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}
/** A mail that tells it. */
export interface MailOutgoing {
  readonly via: 'email';
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
}
/** A message by Sinch that tells it. */
export interface SinchOutgoing {
  readonly via: 'sinch';
  readonly appId: string;
  readonly channel: string;
  readonly identities: readonly string[];
  readonly message: object;
}
/** How a notice goes out, and `shows`: what a person will see, line by line. */
export type Outgoing = (HttpOutgoing | MailOutgoing | SinchOutgoing) & {
  readonly shows: readonly string[];
};

/** Looks a secret up. @throws AppError `not_configured`, naming it, when it is not set */
export type Reveal = (secret: Secret) => string;

interface Words {
  readonly type: string;
  readonly description: string;
  /** It keeps an incident open until it is told that all is well: so even an alert that came once is ended there. */
  readonly incidents: boolean;
  /** It needs the binding `EMAIL`. */
  readonly mail: boolean;
}

/** What every destination may say beside its own settings. */
export interface Common {
  readonly fallback?: string | undefined;
}

/** A kind of destination as the rest of the house sees it. It says what to send and nothing else. */
export interface Destination extends Words {
  /** The destination's entry in `alerts.json`, `type` included: a strict object. */
  readonly config: v.GenericSchema<unknown, Common>;
  readonly secrets: (config: object) => readonly Secret[];
  readonly request: (notice: AlertMessage, config: object, reveal: Reveal) => Outgoing;
}

interface Definition<E extends v.ObjectEntries> extends Pick<Words, 'type' | 'description'> {
  readonly incidents?: true;
  readonly mail?: true;
  /** The settings of its own. */
  readonly entries: E;
  readonly secrets: (config: v.InferOutput<v.ObjectSchema<E, undefined>>) => readonly Secret[];
  readonly request: (
    notice: AlertMessage,
    config: v.InferOutput<v.ObjectSchema<E, undefined>>,
    reveal: Reveal,
  ) => Outgoing;
}

/** Defines a kind of destination; its settings stay behind its own schema. Each has `type` and may name a `fallback`. */
export function defineDestination<E extends v.ObjectEntries>(
  definition: Definition<E>,
): Destination {
  const { type, description, entries } = definition;
  const own = v.object(entries);
  return {
    type,
    description,
    incidents: definition.incidents ?? false,
    mail: definition.mail ?? false,
    config: v.strictObject({ ...entries, type: v.literal(type), fallback: v.optional(v.string()) }),
    secrets: (config) => definition.secrets(v.parse(own, config)),
    request: (notice, config, reveal) => definition.request(notice, v.parse(own, config), reveal),
  };
}

/** A JSON request. */
export const json = (
  url: string,
  body: unknown,
  shows: readonly string[],
  headers: Readonly<Record<string, string>> = {},
): HttpOutgoing & { readonly shows: readonly string[] } => ({
  via: 'http',
  url,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
  shows,
});

/** A text cut to a provider's limit, in characters, without splitting one. */
export const cut = (text: string, most: number): string => {
  const characters = Array.from(text);
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
};
