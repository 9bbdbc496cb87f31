import type { Context } from 'hono';
import { readBody } from '../../callbacks/callback.ts';
import { AppError } from '../../errors.ts';
import { onceByKey } from '../../sending/idempotency.ts';
import { takeShare } from '../../sending/send-checks.ts';
import { type Holding, openHolding, patienceOf } from '../../sending/wait.ts';
import { type OpenServices, open } from '../../services.ts';
import { type Gateway, openGateway, type SendCall } from '../../sinch/gateway.ts';
import { openShared } from '../../sinch/rate.ts';
import { sinchProblem } from '../problem.ts';
import type { Secured } from '../token.ts';
import { counted } from './gateway-metrics.ts';
import { sinchFor } from './pass-through.ts';

/** A call of `/send` that is checked, from a caller whose Authorization Sinch accepts. */
export interface CheckedCall {
  readonly request: Request;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly authorization: string;
  readonly services: OpenServices;
  readonly holding: Holding;
  readonly gateway: Gateway;
}

/**
 * Answers a call that is checked: authorizes the caller at Sinch, reads the body and runs it, once for its `Idempotency-Key`. A
 * caller whose Authorization Sinch refuses gets Sinch's own answer.
 * @param maxBytes the largest body; default 1 MiB
 */
export const checkedCall = (
  c: Context<Secured>,
  name: SendCall,
  run: (call: CheckedCall) => Promise<Response>,
  maxBytes?: number,
): Promise<Response> => counted(c, name, (refused) => answer(c, name, run, refused, maxBytes));

async function answer(
  c: Context<Secured>,
  name: SendCall,
  run: (call: CheckedCall) => Promise<Response>,
  refused: (error: AppError) => void,
  maxBytes?: number,
): Promise<Response> {
  const services = open(c.env);
  const { settings, objects, dataKey, now, callers, shares } = services;
  const sinch = sinchFor(settings, c.req.param('project'));
  const request = c.req.raw;
  const authorization = c.req.header('authorization');
  if (!authorization)
    throw new AppError('unauthorized', 'the Authorization that Sinch takes is needed');
  // First, so that others cost neither memory nor the project's rate, and are not held.
  const refusal = await callers().authorize(authorization, c.req.header('cf-connecting-ip'));
  if (refusal) return refusal;
  const body = await readBody(request, maxBytes);
  const holding = openHolding(patienceOf(c.req.header('prefer')), (ms) => scheduler.wait(ms));
  const shared = openShared(c.env.KV, dataKey, objects, sinch.projectId, now);
  const share = (calls: number) =>
    shares.take(calls, (wanted) => takeShare(wanted, shared, holding));
  const slow = (seconds: number) => {
    shares.drop();
    return shared.slow(seconds);
  };
  const gateway = openGateway(sinch, now, { share, slow });
  const refuseCounted = (error: AppError): Response => {
    refused(error);
    return sinchProblem(error);
  };
  return onceByKey(
    { call: name, headers: request.headers, search: new URL(request.url).search, body },
    { objects, dataKey, now, refuse: refuseCounted },
    () => run({ request, body, authorization, services, holding, gateway }),
  );
}
