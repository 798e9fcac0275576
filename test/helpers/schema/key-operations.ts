/** A name and value that is valid in every encoding. So are the names of the keys below. */
const text = '"abcd"';
const keys = {
  string: '"5000"',
  number: '"5001"',
  hyperLogLog: '"5002"',
  hash: '"fa12"',
  list: '"1150"',
  set: '"5e70"',
  sortedSet: '"2500"',
  places: '"2501"',
  stream: '"90fa"',
  group: text,
};

type Operation = (value: string) => string;
type Operations = Readonly<Record<string, Operation>>;

const payload = (selection = '') => `{ ${selection} userErrors { code message } }`;

function mutation(name: string, input: string, selection = '', before = ''): string {
  return `mutation { ${before} ${name}(input: { cluster: "orders", ${input} }) ${payload(selection)} }`;
}

/** A mutation of one key: the fields of its input, and what must be written first. */
interface KeyMutation {
  readonly key: string;
  readonly rest?: string;
  readonly hasValues?: boolean;
  /** A selection with all settings of encodings, which the input has too. */
  readonly before?: (encodings: string) => string;
}

const field = `{ name: ${text}, value: ${text} }`;
const push = (encodings: string) =>
  `pushListElements(input: { cluster: "orders", key: ${keys.list}, elements: [${text}], ${encodings} }) ${payload()}`;
const setFirst = (encodings: string) =>
  `setString(input: { cluster: "orders", key: ${keys.string}, value: "v", ${encodings} }) ${payload()}`;
const newGroup = (encodings: string) =>
  `createConsumerGroup(input: { cluster: "orders", ${inGroup}, ifNotExists: true, ${encodings} }) ${payload()}`;
const inGroup = `stream: ${keys.stream}, group: ${keys.group}`;
const inNewGroup = { key: inGroup, before: newGroup };
const key = (of: keyof typeof keys) => `key: ${keys[of]}`;
const members = `members: [${text}]`;
const move = (of: 'list' | 'set') => `source: ${keys[of]}, destination: ${keys[of]}`;

const mutations: Readonly<Record<string, KeyMutation>> = {
  appendToString: { key: key('string'), rest: `value: ${text}`, hasValues: true },
  setStringRange: { key: key('string'), rest: `offset: 0, value: ${text}`, hasValues: true },
  takeString: { key: key('string') },
  incrementString: { key: key('number') },
  setBit: { key: key('string'), rest: 'offset: 1, value: true' },
  addToHyperLogLog: { key: key('hyperLogLog'), rest: `elements: [${text}]`, hasValues: true },
  deleteStringIfEquals: { key: key('string'), rest: `expected: ${text}`, hasValues: true },
  incrementHashField: { key: key('hash'), rest: `field: ${text}` },
  pushListElements: { key: key('list'), rest: `elements: [${text}]`, hasValues: true },
  popListElements: { key: key('list') },
  setListElement: { key: key('list'), rest: `index: 0, value: ${text}`, hasValues: true, before: push },
  insertListElement: { key: key('list'), rest: `where: AFTER, pivot: ${text}, value: ${text}`, hasValues: true },
  removeListElements: { key: key('list'), rest: `value: ${text}`, hasValues: true },
  trimList: { key: key('list'), rest: 'start: 0, end: 0' },
  moveListElement: { key: move('list') },
  addSetMembers: { key: key('set'), rest: members, hasValues: true },
  removeSetMembers: { key: key('set'), rest: members, hasValues: true },
  popSetMembers: { key: key('set') },
  moveSetMember: { key: move('set'), rest: `member: ${text}`, hasValues: true },
  addSortedSetMembers: { key: key('sortedSet'), rest: `members: [{ value: ${text}, score: 1 }]`, hasValues: true },
  incrementSortedSetScore: { key: key('sortedSet'), rest: `member: ${text}, by: 1`, hasValues: true },
  removeSortedSetMembers: { key: key('sortedSet'), rest: `which: { ${members} }`, hasValues: true },
  popSortedSetMembers: { key: key('sortedSet') },
  addGeoMembers: {
    key: key('places'),
    rest: `members: [{ value: ${text}, position: { longitude: 1, latitude: 1 } }]`,
    hasValues: true,
  },
  renameKey: { key: key('string'), rest: 'newKey: "5003"', before: setFirst },
  copyKey: { key: key('string'), rest: 'newKey: "5003", replace: true', before: setFirst },
  trimStream: { key: `stream: ${keys.stream}`, rest: 'maxLength: 1000' },
  redriveDeadLetters: { key: 'deadLetterStream: "dead"' },
  deleteConsumerGroup: { key: inGroup },
  deleteConsumer: { ...inNewGroup, rest: `consumer: ${text}, dropPending: true` },
  claimEntries: { ...inNewGroup, rest: `consumer: ${text}, entryIds: ["1-1"]` },
  setConsumerGroupPosition: { ...inNewGroup, rest: 'after: "0"' },
};

