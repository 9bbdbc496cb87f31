import * as v from 'valibot';
import { signCallback } from '../../callbacks/signature.ts';
import { base32 } from '../../crypto/base32.ts';
import { AppError } from '../../errors.ts';
import { editCallback } from '../callbacks/edit-callback.ts';
import { readSample } from '../callbacks/samples.ts';
import type { Shell } from '../shell.ts';

/** A composing event: no shipped rule uses it, and it changes nothing. */
const SAMPLE = 'event-composing';
/** A new address answers after some seconds, a journal entry is written behind a queue. */
const TRIES = 24;
const WAIT = 5_000;

const Answer = v.looseObject({ id: v.string(), trigger: v.string() });

/** The Worker to probe. */
interface Target {
  readonly url: string;
  readonly app: string;
  readonly project: string;
  readonly secret: string;
  readonly token: string;
}

/**
 * Posts a signed callback and waits until the journal has it.
 * @throws AppError `unavailable` if it is not answered with 200, or not recorded within two minutes each
 */
export async function probe(
  { url, app, project, secret, token }: Target,
  shell: Pick<Shell, 'now' | 'pause' | 'home' | 'here' | 'progress'>,
): Promise<string> {
  const newId = () => base32(crypto.getRandomValues(new Uint8Array(17)));
  const { body } = editCallback(await readSample(SAMPLE, shell), {
    set: [`app_id=${app}`, `project_id=${project}`],
    fresh: true,
    now: shell.now(),
    newId,
  });
  const headers = await signCallback(body, secret, {
    nonce: newId(),
    timestamp: Math.floor(shell.now() / 1000),
  });
  const answered = await until('the first callback', shell, async () => {
    const response = await fetch(new URL('/callbacks', url), {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
    });
    const text = await response.text();
    const read = v.safeParse(v.pipe(v.string(), v.parseJson(), Answer), text);
    if (response.ok && read.success) return { done: read.output };
    if (response.status === 401)
      throw new AppError(
        'unauthorized',
        `${url} does not accept the webhook secret of this setup: it has another one`,
      );
    return { found: `POST /callbacks answered ${response.status} ${text.slice(0, 300)}` };
  });
  await until('the journal', shell, async () => {
    const response = await fetch(new URL(`/v1/decisions/${answered.id}`, url), {
      headers: { authorization: `Bearer ${token}` },
    });
    await response.body?.cancel();
    return response.ok
      ? { done: true }
      : {
          found: `GET /v1/decisions/${answered.id} answered ${response.status}; the journal keeps it unless JOURNAL is not "all"`,
        };
  });
  return `${answered.trigger} ${answered.id} verified and in the journal`;
}

/** Repeats `ask` until it is done. @throws AppError `unavailable` with what was found last */
async function until<T>(
  what: string,
  { pause, progress }: Pick<Shell, 'pause' | 'progress'>,
  ask: () => Promise<{ readonly done: T } | { readonly found: string }>,
): Promise<T> {
  let found = '';
  for (let tries = 0; tries < TRIES; tries++) {
    if (tries > 0) await pause(WAIT);
    progress(`waiting for ${what}${found && `: ${found}`}`);
    const answer = await ask().catch((error: unknown) => {
      if (error instanceof AppError) throw error;
      return { found: 'no answer' };
    });
    if ('done' in answer) return answer.done;
    found = answer.found;
  }
  throw new AppError('unavailable', found);
}
