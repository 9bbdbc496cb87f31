import * as v from 'valibot';
import { Throttled } from '../../api/operating/pauses.ts';
import { AppError } from '../../errors.ts';
import { defineCommand, Flag, JSON_OPTION, Text } from '../command.ts';
import { clock } from '../time.ts';
import { ACTOR_INPUT, ACTOR_OPTIONS, jsonRequest, readActor } from '../worker/actor.ts';
import { askWorker, queryOf, WORKER_OPTIONS } from '../worker/ask-worker.ts';

/** `throttle`: limits a sender by hand, or lifts what limits it. */
export const throttle = defineCommand({
  usage: 'throttle <app> <channel>',
  description: 'Limit a sender by hand, or lift all its limits.',
  examples: [
    'throttle 01JB1JEWE77B1WMNG5RADAGJ9R WHATSAPP --to 10/minute --for 7d --reason "rating"',
    'throttle 01JB1JEWE77B1WMNG5RADAGJ9R WHATSAPP --lift --reason "rating is back"',
  ],
  failsIf: 'the Worker refuses the limit',
  options: [
    { flags: '--to <rate>', description: '10/minute, 5/second, 1000/hour, or 0' },
    { flags: '--for <duration>', description: '30m, 1h, 7d' },
    { flags: '--content <kind>', description: 'marketing (default), notification or other' },
    { flags: '--lift', description: 'end all limits, including those set by rules' },
    ...ACTOR_OPTIONS,
    ...WORKER_OPTIONS,
    JSON_OPTION,
  ],
  input: v.object({
    app: v.string(),
    channel: v.string(),
    to: Text,
    for: Text,
    content: Text,
    lift: Flag,
    ...ACTOR_INPUT,
    url: Text,
    token: Text,
    json: Flag,
  }),
  async run({ app, channel, to, for: life, content, lift, url, token, json, ...hand }, shell) {
    const path = `/v1/senders/${encodeURIComponent(app)}/${encodeURIComponent(channel)}/throttle`;
    if (lift && (to || life))
      throw new AppError('bad_request', '--lift ends limits; leave --to and --for out');
    if (!lift && (!to || !life))
      throw new AppError(
        'bad_request',
        'say how fast and for how long: --to 10/minute --for 7d; or --lift',
      );
    const who = await readActor(hand, shell);
    const sender = lift
      ? await askWorker(`${path}${queryOf(who)}`, Throttled, { url, token }, shell, {
          method: 'DELETE',
        })
      : await askWorker(
          path,
          Throttled,
          { url, token },
          shell,
          jsonRequest('PUT', { to, for: life, ...(content ? { content } : {}), ...who }),
        );
    const { throttle: now } = sender;
    const words = now
      ? `${channel.toUpperCase()} of ${app}: ${now.content} ${now.to === '0' ? 'stopped' : `at most ${now.to}`} until ${clock(now.until, shell.zone)} (${now.reason})`
      : `${channel.toUpperCase()} of ${app} is not limited${lift ? '; a rule that fires again limits it again' : ''}`;
    shell.out(json ? JSON.stringify(sender) : words);
    if (!json && sender.warning)
      shell.out(`But ${sender.warning}. Is it a typing mistake? --lift takes it back.`);
    return 0;
  },
});
