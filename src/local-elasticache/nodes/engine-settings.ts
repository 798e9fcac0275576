import type { ValkeyBinary } from './interfaces.js';

/** The version of Valkey that brought a setting. Redis has none of them. */
const since: Readonly<Record<string, readonly [major: number, minor: number]>> = {
  'commandlog-large-reply-max-len': [8, 1],
  'commandlog-large-request-max-len': [8, 1],
  'commandlog-reply-larger-than': [8, 1],
  'commandlog-request-larger-than': [8, 1],
  'extended-redis-compatibility': [8, 0],
};

type Settings = Readonly<Record<string, string>>;
type Engine = Pick<ValkeyBinary, 'engine' | 'version'>;

/** Returns the settings that the engine has. An engine does not start with a setting that it does not have. */
export function knownSettings(binary: Engine, settings: Settings): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => hasSetting(binary, name)));
}

function hasSetting({ engine, version }: Engine, name: string): boolean {
  const needed = Object.hasOwn(since, name) ? since[name] : undefined;
  if (!needed) return true;
  if (engine !== 'valkey') return false;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > needed[0] || (major === needed[0] && minor >= needed[1]);
}
