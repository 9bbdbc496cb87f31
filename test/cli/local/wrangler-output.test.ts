import { describe, expect, test } from 'vitest';
import { filterOutput } from '../../../src/cli/local/wrangler-output.ts';

/** What is passed on of these lines; `*` stands for "ready". */
function heard(...lines: string[]): string[] {
  const told: string[] = [];
  const hear = filterOutput({ line: (text) => told.push(text), ready: () => told.push('*') });
  for (const line of lines) hear(line);
  return told;
}

describe('wrangler, calmed', () => {
  test('keeps its banner, tables and progress to itself', () => {
    expect(
      heard(
        '',
        ' ⛅️ wrangler 4.155.0 (update available 4.164.0)',
        '───────────────────────────────────────────────',
        'Cloudflare collects anonymous telemetry about your usage of Wrangler.',
        '[custom build] Running: node src/cli/main.ts bundle',
        '[custom build] ',
        'Using secrets defined in .dev.vars.example',
        'Your Worker has access to the following bindings:',
        'Binding                                         Resource                  Mode',
        'env.KV                                          KV Namespace              local',
        'env.SINCH_API_URL ("(hidden)")                  Environment Variable      local',
        '⎔ Starting local server...',
        '⎔ Reloading local server...',
        '[wrangler:info] QUEUE signalbox-effects 1/1 (12ms)',
        '[wrangler:info] ✨ Parsed 2 valid header rules.',
        '🪵  Logs were written to "/tmp/log"',
      ),
    ).toEqual([]);
  });

  test('leaves out a warning with all that belongs to it, whatever its colours', () => {
    expect(
      heard(
        '\u001b[33m▲ \u001b[43;33m[\u001b[43;30mWARNING\u001b[43;33m]\u001b[0m \u001b[1mScheduled Workers are not automatically triggered during local development.\u001b[0m',
        '  To manually trigger a scheduled event, run:',
        '    curl "http://127.0.0.1:8787/cdn-cgi/local/scheduled"',
        '',
        'hello',
      ),
    ).toEqual(['hello']);
  });

  test.each([
    ['[wrangler:info] POST /callbacks 200 OK (24ms)', 'Worker ▸ POST /callbacks 200 OK (24ms)'],
    [
      "▲ [WARNING] { event: 'callback.refused', status: 401 }",
      'Worker ▸ callback.refused status: 401',
    ],
    ["✘ [ERROR] { event: 'request.bug', code: 'bug' }", "Worker ▸ request.bug code: 'bug'"],
    ['[wrangler:error] Error: boom', 'Error: boom'],
    ['    at Object.fetch (src/worker.ts:2:128)', '    at Object.fetch (src/worker.ts:2:128)'],
    ['[custom build] rules/stop.json:1:2 error not-json', 'rules/stop.json:1:2 error not-json'],
    [
      'The file rules/stop.json changed, restarting build...',
      'Worker ▸ rules/stop.json changed, building …',
    ],
    ['✘ [ERROR] Build failed with 1 error:', '✘ [ERROR] Build failed with 1 error:'],
    ['▲ [WARNING] Something else', '▲ [WARNING] Something else'],
    ["{ event: 'journal.written', notes: 3 }", 'Worker ▸ journal.written notes: 3'],
    ['[wrangler:info] Ready on http://127.0.0.1:8787', '*'],
  ])('passes on %j', (line, told) => expect(heard(line)).toEqual([told]));

  test('tells an object on one line, its event first', () => {
    expect(
      heard('{', "  event: 'callback.passed',", "  id: 'C1',", "  fired: [ 'stop' ]", '}', 'next'),
    ).toEqual(["Worker ▸ callback.passed id: 'C1', fired: [ 'stop' ]", 'next']);
  });

  test('gives up on a bracket that never closes', () => {
    const lines = Array.from({ length: 70 }, (_, index) => `line ${index}`);
    expect(heard('{', ...lines)).toEqual(['{', ...lines]);
  });
});
