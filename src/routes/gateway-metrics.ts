import type { Context } from 'hono';
import { AppError } from '../errors.ts';
import { gatewayRefusalsTotal, gatewayTotal } from '../objects/metrics/definitions.ts';
import type { MetricsWriter } from '../objects/metrics/metrics-client.ts';
import { open } from '../services.ts';
import type { Secured } from './token.ts';

/** Answers a request to `/send` and counts it for `/metrics`: by status, and a refusal of Signalbox by its code. */
export async function counted(
  c: Context<Secured>,
  call: string,
  answer: () => Promise<Response>,
): Promise<Response> {
  const metrics = metricsOf(c);
  try {
    const response = await answer();
    metrics?.count(gatewayTotal, { call, status: String(response.status) });
    return response;
  } catch (error) {
    const refused = error instanceof AppError ? error : undefined;
    metrics?.count(gatewayTotal, { call, status: String(refused?.status ?? 500) });
    if (refused) metrics?.count(gatewayRefusalsTotal, { code: refused.code });
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
