import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  type GraphQLArgument,
  type GraphQLInputField,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { schema } from '../../../src/schema/schema.js';
import { openAccessApi, type AccessApi } from '../../helpers/apis/access-api.js';
import { all } from '../../helpers/access/access.js';
import { openDataApi } from '../../helpers/apis/data-api.js';
import { describeServer } from '../../helpers/valkey/described-cluster.js';
import { keyOperations } from '../../helpers/schema/key-operations.js';
import { eventually } from '../../helpers/run/eventually.js';
import { startValkey } from '../../helpers/valkey/valkey.js';

/** A name that is valid in every encoding. */
const name = '"abcd"';
const inCluster = (selection: string) => `{ cluster(name: "orders") { ${selection} } }`;
const ofKey = (type: string, selection: string) =>
  inCluster(`key(name: "session:${type}") { ... on ${type} { ${selection} } }`);
const ofHash = (selection: string) => ofKey('HashKey', selection);
const ofGroups = (selection: string) => ofKey('StreamKey', `groups { ${selection} }`);
const ofEntries = (selection: string) => ofKey('StreamKey', `entries { nodes { fields { ${selection} } } }`);
const subscription = (selection: string) => `subscription { ${selection} { __typename } }`;
const mutation = (field: string, input: string, selection = '') =>
  `mutation { ${field}(input: { ${input} }) { ${selection} userErrors { code message } } }`;

const onStream = `cluster: "orders", stream: ${name}`;
const onGroup = `${onStream}, group: ${name}`;
const asConsumer = `${onGroup}, consumer: ${name}`;
const ids = 'entryIds: ["1-1"]';
const field = `{ name: ${name}, value: ${name} }`;
/** In each format, in Base64. */
const anEmptyObject: Readonly<Record<string, string>> = {
  JSON: 'e30=',
  MESSAGE_PACK: 'gA==',
  GZIP: 'H4sIAAAAAAAAA6uuBQBDv6ajAgAAAA==',
  ZSTD: 'KLUv/SACEQAAe30=',
};
const keyTypes = ['StringKey', 'HashKey', 'ListKey', 'SetKey', 'SortedSetKey', 'StreamKey', 'JsonKey', 'OtherKey'];
const user = 'userId: "bob", userName: "bob", accessString: "on ~* +@all"';
const aNewCluster = 'name: "more", automaticFailover: true';

/** A mutation of a group's entries, after the group is made. */
function onNewGroup(mutationField: string, encoding: string, more: string): string {
  const group = `cluster: "orders", stream: "90fa", group: ${name}, encoding: ${encoding}`;
  return `mutation {
    createConsumerGroup(input: { ${group}, ifNotExists: true }) { userErrors { code message } }
    ${mutationField}(input: { ${group}, ${more} }) { userErrors { code message } }
  }`;
}

