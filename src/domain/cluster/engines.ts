import type { Engine } from './cluster.js';
import { ExpectedFailure, invalidInput } from '../errors.js';

/** An engine version that ElastiCache offers. */
export interface EngineVersion {
  readonly engine: Engine;
  /** As clients ask for it and as it is described: `8.0`. */
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

/** What a cluster gets that names no version. */
const defaultVersions: Record<Engine, string> = { VALKEY: '8.0', REDIS: '7.1' };

/** All versions that ElastiCache offers, older ones first. */
export const engineVersions: readonly EngineVersion[] = (['VALKEY', 'REDIS'] as const).flatMap((engine) =>
  Object.entries(offered[engine]).map(([version, parameterGroupFamily]) => ({ engine, version, parameterGroupFamily })),
);

/** Whether a cluster that names no version gets this one. */
export function isDefaultVersion({ engine, version }: EngineVersion): boolean {
  return defaultVersions[engine] === version;
}

/**
 * The engine of that name, in any case: `Redis`, `valkey`.
 * @throws ExpectedFailure INVALID_INPUT at `path`.
 */
export function engineNamed(name: string, path?: readonly string[]): Engine {
  const engine = name.toUpperCase();
  if (engine === 'VALKEY' || engine === 'REDIS') return engine;
  throw invalidInput('Expected the engine valkey or redis.', path);
}

/**
 * The version that is meant by `version`, which may name a patch of it (`7.2.6`) or, as older templates do, `6.x`; the
 * default where it is absent.
 * @throws ExpectedFailure INVALID_INPUT at `path` where the engine has no such version.
 */
export function engineVersion(engine: Engine, version: string | undefined, path?: readonly string[]): EngineVersion {
  const wanted = version ?? defaultVersions[engine];
  const ofEngine = engineVersions.filter((candidate) => candidate.engine === engine);
  const found =
    ofEngine.find((candidate) => candidate.version === wanted) ??
    ofEngine.findLast(({ version: known }) => isSeries(known) && isWithin(wanted, known));
  if (found) return found;
  throw new ExpectedFailure(
    'INVALID_INPUT',
    `Cannot find ${isVersion(wanted) ? `version ${wanted}` : 'this version'} for ${engine.toLowerCase()}. Expected one of ${ofEngine.map((known) => known.version).join(', ')}.`,
    { path, upstreamCode: 'InvalidParameterCombination' },
  );
}

/** Whether a text looks like a version, and so may be repeated. */
const isVersion = (text: string): boolean => /^\d{1,3}(?:\.(?:\d{1,3}|x)){0,3}$/.test(text);

const isSeries = (version: string): boolean => version.split('.').length === 2;

function isWithin(wanted: string, series: string): boolean {
  const [major] = series.split('.');
  return wanted === `${major}.x` || (wanted.startsWith(`${series}.`) && /^\d+\.\d+\.\d+$/.test(wanted));
}

/**
 * Negative where `a` is older than `b`. Valkey is later than Redis, which it replaces.
 */
export function compareVersions(a: EngineVersion, b: EngineVersion): number {
  if (a.engine !== b.engine) return a.engine === 'REDIS' ? -1 : 1;
  return a.version.localeCompare(b.version, 'en', { numeric: true });
}
