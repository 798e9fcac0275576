import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { startCachegraph } from '../helpers/apis/cachegraph.js';
import { launchChromium, watch } from '../helpers/browser/chromium.js';
import { runCommand, temporaryFolder } from '../helpers/apis/command.js';
import { eventually } from '../helpers/run/eventually.js';
import { data } from '../helpers/clients/graphql-client.js';
import { serveLivePage } from '../helpers/browser/live-page.js';

const apiUrl = /(http:\S+\/graphql)/;

const rows = (page: Page, list: string) => page.getByLabel(list, { exact: true }).getByRole('listitem').allInnerTexts();

/** Adds entries to the stream that the page shows: one request for each, so that they come one by one. */
async function addEntries(url: string, texts: readonly string[]): Promise<void> {
  const add = `mutation ($text: String!) {
    addStreamEntry(input: { cluster: "demo", stream: "mystream", fields: [{ name: "text", value: $text }] }) {
      userErrors { message }
    }
  }`;
  for (const text of texts) {
    expect((await data(url, add, { text })).addStreamEntry).toEqual({ userErrors: [] });
  }
}

const names = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => `entry-${from + at}`);

/** The entries that the page's stream shows, oldest first. */
const shownEntries = async (page: Page) =>
  (await rows(page, 'Entries')).map((row) => /text: (.*)$/.exec(row)?.[1] ?? row).reverse();

test('a killed API loses no entry of the page, and its worker continues', async () => {
  await using folder = await temporaryFolder();
  await using site = await serveLivePage();
  await using browser = await launchChromium();
  const page = await browser.newPage();
  const { complaints } = watch(page);
  const connection = page.locator('#connection');
  let url: string;
  const dev = (port: string) =>
    runCommand(['dev', '--data-dir', folder.path, '--port', port, '--elasticache-port', '0']);

  {
    await using api = dev('0');
    url = (await api.says(apiUrl))[1]!;
    await page.goto(`${site.url}?url=${encodeURIComponent(url)}`);
    await page.getByRole('button', { name: 'Create it' }).click();
    await page.getByRole('alert').filter({ hasText: 'cluster' }).waitFor({ state: 'hidden' });
    expect(await connection.innerText()).toBe('Live');

    await eventually(async () => {
      await page.getByLabel('Message', { exact: true }).fill('hello from the page');
      await page.getByRole('button', { name: 'Publish' }).click();
      expect((await rows(page, 'Messages'))[0]).toContain('hello from the page');
    });
    await page.getByLabel('Entry', { exact: true }).fill('entry-1');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await addEntries(url, names(2, 5));
    await eventually(async () => expect(await shownEntries(page)).toEqual(names(1, 5)));

    await page.getByRole('button', { name: 'Start working' }).click();
    await eventually(async () => expect(await rows(page, 'Entries to work off')).toHaveLength(5));
    await page
      .getByRole('button', { name: /^Acknowledge \d/ })
      .first()
      .click();
    await eventually(async () => expect(await rows(page, 'Entries to work off')).toHaveLength(4));
    expect(await page.getByLabel('Acknowledged so far').innerText()).toBe('1 acknowledged');
    expect(complaints).toEqual([]);

    api.child.kill('SIGKILL');
    await eventually(async () => expect(await connection.innerText()).toBe('Reconnecting'));
  }

  await using api = dev(new URL(url).port);
  await api.says(apiUrl);
  await eventually(() => addEntries(url, ['entry-6']));
  await addEntries(url, names(7, 10));
  await eventually(async () => expect(await connection.innerText()).toBe('Live'));
  await eventually(async () => expect(await shownEntries(page)).toEqual(names(1, 10)));

  await eventually(async () => {
    const work = await rows(page, 'Entries to work off');
    expect(work, JSON.stringify(work)).toHaveLength(9);
    expect(work.filter((row) => row.includes('delivery 2'))).toHaveLength(4);
  });
  await page.getByRole('button', { name: 'Acknowledge all 9' }).click();
  await eventually(async () => {
    expect(await page.getByLabel('Acknowledged so far').innerText()).toBe('10 acknowledged');
  });
  const backlog = '{ cluster(name: "demo") { stream(name: "mystream") { groups { name lag pending } } } }';
  expect((await data(url, backlog)).cluster.stream.groups).toEqual([{ name: 'workers', lag: 0, pending: 0 }]);

  await eventually(async () => {
    expect(await page.getByLabel('What the whole group has left').innerText()).toBe('0 pending, 0 to come');
  });

  const missed = 'Reconnected. Messages published in between were missed.';
  expect((await rows(page, 'Messages')).filter((row) => row === missed)).toHaveLength(1);
  await eventually(async () => {
    await page.getByLabel('Message', { exact: true }).fill('hello again');
    await page.getByRole('button', { name: 'Publish' }).click();
    expect((await rows(page, 'Messages'))[0]).toContain('hello again');
  });
  // Chromium's errors about an unreachable API.
  expect(complaints.filter((complaint) => !/ERR_CONNECTION_(REFUSED|RESET)/.test(complaint))).toEqual([]);
});

