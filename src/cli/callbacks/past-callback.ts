import * as v from 'valibot';
import { ExplainedDecision } from '../../api/decisions/decisions.ts';
import type { PastCallback } from '../../authoring/kept-example.ts';
import { isRecord } from '../../callbacks/shapes/parts.ts';
import { AppError } from '../../errors.ts';
import type { Shell } from '../shell.ts';
import { askWorker, type WorkerAddress } from '../worker/ask-worker.ts';
import { isDecisionId } from '../worker/explain-decision.ts';
import { readSample } from './samples.ts';

/**
 * Returns the callback of a decision, of a file or of a sample. Of a decision it includes the facts that the Worker
 * remembered then; that needs the role admin and the setting JOURNAL_PAYLOAD=keep.
 * @throws AppError `not_found`, `bad_request` for a file that holds no callback, or with the Worker's message
 */
export async function readPastCallback(
  source: string,
  address: WorkerAddress,
  shell: Shell,
): Promise<PastCallback> {
  if (!isDecisionId(source))
    return { body: bodyOf(source, await readSample(source, shell)), facts: {} };
  const path = `/v1/decisions/${source}`;
  const { facts } = await askWorker(path, ExplainedDecision, address, shell);
  const Body = v.record(v.string(), v.unknown());
  return { body: await askWorker(`${path}/callback`, Body, address, shell), facts };
}

function bodyOf(source: string, bytes: Uint8Array): Record<string, unknown> {
  let body: unknown;
  try {
    body = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new AppError('bad_request', `${source} is not JSON`, { cause });
  }
  if (!isRecord(body))
    throw new AppError('bad_request', `${source} is no callback: expected an object`);
  return body;
}
