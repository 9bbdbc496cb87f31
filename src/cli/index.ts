import { bundle } from './bundle.ts';
import { check } from './check.ts';
import type { CliCommand } from './command.ts';
import { decisions } from './decisions.ts';
import { describe } from './describe.ts';
import { docs } from './docs.ts';
import { drift } from './drift.ts';
import { explain } from './explain.ts';
import { openapi } from './openapi.ts';
import { replay } from './replay.ts';
import { schema } from './schema.ts';
import { send } from './send.ts';
import { start } from './start.ts';
import { stats } from './stats.ts';
import { test } from './test.ts';

/** Every command. To add one: its file, and a line here. */
export const commands: readonly CliCommand[] = [
  start,
  send,
  check,
  test,
  describe,
  schema,
  docs,
  explain,
  replay,
  decisions,
  stats,
  drift,
  openapi,
  bundle,
];
