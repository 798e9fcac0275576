import { isInputObjectType, getNamedType } from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { schema } from '../../../src/schema/schema.js';
import { requiredPermissions } from '../../../src/schema/shared/required-permissions.js';
import { commandsDuring, openDataApi, type DataApi } from '../../helpers/apis/data-api.js';
import { mutationCases, type MutationCase } from '../../helpers/schema/key-mutations.js';
import { describeCluster, describeServer } from '../../helpers/valkey/described-cluster.js';
import { snapshotOf } from '../../helpers/valkey/snapshot.js';
import { startValkey, startValkeyCluster, type TestCluster, type TestValkey } from '../../helpers/valkey/valkey.js';

/** The mutations that write keys, streams or groups of the cluster that their input names. */
function mutationsOfKeys(): string[] {
  const type = schema.getMutationType()!;
  const fields = Object.values(type.getFields()).filter((field) => {
    const input = getNamedType(field.args[0]!.type);
    const permissions = requiredPermissions(type, field);
    const writes = permissions.some((permission) => /^(?:keys:write|streams:write|groups:)/.test(permission));
    return writes && isInputObjectType(input) && 'cluster' in input.getFields();
  });
  return fields.map(({ name }) => name);
}

const titleOf = ({ mutation, variant }: MutationCase) => (variant ? `${mutation}, ${variant}` : mutation);
const errorsOf = async (api: DataApi, { mutation, selection = '', input }: MutationCase) =>
  (await api.mutate(mutation, `{ ${selection} userErrors { code path cause message } }`, input)).userErrors;

/** Sets the keys of a case and runs it. Resolves to its user errors, which must have changed nothing. */
async function refusalsOf(api: DataApi, server: TestValkey, each: MutationCase, prepare?: () => Promise<unknown>) {
  for (const command of each.given) await server.command(...command);
  await prepare?.();
  const before = await snapshotOf([server]);
  const errors = await errorsOf(api, each);
  if (errors.length > 0) expect(await snapshotOf([server])).toEqual(before);
  return errors;
}

