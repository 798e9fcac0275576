import { describe, expect, it } from 'vitest';
import {
  enter,
  groupSpec,
  nodesOf,
  openUser,
  primaryOf,
  processId,
  startFleet,
  userWithPassword,
} from '../../../helpers/elasticache/fleet.js';
import { eventually } from '../../../helpers/run/eventually.js';

const off = { name: 'default', rules: ['off'] };

describe('the users of a group', () => {
  it('can connect to every node with exactly their permissions', async () => {
    await using fleet = await startFleet();
    const reader = userWithPassword('reader', 'canary-reads', '~public:*', '-@all', '+get');
    const group = await fleet.start(groupSpec({ replicas: 1, users: [off, reader] }));
    for (const node of nodesOf(group)) {
      await expect(enter(node, { username: 'reader', password: 'canary-wrong' })).rejects.toThrow('WRONGPASS');
      await using client = await enter(node, { username: 'reader', password: 'canary-reads' });
      expect(await client.command('GET', 'public:1')).toBeNull();
      await expect(client.command('GET', 'private:1')).rejects.toThrow('NOPERM');
    }
  });

  it('are disconnected when removed, and stay connected when their password changes', async () => {
    await using fleet = await startFleet();
    const group = await fleet.start(
      groupSpec({ users: [openUser, userWithPassword('gone', 'canary-p1'), userWithPassword('stays', 'canary-p1')] }),
    );
    const node = primaryOf(group);
    await using gone = await enter(node, { username: 'gone', password: 'canary-p1' });
    await using stays = await enter(node, { username: 'stays', password: 'canary-p1' });
    await using open = await enter(node);
    await group.applyUsers([userWithPassword('stays', 'canary-p2')]);
    expect(await stays.command('PING')).toBe('PONG');
    await expect(gone.command('PING')).rejects.toThrow();
    await expect(open.command('PING')).rejects.toThrow();
    await expect(enter(node, { username: 'stays', password: 'canary-p1' })).rejects.toThrow('WRONGPASS');
    await using changed = await enter(node, { username: 'stays', password: 'canary-p2' });
    expect(await changed.command('PING')).toBe('PONG');
    await expect(enter(node, { username: 'gone', password: 'canary-p1' })).rejects.toThrow('WRONGPASS');
  });

  it('are unaffected by one whose rules the engine refuses, which is switched off and reported', async () => {
    await using fleet = await startFleet();
    const before = userWithPassword('odd', 'canary-p', '~*', '+@all');
    const group = await fleet.start(groupSpec({ users: [before] }));
    const unknown = userWithPassword('odd', 'canary-p', '~*', '+no.such.command');
    await group.applyUsers([unknown, userWithPassword('fine', 'canary-p')]);
    expect(group.refusedUsers()).toEqual([{ name: 'odd', message: expect.stringContaining('no.such.command') }]);
    await using fine = await enter(primaryOf(group), { username: 'fine', password: 'canary-p' });
    expect(await fine.command('PING')).toBe('PONG');
    await expect(enter(primaryOf(group), { username: 'odd', password: 'canary-p' })).rejects.toThrow('WRONGPASS');
    await group.applyUsers([before]);
    expect(group.refusedUsers()).toEqual([]);
  });

  it('exist on a restarted node', async () => {
    await using fleet = await startFleet();
    const group = await fleet.start(groupSpec({ users: [openUser] }));
    await group.applyUsers([openUser, userWithPassword('late', 'canary-p')]);
    const node = primaryOf(group);
    process.kill(await processId(node), 'SIGKILL');
    await using client = await eventually(() => enter(node, { username: 'late', password: 'canary-p' }));
    expect(await client.command('PING')).toBe('PONG');
  });

  it('cannot administer the node', async () => {
    await using fleet = await startFleet();
    const group = await fleet.start(groupSpec({}));
    await using client = await enter(primaryOf(group));
    for (const command of [['CONFIG', 'GET', '*'], ['SHUTDOWN'], ['REPLICAOF', 'NO', 'ONE'], ['ACL', 'SETUSER', 'x']]) {
      await expect(client.command(...command)).rejects.toThrow('NOPERM');
    }
    expect(await client.command('ACL', 'WHOAMI')).toBe('default');
  });
});
