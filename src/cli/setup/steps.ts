import { createEuStores, createQueues, logIn, setDomain } from './cloudflare-steps.ts';
import { deployWorker, makeSecrets, tellAddress } from './deploy-steps.ts';
import { connectApp, verify } from './sinch-steps.ts';
import type { Setup, Step } from './step.ts';

/** The steps of a setup, in order. */
export const stepsOf = ({ eu, domain }: Pick<Setup, 'eu' | 'domain'>): readonly Step[] => [
  logIn,
  createQueues,
  ...(eu ? [createEuStores] : []),
  ...(domain === undefined ? [] : [setDomain]),
  makeSecrets,
  deployWorker,
  tellAddress,
  connectApp,
  verify,
];
