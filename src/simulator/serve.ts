import { type HttpBindings, serve } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Dropped } from './faults.ts';
import { createSinch, type SinchOptions } from './sinch.ts';

/** A local Sinch that listens. */
export interface ServedSinch {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** Stops listening and breaks what is still connected. */
  readonly close: () => Promise<void>;
}

/**
 * Serves a local Sinch on 127.0.0.1. `port` 0 takes a free one.
 * @throws Error with `code` `EADDRINUSE` when the port is taken
 */
export async function serveSinch(port: number, options: SinchOptions): Promise<ServedSinch> {
  const sinch = createSinch(options);
  return new Promise((resolve, reject) => {
    const server = serve(
      {
        port,
        hostname: '127.0.0.1',
        async fetch(request, env) {
          try {
            return await sinch.fetch(request, env);
          } catch (error) {
            if (!(error instanceof Dropped)) throw error;
            (env as HttpBindings).outgoing.destroy(); // serve() without createServer is plain HTTP/1
            return RESPONSE_ALREADY_SENT;
          }
        },
      },
      (info) => resolve({ url: `http://127.0.0.1:${info.port}`, close: () => closed(server) }),
    );
    server.once('error', reject);
  });
}

function closed(server: ReturnType<typeof serve>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    if ('closeAllConnections' in server) server.closeAllConnections();
  });
}
