import { expect, test } from 'vitest';
import { createClusterWatch } from '../../../../src/datasources/elasticache/watch/cluster-watch.js';
import type { ClusterChange } from '../../../../src/domain/cluster/cluster-change.js';
import type { DataAccess } from '../../../../src/domain/cluster/data-access.js';
import { Outage } from '../../../../src/domain/errors.js';
import type { LiveSource } from '../../../../src/runtime/live-source.js';
import { createFakeConnections } from '../../../helpers/apis/control-plane-api.js';
import { eventually } from '../../../helpers/run/eventually.js';
import {
  aCluster,
  createFakeControlPlane,
  type FakeControlPlane,
} from '../../../helpers/elasticache/fake-control-plane.js';

function watchOver(controlPlane: FakeControlPlane, intervals = { fastMs: 1, slowMs: 2 }) {
  const connections = createFakeConnections();
  const lines: string[] = [];
  const log = { warn: () => lines.push('warn'), info: () => lines.push('info') };
  return { connections, lines, watch: createClusterWatch({ controlPlane, connections, log, ...intervals }) };
}

function collect(source: LiveSource<ClusterChange>) {
  const events: ClusterChange[] = [];
  let completed = false;
  const subscription = source.open({
    next: (event) => events.push(event),
    error: (reason) => {
      throw reason;
    },
    complete: () => {
      completed = true;
    },
  });
  const received = () => events.map(({ reason, cluster }) => `${reason} ${cluster.name} ${cluster.status}`);
  return { events, received, ...subscription, isCompleted: () => completed };
}

test('a subscriber receives all existing clusters, and then every change', async () => {
  const controlPlane = createFakeControlPlane({ clusters: [aCluster('a'), aCluster('b')] });
  const { watch } = watchOver(controlPlane);
  await using _watch = watch;
  const all = collect(watch.changes());
  await eventually(() => expect(all.received()).toEqual(['INITIAL a AVAILABLE', 'INITIAL b AVAILABLE']));
  controlPlane.state.clusters = [aCluster('a', { status: 'MODIFYING' }), aCluster('c', { status: 'CREATING' })];
  await eventually(() =>
    expect(all.received().slice(2).toSorted()).toEqual([
      'CREATED c CREATING',
      'DELETED b AVAILABLE',
      'STATUS a MODIFYING',
    ]),
  );
});

test('a cluster that is deleted and recreated between two polls is reported as DELETED with its last state, then as CREATED', async () => {
  const controlPlane = createFakeControlPlane({ clusters: [aCluster('a', { status: 'DELETING' }), aCluster('b')] });
  const { watch } = watchOver(controlPlane);
  await using _watch = watch;
  const all = collect(watch.changes());
  const slow = collect(watch.changes({ clusterName: 'a' }));
  await eventually(() => expect([...all.received(), ...slow.received()]).toHaveLength(3));
  slow.pause();
  const again = aCluster('a', { status: 'CREATING', createdAt: new Date('2026-01-02T00:00:00Z') });
  controlPlane.state.clusters = [aCluster('b'), again];
  await eventually(() => expect(all.received().slice(2)).toEqual(['DELETED a DELETING', 'CREATED a CREATING']));
  controlPlane.state.clusters = [aCluster('b'), { ...again, status: 'AVAILABLE' }];
  await eventually(() => expect(all.received().at(-1)).toBe('STATUS a AVAILABLE'));
  slow.resume();
  expect(slow.received().slice(1)).toEqual(['DELETED a DELETING', 'CREATED a AVAILABLE']);
});

test('the queue of a paused subscriber has at most the deletion of a cluster and the changes of its successor', async () => {
  const created = (day: number) => aCluster('a', { createdAt: new Date(`2026-01-0${day}T00:00:00Z`) });
  const controlPlane = createFakeControlPlane({ clusters: [created(1)] });
  const { watch } = watchOver(controlPlane);
  await using _watch = watch;
  const slow = collect(watch.changes());
  const quick = collect(watch.changes());
  await eventually(() => expect([...slow.received(), ...quick.received()]).toHaveLength(2));
  slow.pause();
  for (const day of [2, 3, 4]) {
    controlPlane.state.clusters = [created(day)];
    await eventually(() => expect(quick.events.at(-1)?.cluster.createdAt).toEqual(created(day).createdAt));
  }
  slow.resume();
  expect(slow.received().slice(1)).toEqual(['DELETED a AVAILABLE', 'CREATED a AVAILABLE']);
  expect(slow.events.slice(1).map(({ cluster }) => cluster.createdAt?.getUTCDate())).toEqual([3, 4]);
});