test('entries that others add while the page’s API stops, crashes and starts are shown once and processed', async () => {
  await using cachegraph = await startCachegraph();
  await using site = await serveLivePage();
  await using browser = await launchChromium();
  const page = await browser.newPage();
  const connection = page.locator('#connection');
  const env = {
    AWS_ENDPOINT_URL_ELASTICACHE: cachegraph.elastiCacheUrl,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
  const backlog = '{ cluster(name: "demo") { stream(name: "mystream") { groups { name lag pending } } } }';
  let added = 0;
  const add = async (count: number) => {
    await addEntries(cachegraph.url, names(added + 1, added + count));
    added += count;
  };
  const allShown = () => eventually(async () => expect(await shownEntries(page)).toEqual(names(1, added)));

  await data(cachegraph.url, 'mutation { createCluster(input: { name: "demo" }) { userErrors { message } } }');
  let port = '0';
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    await using api = runCommand(['serve', '--port', port], env);
    const url = (await api.says(apiUrl))[1]!;
    if (port === '0') {
      port = new URL(url).port;
      await page.goto(`${site.url}?url=${encodeURIComponent(url)}`);
      await page.getByRole('button', { name: 'Start working' }).click();
      await eventually(() => add(1));
      // It begins with the latest twenty: from here on it has seen the first.
      await allShown();
    }
    await add(20);
    await eventually(async () => expect(await connection.innerText()).toBe('Live'));
    await add(10);
    await allShown();
    api.child.kill(signal);
    await add(10);
    await eventually(async () => expect(await connection.innerText()).toBe('Reconnecting'));
    await api.ended;
    await add(10);
  }

  await using api = runCommand(['serve', '--port', port], env);
  await api.says(apiUrl);
  await add(20);
  await allShown();
  await eventually(async () => {
    const all = page.getByRole('button', { name: 'Acknowledge all' });
    if (await all.isEnabled()) await all.click();
    expect(await page.getByLabel('Acknowledged so far').innerText()).toBe(`${added} acknowledged`);
  });
  expect((await data(cachegraph.url, backlog)).cluster.stream.groups).toEqual([
    { name: 'workers', lag: 0, pending: 0 },
  ]);
});

test('a slow worker keeps its entries, and drops those that another worker has claimed', async () => {
  await using cachegraph = await startCachegraph();
  await using site = await serveLivePage();
  await using browser = await launchChromium();
  const page = await browser.newPage();
  await page.clock.install();
  await page.goto(`${site.url}?url=${encodeURIComponent(cachegraph.url)}`);
  await page.getByRole('button', { name: 'Create it' }).click();
  await page.getByRole('button', { name: 'Start working' }).click();
  await eventually(() => addEntries(cachegraph.url, names(1, 2)));
  const work = () => rows(page, 'Entries to work off');
  await eventually(async () => expect(await work()).toHaveLength(2));

  const [entryId] = /^\S+/.exec((await work())[0]!)!;
  const acknowledge = `mutation ($entryIds: [StreamId!]!) {
    acknowledgeEntries(input: { cluster: "demo", stream: "mystream", group: "workers", entryIds: $entryIds }) { acknowledged }
  }`;
  expect(await data(cachegraph.url, acknowledge, { entryIds: [entryId] })).toEqual({
    acknowledgeEntries: { acknowledged: 1 },
  });
  const extended = page.waitForResponse(
    (response) => response.request().postData()?.includes('extendEntries') ?? false,
  );
  await page.clock.fastForward(20_000);
  expect(await (await extended).json()).toMatchObject({ data: { extendEntries: { lost: [entryId] } } });
  await eventually(async () => expect(await work()).toEqual([expect.stringContaining('entry-2')]));
});
