import type { AlertContext } from '../alerts/alert-dispatcher.ts';
import { sendBySinch } from '../alerts/by-sinch.ts';
import type { Reveal } from '../alerts/destinations/destination.ts';
import { AppError } from '../errors.ts';
import type { AlertDue } from '../work/effect.ts';
import type { Services } from '../work/services.ts';
import { enqueue } from './enqueue.ts';
import { blockedEgressDomains } from './loop-guard.ts';
import { operatorAlert } from './operator-alert.ts';

/** Opens the dependencies of the alert dispatcher. */
export async function openAlertContext(services: Services): Promise<AlertContext> {
  const { now, settings, objects, mail, sinch, deadLetters } = services;
  return {
    now,
    client: objects.alerts,
    alerts: await services.alerts(),
    reveal: openReveal(services),
    transports: {
      now,
      blockedDomains: await blockedEgressDomains(services),
      mail,
      sinch: (message, id) => sendBySinch(message, id, { now, objects, sinch }),
    },
    metrics: services.metrics,
    publicUrl: settings.publicUrl,
    maxWait: settings.alertMaxWait,
    async deadLetter(group, to, message, attempts) {
      const work: AlertDue = { kind: 'alerts', group, again: to };
      await deadLetters.keep({
        queue: 'effects',
        work,
        code: 'destination_refused',
        reason: `destination ${to}: ${message}`,
        attempts,
      });
    },
    async reportFailing(failing, message, to) {
      const alert = operatorAlert(
        {
          title: `destination ${failing} is failing`,
          text: `${message}. Alerts for it wait and are retried for 24 hours. This is reported once.`,
          severity: 'critical',
        },
        now(),
      );
      await enqueue([{ ...alert, params: { ...alert.params, to } }], services);
    },
  };
}

/** Opens the lookup of destinations' secrets. */
export const openReveal =
  ({ settings }: Pick<Services, 'settings'>): Reveal =>
  ({ secret }) => {
    const value = settings.destination(secret);
    if (value === undefined) throw new AppError('not_configured', `setting ${secret}: is not set`);
    return value;
  };
