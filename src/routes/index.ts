import { alertRoutes } from './alerts.ts';
import { batchRoutes } from './batches.ts';
import { callbackRoutes } from './callbacks.ts';
import { catalogueRoutes } from './catalogue.ts';
import { changeRoutes } from './changes.ts';
import { channelRoutes } from './channels.ts';
import { consentRoutes } from './consent.ts';
import { deadLetterRoutes } from './dead-letters.ts';
import { decisionRoutes, driftRoutes, statsRoutes } from './decisions.ts';
import { deliveryStatsRoutes } from './delivery-stats.ts';
import { dryRunRoutes } from './dry-run.ts';
import { eraseRoutes } from './erase.ts';
import { healthRoutes } from './health.ts';
import { maySendRoutes } from './may-send.ts';
import { meRoutes } from './me.ts';
import { messageRoutes } from './messages.ts';
import { metricsRoutes } from './metrics.ts';
import { overviewRoutes } from './overview.ts';
import { heldRoutes, pauseRoutes } from './pauses.ts';
import { permitRoutes } from './permits.ts';
import { quarantineRoutes } from './quarantine.ts';
import { recipientRoutes } from './recipients.ts';
import { recordingRoutes } from './recordings.ts';
import { reviewRoutes } from './reviews.ts';
import type { Route } from './route.ts';
import { rulebookRoutes } from './rulebooks.ts';
import { sampleRoutes } from './samples.ts';
import { sendRoutes } from './send.ts';
import { senderRoutes } from './senders.ts';
import { silenceRoutes } from './silences.ts';
import { unsupportedRoutes } from './unsupported.ts';

/** All routes. Callbacks come first: they are most of the traffic. To add a group: its file, and a line here. */
export const routes: readonly Route[] = [
  ...callbackRoutes,
  ...healthRoutes,
  ...metricsRoutes,
  ...sendRoutes,
  ...maySendRoutes,
  ...channelRoutes,
  ...permitRoutes,
  ...messageRoutes,
  ...batchRoutes,
  ...deliveryStatsRoutes,
  ...dryRunRoutes,
  ...recipientRoutes,
  ...changeRoutes,
  ...reviewRoutes,
  ...consentRoutes,
  ...pauseRoutes,
  ...heldRoutes,
  ...eraseRoutes,
  ...recordingRoutes,
  ...senderRoutes,
  ...rulebookRoutes,
  ...catalogueRoutes,
  ...alertRoutes,
  ...silenceRoutes,
  ...deadLetterRoutes,
  ...quarantineRoutes,
  ...decisionRoutes,
  ...statsRoutes,
  ...driftRoutes,
  ...unsupportedRoutes,
  ...meRoutes,
  ...overviewRoutes,
  ...sampleRoutes,
];
