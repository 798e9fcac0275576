import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { startCachegraph } from '../helpers/cachegraph.js';
import { launchChromium, watch } from '../helpers/chromium.js';
import { eventually } from '../helpers/eventually.js';
import { data } from '../helpers/graphql-client.js';

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
