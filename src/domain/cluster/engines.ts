import type { Engine } from './cluster.js';
import { ExpectedFailure, invalidInput } from '../errors.js';

/** An engine version that ElastiCache offers. */
export interface EngineVersion {
  readonly engine: Engine;
  /** As clients request it and as it is described: `8.0`. */
  readonly version: string;
  readonly parameterGroupFamily: string;
}

const offered = {
  VALKEY: {
    '7.2': 'valkey7',
    '8.0': 'valkey8',
    '8.1': 'valkey8',
    '8.2': 'valkey8',
    '9.0': 'valkey9',
  },
  REDIS: {
    '4.0.10': 'redis4.0',
    '5.0.0': 'redis5.0',
    '5.0.3': 'redis5.0',
    '5.0.4': 'redis5.0',
    '5.0.5': 'redis5.0',
    '5.0.6': 'redis5.0',
    '6.0': 'redis6.x',
    '6.2': 'redis6.x',
    '7.0': 'redis7',
    '7.1': 'redis7',
  },
} as const satisfies Record<Engine, Record<string, string>>;

/** The version of clusters that name none. */
const defaultVersions: Record<Engine, string> = { VALKEY: '8.0', REDIS: '7.1' };

/** All versions that ElastiCache offers, oldest first. */
export const engineVersions: readonly EngineVersion[] = (['VALKEY', 'REDIS'] as const).flatMap((engine) =>
  Object.entries(offered[engine]).map(([version, parameterGroupFamily]) => ({ engine, version, parameterGroupFamily })),
);

/** Tests whether this is the version of clusters that name none. */
export function isDefaultVersion({ engine, version }: EngineVersion): boolean {
  return defaultVersions[engine] === version;
}

/**
 * Returns the engine of this name, in any case: `Redis`, `valkey`.
 * @throws ExpectedFailure INVALID_INPUT at `path`.
 */
export function engineNamed(name: string, path?: readonly string[]): Engine {
  const engine = name.toUpperCase();
  if (engine === 'VALKEY' || engine === 'REDIS') return engine;
  throw invalidInput('Expected the engine valkey or redis.', path);
}

/**
 * Finds the offered version for `version`, which may name a patch of it (`7.2.6`) or, as older templates do, `6.x`.
 * Undefined selects the default.
 * @throws ExpectedFailure INVALID_INPUT at `path` if the engine has no such version.
 */
export function engineVersion(engine: Engine, version: string | undefined, path?: readonly string[]): EngineVersion {
  const requested = version ?? defaultVersions[engine];
  const ofEngine = engineVersions.filter((candidate) => candidate.engine === engine);
  const found =
    ofEngine.find((candidate) => candidate.version === requested) ??
    ofEngine.findLast(({ version: known }) => isSeries(known) && isWithin(requested, known));
  if (found) return found;
  throw new ExpectedFailure(
    'INVALID_INPUT',
    `Cannot find ${isVersion(requested) ? `version ${requested}` : 'this version'} for ${engine.toLowerCase()}. Expected one of ${ofEngine.map((known) => known.version).join(', ')}.`,
    { path, upstreamCode: 'InvalidParameterCombination' },
  );
}

/** Tests whether a text looks like a version and is therefore safe to repeat in an error. */
const isVersion = (text: string): boolean => /^\d{1,3}(?:\.(?:\d{1,3}|x)){0,3}$/.test(text);

const isSeries = (version: string): boolean => version.split('.').length === 2;

function isWithin(requested: string, series: string): boolean {
  const [major] = series.split('.');
  return requested === `${major}.x` || (requested.startsWith(`${series}.`) && /^\d+\.\d+\.\d+$/.test(requested));
}

/** Negative if `a` is older than `b`. Valkey is newer than Redis, which it replaces. */
export function compareVersions(a: EngineVersion, b: EngineVersion): number {
  if (a.engine !== b.engine) return a.engine === 'REDIS' ? -1 : 1;
  return a.version.localeCompare(b.version, 'en', { numeric: true });
}
