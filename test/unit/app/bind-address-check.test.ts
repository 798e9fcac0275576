import { describe, expect, test, vi } from 'vitest';
import {
  checkBindAddress,
  elastiCacheHost,
  isLoopbackAddress,
  warnAboutPlainHttp,
} from '../../../src/app/bind-address-check.js';
import { StartupError } from '../../../src/runtime/startup-error.js';
import { testLog } from '../../helpers/run/test-log.js';

const open = { host: '0.0.0.0', insecure: false, accessFile: undefined };

test.each([
  ['localhost', true],
  ['::1', true],
  ['127.0.0.1', true],
  ['127.8.9.10', true],
  ['127.evil.example', false],
  ['0.0.0.0', false],
  ['::', false],
  ['192.0.2.1', false],
])('%s is a loopback address: %s', (host, expected) => {
  expect(isLoopbackAddress(host)).toBe(expected);
});

describe('An address that other machines can reach', () => {
  test('is refused without authentication', () => {
    expect(() => checkBindAddress(open)).toThrow(StartupError);
    expect(() => checkBindAddress(open)).toThrow(/0\.0\.0\.0.*--access FILE.*127\.0\.0\.1.*--insecure/);
  });

  test('is accepted with an access file, or if the configuration says insecure', () => {
    expect(() => checkBindAddress({ ...open, accessFile: 'access.json' })).not.toThrow();
    expect(() => checkBindAddress({ ...open, insecure: true })).not.toThrow();
    expect(() => checkBindAddress({ ...open, host: '127.0.0.1' })).not.toThrow();
  });

  test('is not used by the local endpoint, which never authenticates, unless the configuration says insecure', () => {
    expect(elastiCacheHost({ ...open, accessFile: 'access.json' })).toBe('127.0.0.1');
    expect(elastiCacheHost({ ...open, insecure: true })).toBe('0.0.0.0');
    expect(elastiCacheHost({ ...open, host: '::1' })).toBe('::1');
  });

  test('causes a warning if tokens cross the network unencrypted', () => {
    const log = testLog();
    const warn = vi.spyOn(log, 'warn');
    warnAboutPlainHttp(open, log);
    warnAboutPlainHttp({ ...open, host: 'localhost', accessFile: 'access.json' }, log);
    expect(warn).not.toHaveBeenCalled();
    warnAboutPlainHttp({ ...open, accessFile: 'access.json' }, log);
    expect(warn).toHaveBeenCalledExactlyOnceWith({ host: '0.0.0.0' }, expect.stringContaining('unencrypted'));
  });
});
