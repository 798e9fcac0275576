import { changedSettings } from '../../domain/cluster/parameter-table.js';
import type { Logger } from '../../telemetry/log.js';
import type { GroupSpec, RunningGroup } from '../nodes/interfaces.js';
import type { AccountView } from '../state/account.js';
import type { ReplicationGroupRecord } from '../state/model.js';
import { groupSettings } from './group-spec.js';
import type { LastingChange } from './lasting-changes.js';
import { nodeUsers } from './node-users.js';
import { errorMessage } from '../../runtime/errors.js';

/** Keeps the nodes of one running group informed of what the state says of users and parameters. */
export interface NodeConfigSync {
  /** Tells what has changed since the last time, one call after the other; what fails is logged and an event. */
  sync(): Promise<void>;
}

interface NodeConfigSyncOptions {
  readonly account: AccountView;
  readonly change: LastingChange;
  readonly groupId: string;
  readonly nodes: RunningGroup;
  /** What the nodes were started with. */
  readonly spec: GroupSpec;
  readonly log: Logger;
}

export function createNodeConfigSync({
  account,
  change,
  groupId,
  nodes,
  spec,
  log,
}: NodeConfigSyncOptions): NodeConfigSync {
  let appliedUsers = JSON.stringify(spec.users);
  let appliedSettings = spec.settings;

  const note = (messages: readonly string[]): Promise<void> =>
    change(({ record }) => {
      for (const message of messages) record('replication-group', groupId, message);
    });
  const recordRefusals = async (): Promise<void> => {
    const refused = nodes.refusedUsers();
    if (refused.length === 0) return;
    await note(refused.map(({ name, message }) => `The nodes refused user ${name}: ${message}`));
  };
  const syncUsers = async (group: ReplicationGroupRecord): Promise<void> => {
    const wanted = nodeUsers(group, account.state);
    const text = JSON.stringify(wanted);
    if (text === appliedUsers) return;
    await nodes.applyUsers(wanted);
    appliedUsers = text;
    await recordRefusals();
  };
  const syncSettings = async (group: ReplicationGroupRecord): Promise<void> => {
    const wanted = groupSettings(group, account.state);
    const changed = changedSettings(appliedSettings, wanted);
    appliedSettings = wanted;
    if (Object.keys(changed).length > 0) await nodes.applySettings(changed);
  };
  const attempt = async (what: string, work: (group: ReplicationGroupRecord) => Promise<void>): Promise<void> => {
    const group = account.state.replicationGroups.find(({ id }) => id === groupId);
    if (!group || group.status === 'deleting') return;
    try {
      await work(group);
    } catch (error) {
      log.error({ err: error, group: groupId }, `telling the nodes their ${what} failed`);
      await note([`Not all nodes have taken the ${what}: ${errorMessage(error)}`]);
    }
  };

  let telling = recordRefusals();
  return {
    sync() {
      telling = telling.then(() => attempt('users', syncUsers)).then(() => attempt('parameters', syncSettings));
      return telling;
    },
  };
}
