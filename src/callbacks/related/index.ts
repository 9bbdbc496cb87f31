import { provisioningApi } from './provisioning-api.ts';
import type { RelatedApi } from './related-api.ts';
import { smsApi } from './sms-api.ts';

/** Other Sinch APIs whose callbacks are read too. To add one: its file, and a line here. */
export const relatedApis: readonly RelatedApi[] = [smsApi, provisioningApi];
