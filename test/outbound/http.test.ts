import { describe, expect, test } from 'vitest';
import { findZone, hostNameOf, zoneOf } from '../../src/outbound/http.ts';

describe('whose zone an address is in', () => {
  test.each([
    ['https://box.example.com/a', 'box.example.com'],
    ['https://BOX.example.com:8443/', 'box.example.com'],
    ['https://box.example.com./', 'box.example.com'],
    ['http://127.0.0.1:8787/callbacks', '127.0.0.1:8787'],
    ['http://localhost.:8787/', 'localhost:8787'],
  ])('%s is a server called %s', (url, name) => expect(hostNameOf(new URL(url))).toBe(name));

  test.each([
    ['signalbox.acme.workers.dev', 'acme.workers.dev'],
    ['a.signalbox.acme.workers.dev', 'a.signalbox.acme.workers.dev'],
    ['acme.workers.dev', 'acme.workers.dev'],
    ['box.example.co.uk', 'box.example.co.uk'],
  ])('the zone of %s is %s', (host, zone) => expect(zoneOf(host)).toBe(zone));

  test.each([
    ['https://box.example.com', 'box.example.com'],
    ['https://a.box.example.com', 'box.example.com'],
    ['https://box.example.com.', 'box.example.com'],
    ['https://thebox.example.com', undefined],
    ['https://example.com', undefined],
    ['http://127.0.0.1:8787', '127.0.0.1:8787'],
    ['http://127.0.0.1:8788', undefined],
    ['no address', undefined],
    ['', undefined],
  ])('%s: %s', (url, zone) =>
    expect(findZone(url, ['box.example.com', '127.0.0.1:8787'])).toBe(zone));
});
