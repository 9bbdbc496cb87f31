import { alertRoutes } from './alerts/alerts.ts';
import { silenceRoutes } from './alerts/silences.ts';
import { changeRoutes } from './consent/changes.ts';
import { consentRoutes } from './consent/consent.ts';
import { eraseRoutes } from './consent/erase.ts';
import { recipientRoutes } from './consent/recipients.ts';
import { reviewRoutes } from './consent/reviews.ts';
import { callbackRoutes } from './decisions/callbacks.ts';
import { decisionRoutes, driftRoutes, statsRoutes } from './decisions/decisions.ts';
import { dryRunRoutes } from './decisions/dry-run.ts';
import { unsupportedRoutes } from './decisions/unsupported.ts';
import { batchRoutes } from './delivery/batches.ts';
import { deliveryStatsRoutes } from './delivery/delivery-stats.ts';
import { messageRoutes } from './delivery/messages.ts';
import { deadLetterRoutes } from './operating/dead-letters.ts';
import { healthRoutes } from './operating/health.ts';
import { meRoutes } from './operating/me.ts';
import { metricsRoutes } from './operating/metrics.ts';
import { overviewRoutes } from './operating/overview.ts';
import { heldRoutes, pauseRoutes } from './operating/pauses.ts';
import { quarantineRoutes } from './operating/quarantine.ts';
import { recordingRoutes } from './operating/recordings.ts';
import { senderRoutes } from './operating/senders.ts';
import type { Route } from './route.ts';
import { catalogueRoutes } from './rulebooks/catalogue.ts';
import { rulebookRoutes } from './rulebooks/rulebooks.ts';
import { sampleRoutes } from './rulebooks/samples.ts';
import { channelRoutes } from './sending/channels.ts';
import { maySendRoutes } from './sending/may-send.ts';
import { permitRoutes } from './sending/permits.ts';
import { sendRoutes } from './sending/send.ts';

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