test('a subscriber of one cluster receives only its changes, even if it does not exist yet', async () => {
  const controlPlane = createFakeControlPlane({ clusters: [aCluster('a')] });
  const { watch } = watchOver(controlPlane);
  await using _watch = watch;
  const all = collect(watch.changes());
  const later = collect(watch.changes({ clusterName: 'LATER' }));
  await eventually(() => expect(all.received()).toHaveLength(1));
  controlPlane.state.clusters.push(aCluster('later', { status: 'CREATING' }));
  await eventually(() => expect(later.received()).toEqual(['CREATED later CREATING']));
});

test('a subscriber receives changes only of clusters for which it has permission at delivery', async () => {
  const controlPlane = createFakeControlPlane({ clusters: [aCluster('a'), aCluster('b')] });
  const { watch } = watchOver(controlPlane);
  await using _watch = watch;
  const heard = new Set(['a']);
  const some = collect(watch.changes({ maySee: (name) => heard.has(name) }));
  const all = collect(watch.changes());
  await eventually(() => expect(all.received()).toHaveLength(2));
  expect(some.received()).toEqual(['INITIAL a AVAILABLE']);

  heard.add('b');
  controlPlane.state.clusters[1] = aCluster('b', { status: 'MODIFYING' });
  await eventually(() => expect(some.received()).toEqual(['INITIAL a AVAILABLE', 'STATUS b MODIFYING']));
  expect(some.events.at(-1)).toBe(all.events.at(-1));

  some.pause();
  controlPlane.state.clusters[0] = aCluster('a', { status: 'DELETING' });
  await eventually(() => expect(all.received()).toContain('STATUS a DELETING'));
  heard.delete('a');
  some.resume();
  expect(some.received()).toHaveLength(2);
});

test('all subscribers share one poll and one event object', async () => {
  const controlPlane = createFakeControlPlane({ clusters: [aCluster('a')] });
  const { watch } = watchOver(controlPlane, { fastMs: 3_600_000, slowMs: 3_600_000 });
  await using _watch = watch;
  const subscribers = Array.from({ length: 100 }, () => collect(watch.changes()));
  await eventually(() => expect(subscribers.every(({ events }) => events.length === 1)).toBe(true));
  // The first subscriber starts a poll. Those that come during the poll share another one.
  expect(controlPlane.calls).toEqual(['clusters', 'clusters']);
  expect(new Set(subscribers.slice(1).map(({ events }) => events[0])).size).toBe(1);
});

test('a write of this process causes an immediate poll', async () => {
  const controlPlane = createFakeControlPlane({ clusters: [aCluster('a')] });
  const { watch } = watchOver(controlPlane, { fastMs: 3_600_000, slowMs: 3_600_000 });
  await using _watch = watch;
  const all = collect(watch.changes());
  await eventually(() => expect(all.received()).toHaveLength(1));
  await controlPlane.deleteCluster({ cluster: 'a' });
  await eventually(() => expect(all.received()).toEqual(['INITIAL a AVAILABLE', 'DELETED a AVAILABLE']));
});

test('a change of data access is reported with the cluster', async () => {
  const controlPlane = createFakeControlPlane({ clusters: [aCluster('a')] });
  const { watch, connections } = watchOver(controlPlane, { fastMs: 3_600_000, slowMs: 3_600_000 });
  await using _watch = watch;
  const all = collect(watch.changes());
  await eventually(() => expect(all.received()).toHaveLength(1));
  connections.change({ ...connections.dataAccess('a'), state: 'CONNECTED' });
  connections.change({ ...connections.dataAccess('unknown'), state: 'CONNECTED' });
  await eventually(() => expect(all.received().slice(1)).toEqual(['DATA_ACCESS a AVAILABLE']));
});

test('a change of data access by the deletion of a cluster is reported once, with the new state of the cluster', async () => {
  const controlPlane = createFakeControlPlane({ clusters: [aCluster('a')] });
  const { watch, connections } = watchOver(controlPlane, { fastMs: 3_600_000, slowMs: 3_600_000 });
  await using _watch = watch;
  const all = collect(watch.changes());
  await eventually(() => expect(all.received()).toHaveLength(1));
  controlPlane.state.clusters = [aCluster('a', { status: 'DELETING' })];
  connections.change({ ...connections.dataAccess('a'), state: 'CONNECTED' });
  await eventually(() => expect(all.received().slice(1)).toEqual(['STATUS a DELETING']));
  // The next change follows everything that the first one has caused.
  connections.change(connections.dataAccess('a'));
  await eventually(() => expect(all.received().slice(1)).toEqual(['STATUS a DELETING', 'DATA_ACCESS a DELETING']));
});

