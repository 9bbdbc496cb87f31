import { AppError, codeOf, messageOf } from '../errors.ts';
import type { Services } from '../work/services.ts';
import { enqueue } from './enqueue.ts';
import { DAILY, operatorAlert } from './operator-alert.ts';

/** The alerts that this isolate has raised already, for each deployment. */
const raised = new WeakMap<object, Set<string>>();

/**
 * Alerts the operator that signed callbacks cannot be read, once a day for each error code. It never throws: the body is stored in
 * quarantine and shown by `/healthz` in any case.
 * @param error why the body cannot be read
 * @param open opens the services; a missing setting ends the attempt
 */
export async function alertUnreadable(error: unknown, open: () => Services): Promise<void> {
  try {
    const services = open();
    const code = codeOf(error);
    // The message of any other error may contain a part of the body.
    const message = error instanceof AppError ? messageOf(error) : 'Signalbox’s own reader failed';
    const alert = operatorAlert(
      {
        title: `callbacks cannot be read (${code})`,
        text: `${message}. Sinch may have changed a format. Each body is stored for 90 days: signalbox quarantine lists them with the reason. When the reader is fixed, signalbox quarantine redeliver takes them up again.`,
        interval: DAILY,
      },
      services.now(),
    );
    const known = raised.get(services.effects) ?? new Set();
    if (known.has(alert.key)) return;
    await enqueue([alert], services);
    raised.set(services.effects, known.add(alert.key));
  } catch (cause) {
    console.error({
      // @event quarantine.not-reported | The alert about an unreadable body could not be queued.
      event: 'quarantine.not-reported',
      code: codeOf(cause),
      message: messageOf(cause),
    });
  }
}
