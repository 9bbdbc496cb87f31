import * as v from 'valibot';
import { formatValue } from '../../rules/model/format.ts';
import type { Severity } from '../../rules/model/values.ts';

const ONLY_DEST = 'only secrets named DEST_… can be used';

/** A secret by name: `{"secret": "DEST_SLACK_OPS"}`. Only `DEST_*` is allowed, so that no rule file can send another secret. */
export const Secret = v.strictObject({
  secret: v.pipe(v.string(), v.regex(/^DEST_[A-Z0-9_]+$/, ONLY_DEST)),
});
export type Secret = v.InferOutput<typeof Secret>;

/** A message about a group of alerts. Texts are final; each destination escapes and cuts them for itself. */
export interface AlertMessage {
  /** The id of this message, the same for each try. */
  readonly id: string;
  /** The id of the group: the same for its first message, updates, repeats and end. */
  readonly alert: string;
  readonly state: 'firing' | 'resolved';
  /** A requested test, no real alert. */
  readonly test: boolean;
  readonly severity: Severity;
  readonly title: string;
  readonly text: string;
  /** What the alert is about, such as a batch; missing: the sender. */
  readonly about?: string;
  readonly rule: string;
  /** The rule as a sentence. */
  readonly sentence: string;
  readonly owner: string;
  readonly why: string;
  /** The facts that the rule used, by name. */
  readonly facts: Readonly<Record<string, unknown>>;
  readonly callbackId: string;
  /** The number of alerts since the group opened. */
  readonly count: number;
  /** The other alerts of the group: one line for each rule and subject. */
  readonly others: readonly string[];
  /** The others by their shortest name: the subject, else the title. */
  readonly names: readonly string[];
  /** How many alerts of the group are not among `others`. */
  readonly more: number;
  /** Where the whole group is shown: a URL, else the command. */
  readonly groupLink: string;
  /** The first and last occurrence. All times are milliseconds since 1970. */
  readonly firstAt: number;
  readonly lastAt: number;
  /** When it was resolved, if its beginning was never sent. */
  readonly endedAt?: number;
  /** When this message was created. */
  readonly at: number;
  readonly nextStep?: string;
  /** The URL of the explained decision. */
  readonly link?: string;
}

/** An HTTP request. */
export interface HttpOutgoing {
  readonly via: 'http';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Signs the request by Standard Webhooks. */
  readonly signing?: Signing;
}
/** The key, message id and time of a signature. */
export interface Signing {
  /** `whsec_…` or plain base64. Several keys, separated by spaces, all sign, so that keys rotate without a gap. */
  readonly key: string;
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}
/** A mail. */
export interface MailOutgoing {
  readonly via: 'email';
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
}
/** A message by Sinch. */
export interface SinchOutgoing {
  readonly via: 'sinch';
  readonly appId: string;
  readonly channel: string;
  readonly identities: readonly string[];
  readonly message: object;
}
/** A message in its transport's form; `shows` holds the lines that a person will see. */
export type Outgoing = (HttpOutgoing | MailOutgoing | SinchOutgoing) & {
  readonly shows: readonly string[];
};

/** Returns the value of a secret. @throws AppError `not_configured`, naming the secret, when it is not set */
export type Reveal = (secret: Secret) => string;

interface Attributes {
  readonly type: string;
  readonly description: string;
  /** How its messages are sent; `email` needs the binding `EMAIL`. */
  readonly transport: Outgoing['via'];
  /** Whether it keeps an incident open until the end of the alert is sent: then even an alert that came once is resolved there. */
  readonly incidents: boolean;
  /** The provider's limit of a message, in bytes of UTF-8; missing where there is none. A larger message is cut. */
  readonly maxBytes?: number;
}

/** The settings that every destination has. */
export interface Common {
  readonly fallback?: string | undefined;
}

/** A signed webhook: a URL and the key of its signatures. */
export interface SignedUrl {
  readonly url: Secret;
  readonly key: Secret;
}

