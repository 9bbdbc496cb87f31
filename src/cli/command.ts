import type { Command } from 'commander';
import * as v from 'valibot';
import { AppError } from '../errors.ts';
import type { Shell } from './shell.ts';

/** An exit code: 0 success, 1 failure. Bad usage, 2, is thrown as `bad_request`. */
export type ExitCode = 0 | 1;

interface OptionWords {
  /** In commander's notation: `--repeat <count>`. */
  readonly flags: string;
  readonly description: string;
  /** The option may be repeated; its value is a list. */
  readonly many?: true;
}

interface Definition<I> {
  /** Name and operands: `send [sample]`, `test [rules...]`. */
  readonly usage: string;
  /** Plain sentences: what the command does. */
  readonly description: string;
  /** Command lines without the program's name: `send stop --repeat 3`. */
  readonly examples: readonly string[];
  /** When the exit code is 1: "a rule has an error". It is 0 otherwise, and 2 for bad usage. */
  readonly failsIf: string;
  readonly options: readonly OptionWords[];
  /** Parses options by their camelCase names and operands by their names. */
  readonly input: v.GenericSchema<unknown, I>;
  /** Whether the command describes every command: its `program` then holds them all. */
  readonly describesAll?: true;
  /** `program` holds this command, or every one with `describesAll`. */
  readonly run: (input: I, shell: Shell, program: Command) => Promise<ExitCode>;
}

/** A command whose input type is known to `mount` alone. */
export interface CliCommand<I = never> {
  readonly name: string;
  readonly describesAll: boolean;
  readonly mount: (program: Command, shell: Shell, done: (code: ExitCode) => void) => void;
  readonly run: (input: I, shell: Shell, program: Command) => Promise<ExitCode>;
}

/** Defines a command of `npm run -s signalbox`. */
export function defineCommand<I>(definition: Definition<I>): CliCommand<I> {
  const {
    usage,
    description,
    examples,
    failsIf,
    options,
    input,
    run,
    describesAll = false,
  } = definition;
  return {
    name: usage.split(' ')[0] ?? usage,
    describesAll,
    run,
    mount(program, shell, done) {
      const command = program
        .command(usage)
        .description(description)
        .addHelpText('after', helpText(examples, failsIf));
      for (const { flags, description: words, many } of options) {
        if (many)
          command.option(
            flags,
            words,
            (value: string, earlier: string[]) => [...earlier, value],
            [],
          );
        else command.option(flags, words);
      }
      // A command without data of its own prints its lines as JSON.
      const linesAsJson = !command.options.some(({ long }) => long === '--json');
      if (linesAsJson) command.option('--json', 'print each line as JSON: {"message": "…"}');
      command.action(async () => {
        const names = command.registeredArguments.map((operand) => operand.name());
        const operands = Object.fromEntries(
          names.map((name, index) => [name, command.processedArgs[index]]),
        );
        const given = command.opts();
        const printing = linesAsJson && given.json === true ? withJsonLines(shell) : shell;
        done(await run(readInput(input, { ...given, ...operands }), printing, program));
      });
    },
  };
}

const withJsonLines = (shell: Shell): Shell => ({
  ...shell,
  out: (line) => {
    if (line !== '') shell.out(JSON.stringify({ message: line }));
  },
});

const helpText = (examples: readonly string[], failsIf: string): string =>
  [
    '',
    'Examples:',
    ...examples.map((example) => `  signalbox ${example}`),
    '',
    `Exit codes: 0 success, 1 ${failsIf}, 2 bad usage.`,
  ].join('\n');

function readInput<I>(schema: v.GenericSchema<unknown, I>, values: object): I {
  const parsed = v.safeParse(schema, values);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new AppError('bad_request', `${v.getDotPath(issue) ?? 'input'}: ${issue.message}`);
}

/** Options that most commands share. */
export const RULES_OPTION: OptionWords = {
  flags: '--rules <folder>',
  description: 'the rules folder (default: rules)',
};
export const JSON_OPTION: OptionWords = {
  flags: '--json',
  description: 'print JSON',
};

export const Flag = v.optional(v.boolean(), false);
export const Text = v.optional(v.string());
/** A whole number from 1, parsed from text. */
export const Count = v.pipe(
  v.string(),
  v.regex(/^[1-9]\d{0,5}$/, 'expected a whole number from 1 up'),
  v.transform(Number),
);
