import type { Destination } from './destination.ts';
import { email } from './email.ts';
import { pagerduty } from './pagerduty.ts';
import { sinch } from './sinch.ts';
import { slack } from './slack.ts';
import { teams } from './teams.ts';
import { webhook } from './webhook.ts';

/** Every kind of destination. To add one: its file, and a line here. */
export const destinations: readonly Destination[] = [
  slack,
  teams,
  pagerduty,
  email,
  sinch,
  webhook,
];