function withSetting(name: string, setting: string): string {
  const { key: named, rest = '', before } = mutations[name]!;
  return mutation(name, `${named}, ${rest}, ${setting}`, '', before?.(setting));
}

function typeOf(name: string, suffix: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}${suffix}`;
}

const encodings = Object.fromEntries(
  Object.entries(mutations).flatMap(([name, { hasValues }]): [string, Operation][] =>
    ['encoding', ...(hasValues ? ['valueEncoding'] : [])].map((setting) => [
      `${typeOf(name, 'Input')}.${setting}`,
      (value) => withSetting(name, `${setting}: ${value}`),
    ]),
  ),
);

/** The operations of a transaction, with the settings of each beside `encoding`. */
const transactionOperations: Readonly<
  Record<string, { readonly input: string; readonly settings: readonly string[] }>
> = {
  setString: { input: `${key('string')}, value: ${text}`, settings: ['valueEncoding', 'condition'] },
  deleteKeys: { input: `keys: [${text}]`, settings: [] },
  setKeyExpiry: { input: `${key('string')}, expiry: { seconds: 100 }`, settings: [] },
  incrementString: { input: key('number'), settings: [] },
  setHashFields: { input: `${key('hash')}, fields: [${field}]`, settings: ['valueEncoding'] },
  deleteHashFields: { input: `${key('hash')}, fields: [${text}]`, settings: [] },
  pushListElements: { input: `${key('list')}, elements: [${text}]`, settings: ['valueEncoding', 'side'] },
  addSetMembers: { input: `${key('set')}, ${members}`, settings: ['valueEncoding'] },
  addSortedSetMembers: {
    input: `${key('sortedSet')}, members: [{ value: ${text}, score: 1 }]`,
    settings: ['valueEncoding', 'condition'],
  },
  addStreamEntry: { input: `stream: ${keys.stream}, fields: [${field}]`, settings: ['valueEncoding'] },
};

const inTransactions = Object.fromEntries(
  Object.entries(transactionOperations).flatMap(([name, { input, settings }]): [string, Operation][] =>
    ['encoding', ...settings].map((setting) => [
      `${typeOf(name, 'OperationInput')}.${setting}`,
      (value) => mutation('runTransaction', `operations: [{ ${name}: { ${input}, ${setting}: ${value} } }]`),
    ]),
  ),
);

const inCluster = (selection: string) => `{ cluster(name: "orders") { ${selection} } }`;
const ofKey = (type: string, selection: string) =>
  inCluster(`key(name: "session:${type}") { ... on ${type} { ${selection} } }`);
const ofSortedSet = (selection: string) => ofKey('SortedSetKey', selection);
const expecting = (expectation: string) =>
  mutation(
    'runTransaction',
    `expect: [{ ${key('string')}, ${expectation} }], operations: [{ deleteKeys: { keys: ["gone"] } }]`,
  );
const center = 'center: { position: { longitude: 0, latitude: 0 } }';
const job = (input: string, selection = 'id') =>
  mutation('startKeyJob', `match: ${text}, ${input}`, `job { ${selection} }`);

/** An operation for each argument and input field of keys whose type is an enum: it has the given value of the enum. */
export const keyOperations: Operations = {
  ...encodings,
  ...inTransactions,
  'ExpectedStringInput.encoding': (value) => expecting(`value: "v", encoding: ${value}`),
  'ExpectedStringInput.valueEncoding': (value) => expecting(`value: ${text}, valueEncoding: ${value}`),
  'PushListElementsInput.side': (value) => withSetting('pushListElements', `side: ${value}`),
  'PopListElementsInput.side': (value) => withSetting('popListElements', `side: ${value}`),
  'InsertListElementInput.where': (value) =>
    mutation('insertListElement', `${key('list')}, where: ${value}, pivot: ${text}, value: ${text}`),
  'RemoveListElementsInput.from': (value) => withSetting('removeListElements', `from: ${value}`),
  'MoveListElementInput.from': (value) => withSetting('moveListElement', `from: ${value}`),
  'MoveListElementInput.to': (value) => withSetting('moveListElement', `to: ${value}`),
  'AddSortedSetMembersInput.condition': (value) => withSetting('addSortedSetMembers', `condition: ${value}`),
  'AddGeoMembersInput.condition': (value) => withSetting('addGeoMembers', `condition: ${value}`),
  'PopSortedSetMembersInput.side': (value) => withSetting('popSortedSetMembers', `side: ${value}`),

  'TakeStringPayload.value.valueEncoding': (value) =>
    mutation('takeString', key('string'), `value(valueEncoding: ${value})`, setFirst('')),
  'PopListElementsPayload.elements.valueEncoding': (value) =>
    mutation('popListElements', key('list'), `elements(valueEncoding: ${value})`, push('')),
  'MoveListElementPayload.element.valueEncoding': (value) =>
    mutation('moveListElement', move('list'), `element(valueEncoding: ${value})`, push('')),
  'PopSetMembersPayload.members.valueEncoding': (value) =>
    mutation('popSetMembers', key('set'), `members(valueEncoding: ${value})`),
  'TransactionResult.text.valueEncoding': (value) =>
    mutation(
      'runTransaction',
      `operations: [{ setString: { ${key('string')}, value: "v" } }]`,
      `results { text(valueEncoding: ${value}) }`,
    ),

  ...Object.fromEntries(
    ['string', 'list', 'set', 'sortedSet'].map((of): [string, Operation] => [
      `Cluster.${of}.encoding`,
      (value) => inCluster(`${of}(name: "0000", encoding: ${value}) { type }`),
    ]),
  ),
  'StringKey.range.valueEncoding': (value) => ofKey('StringKey', `range(start: 0, end: 3, valueEncoding: ${value})`),
  'StringKey.bitCount.unit': (value) => ofKey('StringKey', `bitCount(start: 0, end: 3, unit: ${value})`),
  'ListElement.value.valueEncoding': (value) =>
    ofKey('ListKey', `elements { nodes { value(valueEncoding: ${value}) } }`),
  'SetKey.contains.valueEncoding': (value) => ofKey('SetKey', `contains(${members}, valueEncoding: ${value})`),
  'SetKey.members.encoding': (value) =>
    ofKey('SetKey', `members(match: ${text}, encoding: ${value}) { nodes { value } }`),
  'SetMember.value.valueEncoding': (value) => ofKey('SetKey', `members { nodes { value(valueEncoding: ${value}) } }`),
  'SortedSetKey.member.valueEncoding': (value) =>
    ofSortedSet(`member(value: ${text}, valueEncoding: ${value}) { score }`),
  'SortedSetKey.members.encoding': (value) =>
    ofSortedSet(`members(match: ${text}, encoding: ${value}) { nodes { score } }`),
  'SortedSetKey.positions.valueEncoding': (value) =>
    ofSortedSet(`positions(${members}, valueEncoding: ${value}) { latitude }`),
  'SortedSetKey.near.unit': (value) => ofSortedSet(`near(${center}, radius: 1, unit: ${value}) { distance }`),
  'SortedSetMember.value.valueEncoding': (value) =>
    ofSortedSet(`membersByRank { nodes { value(valueEncoding: ${value}) } }`),
  'GeoMatch.value.valueEncoding': (value) =>
    ofSortedSet(`near(${center}, radius: 30000, unit: KILOMETERS) { value(valueEncoding: ${value}) }`),
  'LexRangeInput.valueEncoding': (value) =>
    ofSortedSet(`membersByLex(range: { min: ${text}, valueEncoding: ${value} }) { nodes { score } }`),

  'Cluster.keyTree.encoding': (value) =>
    inCluster(`keyTree(prefix: ${text}, delimiter: ${text}, encoding: ${value}) { scanned }`),
  'KeyPrefix.prefix.encoding': (value) => inCluster(`keyTree { prefixes { prefix(encoding: ${value}) } }`),
  'StartKeyJobInput.action': (value) => job(`action: ${value}${value === 'EXPIRE' ? ', expiry: { seconds: 1 }' : ''}`),
  'StartKeyJobInput.encoding': (value) => job(`action: DELETE, encoding: ${value}`),
  'StartKeyJobInput.type': (value) => job(`action: DELETE, type: ${value}`),
  'KeyJob.match.encoding': (value) => job('action: DELETE', `match(encoding: ${value})`),
  'CreateExportInput.encoding': (value) => mutation('createExport', `match: ${text}, encoding: ${value}`),
  'CreateExportInput.format': (value) => mutation('createExport', `match: ${text}, format: ${value}`),
  'CreateExportInput.type': (value) => mutation('createExport', `match: ${text}, type: ${value}`),
};
