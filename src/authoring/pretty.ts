/** JSON as people write it: lists of plain values stand on one line. */
export const pretty = (value: unknown): string =>
  JSON.stringify(value, undefined, 2).replace(
    /\[\n\s+([^[\]{}]*?)\n\s+\]/g,
    (_, items: string) => `[${items.replace(/\n\s+/g, ' ')}]`,
  );
