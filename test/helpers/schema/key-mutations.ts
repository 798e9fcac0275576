/** One way to use a mutation that writes keys, streams or groups. */
export interface MutationCase {
  readonly mutation: string;
  /** How this way differs from others of the same mutation. */
  readonly variant?: string;
  readonly input: object;
  /** Selected beside the user errors. */
  readonly selection?: string;
  /** Commands that create the keys. */
  readonly given: readonly (readonly string[])[];
  /** The paths at which keys of another type are refused, by their names. None: the mutation works on keys of every type. */
  readonly typed: Readonly<Record<string, string>>;
  /**
   * Each command that the Valkey user must be allowed to execute, or it is PERMISSION_DENIED at `deniedAt`. Of alternatives, the first
   * that the server has. If the server has none, the mutation is NOT_SUPPORTED.
   */
  readonly commands: readonly (string | readonly string[])[];
  readonly deniedAt: string;
  /** Whether Valkey refuses it when its memory is full. It allows what only deletes, moves or marks. */
  readonly needsMemory: boolean;
  /** For mutations of several keys: keys of two slots, and the path at which they are refused, or null if they are written. */
  readonly twoSlots?: { readonly input: object; readonly path: string | null };
}

const key = '{m}key';
const other = '{m}other';
const elsewhere = '{n}key';
const stream = key;
const group = 'g';
const consumer = 'c';

const string = ['SET', key, '1'];
const hash = ['HSET', key, 'f', '1'];
const list = ['RPUSH', key, 'a', 'b'];
const set = ['SADD', key, 'a', 'b'];
const sortedSet = ['ZADD', key, '1', 'a', '2', 'b'];
const entries = [
  ['XADD', key, '1-1', 'f', 'v'],
  ['XADD', key, '2-1', 'f', 'v'],
  ['XGROUP', 'CREATE', key, group, '0'],
  ['XREADGROUP', 'GROUP', group, consumer, 'STREAMS', key, '>'],
];
/** An entry of `{m}other` that was given up. */
const deadLetter = [
  ...['XADD', key, '1-1', 'f', 'v'],
  ...['reason', 'stream', 'group', 'consumer', 'entry-id', 'deliveries'].flatMap((name) => [
    `dead-letter-${name}`,
    name === 'stream' ? other : '1',
  ]),
];

const ofKey = { typed: { [key]: 'input.key' }, deniedAt: 'input.key' };
const ofString = { ...ofKey, given: [string], needsMemory: true };
const ofStream = { given: entries, typed: { [key]: 'input.stream' }, deniedAt: 'input.stream' };
const ofAnyKey = { given: [string], typed: {}, deniedAt: 'input.key' };

