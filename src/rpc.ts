import { WorkerEntrypoint } from 'cloudflare:workers';
import * as v from 'valibot';
import { Consistency, type MaySendAnswer, MaySendRequest } from './api/may-send.ts';
import { Channel, text } from './api/operation.ts';
import { type PermitAnswer, PermitRequest } from './api/permits.ts';
import {
  type Recipient,
  type RecipientChanged,
  type Scope,
  Suppression,
} from './api/recipients.ts';
import { takePermits } from './routes/permits.ts';
import { read } from './routes/read-input.ts';
import { addressOf, changeByHand, readRecipient } from './routes/recipients.ts';
import { maySend } from './sending/may-send.ts';
import { open } from './services.ts';

/** Somebody on a channel. `app_id` where identities belong to an app. */
const Person = v.strictObject({
  channel: Channel,
  identity: text(),
  app_id: v.optional(v.string(), ''),
});
type Person = v.InferInput<typeof Person>;

/** What a change by hand says: who, why, and how much (`all` unless said). */
interface Hand {
  readonly actor: string;
  readonly reason: string;
  readonly scope?: Scope;
}

/** A Worker that is bound to Signalbox is of the same account: it needs no token, and this stands in its records. */
const BOUND = { name: 'service-binding' };

/**
 * The same questions for Workers, by service binding:
 * `services = [{ binding = "SIGNALBOX", service = "signalbox", entrypoint = "SignalboxRpc" }]`.
 * A question that cannot be read is thrown as an error whose message names the place.
 */
export class SignalboxRpc extends WorkerEntrypoint<Env> {
  /** May these people be written to? As `POST /v1/may-send`: what cannot be read is not allowed. */
  async maySend(
    recipients: MaySendRequest['recipients'],
    { consistency = 'strong' }: { readonly consistency?: Consistency } = {},
  ): Promise<MaySendAnswer> {
    const { objects, now } = open(this.env);
    const asked = read(MaySendRequest, { recipients }, 'recipients');
    const wanted = read(Consistency, consistency, 'consistency');
    return maySend(asked.recipients, wanted, { objects, now, kv: this.env.KV });
  }

  /** How many may go now? As `POST /v1/permits`. */
  async permits(request: PermitRequest): Promise<PermitAnswer> {
    return takePermits(read(PermitRequest, request, 'request'), this.env);
  }

  /** What does this person refuse, and since when? As `GET /v1/recipients`. */
  async recipient(person: Person): Promise<Recipient> {
    return readRecipient(this.#address(person), this.env);
  }

  /** Write to this person no more. As `PUT /v1/recipients`. */
  async suppress(person: Person, hand: Hand): Promise<RecipientChanged> {
    return changeByHand(
      this.#address(person),
      'out',
      read(Suppression, hand, 'hand'),
      BOUND,
      this.env,
    );
  }

  /** This person may be written to again. As `DELETE /v1/recipients`. */
  async unsuppress(person: Person, hand: Hand): Promise<RecipientChanged> {
    return changeByHand(
      this.#address(person),
      'in',
      read(Suppression, hand, 'hand'),
      BOUND,
      this.env,
    );
  }

  #address(person: Person) {
    const { app_id, ...named } = read(Person, person, 'person');
    return addressOf(named, app_id);
  }
}
