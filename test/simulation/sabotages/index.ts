import { claimSabotages } from './claims.ts';
import { gatewaySabotages } from './gateway.ts';
import { peopleSabotages } from './people.ts';
import type { Sabotage } from './sabotage.ts';
import { safetyNetSabotages } from './safety-net.ts';
import { stateSabotages } from './state.ts';
import { upkeepSabotages } from './upkeep.ts';

/** Every protection that can be switched off. Each must be noticed. */
export const sabotages: readonly Sabotage[] = [
  ...claimSabotages,
  ...stateSabotages,
  ...safetyNetSabotages,
  ...gatewaySabotages,
  ...peopleSabotages,
  ...upkeepSabotages,
];
