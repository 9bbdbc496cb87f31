import * as v from 'valibot';
import {
  Decision,
  type Decisions,
  type Drifts,
  type ExplainedDecision,
  listDecisions,
  listDrift as listDriftOperation,
  type Redelivered,
  readDecidedCallback,
  readDecision,
  readStats,
  redeliverCallback,
  type Stats,
} from '../../api/decisions/decisions.ts';
import { time } from '../../api/operation.ts';
import { CHANNELS } from '../../callbacks/facts/common-facts.ts';
import { personKey } from '../../callbacks/person.ts';
import type { DataKey } from '../../crypto/data-key.ts';
import { AppError } from '../../errors.ts';
import type { Entry } from '../../journal/entry.ts';
import { journalIn } from '../../journal/journal-store.ts';
import { explainEntry } from '../../journal/re-evaluate.ts';
import { entriesOf, searchEntries } from '../../journal/search.ts';
import { searchKeysIn } from '../../journal/search-keys.ts';
import { countDecisions, listDrift } from '../../journal/stats.ts';
import type { Rulebook } from '../../rules/model/compiled.ts';
import { readAddress } from '../../sending/address.ts';
import { open } from '../../services.ts';
import type { Settings } from '../../settings/settings.ts';
import { momentOf } from '../parse-time.ts';
import { route } from '../route.ts';
import type { Caller } from '../token.ts';

const DAY = 86_400_000;

/** `/v1/decisions`: searches the journal, explains a decision, redelivers its callback under the present rules. */
export const decisionRoutes = [
  route(listDecisions, async (c) => {
    const { now, dataKey, settings } = open(c.env);
    const {
      since,
      until,
      app_id: appId,
      identity,
      shadow,
      cursor,
      limit,
      ...same
    } = c.req.valid('query');
    const found = await searchEntries(
      {
        ...same,
        keys: searchKeysIn(same, dataKey),
        appId,
        since: momentOf(since, now()),
        until: momentOf(until, now()),
        shadow: shadow === 'true',
        people:
          identity === undefined
            ? undefined
            : await peopleOf(identity, same.channel, appId, settings, dataKey),
      },
      limit,
      cursor,
      journalIn(c.env, dataKey),
    );
    return c.json({
      decisions: found.entries.map(({ entry }) => shown(entry, c.var.caller)),
      next: found.next,
    } satisfies Decisions);
  }),
  route(readDecision, async (c) => {
    const services = open(c.env);
    const { id } = c.req.valid('param');
    const { rulebook: wanted } = c.req.valid('query');
    const entries = await entriesOf(id, journalIn(c.env, services.dataKey));
    const entry = entries.find(({ rulebook }) => wanted === undefined || rulebook === wanted);
    if (!entry)
      throw new AppError('not_found', notFound(id, wanted, entries, services.settings.journal));
    const { rulebook, note } = await rulebookFor(entry, services);
    const explanation = await explainEntry(entry, rulebook, services.dataKey);
    return c.json({
      ...shown(entry, c.var.caller),
      explained_under: rulebook.version,
      notes: [...note, ...notesOn(entry)],
      facts: entry.facts.clear,
      not_kept:
        entry.body === undefined
          ? [...Object.keys(entry.facts.hashed), ...entry.facts.withheld].sort()
          : [],
      others: entries.filter((other) => other !== entry).map((other) => other.rulebook),
      explanation: [...explanation].map((one) => ({ ...one, misses: [...one.misses] })),
    } satisfies ExplainedDecision);
  }),
  route(readDecidedCallback, async (c) => {
    const { text } = await keptCallback(c.req.valid('param').id, c.env);
    // @event callback.shown | An admin read a stored callback.
    console.log({ event: 'callback.shown', actor: c.var.caller.name });
    return c.json(v.parse(Body, JSON.parse(text)));
  }),
  route(redeliverCallback, async (c) => {
    const { callbacks } = open(c.env);
    const { id } = c.req.valid('param');
    const { reason } = c.req.valid('query');
    const { text, entry } = await keptCallback(id, c.env);
    const body = { text };
    await callbacks.send({
      body,
      receivedAt: entry.receivedAt,
      reason: `redelivered by ${c.var.caller.name}${reason === undefined ? '' : `: ${reason}`}`,
    });
    // @event callback.redelivered | A callback was redelivered by hand.
    console.log({ event: 'callback.redelivered', id, actor: c.var.caller.name, reason });
    return c.json({ redelivered: id } satisfies Redelivered, 202);
  }),
];

const Body = v.record(v.string(), v.unknown());

/** Returns a callback whose body is kept. @throws AppError `not_found`, or `conflict` where only the decision is kept */
async function keptCallback(
  id: string,
  env: Env,
): Promise<{ readonly text: string; readonly entry: Entry }> {
  const { dataKey, settings, unsupported } = open(env);
  const entries = await entriesOf(id, journalIn(env, dataKey));
  if (entries.length === 0)
    throw new AppError('not_found', notFound(id, undefined, entries, settings.journal));
  const entry = entries.find(({ body }) => body !== undefined);
  if (entry?.body !== undefined) return { text: entry.body, entry };
  const [newest] = entries;
  // Some triggers keep their body whatever the journal keeps.
  const kept = await unsupported.read(id);
  if (kept && newest) return { text: kept.text, entry: newest };
  throw new AppError(
    'conflict',
    `the callback ${id} was not kept: that needs the setting JOURNAL_PAYLOAD=keep`,
  );
}

