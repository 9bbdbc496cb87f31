import { AppError } from '../../errors.ts';

/** Puts drawn text between `<!-- name -->` and `<!-- /name -->`; a text that lacks the marks is refused. */
export function fillRegions(text: string, regions: Readonly<Record<string, string>>): string {
  let filled = text;
  for (const [name, content] of Object.entries(regions)) {
    const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
    const [from, to] = [filled.indexOf(open), filled.indexOf(close)];
    if (from < 0 || to < from)
      throw new AppError('not_found', `README.md has no place for ${name}: ${open} ${close}`);
    filled = `${filled.slice(0, from + open.length)}\n${content}\n${filled.slice(to)}`;
  }
  return filled;
}
