import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { startCachegraph } from '../helpers/apis/cachegraph.js';
import { launchChromium } from '../helpers/browser/chromium.js';
import { eventually } from '../helpers/run/eventually.js';
import { data } from '../helpers/clients/graphql-client.js';

/** The README's picture. `UPDATE_SCREENSHOT=1 npm run test:browser -- screenshot` takes it again. */
const picture = fileURLToPath(new URL('../../docs/images/graphiql.png', import.meta.url));
const isUpdate = process.env['UPDATE_SCREENSHOT'] === '1';

const create = `mutation {
  createCluster(input: { name: "demo", replicasPerShard: 2, waitSeconds: 60 }) { cluster { status } userErrors { code } }
}`;
const publish = `mutation ($payload: String!) {
  publish(input: { cluster: "demo", channel: "mychannel", payload: $payload }) { receivers }
}`;
const messages = ['Order 1041 is paid', 'Order 1042 is paid', 'My message'];

test('the scene of the README’s picture shows live messages in GraphiQL', async () => {
  await using cachegraph = await startCachegraph();
  expect((await data(cachegraph.url, create)).createCluster).toEqual({
    cluster: { status: 'AVAILABLE' },
    userErrors: [],
  });
  await using browser = await launchChromium();
  const page = await browser.newPage({
    viewport: { width: 1400, height: 720 },
    deviceScaleFactor: 1.25,
    colorScheme: 'light',
    locale: 'en-GB',
  });
  await page.goto(cachegraph.url);
  await page.getByRole('button', { name: 'Listen', exact: true }).click();
  await page.getByRole('button', { name: 'Hide editor tools' }).click();
  const events = page.getByRole('region', { name: 'Events' });
  const status = async () => (await events.count()) > 0 && events.getByRole('status').innerText();
  await eventually(async () => {
    expect(await page.getByRole('tab', { selected: true }).innerText()).toBe('Listen');
    const execute = page.getByRole('button', { name: /^Execute query/ });
    if (await execute.isVisible()) await execute.click();
    await eventually(async () => expect(await status()).toBe('Connected to the API: Listen (1 event)'), 1_000);
  });
  for (const [at, payload] of messages.entries()) {
    expect((await data(cachegraph.url, publish, { payload })).publish).toEqual({ receivers: 1 });
    await eventually(async () => expect(await status()).toBe(`Connected to the API: Listen (${at + 2} events)`));
  }
  // The editor that shows the answer writes no-break spaces.
  const answer = async () => (await page.locator('.result-window').innerText()).replaceAll('\u00a0', ' ');
  await eventually(async () => expect(await answer()).toContain(messages.at(-1)));
  const image = await page.screenshot(isUpdate ? { path: picture } : {});
  expect(image.length).toBeGreaterThan(20_000);
});
