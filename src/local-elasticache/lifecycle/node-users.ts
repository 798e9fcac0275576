import { formatSelectorRules, parseAccessString, type SelectorRules } from '../../domain/user/access-string.js';
import { localEngineVocabulary } from '../../domain/user/command-table.js';
import type { NodeUser } from '../nodes/interfaces.js';
import { blockedCommandRules } from '../nodes/blocked-commands.js';
import type { ReplicationGroupRecord } from '../state/records/replication-group.js';
import type { UserRecord } from '../state/records/user.js';
import type { State } from '../state/region-state.js';

/** The ACL users of a replication group's nodes. `default` is always among them, and off if no user has that name. */
export function nodeUsers(group: ReplicationGroupRecord, state: State): NodeUser[] {
  const members = new Set(
    state.userGroups.filter(({ id }) => group.userGroupIds.includes(id)).flatMap(({ userIds }) => userIds),
  );
  if (group.userGroupIds.length === 0) return [openDefault(group.authTokenHashes)];
  const users = state.users.filter(({ id }) => members.has(id)).map(nodeUser);
  return users.some(({ name }) => name === 'default') ? users : [...users, { name: 'default', rules: ['off'] }];
}

/** Without user groups every client is `default`, authenticated by the AUTH token if there is one. */
function openDefault(authTokenHashes: readonly string[]): NodeUser {
  const credentials = authTokenHashes.length > 0 ? authTokenHashes.map((hash) => `#${hash}`) : ['nopass'];
  return { name: 'default', rules: ['on', ...credentials, '~*', '&*', '+@all'] };
}

function nodeUser({ name, accessString, authentication, passwordHashes }: UserRecord): NodeUser {
  const { on, selectors, ...root } = parseAccessString(accessString);
  const credentials = authentication === 'NO_PASSWORD' ? ['nopass'] : passwordHashes.map((hash) => `#${hash}`);
  return {
    name,
    rules: [
      on ? 'on' : 'off',
      ...credentials,
      ...nodeRules(root),
      // The nodes block commands in the rules of the user itself; a selector would allow them again.
      ...selectors.map((selector) => `(${[...nodeRules(selector), ...blockedCommandRules].join(' ')})`),
    ],
  };
}

/** The rules of one selector, without commands that the nodes' engine does not have. */
function nodeRules({ keys, channels, allCommands, commands }: SelectorRules): string[] {
  const supported = commands.filter((rule) => localEngineVocabulary.has(rule.slice(1)));
  return formatSelectorRules({ keys, channels: channels ?? ['&*'], allCommands, commands: supported });
}
