import {
  createSupportedCommands,
  type SupportedCommands,
} from '../../datasources/valkey/values/capabilities/supported-commands.js';
import { parseCommandName } from '../../domain/cluster/command-name.js';
import { requirePermission } from '../shared/access.js';
import { checkList } from '../shared/checks.js';
import type { Context } from '../shared/context.js';

/** A cluster whose engine and connected user are asked what they can do. */
export interface Capabilities {
  readonly cluster: string;
  readonly supported: SupportedCommands;
}

/** What this API uses for a capability, as COMMAND INFO names it. */
const required = {
  hashFieldExpiry: ['hpexpire', 'hpexpireat', 'hpersist', 'hpttl', 'hpexpiretime'],
  json: ['json.get'],
  shardedChannels: ['ssubscribe', 'sunsubscribe', 'spublish'],
} as const;

export async function capabilities(context: Context, cluster: string): Promise<Capabilities> {
  requirePermission(context, 'clusters:read', { cluster });
  const commands = await context.connections.commands(cluster);
  return { cluster, supported: createSupportedCommands(commands) };
}

/** In the order of the names. */
export function hasCommands({ supported }: Capabilities, names: readonly string[]): Promise<boolean[]> {
  checkList(names, ['names']);
  return supported.has(names.map((name, index) => parseCommandName(name, ['names', String(index)])));
}

/** Whether the engine has, and the user may run, all commands that this API uses for it. */
export async function hasCapability({ supported }: Capabilities, capability: keyof typeof required): Promise<boolean> {
  return (await supported.has(required[capability])).every(Boolean);
}

/** Whether `keyEvents` has events to deliver; null if it cannot be known. */
export function hasKeyEvents({ realtime }: Context, { cluster }: Capabilities): Promise<boolean | null> {
  return realtime.sendsKeyEvents(cluster);
}
