import { codeOf, messageOf } from '../../errors.ts';
import type { Objects } from '../../objects/index.ts';
import { alertOperator } from '../../pipeline/enqueue.ts';
import type { Services } from '../../work/services.ts';
import type { ConsentBackups, Manifest } from './consent-backup.ts';

/** One backup is made each night; after this many milliseconds a night was missed. */
const OVERDUE = 26 * 3_600_000;

/** `2026-11-20 03:17 UTC`. */
const timeText = (at: number): string =>
  `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

const shrunk = ({ name, rows, fullest }: Manifest): string | undefined =>
  rows < fullest.rows
    ? `the backup ${name} contains ${rows} changes of consent, ${fullest.name} contains ${fullest.rows}. Changes are never removed, so part of the record is lost. "signalbox consent restore ${fullest.name}" restores what is missing; the next backup shows whether the record is complete`
    : undefined;

/** Makes the nightly backup of consent. A failure, or a loss that it finds, raises one alert. @throws the error of a failed backup */
export async function backUpNightly(
  services: Services & { readonly consentBackups: ConsentBackups },
): Promise<void> {
  const { consentBackups, now } = services;
  const alert = (title: string, text: string) =>
    alertOperator({ title, text, severity: 'critical' }, services);
  let made: Manifest;
  try {
    made = await consentBackups.make(now());
  } catch (error) {
    console.error({
      // @event backup.failed | The nightly backup of consent failed. A critical alert is raised.
      event: 'backup.failed',
      code: codeOf(error),
      message: messageOf(error),
    });
    const known = await consentBackups.newest().then(
      (last) =>
        last ? `The last complete one is of ${timeText(last.at)}.` : 'There is no complete one.',
      () => 'The last complete one cannot be determined now.',
    );
    await alert(
      'the nightly backup of consent failed',
      `${messageOf(error)}. ${known} "signalbox consent backup" makes one now.`,
    );
    throw error;
  }
  // @event backup.made | The nightly backup of consent is complete.
  console.log({ event: 'backup.made', backup: made.name, rows: made.rows });
  const loss = shrunk(made);
  if (loss) await alert('part of the record of consent is lost', `${loss}.`);
}

/** Returns the problems of the backups of consent: an overdue backup, and one that shows a loss. A record that is empty, or younger than a night, needs no backup. */
export async function backupProblems(
  { newest }: Pick<ConsentBackups, 'newest'>,
  { oldest }: Pick<Objects['recipients'], 'oldest'>,
  now: number,
): Promise<readonly string[]> {
  const last = await newest();
  const loss = last && shrunk(last);
  const lost = loss ? [loss] : [];
  if (last && now - last.at <= OVERDUE) return lost;
  // A record that is empty now, but not in its last backup, has been lost.
  const since = last && last.rows > 0 ? last.at : await oldest();
  if (since === undefined || now - since <= OVERDUE) return lost;
  const known = last
    ? `the last complete one is of ${timeText(last.at)}`
    : `there is none, and consent is recorded since ${timeText(since)}`;
  return [
    ...lost,
    `backup of consent: ${known}. One is made each night; "signalbox consent backup" makes one now`,
  ];
}
