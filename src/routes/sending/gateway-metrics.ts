import type { Context } from 'hono';
import { AppError } from '../../errors.ts';
import { gatewayRefusalsTotal, gatewayTotal } from '../../objects/metrics/definitions.ts';
import type { MetricsWriter } from '../../objects/metrics/metrics-client.ts';
import { open } from '../../services.ts';
import type { Secured } from '../token.ts';

/**
 * Answers a request to `/send` and counts it for `/metrics`: by status, and a refusal of Signalbox by its code. `answer` reports a
 * refusal that it answers itself.
 */
export async function counted(
  c: Context<Secured>,
  call: string,
  answer: (refused: (error: AppError) => void) => Promise<Response>,
): Promise<Response> {
  const metrics = metricsOf(c);
  const refused = ({ code }: AppError): void => metrics?.count(gatewayRefusalsTotal, { code });
  try {
    const response = await answer(refused);
    metrics?.count(gatewayTotal, { call, status: String(response.status) });
    return response;
  } catch (error) {
    const status = error instanceof AppError ? error.status : 500;
    metrics?.count(gatewayTotal, { call, status: String(status) });
    if (error instanceof AppError) refused(error);
    throw error;
  }
}

/** Undefined where a setting is wrong: then the answer itself names it. */
function metricsOf(c: Context<Secured>): MetricsWriter | undefined {
  try {
    return open(c.env, (work) => c.executionCtx.waitUntil(work)).metrics;
  } catch {
    return undefined;
  }
}
