import { triggers } from '../../callbacks/triggers/index.ts';
import { closest } from '../model/closest.ts';
import { factEntry, triggerNames } from '../model/facts.ts';
import { formatList } from '../model/format.ts';

/** The hint for a trigger that does not exist: a channel, the key of a payload, every trigger at once, or a typing mistake. */
export function triggerHint(written: string): string {
  const channels = factEntry('channel')?.known ?? [];
  if (channels.includes(written.toUpperCase()))
    return `"on" names kinds of callbacks; the channel is a condition: {"fact": "channel", "operator": "equal", "value": "${written.toUpperCase()}"}`;
  const several = written.split(/[\s,;|/]+|\bOR\b/i).filter((name) => name !== '');
  if (several.length > 1 && several.every((name) => triggerNames.includes(name)))
    return `write them as texts of their own: ${several.map((name) => `"${name}"`).join(', ')}`;
  const named = triggers.find(({ keys }) => keys.includes(written));
  if (named) return `write "${named.name}"`;
  // A person's word for the most common one: DELIVERY, INBOUND.
  const ofMessages = `MESSAGE_${written.toUpperCase()}`;
  if (triggerNames.includes(ofMessages)) return `did you mean "${ofMessages}"?`;
  const near = /^(\*|all|any)$/i.test(written) ? undefined : closest(written, triggerNames);
  return near ?? longerTriggerHint(written) ?? `triggers are ${formatList(triggerNames, 'and')}`;
}

/** The hint for a trigger without its first word, or with the kind of notification behind it: DELIVERY_REPORT. */
function longerTriggerHint(written: string): string | undefined {
  const words = written.toUpperCase().replace(/[\s-]+/g, '_');
  const bare = words.replace(/_(REPORT|NOTIFICATION|CALLBACK|WEBHOOK|EVENT)S?$/, '');
  const meant = triggerNames.find((name) => name === bare || name.endsWith(`_${bare}`));
  return meant && `did you mean "${meant}"?`;
}
