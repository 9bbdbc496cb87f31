import type { Shell } from '../shell.ts';

/** How often the line is drawn anew, in milliseconds. */
const EVERY = 100;
const WIDTH = 24;

/** Says how far a long command is. */
export interface Progress {
  /** One more callback, so many bytes long, is done. */
  readonly step: (bytes: number) => void;
  /** Takes the line away. */
  readonly done: () => void;
}

/** Opens the progress of `total` bytes. Without a terminal nothing is drawn. */
export function openProgress(
  total: number,
  { progress, now }: Pick<Shell, 'progress' | 'now'>,
): Progress {
  const start = now();
  let [bytes, count, drawn] = [0, 0, start];
  return {
    step(more) {
      bytes += more;
      count += 1;
      const at = now();
      if (at - drawn < EVERY) return;
      drawn = at;
      progress(
        progressLine({ part: Math.min(bytes / total, 1), count, seconds: (at - start) / 1_000 }),
      );
    },
    done: () => progress(''),
  };
}

/** `[████████░░░░░░░░░░░░░░░░] 33 %  431,000 callbacks, 12,400 a second, 71 s left`. */
function progressLine({
  part,
  count,
  seconds,
}: {
  part: number;
  count: number;
  seconds: number;
}): string {
  const filled = Math.round(part * WIDTH);
  const left = part > 0 ? Math.ceil((seconds / part) * (1 - part)) : 0;
  const said = (number: number): string => Math.round(number).toLocaleString('en-US');
  const bar = `[${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)}] ${Math.floor(part * 100)} %`;
  return `${bar}  ${said(count)} callbacks, ${said(count / seconds)} a second, ${said(left)} s left`;
}
