import type { Command } from 'commander';
import * as v from 'valibot';
import { AppError } from '../errors.ts';
import type { Shell } from './shell.ts';

/** An exit code: 0 is well, 1 is something wrong. Bad usage, 2, is thrown as `bad_request`. */
export type ExitCode = 0 | 1;

interface OptionWords {
  /** As commander writes them: `--repeat <count>`. */
  readonly flags: string;
  readonly description: string;
  /** May be given several times: its value is a list. */
  readonly many?: true;
}

interface Definition<I> {
  /** Name and operands: `send [sample]`, `test [rules...]`. */
  readonly usage: string;
  readonly description: string;
  readonly options: readonly OptionWords[];
  /** Options by their camelCase names, operands by theirs. */
  readonly input: v.GenericSchema<unknown, I>;
  /** `program` holds every command, for a command that describes them. */
  readonly run: (input: I, shell: Shell, program: Command) => Promise<ExitCode>;
}

/** A command as the CLI sees it: its input type stays behind `mount`. */
export interface CliCommand<I = never> {
  readonly name: string;
  readonly mount: (program: Command, shell: Shell, done: (code: ExitCode) => void) => void;
  readonly run: (input: I, shell: Shell, program: Command) => Promise<ExitCode>;
}

/** Defines a command of `npm run -s signalbox`. */
export function defineCommand<I>(definition: Definition<I>): CliCommand<I> {
  const { usage, description, options, input, run } = definition;
  return {
    name: usage.split(' ')[0] ?? usage,
    run,
    mount(program, shell, done) {
      const command = program.command(usage).description(description);
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
      command.action(async () => {
        const names = command.registeredArguments.map((operand) => operand.name());
        const operands = Object.fromEntries(
          names.map((name, index) => [name, command.processedArgs[index]]),
        );
        done(await run(readInput(input, { ...command.opts(), ...operands }), shell, program));
      });
    },
  };
}

function readInput<I>(schema: v.GenericSchema<unknown, I>, values: object): I {
  const parsed = v.safeParse(schema, values);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new AppError('bad_request', `${v.getDotPath(issue) ?? 'input'}: ${issue.message}`);
}

/** The options that most commands share. */
export const RULES_OPTION: OptionWords = {
  flags: '--rules <folder>',
  description: 'the folder that holds the rules (default: rules)',
};
export const JSON_OPTION: OptionWords = {
  flags: '--json',
  description: 'print JSON, for machines',
};

export const Flag = v.optional(v.boolean(), false);
export const Text = v.optional(v.string());
/** A whole number from 1 up, as it is typed. */
export const Count = v.pipe(
  v.string(),
  v.regex(/^[1-9]\d{0,5}$/, 'expected a whole number from 1 up'),
  v.transform(Number),
);
