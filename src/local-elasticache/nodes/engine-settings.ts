import type { ValkeyBinary } from './interfaces.js';

/** The version of Valkey that brought a setting. Redis has none of them. */
const since: Readonly<Record<string, readonly [major: number, minor: number]>> = {
  'commandlog-large-reply-max-len': [8, 1],
  'commandlog-large-request-max-len': [8, 1],
  'commandlog-reply-larger-than': [8, 1],
  'commandlog-request-larger-than': [8, 1],
  'extended-redis-compatibility': [8, 0],
};

/** Tests whether the engine has a setting. An engine does not start with a setting that it does not have. */
export function hasSetting({ engine, version }: Pick<ValkeyBinary, 'engine' | 'version'>, name: string): boolean {
  const needed = Object.hasOwn(since, name) ? since[name] : undefined;
  if (!needed) return true;
  if (engine !== 'valkey') return false;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > needed[0] || (major === needed[0] && minor >= needed[1]);
}
