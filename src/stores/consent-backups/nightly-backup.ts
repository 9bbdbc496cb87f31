import { codeOf, messageOf } from '../../errors.ts';
import type { Objects } from '../../objects/index.ts';
import { enqueue } from '../../pipeline/enqueue.ts';
import { trouble } from '../../pipeline/operator-alert.ts';
import type { Services } from '../../work/services.ts';
import type { ConsentBackups, Manifest } from './consent-backup.ts';

/** One is made each night; past this, milliseconds, a night was missed. */
const OVERDUE = 26 * 3_600_000;

/** `2026-11-20 03:17 UTC`. */
const said = (at: number): string =>
  `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

const shrunk = ({ name, rows, fullest }: Manifest): string | undefined =>
  rows < fullest.rows
    ? `the backup ${name} holds ${rows} changes of consent, ${fullest.name} held ${fullest.rows}, and nothing ever leaves the record: part of it is gone. "signalbox consent restore ${fullest.name}" puts back what is missing, and the next backup shows whether all is back`
    : undefined;

/** The nightly backup of consent. When it fails, or finds that part of the record is gone, one alert says so. @throws what kept it from its work */
export async function backUpNightly(
  services: Services & { readonly consentBackups: ConsentBackups },
): Promise<void> {
  const { consentBackups, now } = services;
  const tell = (title: string, text: string) =>
    enqueue([trouble(title, text, now(), 'critical')], services);
  let made: Manifest;
  try {
    made = await consentBackups.make(now());
  } catch (error) {
    console.error({
      event: 'consent.not-backed-up',
      code: codeOf(error),
      message: messageOf(error),
    });
    const known = await consentBackups.newest().then(
      (last) => (last ? `The last good one is of ${said(last.at)}.` : 'There is no good one.'),
      () => 'Which one is the last good one cannot be read now.',
    );
    await tell(
      'the nightly backup of consent failed',
      `${messageOf(error)}. ${known} "signalbox consent backup" makes one by hand.`,
    );
    throw error;
  }
  console.log({ event: 'consent.backed-up', backup: made.name, rows: made.rows });
  const loss = shrunk(made);
  if (loss) await tell('part of the record of consent is gone', `${loss}.`);
}

/** What is not well with the backups of consent: one that is overdue, and one that tells of a loss. A record that nobody is on, or that is younger than a night, needs none. */
export async function backupTroubles(
  { newest }: Pick<ConsentBackups, 'newest'>,
  { oldest }: Pick<Objects['recipients'], 'oldest'>,
  now: number,
): Promise<readonly string[]> {
  const last = await newest();
  const loss = last && shrunk(last);
  const lost = loss ? [loss] : [];
  if (last && now - last.at <= OVERDUE) return lost;
  // A record that was copied once and is empty now is no empty record.
  const since = last && last.rows > 0 ? last.at : await oldest();
  if (since === undefined || now - since <= OVERDUE) return lost;
  const known = last
    ? `the last good one is of ${said(last.at)}`
    : `there is none, and consent is on record since ${said(since)}`;
  return [
    ...lost,
    `backup of consent: ${known}. One is made each night; "signalbox consent backup" makes one now`,
  ];
}
