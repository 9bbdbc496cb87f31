import { type ChildProcess, execFile, spawn } from 'node:child_process';
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { freePorts } from '../setup/running.ts';
import { type Block, blocksOf, commandsIn, DOCUMENTS, HARMLESS, shownBy } from './doc-blocks.ts';

/** Runs the commands of the documents as they are written: `npm start` in one terminal, the rest in another. */
const run = promisify(execFile);

/** The rules of the copy in which everything runs. */
const RULES = 'rules';
/** What the copy does not take: it is large, made by a command, or not part of the product. */
const LEFT_OUT = [
  '.git',
  '.wrangler',
  '.dev.vars',
  'bench',
  'dist',
  'node_modules',
  'rules',
  'test',
];

let port = 0;
let started: ChildProcess;
let screen = '';
const root = mkdtempSync(join(tmpdir(), 'signalbox-docs-'));
/** Rules with one more than those that run, to be published. */
const changed = join(root, 'changed-rules');

/** A command for the rules of this test. Publishing asks for a confirmation at a terminal. */
const adapted = (command: string): string =>
  command
    .replace(/signalbox (-- )?diff/, `$& --rules ${changed}`)
    .replace(/signalbox (-- )?publish/, `$& --rules ${changed} --yes`);

/** Runs a block as one script. The commands find the Worker of this test by themselves, on its port. */
async function runBlock({ file, section, text }: Block): Promise<string> {
  const commands = commandsIn(text);
  const wrong = commands.find((command) => !HARMLESS.test(command));
  if (wrong !== undefined || commands.length === 0)
    throw new Error(`${file}, "${section}" must not be run: ${wrong ?? 'no command'}`);
  return shell(['set -e', ...commands.map(adapted)].join('\n'));
}

async function shell(script: string): Promise<string> {
  const { SIGNALBOX_URL: _, ...env } = process.env;
  return (await run('bash', ['-c', script], { cwd: root, env, timeout: 300_000 })).stdout;
}

/** The rule that a document shows, as its file. */
function shownRule(file: string): string {
  const blocks = [...readFileSync(file, 'utf8').matchAll(/```json\n([\s\S]*?)```/g)];
  return blocks.map(([, json]) => json ?? '').find((json) => json.includes('legal-threat')) ?? '';
}

/** Copies the project, as a reader has it after `git clone` and `npm ci`, with the rule of the README. */
function copyProject(): void {
  for (const name of readdirSync('.'))
    if (!LEFT_OUT.includes(name)) cpSync(name, join(root, name), { recursive: true });
  symlinkSync(resolve('node_modules'), join(root, 'node_modules'));
  const rule = shownRule('README.md');
  for (const folder of [join(root, 'rules'), changed]) {
    cpSync(RULES, folder, { recursive: true });
    writeFileSync(join(folder, 'legal-threat.json'), rule);
  }
  const another = rule.replace('"legal-threat"', '"another-threat"');
  writeFileSync(join(changed, 'another-threat.json'), another);
}

