import * as v from 'valibot';

/** The envelope around every payload (Sinch specification, CallbackEventCommon). Times are milliseconds since 1970. */
export interface Envelope {
  /** May be empty: project-level CONTACT_* callbacks have none. */
  readonly appId: string;
  /** May be empty; never part of a key. */
  readonly projectId: string;
  readonly acceptedTime: number | undefined;
  readonly eventTime: number | undefined;
  readonly messageMetadata: string;
  readonly correlationId: string;
  /** The whole body, parsed. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** The fields of the body around the payload. */
export const ENVELOPE_FIELDS: readonly string[] = [
  'app_id',
  'project_id',
  'accepted_time',
  'event_time',
  'message_metadata',
  'correlation_id',
];

/** A person's address on a channel. `app_id` is empty where the channel is not app-scoped or Sinch left it out. */
export const Address = v.object({ channel: v.string(), identity: v.string(), appId: v.string() });
export type Address = Readonly<v.InferOutput<typeof Address>>;

/** The person, message and conversation that a callback is about, whatever its trigger. An empty string is left out. */
export interface CallbackSubject {
  readonly channel?: string | undefined;
  readonly identity?: string | undefined;
  /** The app that scopes `identity` on an app-scoped channel. */
  readonly identityAppId?: string | undefined;
  readonly contactId?: string | undefined;
  readonly conversationId?: string | undefined;
  readonly messageId?: string | undefined;
  readonly processingMode?: string | undefined;
  /** The customer's own metadata on the message. */
  readonly metadata?: string | undefined;
}

/** State that a callback reports and that is stored whatever the rules decide. Pure data; `objects/record-state.ts` stores it. */
export type StateRecord =
  | {
      readonly kind: 'rating';
      readonly channel: string;
      readonly rating: string;
      readonly previous?: string | undefined;
    }
  | {
      readonly kind: 'messaging-limit';
      readonly channel: string;
      readonly limit: string;
      readonly previous?: string | undefined;
    }
  | {
      readonly kind: 'capability';
      readonly address: Address;
      readonly status: string;
      /** The name of the person on the channel. */
      readonly displayName?: string | undefined;
    }
  /** The person wrote on a channel. */
  | { readonly kind: 'reply'; readonly address: Address }
  | {
      readonly kind: 'submitted';
      readonly messageId: string;
      /** The batch that it was sent with. */
      readonly batchId?: string | undefined;
      readonly address: Address;
      readonly message: object;
      /** The customer's own metadata and correlation id: a resent message carries them unchanged. */
      readonly metadata?: string | undefined;
      readonly correlationId?: string | undefined;
      readonly contactId?: string | undefined;
      readonly processingMode?: string | undefined;
    }
  | {
      readonly kind: 'status';
      readonly messageId: string;
      readonly status: string;
      readonly reasonCode?: string | undefined;
      readonly channel?: string | undefined;
      readonly batchId?: string | undefined;
      /** The recipient, if the receipt names one. */
      readonly address?: Address | undefined;
    }
  /** What Sinch reported of a batch of messages. */
  | {
      readonly kind: 'batch';
      readonly batchId: string;
      readonly status: string;
      readonly total?: number | undefined;
      readonly successful?: number | undefined;
      readonly failed?: number | undefined;
      readonly reasons?: readonly string[] | undefined;
    }
  /** A number and a business-scoped id of WhatsApp that are one person. */
  | { readonly kind: 'link'; readonly number: Address; readonly id: Address }
  /** A WhatsApp number or id that another one replaced. */
  | { readonly kind: 'moved'; readonly from: Address; readonly to: Address }
  /** Two contacts became one. */
  | { readonly kind: 'merge'; readonly preserved: string; readonly deleted: string }
  /** What a contact is now; `undefined`: the callback does not say. */
  | {
      readonly kind: 'contact-state';
      /** The contact is deleted: the state is not to be stored. */
      readonly isDeleted?: true;
      readonly contactId: string;
      /** Its fields as text; empty for a field without a value. */
      readonly values: Readonly<Record<string, string>>;
      /** The values within its metadata, by path. */
      readonly metadata: ReadonlyMap<string, string | number | boolean> | undefined;
      readonly language: string | undefined;
      /** The channels that the contact prefers, the first one first. */
      readonly channelPriority: readonly string[] | undefined;
      readonly channels: readonly string[] | undefined;
      readonly identityCount: number | undefined;
    }
  | {
      readonly kind: 'contact';
      readonly contactId: string;
      readonly addresses: readonly Address[];
      /** These are all addresses that the contact has now. */
      readonly isWhole?: boolean;
      /** The contact is deleted: its addresses are not to be stored again. */
      readonly isDeleted?: true;
    };

/** A callback in normal form: the specification's names, whatever shape it came in. Times are milliseconds since 1970. */
export interface CallbackContent {
  /** 26 characters: the same for a redelivery, different for another event. */
  readonly id: string;
  readonly trigger: string;
  readonly envelope: Envelope;
  readonly subject: CallbackSubject;
  readonly payload: object;
  readonly stateRecords: readonly StateRecord[];
  /** When it happened by Sinch's clock, but never later than `receivedAt`, so that a wrong clock cannot freeze state. */
  readonly eventTime: number;
  readonly receivedAt: number;
  /** The body as it came; without credentials, where the API that sent it puts them there. */
  readonly raw: string;
}
