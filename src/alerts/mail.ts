import type { Transports } from './send.ts';

/** The binding EMAIL, where wrangler.toml has one. */
export function openMail(env: object): Transports['mail'] {
  const binding: unknown = Reflect.get(env, 'EMAIL');
  if (!isMailer(binding)) return undefined;
  return async ({ from, to, subject, text }) => {
    await binding.send({ from, to: [...to], subject, text });
  };
}

const isMailer = (binding: unknown): binding is Pick<SendEmail, 'send'> =>
  typeof binding === 'object' &&
  binding !== null &&
  'send' in binding &&
  typeof binding.send === 'function';
