import { expect, it } from 'vitest';
import {
  checkNodeTypeEngine,
  isOfferedWith,
  isOfferedWithEngine,
} from '../../../src/domain/cluster/node-type-engines.js';
import { nodeTypes } from '../../../src/domain/cluster/node-types.js';

it.each([
  ['cache.r8g.large', '7.1', false],
  ['cache.m8g.16xlarge', '7.1', false],
  ['cache.c8gn.xlarge', '7.1', false],
  ['cache.m7g.large', '6.0', false],
  ['cache.m7g.large', '6.2', true],
  ['cache.r6gd.xlarge', '6.2', true],
  ['cache.c7gn.large', '5.0.6', false],
  ['cache.m6g.large', '5.0.5', false],
  ['cache.t4g.micro', '5.0.6', true],
  ['cache.t3.small', '4.0.10', true],
  ['cache.m5.large', '4.0.10', true],
])('whether %s is offered with Redis OSS %s: %s', (type, version, isOffered) => {
  expect(isOfferedWith(type, { engine: 'REDIS', version })).toBe(isOffered);
});

it('all node types are offered with Valkey, and all but the eighth generation with Redis OSS', () => {
  expect(nodeTypes.filter((type) => !isOfferedWith(type, { engine: 'VALKEY', version: '7.2' }))).toEqual([]);
  const others = nodeTypes.filter((type) => !isOfferedWithEngine(type, 'REDIS'));
  expect(new Set(others.map((type) => type.split('.')[1]))).toEqual(new Set(['m8g', 'r8g', 'c8gn']));
});

it('a refusal names the versions that the type requires', () => {
  expect(() => checkNodeTypeEngine('cache.r8g.large', { engine: 'REDIS', version: '7.1' })).toThrow(
    'Node type cache.r8g.large cannot be used with redis 7.1. Expected valkey.',
  );
  expect(() => checkNodeTypeEngine('cache.m7g.large', { engine: 'REDIS', version: '6.0' })).toThrow(
    /Expected redis 6\.2 or later, or valkey\.$/,
  );
});
