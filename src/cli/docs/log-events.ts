/**
 * What each logged event means, and what to do where something is wrong. A test compares the names
 * with the source, in both directions.
 */
export const LOG_EVENTS: Readonly<Record<string, string>> = {
  'callback.ingested': 'A callback is decided; `fired` names the rules.',
  'callback.deferred':
    'A callback could not be decided or dispatched and is on the `callbacks` queue, which tries again.',
  'callback.not-kept':
    'A callback could not be queued either. The answer is 503 and Sinch sends it again.',
  'callback.refused':
    'A callback got a status other than 200. Sinch never retries a 4xx, so it is logged here.',
  'callback.quarantined': 'A signed body cannot be parsed. It is stored; see `GET /v1/quarantine`.',
  'callback.redelivered': 'A callback was redelivered by hand.',
  'callback.shown': 'An admin read a stored callback.',
  'quarantine.redelivered': 'A quarantined body was redelivered by hand.',
  'quarantine.not-reported': 'The alert about an unreadable body could not be queued.',
  'trigger.not-stored':
    'The first callback of a trigger could not be noted; the next one tries again.',
  'host.not-recorded':
    'The host at which callbacks arrive could not be stored; the next callback tries again.',
  'contact.noted': 'The addresses of contacts are stored.',
  'contact.erased-late':
    'A callback named an address of a contact that was erased before; the address is erased as well.',
  'contact.too-long': 'An address of a contact is too long to be stored and is left out.',
  'effect.done': 'An effect is executed; `did` or `skipped` states the result.',
  'effect.waits': 'An effect is queued again for later, for the reason stated; no attempt is used.',
  'effect.held': 'An effect is held by a pause or a budget.',
  'held.swept': 'Held work whose pause has ended continues.',
  'queue.retry': 'A queue message failed and is retried after `later` seconds.',
  'queue.bug': 'A queue message failed with an unexpected error. Report it.',
  'queue.not-opened':
    'A batch could not be processed because a setting is wrong; every message is retried.',
  'queue.too-large':
    'An effect is too large for the queue and is a dead letter. Report it: this is a bug.',
  'dead-letter.kept': 'Work failed for good and is stored as a dead letter.',
  'dead-letter.redelivered': 'A dead letter was redelivered by hand.',
  'budget.uncounted':
    'A budget could not be counted. An action that protects people is executed all the same.',
  'tally.counted': 'A threshold rule counted a callback.',
  'tally.late': 'A callback is older than 10 minutes and is not counted.',
  'tally.fired': 'A threshold rule fired.',
  'tally.dropped':
    'A threshold rule fired without effect: the rule is no longer active, or its newest callback was erased.',
  'shadow.failed':
    'A rulebook in shadow could not decide a callback. The active one is unaffected.',
  'index.wrong':
    'The audit found a decision that differs from json-rules-engine. A critical alert is raised. Report it.',
  'index.audit-failed': 'An audit could not run for a callback.',
  'alert.delivered': 'A destination received an alert, or refused it.',
  'alerts.dispatched': 'A due alert was checked and sent.',
  'alerts.ended': 'A rule resolved the alerts of another rule.',
  'alert.enqueue-failed':
    'A due alert could not be queued; its object tries again after one minute.',
  'destination.failing':
    'A destination failed repeatedly and is left alone for some minutes; its fallback is notified.',
  'destination.unreadable': 'A destination sent an answer that cannot be read.',
  'consent.unavailable': 'Consent could not be read in time; the answer for these people is no.',
  'backup.made': 'The nightly backup of consent is complete.',
  'backup.failed': 'The nightly backup of consent failed. A critical alert is raised.',
  'backup.file-lost': 'A file of a backup is missing or cannot be read; the rest is restored.',
  'throttle.unavailable': 'A limit could not be read in time, so nothing was sent.',
  'copy.failed': 'A copy in KV could not be written; the object tries again, less and less often.',
  'copy.unreadable': 'Copies in KV could not be read; the objects are read instead.',
  'review.consent-unavailable':
    'The consent of the people of a review could not be read for display.',
  'send.not-kept': 'A message was sent through Signalbox, but could not be stored for retries.',
  'send.permit-lost': 'A permit could not be returned after Sinch refused a message.',
  'sinch.rate-limit-not-shared': 'A 429 from Sinch could not be shared with the other isolates.',
  'import.interrupted': 'An import stopped; the answer names the line from which to continue.',
  'journal.written': 'Journal entries are written.',
  'journal.write-failed': 'Journal entries could not be written; the queue tries again.',
  'journal.lost': 'A journal entry could not be queued. The decision itself is unaffected.',
  'reviews.overdue':
    'Near misses that nobody decided in time suppress marketing; `decided` counts them.',
  'journal.pruned': 'Records past their retention are removed.',
  'journal.unreadable': 'The journal could not be read for an answer, which states so.',
  'rulebook.not-kept':
    'The bundled rulebook could not be stored in KV; the next callback tries again.',
  'metrics.queue-silent': 'A queue did not report its length; the other metrics are complete.',
  'scheduled.failed': 'A scheduled task failed. An alert is raised once a day.',
  'scheduled.not-reported': 'The alert about a failed scheduled task could not be queued.',
  'person.erased': 'The data of a person was removed from every store.',
  'silence.set': 'A silence was set.',
  'silence.ended': 'A silence was ended by hand.',
};
