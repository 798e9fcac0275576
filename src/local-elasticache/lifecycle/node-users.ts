import { formatSelectorRules, parseAccessString, type SelectorRules } from '../../domain/user/access-string.js';
import { localEngineVocabulary } from '../../domain/user/command-table.js';
import type { NodeUser } from '../nodes/interfaces.js';
import { blockedCommandRules } from '../nodes/blocked-commands.js';
import type { ReplicationGroupRecord, State, UserRecord } from '../state/model.js';

/** The users of a replication group as its nodes are told them; `default` is always among them, off where nobody has it. */
export function nodeUsers(group: ReplicationGroupRecord, state: State): NodeUser[] {
  const members = new Set(
    state.userGroups.filter(({ id }) => group.userGroupIds.includes(id)).flatMap(({ userIds }) => userIds),
  );
  if (group.userGroupIds.length === 0) return [openDefault(group.authTokenHashes)];
  const users = state.users.filter(({ id }) => members.has(id)).map(nodeUser);
  return users.some(({ name }) => name === 'default') ? users : [...users, { name: 'default', rules: ['off'] }];
}

/** Without user groups everybody is `default`, who proves it by the AUTH token where there is one. */
function openDefault(authTokenHashes: readonly string[]): NodeUser {
  const proof = authTokenHashes.length > 0 ? authTokenHashes.map((hash) => `#${hash}`) : ['nopass'];
  return { name: 'default', rules: ['on', ...proof, '~*', '&*', '+@all'] };
}

function nodeUser({ name, accessString, authentication, passwordHashes }: UserRecord): NodeUser {
  const { on, selectors, ...root } = parseAccessString(accessString);
  const proof = authentication === 'NO_PASSWORD' ? ['nopass'] : passwordHashes.map((hash) => `#${hash}`);
  return {
    name,
    rules: [
      on ? 'on' : 'off',
      ...proof,
      ...nodeRules(root),
      // The nodes withhold commands from a user's own rules; a selector would give them back.
      ...selectors.map((selector) => `(${[...nodeRules(selector), ...blockedCommandRules].join(' ')})`),
    ],
  };
}

/** One selector's rules for the nodes' engine: what it lacks is left out. */
function nodeRules({ keys, channels, allCommands, commands }: SelectorRules): string[] {
  const known = commands.filter((rule) => localEngineVocabulary.has(rule.slice(1)));
  return formatSelectorRules({ keys, channels: channels ?? ['&*'], allCommands, commands: known });
}
