import { channelEvent } from './channel-event.ts';
import { messageDelivery } from './message-delivery.ts';
import { messageInbound } from './message-inbound.ts';
import { messageSubmit } from './message-submit.ts';
import type { Trigger } from './trigger.ts';

/** Every trigger that Sinch sends. To add one: its file, and a line here. Where two share a key, the pickier stands first. */
export const triggers: readonly Trigger[] = [messageInbound, messageSubmit, messageDelivery, channelEvent];

/** Other spellings of a trigger's name: Sinch's specification and its SDKs disagree. */
const ALIASES: Readonly<Record<string, string>> = { SMART_CONVERSATION: 'SMART_CONVERSATIONS' };

/** The trigger that a rule names. */
export function triggerNamed(name: string): Trigger | undefined {
  const real = Object.hasOwn(ALIASES, name) ? ALIASES[name] : name;
  return triggers.find((trigger) => trigger.name === real);
}
