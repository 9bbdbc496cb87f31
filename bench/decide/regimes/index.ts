import type { Regime } from '../regime.ts';
import { campaigns } from './campaigns.ts';
import { dense, tenant, today } from './equality.ts';
import { delivered, mix } from './mix.ts';
import { nested } from './nested.ts';
import { unindexed } from './unindexed.ts';
import { words } from './words.ts';

/** Every regime. To add one: its file, and a line here. */
export const regimes: readonly Regime[] = [
  tenant,
  dense,
  today,
  words,
  campaigns,
  nested,
  unindexed,
  mix,
  delivered,
];
