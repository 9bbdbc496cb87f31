import type { openBox } from './box.ts';
import { APP } from './sample.ts';

/** What the API says of the sender whose callbacks come in. */
export const sender = async (box: ReturnType<typeof openBox>) =>
  (await box.ask(`/v1/senders/${APP}/WHATSAPP`)).json<{
    quality: string;
    throttle: { to: string; content: string; reason: string } | null;
  }>();
