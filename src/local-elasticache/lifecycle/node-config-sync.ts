import { changedSettings } from '../../domain/cluster/node-settings.js';
import type { Logger } from '../../telemetry/log.js';
import type { GroupSpec, RunningGroup } from '../nodes/interfaces.js';
import type { AccountView } from '../state/account.js';
import { resourceOf } from '../state/cache-clusters.js';
import { groupRecord } from '../state/group-record.js';
import type { ReplicationGroupRecord } from '../state/records/replication-group.js';
import { groupSettings } from './group-spec.js';
import type { LastingChange } from './lasting-changes.js';
import { nodeUsers } from './node-users.js';
import { errorMessage } from '../../runtime/errors.js';

/** Keeps the users and parameters of one running group's nodes equal to the state. */
export interface NodeConfigSync {
  /** Applies the changes since the last call, one call after the other. Failures are logged and recorded as events. */
  sync(): Promise<void>;
}

interface NodeConfigSyncOptions {
  readonly account: AccountView;
  readonly change: LastingChange;
  /** The group's current ID. */
  readonly groupId: () => string;
  readonly nodes: RunningGroup;
  /** The description with which the nodes were started. */
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

  const recordEvents = (messages: readonly string[]): Promise<void> =>
    change(({ state, record }) => {
      const group = groupRecord(state, groupId());
      if (!group) return;
      const { id, sourceType } = resourceOf(group);
      for (const message of messages) record(sourceType, id, message);
    });
  const recordRefusals = async (): Promise<void> => {
    const refused = nodes.refusedUsers();
    if (refused.length === 0) return;
    await recordEvents(refused.map(({ name, message }) => `The nodes refused user ${name}: ${message}`));
  };
  const syncUsers = async (group: ReplicationGroupRecord): Promise<void> => {
    const target = nodeUsers(group, account.state);
    const text = JSON.stringify(target);
    if (text === appliedUsers) return;
    await nodes.applyUsers(target);
    appliedUsers = text;
    await recordRefusals();
  };
  const syncSettings = async (group: ReplicationGroupRecord): Promise<void> => {
    const target = groupSettings(group, account.state);
    const changed = changedSettings(appliedSettings, target);
    appliedSettings = target;
    if (Object.keys(changed).length > 0) await nodes.applySettings(changed);
  };
  const attempt = async (subject: string, work: (group: ReplicationGroupRecord) => Promise<void>): Promise<void> => {
    const group = groupRecord(account.state, groupId());
    if (!group || group.status === 'deleting') return;
    try {
      await work(group);
    } catch (error) {
      log.error({ err: error, group: groupId() }, `applying the ${subject} to the nodes failed`);
      await recordEvents([`Not all nodes have applied the ${subject}: ${errorMessage(error)}`]);
    }
  };

  let lastSync = recordRefusals();
  return {
    sync() {
      lastSync = lastSync.then(() => attempt('users', syncUsers)).then(() => attempt('parameters', syncSettings));
      return lastSync;
    },
  };
}
