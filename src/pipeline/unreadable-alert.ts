import { AppError, codeOf, messageOf } from '../errors.ts';
import type { Services } from '../work/services.ts';
import { enqueue } from './enqueue.ts';
import { DAILY, trouble } from './operator-alert.ts';

/** What this isolate has told already, a deployment at a time. */
const told = new WeakMap<object, Set<string>>();

/**
 * Raises an alert, once a day and code: callbacks come that are signed and cannot be read. Nobody waits for it, so it never
 * throws: the body is kept, and `/healthz` names it, in any case.
 * @param error why the body cannot be read
 * @param open opens the services; a setting that is missing ends it
 */
export async function tellUnreadable(error: unknown, open: () => Services): Promise<void> {
  try {
    const services = open();
    const code = codeOf(error);
    // What another error says may hold a part of the body.
    const message = error instanceof AppError ? messageOf(error) : 'Our own reader failed';
    const alert = trouble(
      `callbacks cannot be read (${code})`,
      `${message}. Has Sinch changed a shape? Each body is kept for 90 days: GET /v1/quarantine lists them with the reason, and when the reader is mended, POST /v1/quarantine/{id}/redeliver puts one on its way.`,
      services.now(),
      'high',
      DAILY,
    );
    const known = told.get(services.effects) ?? new Set();
    if (known.has(alert.key)) return;
    await enqueue([alert], services);
    told.set(services.effects, known.add(alert.key));
  } catch (cause) {
    console.error({ event: 'quarantine.not-told', code: codeOf(cause), message: messageOf(cause) });
  }
}
