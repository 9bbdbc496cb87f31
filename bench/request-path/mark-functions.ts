/** Any node of a syntax tree: what is read of it is checked first. */
type Node = Readonly<Record<string, unknown>> & { readonly type: string };

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';

/** Inserts a mark at the start of each function of a module: `globalThis.__files` is the set of files whose functions ran. */
export function markFunctions(code: string, tree: unknown, file: string): string {
  const mark = `globalThis.__files?.add(${JSON.stringify(file)})`;
  const inserts: { readonly at: number; readonly text: string }[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) visit(item);
    if (!isNode(value)) return;
    const { body } = value;
    if (/Function/.test(value.type) && isNode(body)) {
      const { start, end } = body;
      if (typeof start === 'number' && typeof end === 'number') {
        if (body.type === 'BlockStatement') inserts.push({ at: start + 1, text: `${mark};` });
        else {
          inserts.push({ at: start, text: `(${mark},` });
          inserts.push({ at: end, text: ')' });
        }
      }
    }
    for (const inner of Object.values(value)) visit(inner);
  };
  visit(tree);
  return inserts
    .toSorted((a, b) => b.at - a.at)
    .reduce((text, { at, text: mark }) => text.slice(0, at) + mark + text.slice(at), code);
}
