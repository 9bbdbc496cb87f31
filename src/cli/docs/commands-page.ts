import type { Command } from 'commander';
import { code, table } from './markdown.ts';
import type { ReferencePage } from './page.ts';

/** All commands with their options, as the command line declares them. */
export const commandsPage: ReferencePage = {
  name: 'commands',
  title: 'Commands',
  intro: `Run a command with \`npm run -s signalbox -- <command>\` or \`npx --no -- signalbox <command>\`; \`--help\` after a command prints its options. The exit status is 0 for success, 1 when something is wrong and 2 for bad usage. \`--rules <folder>\` reads rules from another folder, \`--json\` prints JSON.

Commands that call a running Worker take \`--url\` and \`--token\`, or read \`SIGNALBOX_URL\` and \`SIGNALBOX_TOKEN\` from the environment. Without either, they call the Worker that \`npm start\` runs. Commands that change something by hand record the actor (the option, else \`SIGNALBOX_AUTHOR\`, else your name in git) and the reason.`,
  body: ({ program }) => {
    const commands = program.commands.toSorted((a, b) => (a.name() < b.name() ? -1 : 1));
    const index = table(
      ['command', 'what it does'],
      commands.map((command) => [
        `[${code(command.name())}](#${command.name()})`,
        command.description(),
      ]),
    );
    return [index, ...commands.map(section)].join('\n\n');
  },
};

function section(command: Command): string {
  const operands = command.registeredArguments.map((operand) => {
    const name = `${operand.name()}${operand.variadic ? '...' : ''}`;
    return operand.required ? `<${name}>` : `[${name}]`;
  });
  const { options } = command;
  return [
    `## ${command.name()}`,
    code([command.name(), ...operands].join(' ')),
    ...(options.length > 0
      ? [
          table(
            ['option', 'meaning'],
            options.map(({ flags, description }) => [code(flags), description]),
          ),
        ]
      : []),
  ].join('\n\n');
}
