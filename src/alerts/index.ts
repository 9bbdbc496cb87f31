import type { Destination } from './destination.ts';
import { slack } from './slack.ts';
import { webhook } from './webhook.ts';

/** Every kind of destination. To add one: its file, and a line here. */
export const destinations: readonly Destination[] = [slack, webhook];