/** A kind of destination for the rest of the code. It builds messages and does not send them. */
export interface Destination extends Attributes {
  /** The destination's entry in `alerts.json`, `type` included: a strict object. */
  readonly config: v.GenericSchema<unknown, Common>;
  readonly secrets: (config: object) => readonly Secret[];
  readonly request: (message: AlertMessage, config: object, reveal: Reveal) => Outgoing;
  /** Where `forward` sends; `undefined` when it cannot use this destination. */
  readonly forwardTo: (config: object) => SignedUrl | undefined;
}

interface Definition<E extends v.ObjectEntries> extends Attributes {
  /** The settings of its own. */
  readonly entries: E;
  readonly secrets: (config: v.InferOutput<v.ObjectSchema<E, undefined>>) => readonly Secret[];
  readonly request: (
    message: AlertMessage,
    config: v.InferOutput<v.ObjectSchema<E, undefined>>,
    reveal: Reveal,
  ) => Outgoing;
  readonly forwardTo?: (
    config: v.InferOutput<v.ObjectSchema<E, undefined>>,
  ) => SignedUrl | undefined;
}

/** Defines a kind of destination; its settings stay behind its own schema. Each has `type` and may name a `fallback`. */
export function defineDestination<E extends v.ObjectEntries>(
  definition: Definition<E>,
): Destination {
  const { type, description, transport, incidents, maxBytes, entries, forwardTo } = definition;
  const own = v.object(entries);
  return {
    type,
    description,
    transport,
    incidents,
    ...(maxBytes !== undefined && { maxBytes }),
    config: v.strictObject({ ...entries, type: v.literal(type), fallback: v.optional(v.string()) }),
    secrets: (config) => definition.secrets(v.parse(own, config)),
    request: (message, config, reveal) =>
      withinLimit(message, maxBytes, (fitting) =>
        definition.request(fitting, v.parse(own, config), reveal),
      ),
    forwardTo: (config) => forwardTo?.(v.parse(own, config)),
  };
}

/** A request with a JSON body. */
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

/** A text cut to at most `most` UTF-16 units, as destinations count them, without splitting a character in two. */
export const cut = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;

/** The first limit of each text of a message that is too large, in UTF-16 units, and the smallest one. It is halved until the message fits. */
const LONGEST = 16_384;
const SHORTEST = 32;

/**
 * Returns the outgoing message, at most `maxBytes` large where the provider has a limit. The texts of a message that is larger are
 * cut: how many bytes a text takes depends on its script and on what is escaped.
 */
function withinLimit<T extends Outgoing>(
  message: AlertMessage,
  maxBytes: number | undefined,
  build: (message: AlertMessage) => T,
): T {
  let outgoing = build(message);
  if (maxBytes === undefined) return outgoing;
  for (let most = LONGEST; sizeOf(outgoing) > maxBytes && most >= SHORTEST; most /= 2)
    outgoing = build(shortened(message, most));
  return outgoing;
}

/** The bytes of UTF-8 that the provider counts. */
function sizeOf(outgoing: Outgoing): number {
  const text =
    outgoing.via === 'http'
      ? outgoing.body
      : outgoing.via === 'email'
        ? outgoing.subject + outgoing.text
        : JSON.stringify(outgoing.message);
  return new TextEncoder().encode(text).byteLength;
}

/** Returns a message whose texts have at most `most` UTF-16 units each. */
function shortened(message: AlertMessage, most: number): AlertMessage {
  const short = (text: string): string => cut(text, most);
  return {
    ...message,
    title: short(message.title),
    text: short(message.text),
    ...(message.about !== undefined && { about: short(message.about) }),
    sentence: short(message.sentence),
    why: short(message.why),
    ...(message.nextStep !== undefined && { nextStep: short(message.nextStep) }),
    facts: Object.fromEntries(
      Object.entries(message.facts).map(([name, value]) => {
        const shown = formatValue(value);
        return [name, shown.length <= most ? value : short(shown)];
      }),
    ),
    others: message.others.map(short),
    names: message.names.map(short),
  };
}
