import { isRecord } from '../callbacks/shapes/parts.ts';
import { appLabel, type Secrets } from '../callbacks/signature.ts';
import { AppError } from '../errors.ts';
import { refusedTotal } from '../objects/metrics/definitions.ts';
import type { RefusedApps } from '../work/effect.ts';
import type { Services } from '../work/services.ts';
import { alertOperator } from './enqueue.ts';

/** The app and the project that an unverified body names. */
export function namedBy(body: Uint8Array): { readonly appId: string; readonly projectId: string } {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder().decode(body));
    const text = (name: string): string => {
      const value = isRecord(parsed) ? parsed[name] : undefined;
      return typeof value === 'string' ? value : '';
    };
    return { appId: text('app_id'), projectId: text('project_id') };
  } catch {
    return { appId: '', projectId: '' };
  }
}

/**
 * Counts a refused callback and returns the error to answer with. Sinch never retries a 401. While well-formed, fresh signatures over
 * bodies that name our project fail and none verifies, our secret is wrong: then the answer is 503, so that Sinch retries.
 * @param body the body, if the signature was checked against it
 */
export async function refuse(
  error: AppError,
  body: Uint8Array | undefined,
  secrets: Secrets,
  { objects, metrics, settings, now }: Pick<Services, 'objects' | 'metrics' | 'settings' | 'now'>,
): Promise<AppError> {
  const { appId, projectId } = body ? namedBy(body) : { appId: '', projectId: '' };
  const unverified =
    error.code === 'signature_mismatch' &&
    projectId !== '' &&
    projectId === settings.sinchProjectId;
  const refusal = { code: error.code, app: appLabel(secrets, appId), unverified };
  metrics.count(refusedTotal, { code: refusal.code, app: refusal.app });
  const failing = await objects.refusals.refuse(refusal, now());
  if (!failing || !unverified) return error;
  return new AppError(
    'signature_unverified',
    'no signature verifies: setting WEBHOOK_SECRETS seems to be wrong; send it again',
    { cause: error },
  );
}

/** Alerts the operator that callbacks are refused and none verifies. */
export const alertRefused = ({ apps }: RefusedApps, services: Services): Promise<void> => {
  const list = apps
    .map(({ app, failures, since }) => `${app}: ${failures} since ${new Date(since).toISOString()}`)
    .join('; ');
  return alertOperator(
    {
      title: 'callbacks are refused: no signature verifies',
      text: `By app: ${list}. Setting WEBHOOK_SECRETS lacks the secret that Sinch signs with. Sinch never retries a 401; only while five fail within 15 minutes and none verifies, the answer is 503 and Sinch retries. Set the secret: npx wrangler secret put WEBHOOK_SECRETS.`,
      severity: 'critical',
    },
    services,
  );
};
