const HMAC = { name: 'HMAC', hash: 'SHA-256' } as const;
let key: CryptoKey | undefined;

/** Returns the body of a signed callback; undefined if its signature does not verify. Written for speed alone. */
export async function readSigned(request: Request, secret: string): Promise<string | undefined> {
  const { headers } = request;
  const body = new Uint8Array(await request.arrayBuffer());
  key ??= await crypto.subtle.importKey('raw', new TextEncoder().encode(secret), HMAC, false, [
    'verify',
  ]);
  const nonce = headers.get('x-sinch-webhook-signature-nonce') ?? '';
  const timestamp = headers.get('x-sinch-webhook-signature-timestamp') ?? '';
  const tail = new TextEncoder().encode(`.${nonce}.${timestamp}`);
  const signed = new Uint8Array(body.length + tail.length);
  signed.set(body);
  signed.set(tail, body.length);
  const signature = atob(headers.get('x-sinch-webhook-signature') ?? '');
  const bytes = Uint8Array.from(signature, (char) => char.charCodeAt(0));
  if (!(await crypto.subtle.verify(HMAC, key, bytes, signed))) return undefined;
  return new TextDecoder().decode(body);
}