/** The operation for each value of an enum, by the argument or input field of that type. */
const operations: Readonly<Record<string, (value: string) => string>> = {
  ...keyOperations,
  'Cluster.key.encoding': (value) => inCluster(`key(name: ${name}, encoding: ${value}) { type }`),
  'Cluster.keysByName.encoding': (value) => inCluster(`keysByName(names: [${name}], encoding: ${value}) { type }`),
  'Cluster.hash.encoding': (value) => inCluster(`hash(name: ${name}, encoding: ${value}) { length }`),
  'Cluster.stream.encoding': (value) => inCluster(`stream(name: ${name}, encoding: ${value}) { length }`),
  'Cluster.keys.encoding': (value) => inCluster(`keys(match: ${name}, encoding: ${value}) { scanned }`),
  'Cluster.keys.type': (value) => inCluster(`keys(type: ${value}) { nodes { type } pageInfo { hasNextPage } }`),
  'Cluster.channels.encoding': (value) => inCluster(`channels(match: ${name}, encoding: ${value}) { subscribers }`),
  'Channel.name.encoding': (value) => inCluster(`channels { name(encoding: ${value}) }`),
  ...Object.fromEntries(
    keyTypes.map((type) => [`${type}.name.encoding`, (value: string) => ofKey(type, `name(encoding: ${value})`)]),
  ),
  'Key.name.encoding': (value) => inCluster(`key(name: "session:SetKey") { name(encoding: ${value}) }`),
  'StringKey.value.valueEncoding': (value) => ofKey('StringKey', `value(valueEncoding: ${value})`),
  'StringKey.decoded.as': (value) =>
    mutation(
      'setString',
      `cluster: "orders", key: "decoded", value: "${anEmptyObject[value]}", valueEncoding: BASE64`,
      `key { decoded(as: [${value}]) { formats json text truncated } }`,
    ),
  'HashKey.field.encoding': (value) => ofHash(`field(name: ${name}, encoding: ${value}) { value }`),
  'HashKey.fields.encoding': (value) => ofHash(`fields(match: ${name}, encoding: ${value}) { nodes { value } }`),
  'HashField.name.encoding': (value) => ofHash(`allFields { name(encoding: ${value}) }`),
  'HashField.value.valueEncoding': (value) => ofHash(`allFields { value(valueEncoding: ${value}) }`),
  'StreamField.name.encoding': (value) => ofEntries(`name(encoding: ${value})`),
  'StreamField.value.valueEncoding': (value) => ofEntries(`value(valueEncoding: ${value})`),
  'ConsumerGroup.name.encoding': (value) => ofGroups(`name(encoding: ${value})`),
  'ConsumerGroup.pendingEntries.encoding': (value) =>
    ofGroups(`pendingEntries(consumer: ${name}, encoding: ${value}) { nodes { entryId } }`),
  'StreamConsumer.name.encoding': (value) => ofGroups(`consumers { name(encoding: ${value}) }`),
  'PendingEntry.consumer.encoding': (value) => ofGroups(`pendingEntries { nodes { consumer(encoding: ${value}) } }`),
  'Query.channelPresence.encoding': (value) =>
    `{ channelPresence(cluster: "orders", channel: ${name}, encoding: ${value}) { subscribers } }`,
  'ChannelPresence.channel.encoding': (value) =>
    `{ channelPresence(cluster: "orders", channel: "public:1") { channel(encoding: ${value}) } }`,
  'Viewer.may.encoding': (value) => `{ viewer { may(operation: KEYS_READ, key: ${name}, encoding: ${value}) } }`,
  'Viewer.may.operation': (value) => `{ viewer { may(operation: ${value}) } }`,

  'Subscription.channelMessages.encoding': (value) =>
    subscription(`channelMessages(cluster: "orders", channels: [${name}], encoding: ${value})`),
  'Subscription.channelMessages.overflow': (value) =>
    subscription(`channelMessages(cluster: "orders", channels: [${name}], overflow: ${value})`),
  'Subscription.channelPresenceChanges.encoding': (value) =>
    subscription(`channelPresenceChanges(cluster: "orders", channel: ${name}, encoding: ${value})`),
  'Subscription.keyEvents.encoding': (value) =>
    subscription(`keyEvents(cluster: "orders", match: ${name}, encoding: ${value})`),
  'Subscription.keyChanges.encoding': (value) =>
    subscription(`keyChanges(cluster: "orders", name: ${name}, encoding: ${value})`),
  'Subscription.streamEntries.encoding': (value) => subscription(`streamEntries(${onStream}, encoding: ${value})`),
  'Subscription.groupEntries.encoding': (value) => subscription(`groupEntries(${asConsumer}, encoding: ${value})`),
  'Subscription.groupEntries.ack': (value) => subscription(`groupEntries(${asConsumer}, ack: ${value})`),
  'Subscription.consumerGroupProgress.encoding': (value) =>
    subscription(`consumerGroupProgress(${onGroup}, encoding: ${value})`),

  'SetStringInput.encoding': (value) =>
    mutation('setString', `cluster: "orders", key: ${name}, value: "v", encoding: ${value}`),
  'SetStringInput.valueEncoding': (value) =>
    mutation('setString', `cluster: "orders", key: ${name}, value: ${name}, valueEncoding: ${value}`),
  'SetStringInput.condition': (value) =>
    mutation('setString', `cluster: "orders", key: "session:StringKey", value: "v", condition: ${value}`),
  'SetStringPayload.previous.valueEncoding': (value) =>
    mutation('setString', `cluster: "orders", key: ${name}, value: "v"`, `previous(valueEncoding: ${value})`),
  'ExpiryInput.policy': (value) =>
    mutation('setString', `cluster: "orders", key: ${name}, value: "v", expiry: { policy: ${value} }`),
  'SetHashFieldsInput.encoding': (value) =>
    mutation('setHashFields', `cluster: "orders", key: "fa11", fields: [${field}], encoding: ${value}`),
  'SetHashFieldsInput.valueEncoding': (value) =>
    mutation('setHashFields', `cluster: "orders", key: "fa11", fields: [${field}], valueEncoding: ${value}`),
  'DeleteHashFieldsInput.encoding': (value) =>
    mutation('deleteHashFields', `cluster: "orders", key: "fa11", fields: [${name}], encoding: ${value}`),
  'SetKeyExpiryInput.encoding': (value) =>
    mutation('setKeyExpiry', `cluster: "orders", key: ${name}, expiry: { seconds: 1 }, encoding: ${value}`),
  'DeleteKeysInput.encoding': (value) =>
    mutation('deleteKeys', `cluster: "orders", keys: [${name}], encoding: ${value}`),
  'PublishInput.encoding': (value) =>
    mutation('publish', `cluster: "orders", channel: ${name}, payload: "p", encoding: ${value}`),
  'PublishInput.valueEncoding': (value) =>
    mutation('publish', `cluster: "orders", channel: "c", payload: ${name}, valueEncoding: ${value}`),
  'AddStreamEntryInput.encoding': (value) =>
    mutation('addStreamEntry', `cluster: "orders", stream: "5eed", fields: [${field}], encoding: ${value}`),
  'AddStreamEntryInput.valueEncoding': (value) =>
    mutation('addStreamEntry', `cluster: "orders", stream: "5eed", fields: [${field}], valueEncoding: ${value}`),
  'DeleteStreamEntriesInput.encoding': (value) =>
    mutation('deleteStreamEntries', `cluster: "orders", stream: "5eed", ${ids}, encoding: ${value}`),
  'CreateConsumerGroupInput.encoding': (value) =>
    mutation('createConsumerGroup', `cluster: "orders", stream: "90fb", group: ${name}, encoding: ${value}`),
  'AcknowledgeEntriesInput.encoding': (value) => onNewGroup('acknowledgeEntries', value, ids),
  'ExtendEntriesInput.encoding': (value) => onNewGroup('extendEntries', value, `consumer: ${name}, ${ids}`),

  'CreateClusterInput.clusterMode': (value) =>
    value === 'COMPATIBLE'
      ? // A step between the two others, so that a cluster cannot begin with it.
        mutation('modifyCluster', 'cluster: "orders", clusterMode: COMPATIBLE')
      : mutation('createCluster', `${aNewCluster}, clusterMode: ${value}`),
  'CreateClusterInput.engine': (value) => mutation('createCluster', `${aNewCluster}, engine: ${value}`),
  'CreateClusterInput.transitEncryption': (value) =>
    mutation('createCluster', `${aNewCluster}, transitEncryption: ${value}`),
  'ModifyClusterInput.engine': (value) => mutation('modifyCluster', `cluster: "orders", engine: ${value}`),
  'Query.engineVersions.engine': (value) => `{ engineVersions(engine: ${value}) { version } }`,
  'Query.events.source': (value) => `{ events(source: ${value}) { nodes { message } } }`,
  'Query.nodeTypes.engine': (value) => `{ nodeTypes(engine: ${value}) { name } }`,
  'Query.snapshots.source': (value) => `{ snapshots(source: ${value}) { nodes { name } } }`,
  'Subscription.events.source': (value) => subscription(`events(source: ${value})`),
  'ModifyClusterInput.clusterMode': (value) => mutation('modifyCluster', `cluster: "orders", clusterMode: ${value}`),
  'ModifyClusterInput.transitEncryption': (value) =>
    mutation('modifyCluster', `cluster: "orders", transitEncryption: ${value}`),
  'CreateUserInput.engine': (value) =>
    mutation('createUser', `${user}, authentication: { type: NO_PASSWORD }, engine: ${value}`),
  'CreateUserGroupInput.engine': (value) =>
    mutation('createUserGroup', `userGroupId: "more", userIds: [], engine: ${value}`),
  'AuthenticationInput.type': (value) => {
    const passwords = value === 'PASSWORD' ? ', passwords: ["canary-sixteen-characters"]' : '';
    return mutation('createUser', `${user}, authentication: { type: ${value}${passwords} }`);
  },
};

