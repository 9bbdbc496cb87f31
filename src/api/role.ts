/**
 * Roles of a token: `read`, `send` (ask before sending, and send), `sync` (read the feed of changes), `author` (change rules), `admin`
 * (change state by hand).
 */
export const ROLES = ['read', 'send', 'sync', 'author', 'admin'] as const;
export type Role = (typeof ROLES)[number];
