const encoder = new TextEncoder();

/** How many bytes a value takes in a queue message, which is JSON: quotes and line ends inside a text are two. A message may have 128 KB. */
export const weightOf = (value: unknown): number => encoder.encode(JSON.stringify(value)).byteLength;

/**
 * Texts with at most `most` characters altogether: where they are more, each keeps its equal share. What is no text stays, unless it is
 * longer than all that is allowed: such a value is left out.
 */
export function cutToFit(values: Readonly<Record<string, unknown>>, most: number): Record<string, unknown> {
  if (JSON.stringify(values).length <= most) return { ...values };
  const all = Object.entries(values);
  const share = Math.floor(most / all.length);
  return Object.fromEntries(
    all
      .map(([name, value]) => [
        name,
        typeof value === 'string' && value.length > share ? `${value.slice(0, share)}…` : value,
      ])
      .filter(([, value]) => typeof value === 'string' || (JSON.stringify(value) ?? '').length <= most),
  );
}
