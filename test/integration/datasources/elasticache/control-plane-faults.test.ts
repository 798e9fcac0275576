import { describe, expect, test } from 'vitest';
import { createControlPlaneApi } from '../../../helpers/apis/control-plane-api.js';
import { startScriptedElastiCache, type Answer } from '../../../helpers/elasticache/scripted-elasticache.js';

const throttled: Answer = { error: 'Throttling', message: 'Rate exceeded' };
const unavailable: Answer = { status: 503, body: 'no' };
const alice = '<UserId>alice</UserId><UserName>alice</UserName><Status>active</Status><Engine>redis</Engine>';
const users = (...members: string[]): Answer => ({
  result: `<Users>${members.map((member) => `<member>${member}</member>`).join('')}</Users>`,
});

/** The API on an ElastiCache that gives these responses in order, by action. The last response of each action repeats. */
async function startApi(script: Record<string, readonly Answer[]>) {
  const asked: string[] = [];
  const elastiCache = await startScriptedElastiCache((action) => {
    const answers = script[action] ?? [throttled];
    const answer = answers[Math.min(asked.filter((each) => each === action).length, answers.length - 1)]!;
    asked.push(action);
    return answer;
  });
  const api = createControlPlaneApi(elastiCache.controlPlane);
  return {
    asked,
    run: (document: string) => api.run(document),
    async [Symbol.asyncDispose]() {
      await api[Symbol.asyncDispose]();
      await elastiCache[Symbol.asyncDispose]();
    },
  };
}

describe('A read of ElastiCache', () => {
  test.each<[string, readonly Answer[]]>([
    ['is throttled', [throttled, throttled]],
    ['is cut off', ['cut', 'cut']],
    ['meets a server that is not available', [unavailable, unavailable]],
    ['is not answered', ['silence']],
  ])('that %s is retried until it succeeds', async (_, first) => {
    await using api = await startApi({ DescribeUsers: [...first, users(alice)] });
    const { data, errors } = await api.run('{ user(userId: "alice") { userName } }');
    expect(errors).toBeUndefined();
    expect(data).toEqual({ user: { userName: 'alice' } });
    expect(api.asked).toHaveLength(first.length + 1);
  });

  test.each<[string, Answer]>([
    ['is throttled', throttled],
    ['is cut off', 'cut'],
    ['meets a server that is not available', unavailable],
  ])('that %s each time fails after the third attempt', async (_, answer) => {
    await using api = await startApi({ DescribeUsers: [answer] });
    const { errors } = await api.run('{ user(userId: "alice") { userName } }');
    expect(errors?.map(({ originalError }) => originalError)).toMatchObject([{ code: 'CONTROL_PLANE_UNAVAILABLE' }]);
    expect(api.asked).toEqual(Array(3).fill('DescribeUsers'));
  });
});

test('Tags that the state of their cluster does not allow to read are INVALID_STATE, and no outage', async () => {
  const message = 'Cluster not in available state to perform tagging operations.';
  await using elastiCache = await startScriptedElastiCache(() => ({ error: 'InvalidReplicationGroupState', message }));
  const arn = 'arn:aws:elasticache:us-east-1:000000000000:replicationgroup:orders';
  await expect(elastiCache.controlPlane.tags(arn)).rejects.toMatchObject({
    ...{ name: 'ExpectedFailure', code: 'INVALID_STATE', message, upstreamCode: 'InvalidReplicationGroupState' },
  });
});

describe('A creation whose response is lost', () => {
  const create = (more = '') =>
    `mutation { createUser(input: {
      userId: "alice", userName: "alice", engine: REDIS, accessString: "on ~* +@all", ${more}
      authentication: { type: NO_PASSWORD }
    }) { created user { userId } userErrors { code } } }`;
  const created = { createUser: { created: true, user: { userId: 'alice' }, userErrors: [] } };

  test('is not retried automatically, and reports that it may have been executed', async () => {
    await using api = await startApi({ CreateUser: ['cut'], DescribeUsers: [users()] });
    const { errors } = await api.run(create());
    expect(errors?.map(({ originalError }) => originalError)).toMatchObject([{ code: 'UNKNOWN_OUTCOME' }]);
    expect(api.asked).toEqual(['CreateUser']);
  });

  test('is looked up before a retry, and found', async () => {
    await using api = await startApi({ CreateUser: ['cut'], DescribeUsers: [users(), users(alice)] });
    expect(await api.run(create('ifNotExists: true'))).toEqual({ data: created });
    expect(api.asked).toEqual(['DescribeUsers', 'CreateUser', 'DescribeUsers']);
  });

  test('is retried if the cluster does not exist', async () => {
    await using api = await startApi({ CreateUser: ['cut', { result: alice }], DescribeUsers: [users()] });
    expect(await api.run(create('ifNotExists: true'))).toEqual({ data: created });
    expect(api.asked).toEqual(['DescribeUsers', 'CreateUser', 'DescribeUsers', 'CreateUser']);
  });

  test('is found if the cluster was created after the lookup', async () => {
    await using api = await startApi({
      CreateUser: ['cut', { error: 'UserAlreadyExists', message: 'There is one.' }],
      DescribeUsers: [users(), users(), users(alice)],
    });
    expect(await api.run(create('ifNotExists: true'))).toEqual({ data: created });
  });

  test('is not retried if it is unknown whether the cluster exists', async () => {
    await using api = await startApi({ CreateUser: ['cut'], DescribeUsers: [users(), throttled] });
    const { errors } = await api.run(create('ifNotExists: true'));
    expect(errors?.map(({ originalError }) => originalError)).toMatchObject([{ code: 'UNKNOWN_OUTCOME' }]);
    expect(api.asked.filter((action) => action === 'CreateUser')).toHaveLength(1);
  });
});
