import type { Operations } from '../worker/protocol.ts';

type Answer<Name extends keyof Operations> = ReturnType<Operations[Name]>;

/** A worker that evaluates rules. Questions are answered in their order. */
export interface Evaluator {
  readonly ask: <Name extends keyof Operations>(
    name: Name,
    input: Parameters<Operations[Name]>[0],
  ) => Promise<Answer<Name>>;
}

interface Waiting {
  readonly done: (result: never) => void;
  readonly failed: (error: Error) => void;
}

/** Starts a worker. It is loaded with the first question. */
function startEvaluator(): Evaluator {
  const waiting = new Map<number, Waiting>();
  let count = 0;
  let worker: Worker | undefined;
  const start = (): Worker => {
    const started = new Worker(new URL('../worker/main.ts', import.meta.url), { type: 'module' });
    started.onmessage = ({ data }: MessageEvent<{ id: number; result: never; error?: string }>) => {
      const asked = waiting.get(data.id);
      waiting.delete(data.id);
      if (data.error === undefined) asked?.done(data.result);
      else asked?.failed(new Error(data.error));
    };
    started.onerror = () => {
      for (const { failed } of waiting.values())
        failed(new Error('The rules could not be evaluated in this browser. Reload the page.'));
      waiting.clear();
    };
    return started;
  };
  return {
    ask(name, input) {
      worker ??= start();
      const id = ++count;
      worker.postMessage({ id, name, input });
      return new Promise((done, failed) => waiting.set(id, { done, failed }));
    },
  };
}

/** Answers at once: the edited file, sentences, tries. */
export const quick = startEvaluator();
/** Answers a little later: the whole rulebook. A long check here does not keep `quick` waiting. */
export const whole = startEvaluator();
