import type { Engine } from './cluster.js';
import { invalidInput } from '../errors.js';

/** An engine and its version, e.g. VALKEY and `8.0`. */
interface Version {
  readonly engine: Engine;
  readonly version: string;
}

/**
 * The lowest version of Redis OSS with which a family can be used, and null for none (ElastiCache user guide, "Supported node types",
 * as of November 2026; t4g: API reference, `CacheNode`). Other families can be used with every version, and every family with Valkey.
 */
const lowestRedis: Readonly<Record<string, string | null>> = {
  ...{ t4g: '5.0.6', m6g: '5.0.6', r6g: '5.0.6' },
  ...{ r6gd: '6.2', m7g: '6.2', r7g: '6.2', c7gn: '6.2' },
  ...{ m8g: null, r8g: null, c8gn: null },
};

/** Whether ElastiCache offers nodes of this type, such as `cache.r8g.large`, with the version. */
export function isOfferedWith(nodeType: string, { engine, version }: Version): boolean {
  if (engine === 'VALKEY') return true;
  const lowest = lowestRedisOf(nodeType);
  return lowest === undefined || (lowest !== null && isAtLeast(version, lowest));
}

/** Whether ElastiCache offers nodes of this type with any version of the engine. */
export function isOfferedWithEngine(nodeType: string, engine: Engine): boolean {
  return engine === 'VALKEY' || lowestRedisOf(nodeType) !== null;
}

/** @throws ExpectedFailure INVALID_INPUT at `path` if ElastiCache does not offer nodes of this type with the version */
export function checkNodeTypeEngine(nodeType: string, version: Version, path?: readonly string[]): void {
  if (isOfferedWith(nodeType, version)) return;
  const lowest = lowestRedisOf(nodeType);
  const expected = lowest == null ? 'valkey' : `redis ${lowest} or later, or valkey`;
  throw invalidInput(
    `Node type ${nodeType} cannot be used with ${version.engine.toLowerCase()} ${version.version}. Expected ${expected}.`,
    path,
  );
}

function lowestRedisOf(nodeType: string): string | null | undefined {
  const [, family = ''] = nodeType.split('.');
  return lowestRedis[family];
}

function isAtLeast(version: string, lowest: string): boolean {
  return version.localeCompare(lowest, 'en', { numeric: true }) >= 0;
}
