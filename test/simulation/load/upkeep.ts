import type { Draw, Kind } from './draw.ts';
import { ADDRESSES, LEAVING } from './people.ts';

/** Where recordings and media can be fetched; the name of a file says whom it is of. */
const FILES = 'https://files.sim';

/** Files to keep, receivers that are gone, lists to import, and dead letters that are put back. */
export function upkeepKinds({ random, name, push, callback, say }: Draw): readonly Kind[] {
  /** A recording, at times told of twice, or a picture that a person sends. */
  function recording(at: number): void {
    const own = name('file');
    const url = `${FILES}/${own}`;
    if (random.chance(0.4)) {
      say('', at, { url });
      return;
    }
    const id = `REC-${own}`.toUpperCase();
    callback('RECORD_NOTIFICATION', at, { id, url });
    if (random.chance(0.5))
      callback('RECORD_NOTIFICATION', at + random.between(0, 60_000), {
        ...{ id, url, reason: 'RECORD_STATUS_UNSPECIFIED' },
      });
  }

  /** A receiver answers 410 for a while, as callbacks are forwarded to it; then an operator resumes it. */
  function gone(at: number): void {
    const until = at + random.between(30_000, 120_000);
    push({ kind: 'gone', name: name('gone'), at, until });
    for (let count = 0; count < 4; count++) say('MOVED', at + random.between(0, 240_000));
    push({
      ...{ kind: 'resume', name: name('resume'), at: until + random.between(0, 60_000) },
      ...{ what: 'destination', which: 'moving' },
    });
  }

  function list(at: number): void {
    const known = ADDRESSES.filter(
      ([, identity]) => !LEAVING.some((one) => one.number === identity),
    );
    const people = known.filter(() => random.chance(2 / known.length));
    if (people.length > 0) push({ kind: 'import', name: name('import'), at, people });
  }

  /** What nothing can be done about becomes a dead letter; an operator puts all of them back. */
  function redeliver(at: number): void {
    say('CLOSED', at);
    push({ kind: 'redeliver', name: name('redeliver'), at: at + random.between(10_000, 120_000) });
  }

  return [
    [2, recording],
    [1, gone],
    [1, list],
    [1, redeliver],
  ];
}
