import { Script } from 'node:vm';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import { expect, test } from 'vitest';
import { fixedTabsStyle, withStore } from '../../../src/interop/graphiql-store.js';

const page = renderGraphiQL();

test.each([
  ...['<div id="root">', '__reactContainer$', 'memoizedProps', 'sibling', 'child'],
  ...['getState', 'setState', 'subscribe', 'tabs', 'activeTabIndex', 'subscription', 'storeTabs', 'introspect', 'stop'],
  ...['graphiql-tab', 'graphiql-container', 'graphiql-execute-button'],
])('the page of GraphiQL still contains %s, which our scripts rely on', (name) => {
  expect(page.includes(name)).toBe(true);
});

test('our additions have the form that a script and a head of a page accept', () => {
  expect(() => new Script(withStore)).not.toThrow();
  expect(page.indexOf('</head>')).toBeLessThan(page.indexOf('<body'));
  expect(fixedTabsStyle).toMatch(/^<style>.*<\/style>$/);
});
