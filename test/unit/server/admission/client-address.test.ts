import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { readCidr } from '../../../../src/runtime/network/cidr.js';
import { clientAddress, createAddressReader } from '../../../../src/server/admission/client-address.js';
import type { ProxyHeader } from '../../../../src/config/proxy-headers.js';

const trustedProxies = ['10.0.0.0/8', '192.0.2.7', '2001:db8:1::/48'];

function addressOf(
  remoteAddress: string,
  headers: Readonly<Record<string, string>>,
  trustedProxyHeader: ProxyHeader = 'x-forwarded-for',
): string | undefined {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: remoteAddress });
  const request = new IncomingMessage(socket);
  Object.assign(request.headers, headers);
  createAddressReader({ trustedProxies, trustedProxyHeader })(request);
  return clientAddress(request);
}

describe('The address of a client', () => {
  it.each([
    ['10.1.1.1', '203.0.113.9', '203.0.113.9'],
    ['::ffff:10.1.1.1', '203.0.113.9', '203.0.113.9'],
    ['2001:db8:1::5', '2001:DB8:2::9', '2001:db8:2::9'],
    ['10.1.1.1', '6.6.6.6, 203.0.113.9', '203.0.113.9'],
    ['10.1.1.1', '6.6.6.6, 203.0.113.9, 192.0.2.7,10.2.2.2', '203.0.113.9'],
    ['10.1.1.1', '10.3.3.3, 10.2.2.2', '10.3.3.3'],
    ['10.1.1.1', '203.0.113.9:4711', '203.0.113.9'],
    ['10.1.1.1', '[2001:db8:2::9]:4711', '2001:db8:2::9'],
    ['10.1.1.1', '::ffff:203.0.113.9', '203.0.113.9'],
    ['10.1.1.1', '6.6.6.6, unknown', '10.1.1.1'],
    ['10.1.1.1', '6.6.6.6, nonsense, 10.2.2.2', '10.2.2.2'],
    ['10.1.1.1', '6.6.6.6,', '10.1.1.1'],
    ['10.1.1.1', '', '10.1.1.1'],
    ['10.1.1.1', `66.6.6.6${', 10.2.2.2'.repeat(200)}`, '10.2.2.2'],
    ['203.0.113.5', '6.6.6.6', '203.0.113.5'],
    ['192.0.2.8', '6.6.6.6', '192.0.2.8'],
  ])('of %s with "x-forwarded-for: %s" is %s', (remote, value, expected) => {
    expect(addressOf(remote, { 'x-forwarded-for': value, forwarded: 'for=7.7.7.7' })).toBe(expected);
  });

  it.each([
    ['for=203.0.113.9', '203.0.113.9'],
    ['for=6.6.6.6, For="203.0.113.9:4711";proto=https;by=10.1.1.1', '203.0.113.9'],
    ['for=6.6.6.6, proto=https; for="[2001:db8:2::9]:4711", for=10.2.2.2', '2001:db8:2::9'],
    ['for=203.0.113.9;host="a, for=6.6.6.6"', '203.0.113.9'],
    ['for=203.0.113.9;host="a;for=6.6.6.6"', '203.0.113.9'],
    ['xfor="a;for=6.6.6.6"', '10.1.1.1'],
    ['for="203.0.113.\\9"', '203.0.113.9'],
    // The client has left a quote open, and the proxy has appended its element.
    ['for=6.6.6.6;a=", for="[2001:db8:2::9]:1"', '2001:db8:2::9'],
    ['for="6.6.6.6, for=203.0.113.9', '203.0.113.9'],
    ['for=6.6.6.6;a=", for=203.0.113.9;by="x"', '203.0.113.9'],
    ['for=6.6.6.6, for=unknown', '10.1.1.1'],
    ['for=6.6.6.6, for=_hidden, for=10.2.2.2', '10.2.2.2'],
    ['for=6.6.6.6, proto=https', '10.1.1.1'],
    ['for=6.6.6.6, for=203.0.113.9:4711', '10.1.1.1'],
    ['for=6.6.6.6,', '10.1.1.1'],
    [',', '10.1.1.1'],
    ['', '10.1.1.1'],
    [`${'; '.repeat(10_000)}!`, '10.1.1.1'],
    [`${',"'.repeat(10_000)}!`, '10.1.1.1'],
  ])('with "forwarded: %.60s" is %s', (forwarded, expected) => {
    expect(addressOf('10.1.1.1', { forwarded, 'x-forwarded-for': '7.7.7.7' }, 'forwarded')).toBe(expected);
  });
});

describe('A range of addresses', () => {
  it.each(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32', '::1', '10.0.0.0/32'])('may be %s', (text) => {
    expect(readCidr(text)).toBeDefined();
  });

  it.each([
    '',
    '10.0.0.0/33',
    '10.0.0/8',
    '0.0.0.0/0',
    '::/0',
    '::1/129',
    '10.0.0.0/8/8',
    '10.0.0.0/',
    'localhost',
    'fe80::1%a/64',
  ])('is not "%s"', (text) => {
    expect(readCidr(text)).toBeUndefined();
  });
});