beforeAll(async () => {
  copyProject();
  port = await freePorts();
  started = spawn('npm', ['start', '--', '--port', String(port)], {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [started.stdout, started.stderr])
    stream?.on('data', (data) => {
      screen += data;
    });
  await vi.waitUntil(() => screen.includes('In a second terminal') || started.exitCode !== null, {
    timeout: 150_000,
    interval: 100,
  });
}, 160_000);

afterAll(async () => {
  const ended = new Promise((done) => started.once('close', done));
  if (started.pid) process.kill(-started.pid, 'SIGINT');
  await ended;
  rmSync(root, { recursive: true, force: true });
}, 20_000);

/** The section of the incidents to practise; each of its blocks states what its last command shows. */
const DRILL = 'Drill';

/** Sections with commands, in the order in which they are run, and what their output must contain. */
const SECTIONS: readonly (readonly [file: string, section: string, output: readonly RegExp[]])[] = [
  [
    'README.md',
    'Three callbacks',
    [
      /fired whatsapp-quality-red: throttle, alert/,
      /fired retry-transient-failure: retry/,
      /fired stop: suppress/,
      /"throttle":\{"to":"10\/minute"/,
      /"suppressed":true/,
    ],
  ],
  ['docs/rule-authors.md', 'Publish', [/another-threat/, /in force/]],
  [
    'rules/README.md',
    'Examples',
    [
      /0 errors/,
      /story red-then-green/,
      /% of the conditions seen true and false/,
      /stop all messages to this person/,
    ],
  ],
  ['docs/rule-authors.md', 'Check and test', [/0 errors/, /stop fired/, /whatsapp-quality-red/]],
  ['docs/rule-authors.md', 'Look up a decision', [/retry-transient-failure/]],
  ['docs/rule-authors.md', 'Reviews', [/stop-near-miss: review, alert/, /has not said no/]],
  ['docs/rule-authors.md', 'Alert routes', [/ops/, /WhatsApp quality is RED/]],
  ['docs/rule-authors.md', 'Silences', [/content-refused/]],
  ['rules/README.md', '6. Silence a rule for two hours', [/content-refused/]],
  ['rules/README.md', '11. Stop one rule now', [/rule help is paused/, /rule help goes on/]],
  [
    'rules/README.md',
    '12. Take back what a rule did to consent yesterday',
    [/nothing to take back|would no longer count/],
  ],
  ['rules/README.md', '13. See what a change would have done last week', [/callbacks?: /]],
  [
    'docs/operators.md',
    'Pauses',
    [/rule help is paused/, /by ada|ada \(/, /rule help goes on; \d+ waiting actions? let go/],
  ],
  [
    'docs/operators.md',
    'Throttles',
    [/at most 5\/minute until/, /marketing at most 5\/minute/, /is not limited/],
  ],
  [
    'docs/operators.md',
    'The consent record',
    [/backed up \d+ changes?/, /none was missing/, /no longer count/, /"stores":\[/],
  ],
  ['docs/operators.md', 'Monitoring', [/^signalbox_rulebook_info\{version="/m, /"ok":true/]],
  ['docs/operators.md', 'Delivery figures', [/delivered/, /"rows":\[/]],
  ['docs/senders.md', 'Ask before you send', [/"allowed":true/, /"granted":/]],
  ['docs/senders.md', 'On which channel?', [/"reachable":/, /"request_id":/]],
  ['docs/senders.md', 'Send through Signalbox', [/"message_id":"/]],
  ['docs/senders.md', 'Batches', [/"batch_id":"/]],
  ['docs/senders.md', 'State of people, senders and messages', [/"suppressed":/, /"quality":/]],
];

describe('the documents', () => {
  // First: a message that another section left behind would take the local fault.
  test('each step of the drill shows what it says', async () => {
    const blocks = blocksOf('docs/operators.md').filter(({ section }) => section === DRILL);
    expect(blocks.length).toBeGreaterThan(5);
    for (const block of blocks) {
      let printed = await runBlock(block);
      const [last = ''] = commandsIn(block.text).slice(-1);
      for (let round = 0; round < 15 && !printed.includes(shownBy(block)); round++)
        printed += await shell(adapted(last));
      expect(printed).toContain(shownBy(block));
    }
  }, 900_000);

  test.each(SECTIONS)(
    '%s: the commands of “%s” do what it says',
    async (file, section, output) => {
      const blocks = blocksOf(file).filter((block) => block.section === section && !block.notRun);
      expect(blocks.length, 'blocks').toBeGreaterThan(0);
      let printed = '';
      for (const block of blocks) printed += await runBlock(block);
      // What goes through the queue is there a second later: then the last command is asked again.
      const wanting = () => output.filter((words) => !words.test(printed));
      const [last = ''] = commandsIn(blocks.at(-1)?.text ?? '').slice(-1);
      for (let round = 0; round < 10 && wanting().length > 0; round++)
        printed += await shell(adapted(last));
      expect(wanting(), printed.slice(-2_000)).toEqual([]);
    },
    150_000,
  );

  test('the local Sinch got the alert and the retry of the three callbacks', async () => {
    const arrived = async (): Promise<string[]> => {
      const { arrivals } = JSON.parse(await shell(`curl -s http://127.0.0.1:${port + 1}/arrivals`));
      return arrivals.map(({ kind }: { kind: string }) => kind);
    };
    await vi.waitUntil(async () => (await arrived()).includes('messages:send'), {
      timeout: 60_000,
      interval: 200,
    });
    expect(await arrived()).toContain('alert');
    expect(screen).toMatch(/local Sinch ◂ alert \[critical\]/);
    expect(screen).toMatch(/local Sinch ◂ messages:send/);
  }, 90_000);

  test.each([
    'README.md',
    'docs/rule-authors.md',
  ])('%s: the first rule is checked, tested, described, and fires', async (file) => {
    expect(JSON.parse(shownRule(file))).toEqual(JSON.parse(shownRule('README.md')));
    let printed = '';
    for (const block of blocksOf(file).filter(({ section }) => section === 'Your first rule'))
      printed += await runBlock(block);
    expect(printed).toContain('fired legal-threat: alert');
  }, 150_000);

  test('every block of commands is run by a test, or states why it is not', () => {
    // recipes.test.ts runs those that need no Worker.
    const isTask = ({ file, section }: Block) =>
      file === 'rules/README.md' && /^\d+\. |^Keep a callback/.test(section);
    const tested = (block: Block) =>
      isTask(block) ||
      block.section === 'Your first rule' ||
      block.section === DRILL ||
      SECTIONS.some(([file, section]) => file === block.file && section === block.section);
    const left = DOCUMENTS.flatMap(blocksOf).filter((block) => !block.notRun && !tested(block));
    expect(left.map(({ file, section }) => `${file}: ${section}`)).toEqual([]);
  });

  test.each([
    'npm ci',
    'npx wrangler deploy',
    'git pull',
    'npm run -s signalbox -- connect https://x.example/callbacks',
    'npx --no -- signalbox connect https://x.example/callbacks',
    'npx --no -- signalbox start',
    'curl -s https://example.com',
  ])('“%s” is never run here', (text) => {
    const block = { file: 'README.md', section: 'Start', text, notRun: undefined };
    return expect(runBlock(block)).rejects.toThrow('must not be run');
  });
});
