import type { Regime } from '../regime.ts';
import { campaigns } from './campaigns.ts';
import { dense, tenant, today } from './equality.ts';
import { folderRegimes } from './mix.ts';
import { nested } from './nested.ts';
import { unindexed } from './unindexed.ts';
import { words } from './words.ts';

/** Returns every regime; the last ones are over the rules of a folder. To add one: its file, and a line here. */
export const regimesOver = (folder: string): readonly Regime[] => [
  tenant,
  dense,
  today,
  words,
  campaigns,
  nested,
  unindexed,
  ...folderRegimes(folder),
];