describe('mutations that write keys', () => {
  it('are all tested here', () => {
    const tested = new Set([...mutationCases.map(({ mutation }) => mutation), 'startKeyJob']);
    expect([...tested].toSorted()).toEqual(mutationsOfKeys().toSorted());
  });

  describe('on one server', () => {
    let server: TestValkey;
    let api: DataApi;
    beforeAll(async () => {
      server = await startValkey({ users: { default: 'on nopass ~* &* +@all' } });
      api = openDataApi(describeServer(server));
      await api.cluster('keyCount');
    });
    beforeEach(async () => {
      await server.command('CONFIG', 'SET', 'maxmemory', '0');
      await server.command('ACL', 'SETUSER', 'default', '+@all');
      await server.command('FLUSHALL');
    });
    afterAll(async () => {
      await api[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    });

    /** The commands whose lack refuses a case; null if the server does not have them. */
    const neededBy = async ({ commands }: MutationCase): Promise<string[] | null> => {
      const needed: string[] = [];
      for (const alternatives of commands) {
        const names = [alternatives].flat();
        const known = (await server.command('COMMAND', 'INFO', ...names)) as readonly unknown[];
        const found = names.find((_, index) => known[index] !== null);
        if (found === undefined) return null;
        needed.push(found);
      }
      return needed;
    };
    const isSupported = async (each: MutationCase) => (await neededBy(each)) !== null;
    const deny = (command: string) => server.command('ACL', 'SETUSER', 'default', '+@all', `-${command}`);

    for (const each of mutationCases) {
      const { typed, deniedAt, needsMemory } = each;

      it(`${titleOf(each)}: succeeds, and is WRONG_TYPE on each key of another type unless every type will do`, async () => {
        const errors = await refusalsOf(api, server, each);
        if (!(await isSupported(each))) {
          expect(errors).toMatchObject([{ code: 'NOT_SUPPORTED', path: deniedAt.split('.') }]);
          return;
        }
        expect(errors).toEqual([]);
        for (const [name, path] of Object.entries(typed)) {
          await server.command('FLUSHALL');
          const replace = async () => {
            const wasString = (await server.command('TYPE', name)) === 'string';
            await server.command('DEL', name);
            await server.command(...(wasString ? ['RPUSH', name, 'x'] : ['SET', name, 'x']));
          };
          expect(await refusalsOf(api, server, each, replace), name).toMatchObject([
            { code: 'WRONG_TYPE', cause: 'WRONGTYPE', path: path.split('.') },
          ]);
        }
        if (Object.keys(typed).length > 0) return;
        await server.command('FLUSHALL');
        const replace = async () => {
          await server.command('DEL', '{m}key');
          await server.command('XADD', '{m}key', '*', 'f', 'v');
        };
        expect(await refusalsOf(api, server, each, replace)).toEqual([]);
      });

      it(`${titleOf(each)}: is PERMISSION_DENIED for a Valkey user without the command`, async () => {
        for (const command of (await neededBy(each)) ?? []) {
          await server.command('FLUSHALL');
          expect(await refusalsOf(api, server, each, () => deny(command)), command).toMatchObject([
            { code: 'PERMISSION_DENIED', cause: 'NOPERM', path: deniedAt.split('.') },
          ]);
        }
      });

      it(`${titleOf(each)}: either succeeds or changes nothing for a Valkey user without any one of the commands it sends`, async () => {
        for (const command of each.given) await server.command(...command);
        const sent = Object.keys(await commandsDuring([server], () => errorsOf(api, each)));
        expect(sent.length > 0).toBe(await isSupported(each));
        for (const command of sent) {
          await server.command('FLUSHALL');
          // A connection finds out once whether its user may run transactions.
          await using other = openDataApi(describeServer(server));
          // The user errors, if there are any, have changed nothing: see `refusalsOf`.
          const errors = await refusalsOf(other, server, each, () => deny(command));
          for (const error of errors) {
            expect(['PERMISSION_DENIED', 'NOT_SUPPORTED'], command).toContain(error.code);
            expect(error.path?.[0], command).toBe('input');
          }
        }
      });

      it(`${titleOf(each)}: ${needsMemory ? 'is OUT_OF_MEMORY' : 'succeeds'} when the memory is full`, async () => {
        const fill = () => server.command('CONFIG', 'SET', 'maxmemory', '1');
        const errors = await refusalsOf(api, server, each, fill);
        const outOfMemory = { code: 'OUT_OF_MEMORY', cause: 'OOM', path: deniedAt.split('.') };
        const expected = (await isSupported(each)) ? (needsMemory ? [outOfMemory] : []) : [{ code: 'NOT_SUPPORTED' }];
        expect(errors).toMatchObject(expected);
        expect(errors).toHaveLength(expected.length);
      });
    }
  });

  it('in the background do not start if a command is denied or the memory is full, and change nothing then', async () => {
    await using server = await startValkey({ users: { default: 'on nopass ~* &* +@all' } });
    const input = { match: '*', action: 'DELETE', dryRun: false };
    const job: MutationCase = { ...mutationCases[0]!, mutation: 'startKeyJob', input, given: [['SET', 'k', 'v']] };
    // A job may end after its mutation, so that each has an API of its own, which ends it.
    const attempt = async (...prepare: readonly string[]) => {
      await server.command('FLUSHALL');
      await using api = openDataApi(describeServer(server));
      await api.cluster('keyCount');
      return await refusalsOf(api, server, job, () => server.command(...prepare));
    };
    const sent = Object.keys(await commandsDuring([server], () => attempt('PING')));
    expect(sent).toContain('hset');
    const denied: string[] = [];
    for (const command of sent.filter((name) => !/^(?:flushall|acl\||dbsize|set$|dump|pexpiretime)/.test(name))) {
      const errors = await attempt('ACL', 'SETUSER', 'default', '+@all', `-${command}`);
      if (errors.length === 0) continue;
      expect(errors, command).toMatchObject([
        { code: 'PERMISSION_DENIED', cause: 'NOPERM', path: ['input', 'cluster'] },
      ]);
      denied.push(command);
    }
    expect(denied).toEqual(expect.arrayContaining(['hset', 'multi', 'exec', 'sadd', 'zadd', 'smembers']));
    await server.command('ACL', 'SETUSER', 'default', '+@all');
    expect(await attempt('CONFIG', 'SET', 'maxmemory', '1')).toMatchObject([
      { code: 'OUT_OF_MEMORY', cause: 'OOM', path: ['input', 'cluster'] },
    ]);
  });

  describe('of two slots', () => {
    let cluster: TestCluster;
    let api: DataApi;
    beforeAll(async () => {
      cluster = await startValkeyCluster();
      api = openDataApi(describeCluster(cluster));
      await api.cluster('keyCount');
    });
    afterAll(async () => {
      await api[Symbol.asyncDispose]();
      await cluster[Symbol.asyncDispose]();
    });
    const ofSeveralKeys = mutationCases.filter(({ twoSlots }) => twoSlots);

    for (const each of ofSeveralKeys) {
      const { input, path } = each.twoSlots!;

      it(`${titleOf(each)}: ${path ? 'is CROSS_SLOT' : 'writes them'}`, async () => {
        const owner = await nodeOf(cluster, '{m}');
        await owner.command('FLUSHALL');
        for (const command of each.given) await owner.command(...command);
        const before = await snapshotOf(cluster.primaries);
        const errors = await errorsOf(api, { ...each, input });
        if (path) {
          expect(errors).toMatchObject([{ code: 'CROSS_SLOT', cause: null, path: path.split('.') }]);
          expect(await snapshotOf(cluster.primaries)).toEqual(before);
        } else expect(errors).toEqual([]);
      });
    }
  });
});

/** The primary that serves the slot of a hash tag. */
async function nodeOf({ primaries }: TestCluster, tag: string): Promise<TestValkey> {
  const slot = Number(await primaries[0]!.command('CLUSTER', 'KEYSLOT', tag));
  return primaries[slot < 8192 ? 0 : 1]!;
}
