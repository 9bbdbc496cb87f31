import type { Alerts } from '../alerts/alerts.ts';
import type { Address } from '../callbacks/trigger.ts';
import type { DataKey } from '../data-key.ts';
import type { Entities } from '../entities/index.ts';
import type { Settings } from '../env.ts';
import type { Rulebook } from '../rules/compile.ts';
import type { Sinch } from '../sinch/client.ts';
import type { Deferred, Work } from './effect.ts';

/** A message that could not be worked off, kept with its reason. */
export interface DeadLetter {
  readonly queue: 'effects' | 'callbacks';
  readonly work: unknown;
  readonly code: string;
  readonly reason: string;
  readonly attempts: number;
}

/** All that the way of a callback needs, opened once an event. Clocks give milliseconds. */
export interface Services {
  readonly now: () => number;
  readonly settings: Settings;
  readonly dataKey: DataKey;
  readonly entities: Entities;
  readonly rulebook: () => Promise<Rulebook>;
  readonly alerts: () => Promise<Alerts>;
  /** @throws AppError `not_configured` without SINCH_* settings */
  readonly sinch: () => Sinch;
  readonly effects: Pick<Queue<Work>, 'sendBatch'>;
  readonly callbacks: Pick<Queue<Deferred>, 'send'>;
  readonly bodies: {
    readonly keep: (key: string, text: string) => Promise<void>;
    readonly read: (key: string) => Promise<string | undefined>;
  };
  readonly contacts: {
    readonly note: (contactId: string, addresses: readonly Address[], at: number) => Promise<void>;
    readonly erase: (contactId: string | undefined, addresses: readonly Address[]) => Promise<string>;
  };
  readonly archive: { readonly keep: (url: string, key: string, address: Address | undefined) => Promise<string> };
  readonly deadLetters: { readonly keep: (letter: DeadLetter) => Promise<string> };
}
