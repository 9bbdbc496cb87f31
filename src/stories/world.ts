import type { StateObjects } from '../actions/action.ts';
import type { Sendings } from '../actions/parts/retry-limits.ts';
import type { Callback } from '../callbacks/callback.ts';
import type { Address } from '../callbacks/model.ts';
import { personKey } from '../callbacks/person.ts';
import { isDelivered } from '../objects/messages/lineage.ts';
import {
  type ConsentEvent,
  type ConsentState,
  consentStateOf,
} from '../objects/recipients/consent.ts';
import {
  type ActiveLimit,
  activeOf,
  EVERY_RULE,
  type Limit,
  type ReleaseRow,
  strictestFirst,
  supersedes,
} from '../objects/senders/limits.ts';
import { type CallbackHistory, openCallbackHistory } from '../rules/decide/callback-history.ts';
import type { Recall } from '../rules/model/observed-facts.ts';

/** The state of a story in memory, by the same rules as the Worker's Durable Objects. */
export interface World {
  /** Stores the state of a callback and returns its recalled facts. */
  readonly remember: (callback: Callback) => Recall;
  readonly objects: StateObjects;
  /** Claims an effect. Returns `false` if it was claimed before. */
  readonly claim: (key: string) => boolean;
  readonly originOf: CallbackHistory['originOf'];
  readonly sentAgain: CallbackHistory['sentAgain'];
  /** Returns the sending history of a message. For an unknown message, `now` is the time of its first failure. */
  readonly sendingsOf: (messageId: string, now: number) => Sendings;
  readonly consent: (address: Address) => ConsentState;
  /** Returns the strictest limit of a sender at a time. */
  readonly limitOf: (appId: string, channel: string, now: number) => ActiveLimit | undefined;
}

interface Sender {
  readonly limits: Map<string, Limit>;
  readonly releases: ReleaseRow[];
}

interface Thread {
  failedAt: number | undefined;
  delivered: boolean;
}

/** Returns an empty state. */
export function openWorld(): World {
  const { remember, originOf, sentAgain } = openCallbackHistory();
  const consents = new Map<string, Map<string, ConsentEvent>>();
  const senders = new Map<string, Sender>();
  const threads = new Map<string, Thread>();
  const claims = new Set<string>();

  const historyOf = (address: Address) =>
    kept(consents, personKey(address), () => new Map<string, ConsentEvent>());
  const consent = (address: Address): ConsentState =>
    consentStateOf([...historyOf(address).values()]);
  const senderOf = (appId: string, channel: string): Sender =>
    kept(senders, `${appId}:${channel}`, () => ({ limits: new Map(), releases: [] }));
  const threadOf = (messageId: string): Thread =>
    kept(threads, originOf(messageId).root, () => ({ failedAt: undefined, delivered: false }));

  const change: StateObjects['recipients']['change'] = async (changes) =>
    changes.map(({ key, address, ...event }) => {
      const { scopes } = consent(address);
      const history = historyOf(address);
      if (!history.has(key)) history.set(key, event);
      return {
        changed: JSON.stringify(scopes) !== JSON.stringify(consent(address).scopes),
        scopes,
      };
    });

  return {
    originOf,
    sentAgain,
    consent,
    remember(callback) {
      for (const memory of callback.stateRecords) {
        if (memory.kind !== 'status') continue;
        const thread = threadOf(memory.messageId);
        if (isDelivered(memory.status)) thread.delivered = true;
        if (memory.status === 'FAILED')
          thread.failedAt = Math.min(thread.failedAt ?? callback.eventTime, callback.eventTime);
      }
      return remember(callback);
    },
    objects: {
      recipients: { change },
      senders: {
        of: (appId, channel) => ({
          async limit(limit) {
            const { limits } = senderOf(appId, channel);
            const key = `${limit.rule} ${limit.content}`;
            const held = limits.get(key);
            if (!held || supersedes(limit, held)) limits.set(key, limit);
          },
          async release({ rule = EVERY_RULE, at, atOnce }) {
            const { releases } = senderOf(appId, channel);
            releases.push({ rule, at, at_once: atOnce ? 1 : 0 });
            releases.sort((a, b) => a.at - b.at);
          },
        }),
      },
    },
    claim: (key) => claims.size < claims.add(key).size,
    sendingsOf(messageId, now) {
      const { failedAt = now, delivered } = threadOf(messageId);
      return { attempt: originOf(messageId).attempt, firstFailedAt: failedAt, delivered };
    },
    limitOf(appId, channel, now) {
      const { limits, releases } = senderOf(appId, channel);
      return [...limits.values()]
        .flatMap((limit) => activeOf(limit, releases, now) ?? [])
        .toSorted(strictestFirst)[0];
    },
  };
}

function kept<T>(map: Map<string, T>, key: string, make: () => T): T {
  const held = map.get(key) ?? make();
  map.set(key, held);
  return held;
}
