/**
 * A stream of pseudo-random numbers. The same seed and name give the same stream in every Node
 * version.
 */
export interface Random {
  /** From 0 up to, but not, 1. */
  readonly next: () => number;
  /** An integer from 0 up to, but not, `below`. */
  readonly int: (below: number) => number;
  readonly between: (from: number, to: number) => number;
  readonly chance: (probability: number) => boolean;
  /** One of a list that is not empty. */
  readonly pick: <T>(list: readonly T[]) => T;
  /** An independent stream: drawing from it changes nothing here. */
  readonly fork: (name: string) => Random;
}

/** Opens a stream. Source: sfc32 by Chris Doty-Humphrey (PractRand), seeded by cyrb128. */
export function openRandom(seed: string): Random {
  let [a, b, c, d] = hash(seed);
  const next = (): number => {
    const sum = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4_294_967_296;
  };
  for (let round = 0; round < 12; round++) next();
  const int = (below: number): number => Math.floor(next() * below);
  return {
    next,
    int,
    between: (from, to) => from + next() * (to - from),
    // Nothing is drawn for a fault that is switched off, so that a run without it stays the same.
    chance: (probability) => probability > 0 && next() < probability,
    pick: (list) => list[int(list.length)] as (typeof list)[number], // the list is not empty
    fork: (name) => openRandom(`${seed}/${name}`),
  };
}

function hash(text: string): [number, number, number, number] {
  let [h1, h2, h3, h4] = [1779033703, 3144134277, 1013904242, 2773480762];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    h1 = h2 ^ Math.imul(h1 ^ code, 597399067);
    h2 = h3 ^ Math.imul(h2 ^ code, 2869860233);
    h3 = h4 ^ Math.imul(h3 ^ code, 951274213);
    h4 = h1 ^ Math.imul(h4 ^ code, 2716044179);
  }
  return [h1 | 0, h2 | 0, h3 | 0, h4 | 0];
}
