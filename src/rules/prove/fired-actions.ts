import type { CompiledRule } from '../model/compiled.ts';

/** One action of a rule that fires. */
export interface FiredAction {
  readonly rule: string;
  readonly action: string;
  /** In words, params and all: "alert compliance (high)". */
  readonly message: string;
  /** How the action changes the person's consent, if it does. */
  readonly consent?: 'out' | 'in';
  /** The params as they are written: two actions that read the same may send other texts. */
  readonly params?: Readonly<Record<string, unknown>>;
  /** The destinations that an alert goes to. */
  readonly to?: readonly string[];
}

/** An action of a rule that still comes, but otherwise: with another severity, text, limit or destination. */
export interface ActionChange {
  readonly rule: string;
  readonly action: string;
  /** The action in words, before and after. */
  readonly was: string;
  readonly message: string;
  /** The params that differ; `destination` for other routes. */
  readonly differs: readonly string[];
  count: number;
  readonly examples: string[];
}

/** Returns the destinations of an alert that a rule raises; `undefined` for another action. */
export type Notified = (
  rule: CompiledRule,
  params: Readonly<Record<string, unknown>>,
) => readonly string[] | undefined;

/** Returns the actions of rules that fire, in words. `only` selects actions by position; by default all. */
export const firedActionsOf = (
  fired: readonly { readonly rule: CompiledRule; readonly only?: readonly number[] }[],
  notified: Notified = () => undefined,
): FiredAction[] =>
  fired.flatMap(({ rule, only }) =>
    rule.actions
      .filter(({ index }) => only === undefined || only.includes(index))
      .map(({ action, definition, params, written }) => {
        const to = notified(rule, written);
        return {
          rule: rule.name,
          action,
          message: definition.summary(params).replace('{owner}', rule.owner),
          params: written,
          ...(to && { to }),
          ...(definition.consent && { consent: definition.consent }),
        };
      }),
  );

/** Pairs actions that come with those that go: of the same rule and kind, they are one action that changed. */
export function paired(come: readonly FiredAction[], gone: readonly FiredAction[]) {
  const fewer = [...gone];
  const pairs: (readonly [FiredAction, FiredAction])[] = [];
  const more = come.filter((is) => {
    const at = fewer.findIndex(({ rule, action }) => rule === is.rule && action === is.action);
    const [was] = at < 0 ? [] : fewer.splice(at, 1);
    if (was) pairs.push([was, is]);
    return !was;
  });
  return { pairs, more, fewer };
}

export function changeOf(
  was: FiredAction,
  is: FiredAction,
): Omit<ActionChange, 'count' | 'examples'> {
  const [before, after] = [was.params ?? {}, is.params ?? {}];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const differs = keys.filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]));
  const moved = JSON.stringify(was.to) !== JSON.stringify(is.to);
  return {
    rule: is.rule,
    action: is.action,
    was: withDestinations(was, moved),
    message: withDestinations(is, moved),
    differs: moved && !differs.includes('to') ? [...differs, 'destination'] : differs,
  };
}

const withDestinations = ({ message, to }: FiredAction, moved: boolean): string =>
  moved && to ? `${message} at ${to.join(', ')}` : message;

/** What makes two actions the same: words, params and destinations. */
const exactly = ({ rule, action, message, params, to }: FiredAction): string =>
  JSON.stringify([rule, action, message, params, to]);

/** The actions that the others do not have. */
export function without(
  some: readonly FiredAction[],
  others: readonly FiredAction[],
): readonly FiredAction[] {
  const known = new Set(others.map(exactly));
  return some.filter((did) => !known.has(exactly(did)));
}