export const mutationCases: readonly MutationCase[] = [
  // any key
  {
    ...ofAnyKey,
    mutation: 'setKeyExpiry',
    input: { key, expiry: { seconds: 100 } },
    commands: ['pexpire'],
    needsMemory: false,
  },
  {
    ...ofAnyKey,
    mutation: 'deleteKeys',
    input: { keys: [key, other] },
    commands: ['unlink'],
    deniedAt: 'input.keys',
    needsMemory: false,
    twoSlots: { input: { keys: [key, elsewhere] }, path: null },
  },
  {
    ...ofAnyKey,
    mutation: 'renameKey',
    input: { key, newKey: other },
    commands: ['rename'],
    needsMemory: false,
    twoSlots: { input: { key, newKey: elsewhere }, path: 'input.newKey' },
  },
  {
    ...ofAnyKey,
    mutation: 'renameKey',
    variant: 'if the name is free',
    input: { key, newKey: other, onlyIfAbsent: true },
    commands: ['renamenx'],
    needsMemory: false,
    twoSlots: { input: { key, newKey: elsewhere, onlyIfAbsent: true }, path: 'input.newKey' },
  },
  {
    ...ofAnyKey,
    mutation: 'copyKey',
    input: { key, newKey: other },
    commands: ['copy'],
    needsMemory: true,
    twoSlots: { input: { key, newKey: elsewhere }, path: 'input.newKey' },
  },
  // strings
  { ...ofAnyKey, mutation: 'setString', input: { key, value: '2' }, commands: ['set'], needsMemory: true },
  {
    ...ofKey,
    mutation: 'setString',
    variant: 'with the previous value',
    input: { key, value: '2' },
    selection: 'previous',
    given: [string],
    commands: ['set'],
    needsMemory: true,
  },
  { ...ofString, mutation: 'appendToString', input: { key, value: '2' }, commands: ['append'] },
  { ...ofString, mutation: 'incrementString', input: { key }, commands: ['incrby'] },
  {
    ...ofString,
    mutation: 'incrementString',
    variant: 'by a decimal',
    input: { key, by: '1.5' },
    commands: ['incrbyfloat'],
  },
  { ...ofString, mutation: 'setStringRange', input: { key, offset: 1, value: '2' }, commands: ['setrange'] },
  { ...ofString, mutation: 'takeString', input: { key }, commands: ['getdel'], needsMemory: false },
  { ...ofString, mutation: 'setBit', input: { key, offset: 7, value: true }, commands: ['setbit'] },
  {
    ...ofString,
    mutation: 'addToHyperLogLog',
    input: { key, elements: ['b'] },
    given: [['PFADD', key, 'a']],
    commands: ['pfadd'],
  },
  {
    ...ofString,
    mutation: 'setString',
    variant: 'if it has a value',
    input: { key, value: '2', ifEquals: '1' },
    commands: ['set'],
  },
  {
    ...ofString,
    mutation: 'deleteStringIfEquals',
    input: { key, expected: '1' },
    commands: [['delifeq', 'unlink']],
    needsMemory: false,
  },
  // hashes
  {
    ...ofKey,
    mutation: 'setHashFields',
    input: { key, fields: [{ name: 'f', value: 'v' }] },
    given: [hash],
    commands: ['hset'],
    needsMemory: true,
  },
  {
    ...ofKey,
    mutation: 'setHashFields',
    variant: 'with an expiry',
    input: { key, fields: [{ name: 'f', value: 'v' }], keyExpiry: { seconds: 100 } },
    given: [hash],
    commands: ['hset', 'pexpire'],
    needsMemory: true,
  },
  {
    ...ofKey,
    mutation: 'deleteHashFields',
    input: { key, fields: ['f'] },
    given: [hash],
    commands: ['hdel'],
    needsMemory: false,
  },
  ...(
    [
      ['1', 'hincrby'],
      ['1.5', 'hincrbyfloat'],
    ] as const
  ).map(([by, command]) => ({
    ...ofKey,
    mutation: 'incrementHashField',
    variant: command,
    input: { key, field: 'f', by },
    given: [hash],
    commands: [command],
    needsMemory: true,
  })),
  {
    ...ofKey,
    mutation: 'setHashFieldExpiry',
    input: { key, fields: ['f'], expiry: { seconds: 100 } },
    given: [hash],
    commands: ['hpexpire'],
    needsMemory: false,
  },
  // lists
  ...(
    [
      ['HEAD', false, 'lpush'],
      ['TAIL', false, 'rpush'],
      ['HEAD', true, 'lpushx'],
      ['TAIL', true, 'rpushx'],
    ] as const
  ).map(([side, onlyIfExists, command]) => ({
    ...ofKey,
    mutation: 'pushListElements',
    variant: command,
    input: { key, elements: ['c'], side, onlyIfExists },
    given: [list],
    commands: [command],
    needsMemory: true,
  })),
  {
    ...ofKey,
    mutation: 'popListElements',
    input: { key, count: 2 },
    given: [list],
    commands: ['lpop'],
    needsMemory: false,
  },
  {
    ...ofKey,
    mutation: 'popListElements',
    variant: 'from the tail',
    input: { key, side: 'TAIL' },
    given: [list],
    commands: ['rpop'],
    needsMemory: false,
  },
  {
    ...ofKey,
    mutation: 'setListElement',
    input: { key, index: 0, value: 'c' },
    given: [list],
    commands: ['lset'],
    needsMemory: true,
  },
  {
    ...ofKey,
    mutation: 'insertListElement',
    input: { key, where: 'BEFORE', pivot: 'a', value: 'c' },
    given: [list],
    commands: ['linsert'],
    needsMemory: true,
  },
  {
    ...ofKey,
    mutation: 'removeListElements',
    input: { key, value: 'a' },
    given: [list],
    commands: ['lrem'],
    needsMemory: false,
  },
  {
    ...ofKey,
    mutation: 'trimList',
    input: { key, start: 0, end: 0 },
    given: [list],
    commands: ['ltrim'],
    needsMemory: false,
  },
  {
    mutation: 'moveListElement',
    input: { source: key, destination: other },
    given: [list, ['RPUSH', other, 'c']],
    typed: { [key]: 'input.source', [other]: 'input.destination' },
    commands: ['lmove'],
    deniedAt: 'input',
    needsMemory: true,
    twoSlots: { input: { source: key, destination: elsewhere }, path: 'input.destination' },
  },
  // sets
  {
    ...ofKey,
    mutation: 'addSetMembers',
    input: { key, members: ['c'] },
    given: [set],
    commands: ['sadd'],
    needsMemory: true,
  },
  {
    ...ofKey,
    mutation: 'removeSetMembers',
    input: { key, members: ['a'] },
    given: [set],
    commands: ['srem'],
    needsMemory: false,
  },
  { ...ofKey, mutation: 'popSetMembers', input: { key }, given: [set], commands: ['spop'], needsMemory: false },
  {
    mutation: 'moveSetMember',
    input: { source: key, destination: other, member: 'a' },
    given: [set, ['SADD', other, 'c']],
    typed: { [key]: 'input.source', [other]: 'input.destination' },
    commands: ['smove'],
    deniedAt: 'input',
    needsMemory: false,
    twoSlots: { input: { source: key, destination: elsewhere, member: 'a' }, path: 'input.destination' },
  },
  // sorted sets
  {
    ...ofKey,
    mutation: 'addSortedSetMembers',
    input: { key, members: [{ value: 'c', score: 3 }] },
    given: [sortedSet],
    commands: ['zadd'],
    needsMemory: true,
  },
  {
    ...ofKey,
    mutation: 'incrementSortedSetScore',
    input: { key, member: 'a', by: 1 },
    given: [sortedSet],
    commands: ['zincrby'],
    needsMemory: true,
  },
  ...(
    [
      ['zrem', { members: ['a'] }],
      ['zremrangebyscore', { score: { max: 1 } }],
      ['zremrangebylex', { lex: { max: 'a' } }],
      ['zremrangebyrank', { rank: { start: 0, end: 0 } }],
    ] as const
  ).map(([command, which]) => ({
    ...ofKey,
    mutation: 'removeSortedSetMembers',
    variant: command,
    input: { key, which },
    given: [sortedSet],
    commands: [command],
    needsMemory: false,
  })),
  {
    ...ofKey,
    mutation: 'popSortedSetMembers',
    input: { key },
    given: [sortedSet],
    commands: ['zpopmin'],
    needsMemory: false,
  },
  {
    ...ofKey,
    mutation: 'popSortedSetMembers',
    variant: 'the highest',
    input: { key, side: 'HIGHEST' },
    given: [sortedSet],
    commands: ['zpopmax'],
    needsMemory: false,
  },
  {
    ...ofKey,
    mutation: 'addGeoMembers',
    input: { key, members: [{ value: 'c', position: { longitude: 1, latitude: 1 } }] },
    given: [sortedSet],
    commands: ['geoadd'],
    needsMemory: true,
  },
  // streams
  {
    ...ofStream,
    mutation: 'addStreamEntry',
    input: { stream, fields: [{ name: 'f', value: 'v' }] },
    commands: ['xadd'],
    needsMemory: true,
  },
  {
    ...ofStream,
    mutation: 'deleteStreamEntries',
    input: { stream, entryIds: ['1-1'] },
    commands: ['xdel'],
    needsMemory: false,
  },
  // consumer groups
  {
    ...ofStream,
    mutation: 'createConsumerGroup',
    input: { stream, group: 'new' },
    commands: ['xgroup|create'],
    needsMemory: true,
  },
  {
    ...ofStream,
    mutation: 'acknowledgeEntries',
    input: { stream, group, entryIds: ['1-1'] },
    commands: ['xack'],
    needsMemory: false,
  },
  {
    ...ofStream,
    mutation: 'acknowledgeEntries',
    variant: 'and delete them',
    input: { stream, group, entryIds: ['1-1'], delete: true },
    commands: ['xack', 'xdel'],
    needsMemory: false,
  },
  {
    ...ofStream,
    mutation: 'extendEntries',
    input: { stream, group, consumer, entryIds: ['1-1'] },
    commands: ['xclaim'],
    needsMemory: false,
  },
  { ...ofStream, mutation: 'trimStream', input: { stream, maxLength: 1 }, commands: ['xtrim'], needsMemory: false },
  {
    ...ofStream,
    mutation: 'deleteConsumerGroup',
    input: { stream, group },
    commands: ['xgroup|destroy'],
    needsMemory: false,
  },
  {
    ...ofStream,
    mutation: 'setConsumerGroupPosition',
    input: { stream, group, after: '1-1' },
    commands: ['xgroup|setid'],
    needsMemory: false,
  },
  {
    ...ofStream,
    mutation: 'deleteConsumer',
    input: { stream, group, consumer, dropPending: true },
    commands: ['xgroup|delconsumer'],
    needsMemory: false,
  },
  {
    ...ofStream,
    mutation: 'claimEntries',
    input: { stream, group, consumer: 'd', entryIds: ['1-1'] },
    commands: ['xclaim'],
    needsMemory: false,
  },
  {
    mutation: 'redriveDeadLetters',
    input: { deadLetterStream: key },
    given: [deadLetter],
    typed: { [key]: 'input.deadLetterStream' },
    commands: ['xrange', 'xadd', 'xdel'],
    deniedAt: 'input.deadLetterStream',
    needsMemory: true,
  },
  // several keys
  {
    mutation: 'runTransaction',
    input: { operations: [{ setString: { key, value: '2' } }, { setKeyExpiry: { key, expiry: { seconds: 100 } } }] },
    given: [string],
    typed: {},
    commands: ['set'],
    deniedAt: 'input.operations.0',
    needsMemory: true,
    twoSlots: {
      input: { operations: [{ setString: { key, value: '2' } }, { setString: { key: elsewhere, value: '2' } }] },
      path: 'input.operations.1',
    },
  },
  {
    mutation: 'runTransaction',
    variant: 'with expectations',
    input: { expect: [{ key, value: '1' }], operations: [{ deleteKeys: { keys: [key] } }] },
    given: [string],
    typed: { [key]: 'input.expect.0' },
    commands: ['get'],
    deniedAt: 'input.expect.0',
    needsMemory: false,
    twoSlots: {
      input: { expect: [{ key: elsewhere }], operations: [{ deleteKeys: { keys: [key] } }] },
      path: 'input.expect.0',
    },
  },
];
