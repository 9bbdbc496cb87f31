import * as v from 'valibot';
import { defineCommand, Flag, JSON_OPTION, Text } from '../command.ts';
import { WORKER_OPTIONS } from '../worker/ask-worker.ts';
import { SWITCH_OPTIONS, switchRules } from '../worker/switching.ts';

/** `rollback`: puts the previous version in force, without confirmation. */
export const rollback = defineCommand({
  usage: 'rollback [version]',
  description: 'Put the previous version in force, or a given one. Repeated calls go further back.',
  examples: ['rollback --message "too many alerts"'],
  failsIf: 'the Worker refuses the version',
  options: [...SWITCH_OPTIONS, ...WORKER_OPTIONS, JSON_OPTION],
  input: v.object({
    version: Text,
    message: Text,
    author: Text,
    dropGuardrails: Flag,
    url: Text,
    token: Text,
    json: Flag,
  }),
  run: ({ version, ...words }, shell) =>
    switchRules(
      version === undefined ? 'rollback' : `${encodeURIComponent(version)}/activate`,
      words,
      shell,
    ),
});