/** Places that this server cannot show. */
const testedElsewhere = new Set([
  // Of events only: see the tests of encodings of messages and of events of keys.
  'ChannelMessage.channel.encoding',
  'ChannelMessage.pattern.encoding',
  'ChannelMessage.payload.valueEncoding',
  'KeyEvent.key.encoding',
  // It depends on the version: see the tests of fields of hashes, and of the slow log.
  'SetHashFieldExpiryInput.encoding',
  'ClusterNode.slowLog.kind',
  'ResetSlowLogInput.kind',
  // It requires a cluster with TLS: see the tests of the control plane's resources.
  'SetAuthTokenInput.strategy',
  // Without cluster mode, there are no hash slots: see the tests of slots.
  'Cluster.slotStats.orderBy',
]);

/** Every place of the schema that takes a value of an enum. */
const places = Object.values(schema.getTypeMap())
  .filter((type) => !type.name.startsWith('__'))
  .flatMap((type): (readonly [string, readonly string[]])[] => {
    const valuesOf = (at: string, { type: taken }: GraphQLArgument | GraphQLInputField) => {
      const named = getNamedType(taken);
      return isEnumType(named) ? [[at, named.getValues().map((value) => value.name)] as const] : [];
    };
    if (isInputObjectType(type)) {
      return Object.values(type.getFields()).flatMap((each) => valuesOf(`${type.name}.${each.name}`, each));
    }
    if (!isObjectType(type) && !isInterfaceType(type)) return [];
    return Object.values(type.getFields()).flatMap((each) =>
      each.args.flatMap((argument) => valuesOf(`${type.name}.${each.name}.${argument.name}`, argument)),
    );
  });

