import { signCallback } from '../../callbacks/signature.ts';
import { messageOf } from '../../errors.ts';
import type { Shell } from '../shell.ts';
import { type LocalSettings, secretOf } from '../worker/settings-file.ts';

/** Returns what delivers the callbacks of the local Sinch to the Worker, signed with a local secret. A failure is printed. */
export const callBackTo =
  (workerUrl: string, settings: LocalSettings, shell: Pick<Shell, 'now' | 'err'>) =>
  (callback: object): void => {
    deliver(new URL('/callbacks', workerUrl), callback, settings, shell.now()).catch(
      (error: unknown) => shell.err(`local Sinch ▸ callback: ${messageOf(error)}`),
    );
  };

async function deliver(
  url: URL,
  callback: object,
  settings: LocalSettings,
  now: number,
): Promise<void> {
  const secret = secretOf('app_id' in callback ? String(callback.app_id) : '', settings);
  if (!secret) return;
  const body = new TextEncoder().encode(JSON.stringify(callback));
  const signed = await signCallback(body, secret, {
    nonce: crypto.randomUUID(),
    timestamp: Math.floor(now / 1_000),
  });
  const headers = { 'content-type': 'application/json', ...signed };
  const response = await fetch(url, { method: 'POST', body, headers });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`the Worker answered ${response.status}`);
}
