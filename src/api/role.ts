/** Roles of a token: `read`, `send` (ask before sending, and send), `author` (change rules), `admin` (change state by hand). */
export const ROLES = ['read', 'send', 'author', 'admin'] as const;
export type Role = (typeof ROLES)[number];
