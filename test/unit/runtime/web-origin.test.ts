import { describe, expect, it } from 'vitest';
import { createOriginMatcher, allowedOriginFault } from '../../../src/runtime/network/web-origin.js';

describe('An allowed origin', () => {
  it.each([
    'https://admin.example.com',
    'https://Admin.Example.com/',
    'http://localhost:5173',
    'chrome-extension://abcdef',
    'https://*.example.com',
    'https://*.pages.example.com:8443',
  ])('may be %s', (origin) => {
    expect(allowedOriginFault(origin)).toBeUndefined();
  });

  it.each([
    '*',
    'null',
    'admin.example.com',
    'file:///tmp',
    'https://*',
    'https://*.com',
    'https://*.',
    'https://a.*.example.com',
    'https://*.*.example.com',
    'https://a*.example.com',
    'https://**.example.com',
    'https://*example.com',
    'https://example.*',
    'https://*.example.com/*',
    'https://example.com:*',
    '*://example.com',
    'chrome-extension://*.a.b',
    'https://admin.example.com/path',
    'https://admin.example.com?a',
    'https://user@admin.example.com',
    '',
  ])('is refused if it is "%s"', (origin) => {
    expect(allowedOriginFault(origin)).toMatch(/^expected /);
  });

  it('with a wildcard matches exactly one label, and no other scheme or port', () => {
    const matches = createOriginMatcher([
      'https://*.Example.com',
      'http://*.example.org:8080',
      'https://b.example.net',
    ]);
    for (const origin of ['https://a.example.com', 'https://a-b_1.example.com', 'http://x.example.org:8080']) {
      expect(matches(origin)).toBe(true);
    }
    for (const origin of [
      'https://example.com',
      'https://.example.com',
      'https://a.b.example.com',
      'http://a.example.com',
      'https://a.example.com:8443',
      'https://aexample.com',
      'https://a.example.com.evil.example',
      'https://evil.example/.example.com',
      'https://evil@a.example.com',
      'https://a:b.example.com',
      'http://x.example.org',
      'https://*.example.com',
      'https://a.example.net',
      'null',
      '',
    ]) {
      expect([origin, matches(origin)]).toEqual([origin, false]);
    }
  });
});