test('a change of data access that is undone before its report is not reported', async () => {
  const controlPlane = createFakeControlPlane({ clusters: [aCluster('a')] });
  const { watch, connections } = watchOver(controlPlane, { fastMs: 3_600_000, slowMs: 3_600_000 });
  await using _watch = watch;
  const all = collect(watch.changes());
  await eventually(() => expect(all.received()).toHaveLength(1));
  const before = connections.dataAccess('a');
  const connected: DataAccess = { ...before, state: 'CONNECTED' };
  connections.change(connected);
  await eventually(() => expect(all.received()).toHaveLength(2));
  const looks = controlPlane.calls.length;
  // A connection that is lost and reopened during a poll.
  for (const state of ['RECONNECTING', 'CONNECTED', 'RECONNECTING', 'CONNECTED'] as const)
    connections.change({ ...connected, state });
  await eventually(() => expect(controlPlane.calls.length).toBeGreaterThan(looks));
  connections.change({ ...connected, username: 'alice' });
  await eventually(() => expect(all.received()).toHaveLength(3));
  expect(all.received().slice(1)).toEqual(['DATA_ACCESS a AVAILABLE', 'DATA_ACCESS a AVAILABLE']);
  connections.change({ ...connected, username: 'alice', error: 'other words' });
  connections.change(before);
  await eventually(() => expect(all.received()).toHaveLength(4));
});

test('a change of data access is reported while ElastiCache does not answer', async () => {
  const controlPlane = createFakeControlPlane({ clusters: [aCluster('a')] });
  const { watch, connections } = watchOver(controlPlane, { fastMs: 3_600_000, slowMs: 3_600_000 });
  await using _watch = watch;
  const all = collect(watch.changes());
  await eventually(() => expect(all.received()).toHaveLength(1));
  controlPlane.failure = new Outage('CONTROL_PLANE_UNAVAILABLE', 'Nobody answers.');
  connections.change({ ...connections.dataAccess('a'), state: 'CONNECTED' });
  await eventually(() => expect(all.received()).toHaveLength(2));
  // After a failed poll, reports no longer wait for one.
  connections.change(connections.dataAccess('a'));
  expect(all.received().slice(1)).toEqual(['DATA_ACCESS a AVAILABLE', 'DATA_ACCESS a AVAILABLE']);
});

test('an outage is not reported to subscribers, and its start and end are logged once', async () => {
  const controlPlane = createFakeControlPlane({ clusters: [aCluster('a')] });
  const { watch, lines } = watchOver(controlPlane);
  await using _watch = watch;
  const all = collect(watch.changes());
  await eventually(() => expect(all.received()).toHaveLength(1));
  controlPlane.failure = new Outage('CONTROL_PLANE_UNAVAILABLE', 'Nobody answers.');
  const looks = controlPlane.calls.length;
  await eventually(() => expect(controlPlane.calls.length).toBeGreaterThan(looks + 3));
  expect(lines).toEqual(['warn']);
  controlPlane.state.clusters = [];
  controlPlane.failure = undefined;
  await eventually(() => expect(all.received().at(-1)).toBe('DELETED a AVAILABLE'));
  await eventually(() => expect(lines).toEqual(['warn', 'info']));
});

test('nothing is polled without subscribers', async () => {
  const controlPlane = createFakeControlPlane({ clusters: [aCluster('a')] });
  const { watch } = watchOver(controlPlane);
  await using _watch = watch;
  const first = collect(watch.changes());
  await eventually(() => expect(first.received()).toHaveLength(1));
  first.close();
  first.close();
  const looks = controlPlane.calls.length;
  const second = collect(watch.changes());
  second.close();
  await controlPlane.deleteCluster({ cluster: 'a' });
  expect(controlPlane.calls.filter((call) => call === 'clusters').length).toBeLessThanOrEqual(looks + 1);
  expect(first.received()).toHaveLength(1);
  expect(second.received()).toEqual([]);
});

test('a paused subscriber receives the newest state of each cluster when it resumes', async () => {
  const controlPlane = createFakeControlPlane({ clusters: [aCluster('a', { status: 'CREATING' })] });
  const { watch } = watchOver(controlPlane);
  await using _watch = watch;
  const slow = collect(watch.changes());
  const quick = collect(watch.changes());
  await eventually(() => expect(slow.received()).toHaveLength(1));
  slow.pause();
  controlPlane.state.clusters = [aCluster('a')];
  await eventually(() => expect(quick.received().at(-1)).toBe('STATUS a AVAILABLE'));
  controlPlane.state.clusters = [aCluster('a', { description: 'new words' })];
  await eventually(() => expect(quick.received().at(-1)).toBe('MODIFIED a AVAILABLE'));
  expect(slow.received()).toHaveLength(1);
  slow.resume();
  expect(slow.received().slice(1)).toEqual(['STATUS a AVAILABLE']);
  expect(slow.events.at(-1)?.cluster.description).toBe('new words');
});

test('closing ends all subscriptions, including later ones', async () => {
  const { watch } = watchOver(createFakeControlPlane());
  const before = collect(watch.changes());
  await watch.close();
  expect(before.isCompleted()).toBe(true);
  const after = collect(watch.changes());
  await eventually(() => expect(after.isCompleted()).toBe(true));
  await watch.close();
});
