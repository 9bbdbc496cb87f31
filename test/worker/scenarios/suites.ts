import { CAPABILITY } from './capability.ts';
import { CHANNELS } from './channels.ts';
import { CONTACTS } from './contacts.ts';
import { CONSENT, DELIVERY } from './delivery-and-consent.ts';
import { FIGURES } from './figures.ts';
import { PEOPLE } from './people.ts';
import { RECORDS } from './records.ts';
import type { Scenario } from './scenario.ts';
import { SYSTEM } from './system.ts';

/** The scenarios by the test file that plays them: `<name>.test.ts` beside this file. */
export const SUITES = {
  capability: CAPABILITY,
  channels: CHANNELS,
  contacts: CONTACTS,
  'delivery-and-consent': [...DELIVERY, ...CONSENT],
  figures: FIGURES,
  people: PEOPLE,
  records: RECORDS,
  system: SYSTEM,
} satisfies Readonly<Record<string, readonly Scenario[]>>;
