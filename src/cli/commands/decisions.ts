import * as v from 'valibot';
import { type Decision, Decisions } from '../../api/decisions/decisions.ts';
import { defineCommand, Flag, JSON_OPTION, Text } from '../command.ts';
import { columns } from '../output/columns.ts';
import { counted } from '../rules/checked-rules.ts';
import { clock, readSince } from '../time.ts';
import { askWorker, queryOf, WORKER_OPTIONS } from '../worker/ask-worker.ts';

/** `decisions`: what a Worker decided, the newest first. */
export const decisions = defineCommand({
  usage: 'decisions',
  description: 'List the decisions of a Worker, newest first.',
  examples: ['decisions --since 1h --rule stop', 'decisions --channel SMS --identity +46701740605'],
  failsIf: 'the Worker cannot be asked',
  options: [
    {
      flags: '--since <time>',
      description: 'received since: 7d, 10:00 or "2026-11-20 10:00"',
    },
    { flags: '--until <time>', description: 'received before' },
    { flags: '--trigger <name>', description: 'by trigger: MESSAGE_INBOUND' },
    {
      flags: '--rule <name>',
      description: 'where this rule fired, fired in shadow or failed',
    },
    { flags: '--action <name>', description: 'with this action: suppress' },
    {
      flags: '--outcome <outcome>',
      description:
        'fired, shadow, erred, none; of an action: queued, done, retried, waiting, skipped, failed, noted',
    },
    { flags: '--channel <channel>', description: 'on one channel: SMS' },
    {
      flags: '--identity <address>',
      description: 'about this person: +46701740605 (the Worker hashes it)',
    },
    { flags: '--app-id <id>', description: 'of one app' },
    { flags: '--message-id <id>', description: 'about this message' },
    { flags: '--batch-id <id>', description: 'about this batch' },
    { flags: '--contact-id <id>', description: 'about this contact' },
    { flags: '--metadata <text>', description: 'with this metadata, or a value in it' },
    { flags: '--status <status>', description: 'delivery reports with this status: FAILED' },
    {
      flags: '--shadow',
      description: 'what a rulebook in shadow decided, too',
    },
    { flags: '--limit <count>', description: 'maximum number, up to 200 (default: 50)' },
    { flags: '--cursor <cursor>', description: 'continue after an earlier page' },
    ...WORKER_OPTIONS,
    JSON_OPTION,
  ],
  input: v.object({
    since: Text,
    until: Text,
    trigger: Text,
    rule: Text,
    action: Text,
    outcome: Text,
    channel: Text,
    identity: Text,
    ...{ appId: Text, messageId: Text, batchId: Text, contactId: Text },
    ...{ metadata: Text, status: Text },
    shadow: Flag,
    limit: Text,
    cursor: Text,
    url: Text,
    token: Text,
    json: Flag,
  }),
  async run({ url, token, json, shadow, ...given }, shell) {
    const { appId, messageId, batchId, contactId, ...filters } = given;
    const wanted = {
      ...filters,
      since: readSince('--since', filters.since, shell),
      until: readSince('--until', filters.until, shell),
      app_id: appId,
      message_id: messageId,
      batch_id: batchId,
      contact_id: contactId,
      // A rulebook in shadow decides apart from the one in force: its decisions are listed when they are asked for.
      shadow: shadow || filters.outcome === 'shadow' ? 'true' : undefined,
    };
    /** Passes over empty pages: the Worker reads a limited part of the journal for each. */
    async function search(cursor: string | undefined): Promise<Decisions> {
      const path = `/v1/decisions${queryOf({ ...wanted, cursor })}`;
      const page = await askWorker(path, Decisions, { url, token }, shell);
      return page.decisions.length > 0 || page.next === null ? page : search(page.next);
    }
    const page = await search(filters.cursor);
    if (json) {
      shell.out(JSON.stringify(page));
      return 0;
    }
    if (page.decisions.length === 0) {
      shell.out('nothing on record fits (the journal is a few seconds behind)');
      if (filters.rule && !shadow)
        shell.out('What a rulebook in shadow did is listed with --shadow.');
      if (filters.identity && !appId)
        shell.out(
          'On Messenger, Instagram, LINE, WeChat and for a Viber bot an address needs --app-id.',
        );
      return 0;
    }
    for (const line of columns(page.decisions.map((decision) => rowOf(decision, shell.zone))))
      shell.out(line);
    shell.out(
      page.next === null
        ? counted(page.decisions.length, 'decision')
        : `${counted(page.decisions.length, 'decision')}, and there are more: --cursor ${page.next}`,
    );
    return 0;
  },
});

const rowOf = (decision: Decision, zone: string): readonly string[] => [
  clock(decision.received_at, zone),
  decision.id,
  decision.shadow ? `${decision.trigger} (shadow)` : decision.trigger,
  [decision.channel, decision.reason_code].filter((word) => word !== null).join(' '),
  became(decision),
];

/** "stop: suppress done; help: alert queued", or "no rule fired". */
export function became({ rules, actions }: Pick<Decision, 'rules' | 'actions'>): string {
  if (rules.length === 0) return 'no rule fired';
  return rules
    .map(({ rule, outcome, detail }) => {
      if (outcome === 'erred') return `${rule} could not be decided: ${detail ?? ''}`;
      if (outcome === 'shadow') return `${rule} (shadow)`;
      const own = actions.filter((action) => action.rule === rule);
      return `${rule}: ${own.map((action) => `${action.action} ${action.outcome}`).join(', ') || 'nothing'}`;
    })
    .join('; ');
}
