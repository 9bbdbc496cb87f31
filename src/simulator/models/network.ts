import type { FaultKind } from '../world/faults.ts';
import type { World } from '../world/scheduler.ts';
import { streamOf } from '../world/stream.ts';

/** A request as it arrives at a host. */
export interface Arriving {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly text: string;
  /** When the caller sent it, and when it arrived: true times in milliseconds. */
  readonly sentAt: number;
  readonly at: number;
  /** Whether a caller that was alive got the answer. */
  isAnswered: boolean;
  /** What became of it on the way: `ok`, or the fault. */
  fate: string;
}

/** A host that can be reached. */
export interface Host {
  readonly kind: FaultKind;
  /** The statuses of a refusal; 0: no connection. */
  readonly refusals?: readonly number[];
  readonly serve: (request: Arriving) => Promise<Response> | Response;
}

/**
 * `fetch` of a run: answers, refuses, breaks before and after the host has acted, or never answers.
 * `onLost` is called for each request that did not arrive without the caller knowing it.
 */
export function openNetwork(
  world: World,
  hosts: Readonly<Record<string, Host>>,
  onLost: (lost: Arriving) => void = () => {},
): (request: Request) => Promise<Response> {
  return async (request) => {
    const { url, method, headers } = request;
    const text = await request.text();
    const host = hosts[new URL(url).host];
    if (!host) throw new TypeError(`fetch failed: no host at ${url}`);
    const sentAt = world.now();
    return world.ask<Response>((answer) => {
      const fate = world.faults.fate(host.kind, true);
      const arriving: Arriving = {
        ...{ url, method, headers, text, sentAt },
        at: world.now(),
        isAnswered: false,
        fate,
      };
      if (fate === 'hangs') return onLost(arriving);
      if (fate === 'fails') {
        const status = world.random.pick(host.refusals ?? [0, 429, 500, 503]);
        if (status === 0) onLost(arriving);
        return answer(refused(world, status));
      }
      void Promise.resolve(host.serve(arriving)).then(async (response) => {
        if (fate === 'lost') return;
        const { status, headers: told } = response;
        const body = await response.text();
        if (fate === 'unsure') return answer(broken(world, { status, headers: told }, body));
        answer(() => {
          arriving.isAnswered = true;
          return new Response(body === '' ? null : streamOf(world, body), {
            status,
            headers: told,
          });
        });
      });
    }, 60);
  };
}

/** The host did not act, and says so or cannot be reached. */
function refused(world: World, status: number): () => Response {
  return () => {
    // A request that never left counts as "no answer" to the caller.
    if (status === 0) throw new TypeError('fetch failed: connection refused');
    const headers = status === 429 ? { 'retry-after': String(1 + world.random.int(20)) } : {};
    return Response.json({ error: { status: 'REFUSED' } }, { status, headers });
  };
}

/** The host acted, and its answer was lost, replaced by a gateway, or broke off. */
function broken(
  world: World,
  head: { readonly status: number; readonly headers: Headers },
  body: string,
): () => Response {
  const way = world.random.pick(['lost', 'gateway', 'cut'] as const);
  return () => {
    if (way === 'lost') throw new TypeError('fetch failed: connection reset');
    if (way === 'gateway') return new Response('bad gateway', { status: 502 });
    return new Response(body === '' ? null : body.slice(0, body.length / 2), head);
  };
}
