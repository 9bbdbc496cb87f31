import { listSamples } from '../../api/rulebooks/samples.ts';
import { type ResponseOf, route } from '../route.ts';

/** `GET /v1/samples`: callbacks to try rules with. The build writes them beside the other assets. */
export const sampleRoutes = [
  route(listSamples, async (c) => {
    const file = await c.env.ASSETS.fetch(new URL('/samples.json', c.req.url));
    // The headers of an asset are immutable. The file was written from the same schema.
    return new Response(file.body, file) as Response & ResponseOf<typeof listSamples>;
  }),
];
