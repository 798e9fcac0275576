import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';

/** The Chromium of `CHROMIUM`, or the `chromium` on the PATH; closed with the test's scope. */
export async function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: await findChromium(),
    // Requests to other machines fail instead of passing unnoticed.
    args: ['--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'],
  });
}

async function findChromium(): Promise<string> {
  const named = process.env['CHROMIUM'];
  const folders = process.env['PATH']?.split(delimiter) ?? [];
  for (const file of named === undefined ? folders.map((folder) => join(folder, 'chromium')) : [named]) {
    const runs = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs) return file;
  }
  throw new Error(
    `${named === undefined ? 'There is no chromium on the PATH' : `CHROMIUM names ${named}, which cannot be run`}. ` +
      'Install it (Debian: apt-get install chromium) or name one by CHROMIUM=/path/to/chrome.',
  );
}

/** The requests and errors of a page since it was opened. */
export interface Watched {
  /** Addresses of all requests and WebSockets. */
  readonly requests: readonly string[];
  /** Console errors and uncaught exceptions. */
  readonly complaints: readonly string[];
}

export function watch(page: Page): Watched {
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('websocket', (socket) => requests.push(socket.url()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  return { requests, complaints };
}
