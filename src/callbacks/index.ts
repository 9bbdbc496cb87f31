import { messageDelivery } from './message-delivery.ts';
import type { Trigger } from './trigger.ts';

/** Every trigger that Sinch sends. To add one: its file, and a line here. Where two share a key, the pickier stands first. */
export const triggers: readonly Trigger[] = [messageDelivery];
