import { readKeyEventFlags } from '../../datasources/valkey/values/capabilities/key-event-flags.js';
import {
  createSupportedCommands,
  type SupportedCommands,
} from '../../datasources/valkey/values/capabilities/supported-commands.js';
import type { ValkeyCommands } from '../../datasources/valkey/interfaces.js';
import { parseCommandName } from '../../domain/cluster/command-name.js';
import { reportsKeyEvents } from '../../domain/cluster/key-event-flags.js';
import { requirePermission } from '../shared/access.js';
import { checkList } from '../shared/checks.js';
import type { Context } from '../shared/context.js';

/** A cluster whose engine and connected user are asked what they can do. */
export interface Capabilities {
  readonly cluster: string;
  readonly commands: ValkeyCommands;
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
  return { cluster, commands, supported: createSupportedCommands(commands) };
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

/** Whether every primary reports changes of keys; null if it cannot be known. */
export async function hasKeyEvents({ commands }: Capabilities): Promise<boolean | null> {
  const flags = await readKeyEventFlags(commands);
  return flags?.every(reportsKeyEvents) ?? null;
}
