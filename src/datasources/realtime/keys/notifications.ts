import { ExpectedFailure, Outage } from '../../../domain/errors.js';
import { missingFlags } from '../../../domain/realtime/notification-flags.js';
import { CommandError } from '../../valkey/command-error.js';
import type { ValkeyConnections, ValkeyNode } from '../../valkey/interfaces.js';
import { factsOf, textOf } from '../../valkey/replies.js';

/** Finds out whether the nodes of a cluster send keyspace notifications. */
export interface Notifications {
  /**
   * Resolves to the cluster's database, if every primary sends notifications of these events, of any events if none are named, or if
   * this cannot be known.
   * Rejects with ExpectedFailure NOT_SUPPORTED, or if no node of the cluster can be reached.
   */
  check(cluster: string, events?: readonly string[]): Promise<number>;
  /** Whether every primary sends notifications of some events; null if this cannot be known. */
  areSent(cluster: string): Promise<boolean | null>;
}

/** The value of `notify-keyspace-events` in the parameter group of a cluster; undefined if it has none or it cannot be read. */
export type ParameterGroupSetting = (
  cluster: string,
) => Promise<{ readonly group: string; readonly flags: string } | undefined>;

const parameter = 'notify-keyspace-events';

/** The setting of a cluster's nodes. `group`: the parameter group that has it; undefined if the nodes themselves have reported it. */
interface Setting {
  readonly flags: string;
  readonly group?: string;
}

interface ClusterSettings {
  readonly database: number;
  readonly settings: readonly Setting[];
  /** Whether the settings are those of all primaries. */
  readonly isComplete: boolean;
}

export function createNotifications(
  connections: Pick<ValkeyConnections, 'commands'>,
  ofParameterGroup: ParameterGroupSetting,
): Notifications {
  /** Subscribers that come together share one question. */
  const inFlight = new Map<string, Promise<ClusterSettings>>();
  const settingsOf = (cluster: string): Promise<ClusterSettings> => {
    const existing = inFlight.get(cluster);
    if (existing) return existing;
    const settings = read(cluster).finally(() => inFlight.delete(cluster));
    inFlight.set(cluster, settings);
    return settings;
  };
  const read = async (cluster: string): Promise<ClusterSettings> => {
    const commands = await connections.commands(cluster);
    const answers = await Promise.all(commands.primaries().map(flagsOfNode));
    const settings = answers.filter((answer) => typeof answer !== 'string');
    const { database } = commands;
    if (!answers.includes('refused')) return { database, settings, isComplete: settings.length === answers.length };
    const group = await ofParameterGroup(cluster).catch(() => undefined);
    // A parameter group applies to all nodes.
    return { database, settings: group ? [...settings, group] : settings, isComplete: group !== undefined };
  };
  return {
    async check(cluster, events) {
      const { database, settings } = await settingsOf(cluster);
      for (const { flags, group } of settings) {
        const missing = missingFlags(flags, events);
        if (missing.length > 0) throw notSent(missing, group);
      }
      return database;
    },
    async areSent(cluster) {
      const { settings, isComplete } = await settingsOf(cluster);
      const areSent = settings.every(({ flags }) => missingFlags(flags).length === 0);
      return areSent && !isComplete ? null : areSent;
    },
  };
}

/** Managed nodes and restricted users refuse CONFIG. A node that is away is asked again when its subscriptions are restored. */
async function flagsOfNode(node: ValkeyNode): Promise<Setting | 'refused' | 'away'> {
  try {
    const reply = await node.send(['CONFIG', 'GET', parameter]);
    const flags = factsOf(reply).get(parameter);
    return flags === undefined ? 'refused' : { flags: textOf(flags) };
  } catch (cause) {
    if (cause instanceof CommandError) return 'refused';
    if (cause instanceof Outage) return 'away';
    throw cause;
  }
}

function notSent(missing: readonly string[], group: string | undefined): ExpectedFailure {
  const place = group === undefined ? 'on every primary of the cluster' : `in the cluster's parameter group ${group}`;
  return new ExpectedFailure(
    'NOT_SUPPORTED',
    `The cluster does not send these keyspace notifications: ${parameter} lacks ${missing.join(' and ')}. ` +
      `Set it ${place}, for example to KA.`,
  );
}
