import { operations as alerts } from './alerts.ts';
import { operations as callbacks } from './callbacks.ts';
import { operations as catalogue } from './catalogue.ts';
import { operations as consent } from './consent.ts';
import { operations as decisions } from './decisions.ts';
import { operations as erase } from './erase.ts';
import { operations as imports } from './import.ts';
import { operations as maySend } from './may-send.ts';
import { operations as messages } from './messages.ts';
import type { Operation } from './operation.ts';
import { operations as operating } from './operations.ts';
import { operations as pauses } from './pauses.ts';
import { operations as permits } from './permits.ts';
import { operations as recipients } from './recipients.ts';
import { operations as recordings } from './recordings.ts';
import { operations as reviews } from './reviews.ts';
import { operations as rulebooks } from './rulebooks.ts';
import { operations as send } from './send.ts';
import { operations as senders } from './senders.ts';
import { operations as silences } from './silences.ts';

/** What the API's description calls each group, in its order. To add one: its file, and a line here. */
export const groups: Readonly<Record<string, readonly Operation[]>> = {
  Callbacks: callbacks(),
  'May I send?': [...maySend(), ...permits(), ...send(), ...messages()],
  Recipients: [...recipients(), ...imports(), ...consent(), ...reviews(), ...erase()],
  Senders: senders(),
  Rulebooks: [...rulebooks(), ...catalogue()],
  Decisions: decisions(),
  Alerts: [...alerts(), ...silences()],
  Operating: [...operating(), ...pauses(), ...recordings()],
};

/** Every route there is: a test holds this list and the app together. The lists are functions, so that no word of them travels in the Worker. */
export const operations: readonly Operation[] = Object.values(groups).flat();