describe('Each enum value works in every place where the schema accepts it:', () => {
  let api: AccessApi;
  beforeAll(async () => {
    api = await openAccessApi();
  });
  afterAll(async () => {
    await api[Symbol.asyncDispose]();
  });

  test.each(places.filter(([place]) => !testedElsewhere.has(place)))('%s', async (place, values) => {
    const ask = operations[place];
    if (!ask) throw new Error(`Say what to ask with each value of ${place}.`);
    for (const value of values) {
      const { data, errors } = await api.ask([all], ask(value));
      expect(errors, ask(value)).toEqual([]);
      const payloads = Object.values<{ userErrors?: { message: string }[] }>(data ?? {});
      const refusals = payloads.flatMap(({ userErrors = [] }) => userErrors);
      // Of the control plane no more is there than what is asked of it.
      expect(
        refusals.filter(({ message }) => message !== 'Not in this fake.'),
        ask(value),
      ).toEqual([]);
    }
  });
});

test('a message can be published and read in each encoding', async () => {
  await using server = await startValkey();
  await using api = openDataApi(describeServer(server));
  const fields = ['UTF8', 'HEX', 'BASE64'].map(
    (value) =>
      `${value}: channel(encoding: ${value}) ${value}p: pattern(encoding: ${value}) ${value}v: payload(valueEncoding: ${value})`,
  );
  const results = await api.subscribe(
    `subscription { channelMessages(cluster: "orders", patterns: ["ab*"]) { messages { ${fields.join(' ')} } } }`,
  );
  const first = results.next();
  await eventually(async () => expect(String(await server.command('PUBSUB', 'NUMPAT'))).toBe('1'));
  await server.command('PUBLISH', 'abcd', 'p');
  const { value } = await first;
  await results.return();
  expect(value).toEqual({
    data: {
      channelMessages: {
        messages: [
          {
            ...{ UTF8: 'abcd', UTF8p: 'ab*', UTF8v: 'p' },
            ...{ HEX: '61626364', HEXp: '61622a', HEXv: '70' },
            ...{ BASE64: 'YWJjZA==', BASE64p: 'YWIq', BASE64v: 'cA==' },
          },
        ],
      },
    },
  });
});

test('listing keys of a module type returns none if the module is not loaded', async () => {
  await using server = await startValkey();
  await using api = openDataApi(describeServer(server));
  await server.command('MSET', 'a', '', 'b', '');
  const { keys } = await api.cluster(
    'keys(type: JSON, first: 1) { nodes { name } pageInfo { hasNextPage endCursor } }',
  );
  expect(keys).toEqual({ nodes: [], pageInfo: { hasNextPage: false, endCursor: null } });
});
