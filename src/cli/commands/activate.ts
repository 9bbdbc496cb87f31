import * as v from 'valibot';
import { defineCommand, Flag, JSON_OPTION, Text } from '../command.ts';
import { WORKER_OPTIONS } from '../worker/ask-worker.ts';
import { SWITCH_OPTIONS, switchRules } from '../worker/switching.ts';

/** `activate`: puts a version in force, or the rules that came with the deployment. */
export const activate = defineCommand({
  usage: 'activate <version>',
  description:
    'Put a stored rulebook version in force. "bundled" returns to the rules of the deployment.',
  examples: ['activate 3f9c2a10 --message "rating rule fixed"', 'activate bundled'],
  failsIf: 'the Worker refuses the version',
  options: [...SWITCH_OPTIONS, ...WORKER_OPTIONS, JSON_OPTION],
  input: v.object({
    version: v.string(),
    message: Text,
    author: Text,
    dropGuardrails: Flag,
    url: Text,
    token: Text,
    json: Flag,
  }),
  run: ({ version, ...words }, shell) =>
    switchRules(`${encodeURIComponent(version)}/activate`, words, shell),
});
