import * as v from 'valibot';
import { signCallback } from '../../callbacks/signature.ts';
import { base32 } from '../../crypto/base32.ts';
import { AppError } from '../../errors.ts';
import { editCallback } from '../callbacks/edit-callback.ts';
import { listSamples } from '../callbacks/sample-list.ts';
import { readNamed } from '../callbacks/samples.ts';
import { Count, defineCommand, Flag, JSON_OPTION, Text } from '../command.ts';
import type { Shell } from '../shell.ts';
import { defaultUrl, webAddress } from '../worker/ask-worker.ts';
import { readLocalSettings, secretOf } from '../worker/settings-file.ts';
import { firedWords } from './replay.ts';

const URL_DEFAULT = 'http://127.0.0.1:8787';

/** What Signalbox answers: a decision, or problem+json. */
const Answer = v.looseObject({
  id: v.optional(v.string()),
  trigger: v.optional(v.string()),
  fired: v.optional(v.array(v.object({ rule: v.string(), actions: v.array(v.string()) })), []),
  deferred: v.optional(v.string()),
  quarantined: v.optional(v.looseObject({ code: v.string(), detail: v.string() })),
  code: v.optional(v.string()),
  detail: v.optional(v.string()),
});

/** `send`: signs a callback as Sinch does, posts it and prints the answer. */
export const send = defineCommand({
  usage: 'send [callback]',
  description: 'Sign a callback as Sinch does and post it. Takes a file or a sample (see --list).',
  examples: [
    'send stop',
    'send --list',
    'send stop --set message.contact_message.text_message.text=HELP --fresh',
  ],
  failsIf: 'the Worker does not accept the callback',
  options: [
    { flags: '--list', description: 'list the samples' },
    {
      flags: '--url <url>',
      description: `the Worker’s address (default: SIGNALBOX_URL, else that of npm start, ${URL_DEFAULT}/callbacks)`,
    },
    {
      flags: '--secret <secret>',
      description: 'the webhook secret (default: that of .dev.vars or .dev.vars.example)',
    },
    {
      flags: '--set <path=value>',
      description: 'set a field of the body: message.contact_message.text_message.text=STOP',
      many: true,
    },
    { flags: '--fresh', description: 'use new ids: a new event, not a redelivery' },
    {
      flags: '--repeat <count>',
      description: 'post the same bytes this many times, as redeliveries',
    },
    JSON_OPTION,
  ],
  input: v.object({
    callback: Text,
    list: Flag,
    url: Text,
    secret: Text,
    set: v.array(v.string()),
    fresh: Flag,
    repeat: v.optional(Count, '1'),
    json: Flag,
  }),
  async run({ callback, list, url, secret, set, fresh, repeat, json }, shell) {
    if (list) return listSamples(json, shell);
    if (callback === undefined)
      throw new AppError('bad_request', 'send what? A file, or a sample: see send --list');
    const target = targetOf(url ?? (await defaultUrl(shell)));
    const { bytes, sample } = await readNamed(callback, shell);
    const files = sample ? localFiles(target) : undefined;
    const { body, appId } = editCallback(bytes, { set, fresh, files, now: shell.now(), newId });
    const signing = secret ?? (await localSecret(appId, shell));
    const headers = await signCallback(body, signing, {
      nonce: newId(),
      timestamp: Math.floor(shell.now() / 1000),
    });
    let well = true;
    for (let count = 0; count < repeat; count++) {
      const response = await post(target, body, headers);
      const answer = v.safeParse(Answer, await response.json().catch(() => undefined));
      shell.out(
        json
          ? JSON.stringify({ status: response.status, answer: answer.output })
          : lineOf(response.status, answer),
      );
      well &&= response.ok;
    }
    return well ? 0 : 1;
  },
});

/** 26 characters, as Sinch's own ids. */
const newId = (): string => base32(crypto.getRandomValues(new Uint8Array(17)));

/** An address without a path means `/callbacks` of that Worker. */
function targetOf(written: string): URL {
  const url = webAddress(written);
  return url.pathname === '/' ? new URL('/callbacks', url) : url;
}

/**
 * Returns the address of files at the local Sinch, which `npm start` runs one port above a local
 * Worker.
 */
const localFiles = ({ hostname, port }: URL): string | undefined =>
  hostname === '127.0.0.1' || hostname === 'localhost'
    ? `http://127.0.0.1:${Number(port) + 1}/files`
    : undefined;

async function localSecret(appId: string, shell: Shell): Promise<string> {
  const settings = await readLocalSettings(shell);
  const { file } = settings;
  const secret = secretOf(appId, settings);
  if (!secret)
    throw new AppError(
      'not_configured',
      `${file} holds no secret: set WEBHOOK_SECRETS there, or use --secret`,
    );
  return secret;
}

async function post(
  url: URL,
  body: Uint8Array<ArrayBuffer>,
  headers: Record<string, string>,
): Promise<Response> {
  try {
    return await fetch(url, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
    });
  } catch (cause) {
    throw new AppError('unavailable', `Nothing listens at ${url}: is npm start running?`, {
      cause,
    });
  }
}

function lineOf(status: number, answer: v.SafeParseResult<typeof Answer>): string {
  if (!answer.success) return `${status}  the answer is not Signalbox’s`;
  const { id = '', trigger, fired, deferred, quarantined, code, detail } = answer.output;
  if (trigger === undefined) return `${status}  ${[code, detail].filter(Boolean).join(': ')}`;
  const became = quarantined
    ? `kept aside: ${quarantined.detail}`
    : deferred
      ? `put off to the queue: ${deferred}`
      : firedWords(fired);
  return `${status}  ${trigger} ${id}  ${became}`;
}
