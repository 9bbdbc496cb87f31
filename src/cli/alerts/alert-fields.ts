import * as v from 'valibot';
import { Match } from '../../api/alerts/match.ts';
import { AppError } from '../../errors.ts';
import { closest } from '../../rules/model/closest.ts';
import { formatList } from '../../rules/model/format.ts';
import { Severity } from '../../rules/model/values.ts';

const FIELDS = Object.keys(Match.entries).filter((name) => name !== 'labels');

/**
 * Reads `severity=critical owner=ops label.team=payments` as `{severity, owner, labels: {team}}`.
 * @throws AppError `bad_request`, with the name that was probably meant
 */
export function readAlertFields(words: readonly string[]): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  const labels: Record<string, string> = {};
  for (const word of words) {
    const at = word.indexOf('=');
    const [name, value] = [word.slice(0, at), word.slice(at + 1)];
    if (at < 1 || value === '') throw new AppError('bad_request', `"${word}": expected name=value`);
    if (name.startsWith('label.')) labels[name.slice('label.'.length)] = value;
    else if (name === 'severity' && !v.is(Severity, value))
      throw new AppError(
        'bad_request',
        `severity: expected ${formatList(Severity.options)}, found "${value}"`,
      );
    else if (FIELDS.includes(name)) fields[name] = value;
    else {
      const hint = closest(name, FIELDS) ?? `${FIELDS.join(', ')} or label.<name>`;
      throw new AppError('bad_request', `"${name}": no alert has this: ${hint}`);
    }
  }
  return Object.keys(labels).length > 0 ? { ...fields, labels } : fields;
}
