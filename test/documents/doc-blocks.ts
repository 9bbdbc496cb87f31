import { globSync, readFileSync } from 'node:fs';

/** The documents whose commands are run. */
export const DOCUMENTS: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  'rules/README.md',
  ...globSync('docs/*.md').toSorted(),
];

/** A block of shell commands in a document. */
export interface Block {
  readonly file: string;
  /** The heading above it. */
  readonly section: string;
  readonly text: string;
  /** The reason why it is not run: `<!-- not run: … -->` above the block. */
  readonly notRun: string | undefined;
}

const FENCE = /(?:<!-- not run: (.+?) -->\n *)?```sh\n([\s\S]*?)\n *```/g;

/** Returns the shell blocks of a document, in order. */
export function blocksOf(file: string): readonly Block[] {
  return readFileSync(file, 'utf8')
    .split(/^##+ /m)
    .flatMap((part) =>
      [...part.matchAll(FENCE)].map(([, notRun, text = '']) => ({
        file,
        section: part.split('\n')[0] ?? '',
        text: text.replace(/^ {3}/gm, '').trim(),
        notRun,
      })),
    );
}

/** Returns what the last command of a block shows, by its comment `# shows: …`. */
export const shownBy = ({ text }: Block): string => /^# shows: (.+)$/m.exec(text)?.[1] ?? '';

/** Returns the commands of a block: one for each line, or more lines where a quote or a `\` joins them. Comments are none. */
export function commandsIn(text: string): readonly string[] {
  const commands: string[] = [];
  let open = '';
  for (const line of text
    .replace(/^#.*$/gm, '')
    .replace(/\\\n\s*/g, ' ')
    .split('\n')) {
    open = open === '' ? line : `${open}\n${line}`;
    if ((open.split("'").length - 1) % 2 === 1) continue;
    if (open.trim() !== '') commands.push(open);
    open = '';
  }
  return commands;
}

/** What a test may run: never what installs, logs in or deploys. */
export const HARMLESS =
  /^((npm run -s signalbox -- |npx --no -- signalbox )(?!start|connect)|(TOKEN=\$\()?curl -s (-[HudXd] *('[^']*'|\S+) +)*"\$\(npx --no -- signalbox url( --sinch)?\)\/)/;
