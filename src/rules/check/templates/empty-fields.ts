import { type Template, templateUses } from '../../model/template.ts';
import type { FactUse } from '../../model/tree.ts';

/** Stands for a known fact and for a missing one in a text that is searched for empty fields. */
const KNOWN = '\u0001';
const MISSING = '\u0002';

/** A missing fact after a label or an opening bracket, with no other fact in its place: `Told: .`, `reason ()`. */
const AFTER_LABEL = new RegExp(`[:=#(“«"]\\s*${MISSING}(?![\\s${MISSING}]*${KNOWN})`);
/** A missing fact between two marks, or between the start and a mark: `, , account ok`, `: the text`. */
const BETWEEN_MARKS = new RegExp(`(?:^|[.,;:(])\\s*${MISSING}[\\s${MISSING}]*[.,;:)]`);

/**
 * Returns the facts that leave an empty field in a text where all facts that may be missing are, or where only one of an
 * optional part is known. A text that is nothing but one fact is not a field of a text.
 */
export function emptyFields(
  template: Template,
  mayBeMissing: (use: FactUse) => boolean,
): readonly string[] {
  if (template.length === 1 && typeof template[0] !== 'string') {
    const [only] = template;
    return only && 'part' in only ? inPart(only.part, mayBeMissing) : [];
  }
  const drawn = template.map((piece) => {
    if (typeof piece === 'string') return piece;
    if (!('part' in piece)) return mark(mayBeMissing(piece) && !piece.otherwise);
    return templateUses(piece.part).every(mayBeMissing) ? '' : KNOWN;
  });
  const loose = template.filter((piece) => typeof piece !== 'string' && !('part' in piece));
  return [
    ...(isHollow(drawn.join('')) ? namesOf(templateUses(loose), mayBeMissing) : []),
    ...template.flatMap((piece) =>
      typeof piece !== 'string' && 'part' in piece ? inPart(piece.part, mayBeMissing) : [],
    ),
  ];
}

/** Draws a part once for each of its facts, with that one alone known. */
function inPart(part: Template, mayBeMissing: (use: FactUse) => boolean): readonly string[] {
  const uses = templateUses(part).filter(mayBeMissing);
  const hollow = uses.some((known) => {
    const drawn = part.map((piece) => {
      if (typeof piece === 'string') return piece;
      if ('part' in piece) return '';
      return mark(piece.key !== known.key && !piece.otherwise && mayBeMissing(piece));
    });
    return isHollow(drawn.join(''));
  });
  return hollow ? namesOf(uses, mayBeMissing) : [];
}

const mark = (missing: boolean): string => (missing ? MISSING : KNOWN);

const isHollow = (drawn: string): boolean => AFTER_LABEL.test(drawn) || BETWEEN_MARKS.test(drawn);

const namesOf = (
  uses: readonly FactUse[],
  mayBeMissing: (use: FactUse) => boolean,
): readonly string[] => [...new Set(uses.filter(mayBeMissing).map(({ key }) => key))];
