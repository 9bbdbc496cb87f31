import type { CliCommand } from '../command.ts';
import { activate } from './activate.ts';
import { alerts } from './alerts.ts';
import { backtest } from './backtest.ts';
import { bundle } from './bundle.ts';
import { changes } from './changes.ts';
import { channels } from './channels.ts';
import { check } from './check.ts';
import { connect } from './connect.ts';
import { consent } from './consent.ts';
import { consoleCommand } from './console.ts';
import { deadLetters } from './dead-letters.ts';
import { decisions } from './decisions.ts';
import { deliveryStats } from './delivery-stats.ts';
import { describe } from './describe.ts';
import { diff } from './diff.ts';
import { docs } from './docs.ts';
import { drift } from './drift.ts';
import { erase, erasures } from './erase.ts';
import { example } from './example.ts';
import { explain } from './explain.ts';
import { held } from './held.ts';
import { logs } from './logs.ts';
import { newRule } from './new.ts';
import { openapi } from './openapi.ts';
import { pause, resume } from './pause.ts';
import { publish } from './publish.ts';
import { pull } from './pull.ts';
import { quarantine } from './quarantine.ts';
import { recipients } from './recipients.ts';
import { recordings } from './recordings.ts';
import { replay } from './replay.ts';
import { reviews } from './reviews.ts';
import { rollback } from './rollback.ts';
import { schema } from './schema.ts';
import { send } from './send.ts';
import { sender } from './sender.ts';
import { setup } from './setup.ts';
import { shadow } from './shadow.ts';
import { silence } from './silence.ts';
import { site } from './site.ts';
import { start } from './start.ts';
import { stats } from './stats.ts';
import { status } from './status.ts';
import { test } from './test.ts';
import { throttle } from './throttle.ts';
import { tryText } from './try.ts';
import { unsupported } from './unsupported.ts';
import { url } from './url.ts';
import { verify } from './verify.ts';
import { versions } from './versions.ts';

/** Every command. To add one: its file, and a line here. */
export const commands: readonly CliCommand[] = [
  start,
  send,
  check,
  test,
  verify,
  url,
  newRule,
  example,
  describe,
  schema,
  docs,
  tryText,
  explain,
  replay,
  decisions,
  stats,
  deliveryStats,
  drift,
  unsupported,
  openapi,
  backtest,
  diff,
  publish,
  pull,
  versions,
  activate,
  rollback,
  shadow,
  setup,
  connect,
  pause,
  resume,
  recipients,
  changes,
  channels,
  sender,
  throttle,
  held,
  status,
  deadLetters,
  quarantine,
  erase,
  erasures,
  recordings,
  logs,
  reviews,
  consent,
  alerts,
  silence,
  bundle,
  consoleCommand,
  site,
];
