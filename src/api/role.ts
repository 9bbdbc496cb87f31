/** What a token may do: look, ask before sending and send, change rules, and everything that changes state by hand. */
export const ROLES = ['read', 'send', 'author', 'admin'] as const;
export type Role = (typeof ROLES)[number];
