import { changedSettings } from '../../domain/parameter-table.js';
import type { Logger } from '../../telemetry/log.js';
import type { GroupSpec, RunningGroup } from '../nodes/ports.js';
import type { Account } from '../state/account.js';
import type { ReplicationGroupRecord } from '../state/model.js';
import { groupSettings } from './group-spec.js';
import { nodeUsers } from './node-users.js';
import { reason } from './reason.js';

/** Keeps the nodes of one running group informed of what the state says of users and parameters. */
export interface Messenger {
  /** Tells what has changed since the last time, one call after the other; what fails is logged and an event. */
  tell(): Promise<void>;
}

export function createMessenger(
  { state, record }: Account,
  group: ReplicationGroupRecord,
  nodes: RunningGroup,
  { users, settings }: GroupSpec,
  log: Logger,
): Messenger {
  let toldUsers = JSON.stringify(users);
  let toldSettings = settings;
  let telling = Promise.resolve();

  const recordRefusals = (): void => {
    for (const { name, message } of nodes.refusedUsers()) {
      record('replication-group', group.id, `The nodes refused user ${name}: ${message}`);
    }
  };
  const tellUsers = async (): Promise<void> => {
    const wanted = nodeUsers(group, state);
    const text = JSON.stringify(wanted);
    if (text === toldUsers) return;
    await nodes.applyUsers(wanted);
    toldUsers = text;
    recordRefusals();
  };
  const tellSettings = async (): Promise<void> => {
    const wanted = groupSettings(group, state);
    const changed = changedSettings(toldSettings, wanted);
    toldSettings = wanted;
    if (Object.keys(changed).length > 0) await nodes.applySettings(changed);
  };
  const attempt = async (what: string, work: () => Promise<void>): Promise<void> => {
    try {
      if (group.status !== 'deleting') await work();
    } catch (error) {
      log.error({ err: error, group: group.id }, `telling the nodes their ${what} failed`);
      record('replication-group', group.id, `Not all nodes have taken the ${what}: ${reason(error)}`);
    }
  };

  recordRefusals();
  return {
    tell() {
      telling = telling.then(() => attempt('users', tellUsers)).then(() => attempt('parameters', tellSettings));
      return telling;
    },
  };
}
