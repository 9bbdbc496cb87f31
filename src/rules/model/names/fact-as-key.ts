import { isRecord } from '../../../callbacks/shapes/parts.ts';
import { factEntry } from '../facts.ts';
import { meantFact } from './other-names.ts';

/** The hint for a fact that is written as the key of its value: {"channel": "SMS"}. */
export function factAsKey(key: string, value: unknown): string | undefined {
  const fact = factEntry(key) ?? factEntry(meantFact(key) ?? '');
  if (!fact || isRecord(value)) return undefined;
  const operator =
    fact.type === 'time'
      ? 'after'
      : fact.type === 'list'
        ? 'contains'
        : Array.isArray(value)
          ? 'in'
          : 'equal';
  return `write {"fact": "${fact.name}", "operator": "${operator}", "value": ${JSON.stringify(value)}}`;
}
