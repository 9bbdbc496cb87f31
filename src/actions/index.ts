import type { Action } from './action.ts';
import { alert } from './alert.ts';
import { archive } from './archive.ts';
import { checkCapability } from './check-capability.ts';
import { compareConsent } from './compare-consent.ts';
import { erase } from './erase.ts';
import { forward } from './forward.ts';
import { ignore } from './ignore.ts';
import { mergeContacts } from './merge-contacts.ts';
import { narrowOptOut } from './narrow-opt-out.ts';
import { release } from './release.ts';
import { reply } from './reply.ts';
import { retry } from './retry.ts';
import { review } from './review.ts';
import { suppress } from './suppress.ts';
import { throttle } from './throttle.ts';
import { unsuppress } from './unsuppress.ts';

/** Every action. To add one: its file, and a line here. */
export const actions: readonly Action[] = [
  throttle,
  release,
  suppress,
  unsuppress,
  retry,
  alert,
  forward,
  archive,
  checkCapability,
  erase,
  reply,
  review,
  compareConsent,
  mergeContacts,
  narrowOptOut,
  ignore,
];

const byName = new Map(actions.map((action) => [action.name, action]));

/** The action of a name. */
export const actionNamed = (name: string): Action | undefined => byName.get(name);
