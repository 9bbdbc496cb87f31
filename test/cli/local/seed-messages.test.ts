import { expect, test } from 'vitest';
import { readCallback } from '../../../src/callbacks/callback.ts';
import { readSample } from '../../../src/cli/callbacks/samples.ts';
import { seedMessages } from '../../../src/cli/local/seed-messages.ts';
import { createSinch } from '../../../src/simulator/sinch.ts';
import { NOW, openShell } from '../shell.ts';

test.each([
  'delivery-failed-transient',
  'delivery-failed-content',
  'delivery-failed-permanent',
])('the local Sinch has the message that %s is about, where its app would look for it', async (sample) => {
  const { shell } = openShell();
  const { subject } = await readCallback(await readSample(sample, shell), NOW);
  const sinch = createSinch({ now: shell.now, messages: await seedMessages(shell) });
  const headers = { authorization: `Bearer local-token-${NOW + 1_000}` };
  const answer = await sinch.request(
    `/v1/projects/local-project/messages/${subject.messageId}?messages_source=${subject.processingMode}_SOURCE`,
    { headers },
  );
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({
    id: subject.messageId,
    app_message: { text_message: { text: expect.stringMatching(/./) } },
  });
});
