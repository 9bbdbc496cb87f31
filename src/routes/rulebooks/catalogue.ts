import { readCatalogue } from '../../api/rulebooks/catalogue.ts';
import { type ResponseOf, route } from '../route.ts';

/** `GET /v1/catalogue`: the vocabulary of rules. It is written at build time, so the generator of JSON Schemas is not in the bundle. */
export const catalogueRoutes = [
  route(readCatalogue, async (c) => {
    const file = await c.env.ASSETS.fetch(new URL('/catalogue.json', c.req.url));
    // The headers of an asset are immutable. The file was written from the same schema.
    return new Response(file.body, file) as Response & ResponseOf<typeof readCatalogue>;
  }),
];
