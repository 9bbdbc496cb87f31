import * as v from 'valibot';
import { AppError } from '../../errors.ts';
import { defineCommand, Flag, JSON_OPTION, Text } from '../command.ts';
import { startWrangler } from '../local/wrangler.ts';
import { type LogLine, logText, openDecoder } from '../worker/decode-log.ts';

/** `logs`: the live log of a deployed Worker, one line an event. */
export const logs = defineCommand({
  usage: 'logs',
  description:
    'Show the live log of the deployed Worker (wrangler tail), one line an event, until Ctrl-C. The log of npm start is in its terminal.',
  examples: ['logs', 'logs --event effect. --errors', 'logs --env staging --json'],
  failsIf: 'wrangler tail ends with an error',
  options: [
    { flags: '--event <prefix>', description: 'only events that begin so: effect., dead-letter' },
    { flags: '--errors', description: 'only warnings and errors' },
    { flags: '--env <name>', description: 'the environment of wrangler.toml' },
    JSON_OPTION,
  ],
  input: v.object({ event: Text, errors: Flag, env: Text, json: Flag }),
  async run({ event, errors, env, json }, shell) {
    const isShown = (line: LogLine): boolean =>
      (event === undefined || line.event.startsWith(event)) &&
      (!errors || ['warn', 'error'].includes(line.level));
    const decode = openDecoder((lines) => {
      for (const line of lines.filter(isShown))
        shell.out(json ? JSON.stringify(line) : logText(line));
    }, shell.err);
    const args = ['tail', '--format', 'json', ...(env === undefined ? [] : ['--env', env])];
    const tail = startWrangler(args, shell.home, decode);
    const code = await Promise.race([tail.ended, shell.interrupted().then(() => 0)]);
    await tail.stop();
    if (code !== 0) throw new AppError('unavailable', `wrangler tail ended with exit code ${code}`);
    return 0;
  },
});
