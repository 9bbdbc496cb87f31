import { authenticationSettings } from './authentication.ts';
import { channelSettings } from './channels.ts';
import { deliverySettings } from './delivery.ts';
import { journalSettings } from './journal.ts';
import { metricsSettings } from './metrics.ts';
import { sinchSettings } from './sinch.ts';
import { storageSettings } from './storage.ts';

/** Every setting. To add one: a line in the file of its group, or its own file and a line here. */
export const settings = [
  ...authenticationSettings,
  ...sinchSettings,
  ...channelSettings,
  ...deliverySettings,
  ...storageSettings,
  ...journalSettings,
  ...metricsSettings,
] as const;
