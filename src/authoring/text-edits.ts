import { applyEdits, modify } from 'jsonc-parser';

/** Where a value lies in a file: `['when', 'all', 0]`. */
export type Path = readonly (string | number)[];

const FORMAT = { insertSpaces: true, tabSize: 2 };

/** Sets a value in a JSON text and leaves the rest as it is written; `undefined` removes it. */
export const setValue = (text: string, path: Path, value: unknown): string =>
  applyEdits(text, modify(text, [...path], value, { formattingOptions: FORMAT }));

/** Adds an item at the end of a list; a list that is not there is begun. */
export const addItem = (text: string, path: Path, at: number, item: unknown): string =>
  at === 0
    ? setValue(text, path, [item])
    : applyEdits(
        text,
        modify(text, [...path, at], item, { formattingOptions: FORMAT, isArrayInsertion: true }),
      );

/** What the form edits: the parsed file, and ways to change its text. */
export interface Editing {
  readonly set: (path: Path, value: unknown) => void;
  readonly add: (path: Path, at: number, item: unknown) => void;
}
