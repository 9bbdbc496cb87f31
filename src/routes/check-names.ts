import { actionNamed, actions } from '../actions/index.ts';
import { kindOf } from '../alerts/config.ts';
import { CHANNELS } from '../callbacks/facts/common-facts.ts';
import { AppError, messageOf } from '../errors.ts';
import { recentApps } from '../journal/counts.ts';
import type { PauseKind } from '../objects/pauses/pauses.ts';
import { closest } from '../rules/model/closest.ts';
import type { open } from '../services.ts';

/**
 * Refuses a pause of an unknown rule, action or destination, which would have no effect.
 * @throws AppError `bad_request` with the nearest name and where the names are listed
 */
export async function checkPause(
  kind: PauseKind,
  name: string,
  { rulebook, alerts }: Pick<ReturnType<typeof open>, 'rulebook' | 'alerts'>,
): Promise<void> {
  if (kind === 'rule') {
    const { rules } = await rulebook();
    const names = rules.map((rule) => rule.name);
    known(name, names, `no rule "${name}" is in force`, 'signalbox stats lists the rules');
    const does =
      rules.find((rule) => rule.name === name)?.actions.map(({ action }) => action) ?? [];
    if (does.length > 0 && !does.some(isHoldable))
      throw neverWaits(
        `all that rule "${name}" does is ${[...new Set(does)].join(' and ')}, which`,
      );
  }
  if (kind === 'action') {
    const names = actions.map((action) => action.name);
    known(name, names, `there is no action "${name}"`, `there are ${names.join(', ')}`);
    if (!isHoldable(name)) throw neverWaits(name);
  }
  if (kind === 'destination') {
    const { destinations } = await alerts();
    const names = Object.entries(destinations)
      .filter(([, config]) => kindOf(config).forwardTo(config))
      .map(([name]) => name);
    if (Object.hasOwn(destinations, name) && !names.includes(name))
      throw new AppError(
        'bad_request',
        `destination "${name}" gets no forwards, only alerts: signalbox silence keeps alerts back`,
      );
    const ways = names.length === 0 ? 'alerts.json has none' : `there are ${names.join(', ')}`;
    known(name, names, `no destination for forwards is called "${name}"`, ways);
  }
}

const isHoldable = (action: string): boolean => actionNamed(action)?.holdable ?? true;

const neverWaits = (what: string): AppError =>
  new AppError(
    'bad_request',
    `${what} never waits, whatever is paused. To end a wrong rule: signalbox rollback, or publish without it; then signalbox consent undo takes back what it put on record`,
  );

/** Checks a channel. @throws AppError `bad_request` for a channel that Sinch does not have */
export const checkChannel = (channel: string): void =>
  known(channel, CHANNELS, `there is no channel "${channel}"`, `there are ${CHANNELS.join(', ')}`);

/**
 * Returns a warning for an app that no journal entry names: it may be new or misspelt. Sinch has no lookup of an app by
 * its id alone, so this is no error. `undefined` for a known app, or where the journal is empty.
 */
export async function unheardOf(app: string, DB: D1Database): Promise<string | undefined> {
  const apps = await recentApps(DB).catch((error: unknown): readonly string[] => {
    // A pause or a limit must work while the journal is full or away.
    console.error({ event: 'journal.unreadable', message: messageOf(error) });
    return [];
  });
  if (apps.length === 0 || apps.includes(app)) return undefined;
  const meant = closest(app, apps) ?? `heard of were ${apps.slice(0, 5).join(', ')}`;
  return `no callback of app ${app} is on record: ${meant}`;
}

function known(name: string, names: readonly string[], problem: string, ways: string): void {
  if (!names.includes(name))
    throw new AppError('bad_request', `${problem}: ${closest(name, names) ?? ways}`);
}
