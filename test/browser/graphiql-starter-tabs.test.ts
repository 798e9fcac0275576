import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { all, makeApiKey } from '../helpers/access/access.js';
import { startAuthentication } from '../helpers/access/authentication.js';
import { launchChromium, watch } from '../helpers/browser/chromium.js';
import { eventually } from '../helpers/run/eventually.js';
import { startTestApi } from '../helpers/apis/test-api.js';

const access = (apiKeys: readonly object[]) => ({
  roles: { admin: { grants: [all] }, reader: { grants: [{ operations: ['clusters:read'], clusters: ['*'] }] } },
  apiKeys,
});

async function enterToken(page: Page, token: string): Promise<void> {
  await page.getByRole('button', { name: 'Headers', exact: true }).click();
  await page.locator('.monaco-editor[data-uri$="headers.json"]').click();
  // `{ "authorization": "Bearer " }` is there.
  for (const key of ['End', 'ArrowLeft', 'ArrowLeft', 'ArrowLeft']) await page.keyboard.press(key);
  await page.keyboard.insertText(token);
}

const tab = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

test('GraphiQL on a protected server opens its starter tabs once a token is entered, and stops no running operation', async () => {
  const ci = makeApiKey('ci', ['admin']);
  await using authentication = await startAuthentication(access([ci.entry]));
  await using api = await startTestApi({}, authentication.authenticator);
  await using browser = await launchChromium();
  const page = await browser.newPage();
  await page.goto(`${api.url}?query=${encodeURIComponent('subscription { ticks { text } }')}`);
  expect(await page.content()).not.toContain('createCluster');

  await enterToken(page, ci.key);
  await eventually(async () => {
    const execute = page.getByRole('button', { name: /^Execute query/ });
    if (await execute.isVisible()) await execute.click();
    await eventually(() => expect(api.ticks.open.size).toBe(1), 1_000);
  });
  await tab(page, 'CreateCluster').waitFor();
  api.ticks.emit({ text: 'one' });
  await eventually(async () => expect(await page.locator('.result-window').innerText()).toContain('one'));

  await tab(page, 'Publish').click();
  await eventually(async () => expect(await page.locator('.graphiql-query-editor').innerText()).toContain('publish'));
  const headers = page.locator('.monaco-editor[data-uri$="headers.json"]');
  await eventually(async () => expect(await headers.innerText()).toContain(ci.key));
});

test('a caller who may not introspect gets no starter tabs in GraphiQL, and a later token that may does', async () => {
  const [reader, admin] = [makeApiKey('reader', ['reader']), makeApiKey('ci', ['admin'])];
  await using authentication = await startAuthentication(access([reader.entry, admin.entry]));
  await using api = await startTestApi({}, authentication.authenticator, { introspection: 'permitted' });
  await using browser = await launchChromium();
  const page = await browser.newPage();
  const { requests } = watch(page);
  await page.goto(api.url);
  const refused = page.waitForResponse((response) => response.url().endsWith('/starter-tabs'));
  await enterToken(page, reader.key);
  expect((await refused).status()).toBe(403);
  expect(await tab(page, 'CreateCluster').count()).toBe(0);

  for (const _ of reader.key) await page.keyboard.press('Backspace');
  await page.keyboard.insertText(admin.key);
  await tab(page, 'CreateCluster').waitFor();
  expect(requests.filter((url) => url.endsWith('/starter-tabs')).length).toBeGreaterThan(1);
});
