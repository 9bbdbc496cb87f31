import * as v from 'valibot';
import { AppError } from '../../errors.ts';
import { defineCommand, Flag, JSON_OPTION } from '../command.ts';
import { readRunning } from '../local/running.ts';
import { defaultUrl } from '../worker/ask-worker.ts';

/** `url`: the address of the Worker that the commands of this folder call, for curl. */
export const url = defineCommand({
  usage: 'url',
  description:
    'Print the address of the Worker that commands call: SIGNALBOX_URL, else that of npm start, whatever its port.',
  examples: ['url', 'url --sinch'],
  failsIf: 'the local Sinch is asked for and npm start does not run in this folder',
  options: [
    { flags: '--sinch', description: 'the address of the local Sinch of npm start' },
    JSON_OPTION,
  ],
  input: v.object({ sinch: Flag, json: Flag }),
  async run({ sinch, json }, shell) {
    const address = sinch ? await sinchUrl(shell) : await defaultUrl(shell);
    shell.out(json ? JSON.stringify({ url: address }) : address);
    return 0;
  },
});

/** Returns the address of the local Sinch: the port behind that of the Worker. @throws AppError `unavailable` where it does not run */
async function sinchUrl(shell: Parameters<typeof readRunning>[0]): Promise<string> {
  const running = await readRunning(shell);
  if (!running)
    throw new AppError('unavailable', 'no local Sinch runs in this folder: run npm start first');
  const address = new URL(running.url);
  address.port = String(Number(address.port) + 1);
  return address.origin;
}
