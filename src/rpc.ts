import { WorkerEntrypoint } from 'cloudflare:workers';
import * as v from 'valibot';
import {
  type Recipient,
  type RecipientChanged,
  type Scope,
  Suppression,
} from './api/consent/recipients.ts';
import { Channel, Identity } from './api/operation.ts';
import { type ChecksAnswer, ChecksRequest } from './api/sending/capability-checks.ts';
import { type ChannelsAnswer, ChannelsRequest } from './api/sending/channels.ts';
import { Consistency, type MaySendAnswer, MaySendRequest } from './api/sending/may-send.ts';
import { type PermitAnswer, PermitRequest } from './api/sending/permits.ts';
import { addressOf, changeByHand, readRecipient } from './routes/consent/recipients.ts';
import { read } from './routes/read-input.ts';
import { channelsFor } from './routes/sending/channels.ts';
import { takePermits } from './routes/sending/permits.ts';
import { checkCapabilities } from './sending/capability-checks.ts';
import { maySend } from './sending/may-send.ts';
import { open } from './services.ts';

/** An identity on a channel, with `app_id` where identities belong to an app. */
const Person = v.strictObject({
  channel: Channel,
  identity: Identity,
  app_id: v.optional(v.string(), ''),
});
type Person = v.InferInput<typeof Person>;

/** A change by hand: actor, reason and scope (default `all`). */
interface Hand {
  readonly actor: string;
  readonly reason: string;
  readonly scope?: Scope;
}

/** The recorded actor of a bound Worker. It is of the same account, so it needs no token. */
const BOUND = { name: 'service-binding' };

/**
 * The API for other Workers, by service binding:
 * `services = [{ binding = "SIGNALBOX", service = "signalbox", entrypoint = "SignalboxRpc" }]`.
 * An invalid argument throws an error that names the field.
 */
export class SignalboxRpc extends WorkerEntrypoint<Env> {
  /** Returns whether each recipient may receive a message, like `POST /v1/may-send`. */
  async maySend(
    recipients: MaySendRequest['recipients'],
    { consistency = 'strong' }: { readonly consistency?: Consistency } = {},
  ): Promise<MaySendAnswer> {
    const { objects, now, settings } = open(this.env);
    const asked = read(MaySendRequest, { recipients }, 'recipients');
    const wanted = read(Consistency, consistency, 'consistency');
    return maySend(asked.recipients, wanted, {
      objects,
      now,
      kv: this.env.KV,
      country: settings.defaultCountry,
      maxAge: settings.capabilityMaxAge,
    });
  }

  /** Returns the channels of each person, the best one first, like `POST /v1/channels`. */
  async channels(recipients: ChannelsRequest['recipients']): Promise<ChannelsAnswer> {
    const asked = read(ChannelsRequest, { recipients }, 'recipients');
    const services = open(this.env, (work) => this.ctx.waitUntil(work));
    return channelsFor(asked.recipients, this.env.KV, services);
  }

  /** Starts capability checks, like `POST /v1/capability-checks`. */
  async capabilityChecks(recipients: ChecksRequest['recipients']): Promise<ChecksAnswer> {
    const asked = read(ChecksRequest, { recipients }, 'recipients');
    return checkCapabilities(asked.recipients, open(this.env));
  }

  /** Takes permits, like `POST /v1/permits`. */
  async permits(request: PermitRequest): Promise<PermitAnswer> {
    return takePermits(read(PermitRequest, request, 'request'), this.env);
  }

  /** Returns the consent of a recipient, like `GET /v1/recipients`. */
  async recipient(person: Person): Promise<Recipient> {
    return readRecipient(this.#address(person), this.env);
  }

  /** Suppresses a recipient, like `PUT /v1/recipients`. */
  async suppress(person: Person, hand: Hand): Promise<RecipientChanged> {
    return changeByHand(
      this.#address(person),
      'out',
      read(Suppression, hand, 'hand'),
      BOUND,
      this.env,
    );
  }

  /** Lifts a suppression, like `DELETE /v1/recipients`. */
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
    return addressOf(named, app_id, this.env);
  }
}
