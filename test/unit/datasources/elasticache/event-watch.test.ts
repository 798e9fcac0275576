import { expect, test } from 'vitest';
import type { ResourceEventsRequest } from '../../../../src/datasources/elasticache/interfaces.js';
import { Throttling } from '../../../../src/datasources/elasticache/throttling.js';
import { createEventWatch } from '../../../../src/datasources/elasticache/watch/event-watch.js';
import { createPollPace } from '../../../../src/datasources/elasticache/watch/poll-pace.js';
import { Outage } from '../../../../src/domain/errors.js';
import type { ResourceEvent, ResourceEventDelivery } from '../../../../src/domain/resource-event.js';
import { createFakeControlPlane } from '../../../helpers/elasticache/fake-control-plane.js';
import { anEvent } from '../../../helpers/elasticache/fake-shared-resources.js';
import { eventually } from '../../../helpers/run/eventually.js';

const minutes = 60_000;
const days = 24 * 60 * minutes;

function watchEvents(intervals = { fastMs: 1, slowMs: 2 }) {
  const controlPlane = createFakeControlPlane();
  const lines: string[] = [];
  const log = { warn: () => lines.push('warn'), info: () => lines.push('info') };
  const clock = { offsetMs: 0 };
  const now = (): number => Date.now() + clock.offsetMs;
  const watch = createEventWatch({ controlPlane, log, now, ...intervals });
  const record = (differing: Partial<ResourceEvent>): void => {
    controlPlane.shared.events.push(anEvent({ at: new Date(now()), ...differing }));
  };
  const polls = (): number => controlPlane.calls.filter((call) => call === 'resourceEvents').length;
  return { controlPlane, lines, clock, watch, record, polls };
}

function collect(watch: ReturnType<typeof watchEvents>['watch'], request: ResourceEventsRequest = {}) {
  const deliveries: ResourceEventDelivery[] = [];
  let isCompleted = false;
  const subscription = watch.events({ announce: true, ...request }).open({
    next: (delivery) => deliveries.push(delivery),
    error: (reason) => {
      throw reason;
    },
    complete: () => (isCompleted = true),
  });
  const messages = () => deliveries.flatMap(({ events }) => events.map(({ message }) => message));
  const started = () => eventually(() => expect(deliveries[0]?.started).toBeDefined());
  return { ...subscription, deliveries, messages, started, isCompleted: () => isCompleted };
}

test('a subscriber receives each event that is recorded after its start once, and none from before', async () => {
  const { watch, record, polls } = watchEvents();
  await using _watch = watch;
  record({ message: 'before' });
  const subscriber = collect(watch);
  await subscriber.started();
  record({ message: 'after' });
  await eventually(() => expect(subscriber.messages()).toEqual(['after']));
  const before = polls();
  await eventually(() => expect(polls()).toBeGreaterThan(before + 5));
  expect(subscriber.messages()).toEqual(['after']);
  expect(subscriber.deliveries[0]).toMatchObject({ events: [], gap: null, started: { cursor: null } });
});

test('two equal events of one moment are two events, and the second is delivered when it appears', async () => {
  const { watch, record } = watchEvents();
  await using _watch = watch;
  const subscriber = collect(watch);
  await subscriber.started();
  const at = new Date();
  record({ message: 'twice', at });
  record({ message: 'twice', at });
  await eventually(() => expect(subscriber.messages()).toEqual(['twice', 'twice']));
  record({ message: 'twice', at });
  await eventually(() => expect(subscriber.messages()).toHaveLength(3));
  expect(subscriber.deliveries.flatMap(({ events }) => events.map(({ occurrence }) => occurrence))).toEqual([0, 1, 2]);
});

test('an event that ElastiCache lists half an hour late is delivered', async () => {
  const { watch, record } = watchEvents();
  await using _watch = watch;
  const subscriber = collect(watch);
  await subscriber.started();
  record({ message: 'late', at: new Date(Date.now() - 30 * minutes) });
  await eventually(() => expect(subscriber.messages()).toEqual(['late']));
});

test('all subscribers share one poll and equal deliveries, and it ends with the last of them', async () => {
  const { watch, record, polls } = watchEvents();
  await using _watch = watch;
  const [one, other] = [collect(watch), collect(watch, { source: 'CLUSTER', sourceName: 'A' })];
  const users = collect(watch, { source: 'USER' });
  await Promise.all([one.started(), other.started(), users.started()]);
  record({ sourceName: 'a', message: 'shared' });
  await eventually(() => expect([...one.messages(), ...other.messages()]).toEqual(['shared', 'shared']));
  expect(one.deliveries.at(-1)).toBe(other.deliveries.at(-1));
  record({ sourceName: 'b', message: 'of b' });
  record({ source: 'USER', sourceName: 'a', message: 'of a user' });
  await eventually(() => expect(users.messages()).toEqual(['of a user']));
  await eventually(() => expect(one.messages().toSorted()).toEqual(['of a user', 'of b', 'shared']));
  expect(other.messages()).toEqual(['shared']);
  for (const each of [one, other, users]) each.close();
  const ended = polls();
  await new Promise((resolve) => setImmediate(resolve));
  expect(polls()).toBeLessThanOrEqual(ended + 1);
});

