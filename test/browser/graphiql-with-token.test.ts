import { expect, test } from 'vitest';
import { all, makeApiKey } from '../helpers/access/access.js';
import { startAuthentication } from '../helpers/access/authentication.js';
import { launchChromium, watch } from '../helpers/browser/chromium.js';
import { eventually } from '../helpers/run/eventually.js';
import { startTestApi } from '../helpers/apis/test-api.js';

test('GraphiQL runs queries and subscriptions with the API key in its headers', async () => {
  const ci = makeApiKey('ci', ['admin']);
  await using authentication = await startAuthentication({ roles: { admin: { grants: [all] } }, apiKeys: [ci.entry] });
  await using api = await startTestApi({}, authentication.authenticator);
  await using browser = await launchChromium();
  const page = await browser.newPage();
  const { requests } = watch(page);
  await page.goto(`${api.url}?query=${encodeURIComponent('subscription { ticks { text } }')}`);
  await page.getByRole('button', { name: 'Headers', exact: true }).click();
  await page.locator('.monaco-editor[data-uri$="headers.json"]').click();
  // `{ "authorization": "Bearer " }` is there.
  for (const key of ['End', 'ArrowLeft', 'ArrowLeft', 'ArrowLeft']) await page.keyboard.press(key);
  await page.keyboard.insertText(ci.key);
  await eventually(async () => {
    const execute = page.getByRole('button', { name: /^Execute query/ });
    if (await execute.isVisible()) await execute.click();
    await eventually(() => expect(api.ticks.open.size).toBe(1), 1_000);
  });
  api.ticks.emit({ text: 'one' });
  await eventually(async () => expect(await page.locator('.result-window').innerText()).toContain('one'));
  api.ticks.emit({ text: 'two' });
  const events = page.getByRole('region', { name: 'Events' });
  await eventually(async () =>
    expect(await events.getByRole('listitem').allInnerTexts()).toEqual([
      expect.stringContaining('two'),
      expect.stringContaining('one'),
    ]),
  );
  expect(await events.getByRole('status').innerText()).toBe('Connected to the API: subscription (2 events)');
  await page.getByRole('button', { name: /^Stop query/ }).click();
  await eventually(async () => expect(await events.getByRole('status').innerText()).toBe('Stopped (2 events)'));
  expect(requests.some((url) => url.startsWith('ws:'))).toBe(false);
});
