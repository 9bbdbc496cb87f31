import type { Detail, Difference } from './diff.ts';
import { sideBySide } from './side-by-side.ts';

/** From so many columns on, old and new stand beside each other. */
const WIDE = 100;

/**
 * Formats a change as lines: what changed, then old and new, and the same for each value inside. Old and new stand beside
 * each other in a terminal that is wide enough, else below each other.
 * @param width the columns of the terminal; missing where there is none
 */
export function differenceLines(difference: Difference, width = 0): readonly string[] {
  const { what, change, old, new: now, details = [], tree = [] } = difference;
  return [
    `${MARK[change]} ${what} ${change}`,
    ...(old === undefined
      ? now === undefined
        ? []
        : [`    ${now}`]
      : oldAndNew(old, now, '    ', width)),
    ...details.flatMap((detail) => detailLines(detail, width)),
    ...tree.map((line) => `    ${TREE_MARK[line.change]} ${line.text}`.trimEnd()),
  ];
}

const detailLines = ({ what, old, new: now }: Detail, width: number): readonly string[] => [
  `    ${what}`,
  ...oldAndNew(old, now, '      ', width),
];

function oldAndNew(
  old: string | undefined,
  now: string | undefined,
  indent: string,
  width: number,
): readonly string[] {
  if (width >= WIDE && old !== undefined && now !== undefined)
    return sideBySide(`old: ${old}`, `new: ${now}`, width - indent.length).map(
      (line) => indent + line,
    );
  return [
    ...(old === undefined ? [] : [`${indent}old: ${old}`]),
    ...(now === undefined ? [] : [`${indent}new: ${now}`]),
  ];
}

const MARK = { added: '+', removed: '-', changed: '~' } as const;
const TREE_MARK = { added: '+', removed: '-', same: ' ' } as const;
