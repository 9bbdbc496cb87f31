import { readMe } from '../../api/operating/me.ts';
import { route } from '../route.ts';

/** `GET /v1/me`: the name and roles of the token. */
export const meRoutes = [
  route(readMe, (c) => c.json({ name: c.var.caller.name, roles: [...c.var.caller.roles] })),
];
