import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { startCachegraph } from '../helpers/apis/cachegraph.js';
import { launchChromium, watch } from '../helpers/browser/chromium.js';
import { eventually } from '../helpers/run/eventually.js';
import { data } from '../helpers/clients/graphql-client.js';

/** The answer shown; the editor that shows it writes no-break spaces. */
const answer = async (page: Page) => (await page.locator('.result-window').innerText()).replaceAll('\u00a0', ' ');

/** Chooses a tab by mouse and runs it. GraphiQL takes a moment to read a tab's operation: before it, a click is refused. */
async function runTab(page: Page, name: string, answered: (text: string) => void): Promise<void> {
  await page.getByRole('button', { name, exact: true }).click();
  await eventually(async () => {
    expect(await page.getByRole('tab', { selected: true }).innerText()).toBe(name);
    const execute = page.getByRole('button', { name: /^Execute query/ });
    if (await execute.isVisible()) await execute.click();
    await eventually(async () => answered(await answer(page)), 1_000);
  });
}

test('listening in one window and publishing from another works as the starter tab describes', async () => {
  await using cachegraph = await startCachegraph();
  await using browser = await launchChromium();
  const context = await browser.newContext();
  const first = await context.newPage();
  const { complaints } = watch(first);
  await first.goto(cachegraph.url);
  await runTab(first, 'CreateCluster', (text) => expect(JSON.parse(text).data.createCluster.userErrors).toEqual([]));
  await runTab(first, 'Changes', (text) =>
    expect(JSON.parse(text).data.clusterChanges.cluster.status).toBe('AVAILABLE'),
  );

  const events = first.getByRole('region', { name: 'Events' });
  await first.getByRole('button', { name: 'Listen', exact: true }).click();
  // The text of the tab is what the test does.
  await eventually(async () =>
    expect((await first.locator('.graphiql-editor').first().innerText()).replaceAll('\u00a0', ' ')).toContain(
      '# Listen here, then publish in another window:',
    ),
  );
  await events.getByRole('button', { name: 'Clear' }).click();
  await eventually(async () => {
    const execute = first.getByRole('button', { name: /^Execute query/ });
    if (await execute.isVisible()) await execute.click();
    // Nothing has been published: the page shows that the subscription has begun all the same.
    await eventually(
      async () => expect(await events.getByRole('status').innerText()).toBe('Connected to the API: Listen (1 event)'),
      1_000,
    );
  });
  expect(await events.getByRole('listitem').innerText()).toContain('"started":{"at":');
  const isSubscribed = '{ cluster(name: "demo") { channels { name } } }';
  await eventually(async () =>
    expect((await data(cachegraph.url, isSubscribed)).cluster.channels).toEqual([{ name: 'mychannel' }]),
  );

  const second = await context.newPage();
  await second.goto(cachegraph.url);
  await runTab(second, 'Publish', (text) => expect(JSON.parse(text).data.publish.receivers).toBe(1));
  await eventually(async () => expect(await answer(first)).toContain('"payload": "My message"'));
  const publish =
    'mutation { publish(input: { cluster: "demo", channel: "mychannel", payload: "the second" }) { receivers } }';
  expect((await data(cachegraph.url, publish)).publish.receivers).toBe(1);
  await eventually(async () => expect(await answer(first)).toContain('"payload": "the second"'));
  const rows = await events.getByRole('listitem').allInnerTexts();
  // Rows of several subscriptions stay, each with the name of its own.
  expect(rows).toEqual(
    ['the second', 'My message', 'started'].map((text) => expect.stringMatching(`Listen {2}.*${text}`) as unknown),
  );
  expect(await events.getByRole('status').innerText()).toBe('Connected to the API: Listen (3 events)');

  // A new tab is another tab.
  await first.getByRole('button', { name: 'New tab' }).click();
  await eventually(async () => expect(await events.getByRole('status').innerText()).toBe('Stopped (3 events)'));
  await eventually(async () => expect((await data(cachegraph.url, isSubscribed)).cluster.channels).toEqual([]));
  expect(await first.getByRole('button', { name: /^Execute query/ }).isVisible()).toBe(true);

  // An ended operation can be closed without a mouse; the next subscription opens it again.
  await events.getByRole('button', { name: 'Clear' }).focus();
  await first.keyboard.press('Tab');
  await first.keyboard.press('Enter');
  await eventually(async () => expect(await events.count()).toBe(0));
  expect(await first.evaluate(() => document.activeElement?.className)).toContain('graphiql-execute-button');
  await first.getByRole('button', { name: 'Changes', exact: true }).click();
  await eventually(async () => {
    const execute = first.getByRole('button', { name: /^Execute query/ });
    if (await execute.isVisible()) await execute.click();
    await eventually(async () => expect(await events.getByRole('status').innerText()).toContain('Connected'), 1_000);
  });
  expect(complaints).toEqual([]);
});

test('GraphiQL runs its tabs in Chromium, live ones too, and nothing leaves the machine', async () => {
  await using cachegraph = await startCachegraph();
  await using browser = await launchChromium();
  const page = await browser.newPage();
  const { requests, complaints } = watch(page);
  await page.goto(cachegraph.url);

  await runTab(page, 'CreateCluster', (text) => expect(JSON.parse(text).data.createCluster.userErrors).toEqual([]));
  await runTab(page, 'Changes', (text) =>
    expect(JSON.parse(text).data.clusterChanges.cluster.status).toBe('AVAILABLE'),
  );

  await page.getByRole('button', { name: 'Listen', exact: true }).click();
  await eventually(async () => {
    const execute = page.getByRole('button', { name: /^Execute query/ });
    if (await execute.isVisible()) await execute.click();
    const publish =
      'mutation { publish(input: { cluster: "demo", channel: "mychannel", payload: "hi" }) { receivers } }';
    expect((await data(cachegraph.url, publish)).publish.receivers).toBe(1);
    await eventually(async () => expect(await answer(page)).toContain('"payload": "hi"'), 1_000);
  });

  for (const name of ['Publish', 'Write', 'Read', 'AddEntry']) {
    await runTab(page, name, (text) => expect(text).toMatch(/^\{\s*"data"/));
  }
  expect(new Set(requests.filter((url) => !url.startsWith('blob:')).map((url) => new URL(url).host))).toEqual(
    new Set([new URL(cachegraph.url).host]),
  );
  expect(requests.some((url) => url.startsWith('ws:'))).toBe(true);
  expect(complaints).toEqual([]);
});
