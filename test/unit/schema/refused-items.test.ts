import { expect, test } from 'vitest';
import { ExpectedFailure, type UserErrorCode } from '../../../src/domain/errors.js';
import { atRefusedItem } from '../../../src/schema/shared/refused-item.js';
import { createControlPlaneApi } from '../../helpers/apis/control-plane-api.js';
import { aCluster, createFakeControlPlane } from '../../helpers/elasticache/fake-control-plane.js';
import { aParameter, aParameterGroup } from '../../helpers/elasticache/fake-shared-resources.js';
import { canary } from '../../helpers/run/canary.js';

test.each<[string, UserErrorCode, string, readonly string[], readonly string[]]>([
  ['User bob not found.', 'NOT_FOUND', 'userIds', ['alice', 'Bob'], ['userIds', '1']],
  ['The subnet subnet-b is in use.', 'INVALID_STATE', 'subnetIds', ['subnet-a', 'subnet-b'], ['subnetIds', '1']],
  ['User bob-2 not found.', 'NOT_FOUND', 'userIds', ['bob', 'bob-2'], ['userIds', '1']],
  ['Tag c++ not found.', 'NOT_FOUND', 'keys', ['c++'], ['keys', '0']],
  ['User bob not found.', 'NOT_FOUND', 'userIds', ['user', 'bob'], ['userIds']],
  ['Subnets are missing.', 'INVALID_INPUT', 'subnetIds', ['subnet-a', ''], ['subnetIds']],
])('the path of "%s" names the item', (message, code, field, list, path) => {
  const failure = new ExpectedFailure(code, message, { path: ['input', field], upstreamCode: 'Cause' });
  const located = atRefusedItem(failure, { [field]: list });
  expect(located).toMatchObject({ code, message, upstreamCode: 'Cause', inputPath: ['input', ...path] });
});

test('a failure that is not about a list keeps its path', () => {
  const item = canary('refused-item');
  for (const path of [undefined, ['input'], ['input', 'name'], ['input', 'authentication', 'passwords']]) {
    const failure = new ExpectedFailure('INVALID_INPUT', `Wrong: ${item}`, { path });
    expect(atRefusedItem(failure, { name: item, authentication: { passwords: [item] } })).toBe(failure);
  }
});

const errors = 'userErrors { code path }';

test.each([
  ['Could not find a parameter of this name.', 'timeout", value: "7" }, { name: "none', 'parameters.1.name'],
  ['The parameter appendonly cannot be modified.', 'timeout", value: "7" }, { name: "appendonly', 'parameters.1.name'],
  ['The parameter value is invalid for timeout.', 'maxmemory", value: "7" }, { name: "timeout', 'parameters.1.value'],
  ['No.', 'maxmemory", value: "7" }, { name: "timeout', 'parameters'],
])('modifyParameterGroup names the parameter that is refused by "%s"', async (message, names, path) => {
  const controlPlane = createFakeControlPlane();
  controlPlane.shared.parameterGroups = [aParameterGroup('tuned')];
  controlPlane.shared.parameters = [
    ...['timeout', 'maxmemory'].map((name) => aParameter(name)),
    aParameter('appendonly', { isModifiable: false }),
  ];
  const refusal = new ExpectedFailure('INVALID_INPUT', message, { path: ['input', 'parameters'] });
  controlPlane.shared.refusals = [refusal];
  await using api = createControlPlaneApi(controlPlane);
  const { data } = await api.run(
    `mutation { modifyParameterGroup(input: { parameterGroup: "tuned", parameters: [{ name: "${names}", value: "7" }] }) { ${errors} } }`,
  );
  expect(data).toEqual({
    modifyParameterGroup: { userErrors: [{ code: 'INVALID_INPUT', path: ['input', ...path.split('.')] }] },
  });
});

test('resetParameterGroup names the parameter that does not exist', async () => {
  const controlPlane = createFakeControlPlane();
  controlPlane.shared.parameterGroups = [aParameterGroup('tuned')];
  controlPlane.shared.parameters = [aParameter('timeout')];
  const message = 'Could not find a parameter of this name.';
  controlPlane.shared.refusals = [new ExpectedFailure('INVALID_INPUT', message, { path: ['input', 'names'] })];
  await using api = createControlPlaneApi(controlPlane);
  const { data } = await api.run(
    `mutation { resetParameterGroup(input: { parameterGroup: "tuned", names: ["timeout", "none"] }) { ${errors} } }`,
  );
  expect(data).toMatchObject({ resetParameterGroup: { userErrors: [{ path: ['input', 'names', '1'] }] } });
});

test.each([
  ['createUserGroup(input: { userGroupId: "g", engine: VALKEY, userIds: ["ok", "no good"] })', 'userIds.1'],
  ['modifyUserGroup(input: { userGroupId: "g", addUserIds: ["ok", "1st"] })', 'addUserIds.1'],
  ['modifyUserGroup(input: { userGroupId: "g", addUserIds: ["b"], removeUserIds: ["a", "b"] })', 'removeUserIds.1'],
  ['modifyCluster(input: { cluster: "orders", addUserGroupIds: ["ok", "no good"] })', 'addUserGroupIds.1'],
  [
    'createUser(input: { userId: "a", userName: "a", accessString: "on", authentication: { type: PASSWORD, passwords: ["canary-first-of-two-passwords", "short"] } })',
    'authentication.passwords.1',
  ],
  [
    'addTags(input: { resource: "arn:aws:elasticache:us-east-1:000000000000:replicationgroup:orders", tags: [{ key: "a", value: "" }, { key: "a", value: "" }] })',
    'tags.1.key',
  ],
])('%s is refused before ElastiCache is called, at %s', async (mutation, path) => {
  await using api = createControlPlaneApi(createFakeControlPlane({ clusters: [aCluster('orders')] }));
  const { data } = await api.run(`mutation { result: ${mutation} { ${errors} } }`);
  expect(data).toMatchObject({ result: { userErrors: [{ path: ['input', ...path.split('.')] }] } });
});
