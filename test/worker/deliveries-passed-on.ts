import { runDurableObjectAlarm } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { allShards } from '../../src/objects/shards.ts';

/** Lets the objects of messages pass on what reached people, as their alarm does within five minutes. */
export async function deliveriesPassedOn(): Promise<void> {
  for (const messages of allShards(env.MESSAGES)) await runDurableObjectAlarm(messages);
}
