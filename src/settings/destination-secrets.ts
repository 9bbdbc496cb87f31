/** Secrets of destinations: any number, each named by `alerts.json`. They are no fields of `Settings`. */
export const destinationSecrets = {
  prefix: 'DEST_',
  name: 'DEST_*',
  secret: true,
  summary:
    'Addresses and keys of destinations; the only secrets that `rules/alerts.json` may name.',
} as const;
