import type { Tending } from '../alerts/alert-dispatcher.ts';
import { sendBySinch } from '../alerts/by-sinch.ts';
import type { Reveal } from '../alerts/destinations/destination.ts';
import { AppError } from '../errors.ts';
import type { Alarming } from '../work/effect.ts';
import type { Services } from '../work/services.ts';
import { enqueue } from './enqueue.ts';
import { blockedEgressDomains } from './loop-guard.ts';
import { trouble } from './operator-alert.ts';

/** Opens all that alerts need, for one event. */
export async function openTending(services: Services): Promise<Tending> {
  const { now, settings, objects, mail, sinch, deadLetters } = services;
  return {
    now,
    client: objects.alerts,
    alerts: await services.alerts(),
    reveal: revealing(services),
    carriers: {
      now,
      own: await blockedEgressDomains(services),
      mail,
      sinch: (message, id) => sendBySinch(message, id, { now, objects, sinch }),
    },
    publicUrl: settings.publicUrl,
    atMost: settings.alertMaxWait,
    async bury(group, to, message, attempts) {
      const work: Alarming = { kind: 'alerts', group, again: to };
      await deadLetters.keep({
        queue: 'effects',
        work,
        code: 'destination_refused',
        reason: `destination ${to}: ${message}`,
        attempts,
      });
    },
    async complain(about, message, to) {
      const own = trouble(
        `destination ${about} is failing`,
        `${message}. Alerts for it wait and are tried again for 24 hours; it is said once.`,
        now(),
        'critical',
      );
      await enqueue([{ ...own, params: { ...own.params, to } }], services);
    },
  };
}

/** Looks secrets of destinations up. */
export const revealing =
  ({ settings }: Pick<Services, 'settings'>): Reveal =>
  ({ secret }) => {
    const value = settings.destination(secret);
    if (value === undefined) throw new AppError('not_configured', `setting ${secret}: is not set`);
    return value;
  };
