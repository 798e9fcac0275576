import { expect, test } from 'vitest';
import { SubscribedTopic } from '../../../../../src/datasources/valkey/connections/subscribers/subscribed-topic.js';
import type { SubscriberSocket } from '../../../../../src/datasources/valkey/connections/subscribers/subscriber-socket.js';

/** A connection that records the commands, and confirms them when the test says so. */
function fakeWire() {
  const sent: string[] = [];
  let confirm: () => void = () => undefined;
  const wire: SubscriberSocket = {
    subscribe(kind, channel) {
      sent.push(`subscribe ${kind} ${channel.toString()}`);
      return new Promise((resolve) => (confirm = resolve));
    },
    unsubscribe(kind, channel) {
      sent.push(`unsubscribe ${kind} ${channel.toString()}`);
      return Promise.resolve();
    },
    close: () => undefined,
  };
  return { wire, sent, confirm: () => confirm() };
}
async function heardOn(topic: SubscribedTopic, ...nodes: string[]) {
  const wires = nodes.map(() => fakeWire());
  const confirmed = wires.map(({ wire }, at) => topic.subscribeOn(nodes[at]!, wire));
  for (const { confirm } of wires) confirm();
  await Promise.all(confirmed);
  return wires;
}
const everything = (): SubscribedTopic => new SubscribedTopic('pattern', Buffer.from('*'));
const event = Buffer.from('__keyevent@0__:set');
const news = Buffer.from('news');
const nodes = (...all: string[]): ReadonlySet<string> => new Set(all);

test('a pattern that also matches ordinary channels accepts them from one node, and key events from every primary', async () => {
  const topic = everything();
  const primaries = nodes('a', 'b');
  await heardOn(topic, 'a', 'b');
  expect(topic.isFullySubscribed(primaries)).toBe(true);
  expect(['a', 'b'].filter((node) => topic.accepts(news, node, primaries))).toEqual(['a']);
  expect(['a', 'b'].filter((node) => topic.accepts(event, node, primaries))).toEqual(['a', 'b']);
  expect(topic.lose('a')).toBe(true);
  expect(topic.accepts(news, 'b', primaries)).toBe(true);
  expect(topic.isFullySubscribed(primaries)).toBe(false);
});

test('a topic keeps its node for ordinary messages when it becomes a replica, and changes it when the node leaves the cluster', async () => {
  const topic = everything();
  const [, second] = await heardOn(topic, 'a', 'b');
  topic.leaveFormer(nodes('b', 'c'));
  expect(topic.accepts(news, 'a', nodes('b', 'c'))).toBe(true);
  expect(topic.accepts(event, 'a', nodes('b', 'c'))).toBe(false);
  expect(topic.isFullySubscribed(nodes('b', 'c'))).toBe(false);
  expect(topic.lose('a')).toBe(true);
  expect(topic.accepts(news, 'a', nodes('b', 'c'))).toBe(false);
  expect(topic.accepts(news, 'b', nodes('b', 'c'))).toBe(true);
  expect(second!.sent).toEqual(['subscribe pattern *']);
});

test('a topic of key events only is unsubscribed from a node that is no longer a primary', async () => {
  const topic = new SubscribedTopic('pattern', Buffer.from('__keyevent@0__:*'));
  const [first] = await heardOn(topic, 'a', 'b');
  topic.leaveFormer(nodes('b'));
  expect(first!.sent).toEqual(['subscribe pattern __keyevent@0__:*', 'unsubscribe pattern __keyevent@0__:*']);
  expect(topic.isFullySubscribed(nodes('b'))).toBe(true);
});

test('a topic that is left before its confirmation is unsubscribed too', async () => {
  const topic = new SubscribedTopic('channel', news);
  const { wire, sent, confirm } = fakeWire();
  const subscribing = topic.subscribeOn('a', wire);
  expect(topic.isFullySubscribed(nodes('a', 'b'))).toBe(false);
  await topic.leave();
  confirm();
  await subscribing;
  expect(sent).toEqual(['subscribe channel news', 'unsubscribe channel news']);
  expect(topic.isNowhere).toBe(true);
});
