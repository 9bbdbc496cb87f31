/** A token of each kind of user. Their names are the actors on record. */
export const TOKENS = {
  admin: { token: 'admin-token-0123456789', roles: ['read', 'send', 'author', 'admin'] },
  author: { token: 'author-token-0123456789', roles: ['read', 'author'] },
  reader: { token: 'reader-token-0123456789', roles: ['read'] },
  sender: { token: 'sender-token-0123456789', roles: ['send'] },
} as const;

/** The settings of the Worker under test. */
export const SETTINGS = {
  WEBHOOK_SECRETS: 'console-webhook-secret',
  API_TOKEN: 'console-api-token-0123456789',
  API_TOKENS: JSON.stringify(TOKENS),
  DATA_KEY: 'console-data-key-console-data-key-console',
  SINCH_PROJECT_ID: 'local-project',
  SINCH_KEY_ID: 'local-key-id',
  SINCH_KEY_SECRET: 'local-key-secret',
  JOURNAL_PAYLOAD: 'keep',
};
