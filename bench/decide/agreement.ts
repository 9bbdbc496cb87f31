import type { Decide, Subject } from './engine.ts';

/** What an engine says to every callback: the names of the rules that fire, sorted. */
export async function answersOf(
  decide: Decide,
  subjects: readonly Subject[],
): Promise<readonly (readonly string[])[]> {
  const answers: string[][] = [];
  for (const subject of subjects) answers.push([...(await decide(subject))].sort());
  return answers;
}

/** Where an engine answers otherwise than it should, in words. */
export function differences(
  expected: readonly (readonly string[])[],
  engine: string,
  answers: readonly (readonly string[])[],
  subjects: readonly Subject[],
): readonly string[] {
  return subjects.flatMap(({ callback }, at) => {
    const [want = [], got = []] = [expected[at], answers[at]];
    if (want.join() === got.join()) return [];
    return [
      `${engine}, callback ${at} (${callback.trigger}): fires ${words(got)} instead of ${words(want)}`,
    ];
  });
}

const words = (names: readonly string[]): string => names.join(', ') || 'nothing';
