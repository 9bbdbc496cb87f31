import {
  type Backup,
  backUpConsent,
  listConsentBackups,
  restoreConsent,
  undoConsent,
} from '../../api/consent/consent.ts';
import { time } from '../../api/operation.ts';
import { open } from '../../services.ts';
import type { Manifest } from '../../stores/consent-backups/consent-backup.ts';
import { momentOf } from '../parse-time.ts';
import { route } from '../route.ts';
import { onRecord } from '../token.ts';

const shown = ({ pages: _, at, ...manifest }: Manifest): Backup => ({ ...manifest, at: time(at) });

/** `/v1/consent`: backups of the consent record, restore, and undo of the changes of a rule. */
export const consentRoutes = [
  route(listConsentBackups, async (c) =>
    c.json({ backups: (await open(c.env).consentBackups.list()).map(shown) }),
  ),
  route(backUpConsent, async (c) => {
    const { consentBackups, now } = open(c.env);
    return c.json(shown(await consentBackups.make(now())));
  }),
  route(restoreConsent, async (c) => {
    const { backup, shard } = c.req.valid('json');
    return c.json(await open(c.env).consentBackups.restore(backup, shard));
  }),
  route(undoConsent, async (c) => {
    const { rule, since, until, people, actor, reason, dry_run: dry } = c.req.valid('json');
    const { objects, now } = open(c.env);
    const undo = {
      rule,
      since: momentOf(since, now()),
      until: momentOf(until, now()),
      people,
      actor: onRecord(actor, c.var.caller),
      reason,
      dry,
    };
    const { affected, ...undone } = await objects.recipients.undo(undo);
    return c.json({
      ...undone,
      affected: affected.map(({ at, ...change }) => ({ ...change, at: time(at) })),
    });
  }),
];
