import { type ParseArgsConfig, parseArgs } from 'node:util';

// Taken before the globals are those of a run.
export const elapsed = performance.now.bind(performance);
export const print = (text: string): void => void process.stdout.write(`${text}\n`);

/** Reads the options of a script. Bad usage ends it with exit status 2 and its help. */
export function openScript<const O extends NonNullable<ParseArgsConfig['options']>>(
  help: string,
  options: O,
) {
  function misused(message: string): never {
    process.stderr.write(`${message}\n\n${help}\n`);
    process.exit(2);
  }
  function read() {
    try {
      return parseArgs({ options }).values;
    } catch (error) {
      return misused(error instanceof Error ? error.message : String(error));
    }
  }
  return {
    values: read(),
    misused,
    /** Returns a whole number that is not negative. */
    numberOf(text: string, option: string): number {
      const number = Number(text);
      if (!Number.isInteger(number) || number < 0) misused(`${option}: expected a whole number`);
      return number;
    },
  };
}