test('events of an outage are delivered when it is over, and it is logged once', async () => {
  const { controlPlane, lines, watch, record, polls } = watchEvents();
  await using _watch = watch;
  const subscriber = collect(watch);
  await subscriber.started();
  controlPlane.failure = new Outage('CONTROL_PLANE_UNAVAILABLE', 'out');
  record({ message: 'during the outage' });
  const before = polls();
  await eventually(() => expect(polls()).toBeGreaterThan(before + 3));
  expect(lines).toEqual(['warn']);
  controlPlane.failure = undefined;
  await eventually(() => expect(subscriber.messages()).toEqual(['during the outage']));
  expect(lines).toEqual(['warn', 'info']);
  expect(subscriber.deliveries.every(({ gap }) => gap === null)).toBe(true);
});

test('an outage that is longer than ElastiCache keeps events is a gap', async () => {
  const { controlPlane, clock, watch, record, polls } = watchEvents();
  await using _watch = watch;
  const subscriber = collect(watch);
  await subscriber.started();
  controlPlane.failure = new Outage('CONTROL_PLANE_UNAVAILABLE', 'out');
  const before = polls();
  await eventually(() => expect(polls()).toBeGreaterThan(before));
  record({ message: 'lost' });
  clock.offsetMs = 15 * days;
  record({ message: 'kept' });
  controlPlane.failure = undefined;
  await eventually(() => expect(subscriber.messages()).toEqual(['kept']));
  expect(subscriber.deliveries.at(-1)?.gap).toEqual({ reason: 'TRIMMED', missed: null });
});

test('a paused subscriber receives the newest events when it resumes, and the number of the others', async () => {
  const { watch, record } = watchEvents();
  await using _watch = watch;
  const [slow, quick] = [collect(watch), collect(watch)];
  await Promise.all([slow.started(), quick.started()]);
  slow.pause();
  const at = new Date();
  for (let index = 0; index < 1100; index += 1)
    record({ message: `event ${index}`, at: new Date(at.getTime() + index) });
  await eventually(() => expect(quick.messages()).toHaveLength(1100));
  expect(slow.messages()).toEqual([]);
  slow.resume();
  expect(slow.deliveries.at(-1)?.gap).toEqual({ reason: 'SLOW_SUBSCRIBER', missed: 100 });
  expect(slow.messages()).toHaveLength(1000);
  expect(slow.messages().at(-1)).toBe('event 1099');
});

test('an event is not delivered to a subscriber that lost its permission while it was paused', async () => {
  const { watch, record } = watchEvents();
  await using _watch = watch;
  let may = true;
  const [slow, quick] = [collect(watch, { maySee: () => may }), collect(watch)];
  await Promise.all([slow.started(), quick.started()]);
  slow.pause();
  record({ message: 'secret' });
  await eventually(() => expect(quick.messages()).toEqual(['secret']));
  may = false;
  slow.resume();
  expect(slow.messages()).toEqual([]);
});

test('closing the watch completes its subscribers, and later ones', async () => {
  const { watch } = watchEvents();
  const subscriber = collect(watch);
  await watch.close();
  const later = collect(watch);
  await eventually(() => expect([subscriber.isCompleted(), later.isCompleted()]).toEqual([true, true]));
});

test('the pauses double while ElastiCache throttles, shrink again afterwards, and differ between processes', () => {
  const pace = createPollPace(() => 0.5);
  expect(pace.delayMs(1_000)).toBe(1_000);
  for (let count = 0; count < 3; count += 1) pace.failed(new Throttling('Rate exceeded'));
  expect(pace.delayMs(1_000)).toBe(8_000);
  for (let count = 0; count < 10; count += 1) pace.failed(new Throttling('Rate exceeded'));
  expect(pace.delayMs(1_000)).toBe(60_000);
  pace.failed(new Outage('TIMEOUT', 'No answer'));
  for (let count = 0; count < 6; count += 1) pace.succeeded();
  expect(pace.delayMs(1_000)).toBe(1_000);
  expect(createPollPace(() => 0).delayMs(1_000)).toBe(800);
  expect(createPollPace(() => 1).delayMs(1_000)).toBe(1_200);
});