/** `GET /v1/stats`: counts of rules, triggers, channels and reason codes. */
export const statsRoutes = [
  route(readStats, async (c) => {
    const { now, rulebook } = open(c.env);
    const since = momentOf(c.req.valid('query').since, now()) ?? 0;
    const { journalSince, callbacks, rules, triggers, channels, reasonCodes } =
      await countDecisions(since, c.env.JOURNAL_DB);
    const inForce = (await rulebook()).rules
      .filter(({ enabled }) => enabled)
      .map(({ name }) => name);
    const known = new Map(rules.map((counts) => [counts.rule, counts]));
    const idle = inForce.filter((name) => (known.get(name)?.lastFired ?? 0) < now() - 30 * DAY);
    const names = [...new Set([...known.keys(), ...inForce])];
    const listed = names.map(
      (name) =>
        known.get(name) ?? { rule: name, fired: 0, shadow: 0, erred: 0, lastFired: undefined },
    );
    return c.json({
      since: time(since),
      journal_since: journalSince === undefined ? null : time(journalSince),
      callbacks,
      rules: listed
        .map(({ lastFired, ...counts }) => ({
          ...counts,
          last_fired: lastFired === undefined ? null : time(lastFired),
          in_force: inForce.includes(counts.rule),
        }))
        .sort((a, b) => b.fired - a.fired || (a.rule < b.rule ? -1 : 1)),
      never_fired: idle.sort(),
      triggers: [...triggers],
      channels: [...channels],
      reason_codes: [...reasonCodes],
    } satisfies Stats);
  }),
];

/** `GET /v1/drift`: new triggers, event types, values and fields of Sinch. */
export const driftRoutes = [
  route(listDriftOperation, async (c) => {
    const since = momentOf(c.req.valid('query').since, Date.now()) ?? 0;
    const found = await listDrift(since, c.env.JOURNAL_DB);
    return c.json({
      drift: found.map(({ at, callback_id, fixture, ...drift }) => ({
        ...drift,
        at: time(at),
        callback: callback_id,
        fixture: JSON.parse(fixture),
      })),
    } satisfies Drifts);
  }),
];

/** Returns the keyed hashes of an identity, one per channel family. @throws AppError `bad_request` for an identity that is impossible on the channel */
async function peopleOf(
  identity: string,
  channel: string | undefined,
  appId = '',
  { consentChannelGroups: families, defaultCountry: country }: Settings,
  { hash }: DataKey,
): Promise<readonly string[]> {
  const read = (name: string) =>
    readAddress({ channel: name, identity, appId }, { anyChannel: true, country });
  const named = channel === undefined ? undefined : read(channel);
  if (named && 'wrong' in named) throw new AppError('bad_request', named.wrong);
  const addresses = named
    ? [named]
    : CHANNELS.map((name) => {
        const address = read(name);
        return 'wrong' in address ? { channel: name, identity, appId } : address;
      });
  const keys = new Set(addresses.map((address) => personKey(address, families)));
  return [...keys].map((key) => hash(key));
}

const shown = (entry: Entry, { roles }: Caller): Decision => ({
  id: entry.id,
  rulebook: entry.rulebook,
  received_at: time(entry.receivedAt),
  event_time: time(entry.eventTime),
  class: entry.class,
  trigger: entry.trigger,
  channel: entry.channel ?? null,
  app_id: entry.appId,
  reason_code: entry.reasonCode ?? null,
  contact_ids: entry.ids !== undefined && roles.includes('admin') ? v.parse(Ids, entry.ids) : null,
  shadow: entry.shadow,
  rules: entry.rules,
  actions: entry.actions.map(({ position: _, at, ...action }) => ({
    ...action,
    ...(at === undefined ? {} : { at: time(at) }),
  })),
});

const Ids = v.pipe(v.string(), v.parseJson(), Decision.entries.contact_ids.wrapped);

/** Returns the rulebook that decided, or the one in force with a note where it is gone. */
async function rulebookFor(
  entry: Entry,
  { rulebook, rulebookOf }: ReturnType<typeof open>,
): Promise<{ rulebook: Rulebook; note: readonly string[] }> {
  try {
    return { rulebook: await rulebookOf(entry.rulebook), note: [] };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const current = await rulebook();
    const note = `rulebook ${entry.rulebook} decided this and cannot be loaded (${error.code}): explained under ${current.version}, which is in force`;
    return { rulebook: current, note: [note] };
  }
}

function notesOn({ facts, body }: Entry): readonly string[] {
  if (facts.erased)
    return ['the person’s data was erased: what the rules saw is not known any more'];
  const lost = Object.keys(facts.hashed).length + facts.withheld.length;
  if (body !== undefined || lost === 0) return [];
  return [
    'texts and a contact’s data were not kept (setting JOURNAL_PAYLOAD): a condition on them is known only where it asks for equality',
  ];
}

function notFound(
  id: string,
  wanted: string | undefined,
  entries: readonly Entry[],
  mode: string,
): string {
  if (entries.length > 0)
    return `${id} was not decided by rulebook ${wanted}, but by ${entries.map(({ rulebook }) => rulebook).join(', ')}`;
  const reason =
    mode === 'all'
      ? 'it may be too old, some seconds too young, or never have come'
      : `setting JOURNAL is "${mode}", so not every callback is on record`;
  return `nothing is on record under ${id}: ${reason}`;
}
