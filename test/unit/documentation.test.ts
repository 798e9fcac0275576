import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { accessCheck } from '../../src/cli/commands/access-check.js';
import { loadConfig } from '../../src/config/load-config.js';
import { temporaryFolder } from '../helpers/apis/command.js';
import {
  blocks,
  pages,
  readPage,
  reasonNotToRun,
  runByClients,
  runnable,
  type Block,
} from '../helpers/run/documentation.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const placeOf = ({ page, line }: Block): string => `${page}:${line}`;

/** The test of each kind of block; `text` and `mermaid` are pictures. */
const kinds: readonly ((block: Block) => boolean)[] = [
  ({ language }) => language === 'text' || language === 'mermaid',
  ({ language, note }) => ['graphql', 'js'].includes(language) && note === '',
  ({ language, note, code }) => language === 'sh' && note === '' && code.startsWith('curl -N '),
  ({ language, note }) => ['sh', 'python'].includes(language) && note === runByClients,
  ({ language, note }) => language === 'json' && ['cachegraph.json', 'access.json'].includes(note),
];

describe('A block of the documentation', () => {
  test('is run by a test, or says why it is not', () => {
    const others = blocks.filter((block) => !kinds.some((is) => is(block)) && reasonNotToRun(block) === undefined);
    expect(others.map(placeOf)).toEqual([]);
  });

  test('that is not run is one of these', () => {
    expect(blocks.flatMap((block) => reasonNotToRun(block) ?? [])).toMatchInlineSnapshot(`
      [
        "the tests themselves are installed by npm ci, and test/e2e/program/command-line.test.ts starts the server",
        "requires an AWS account",
        "the operations below run on a server with these patterns",
        "test/e2e/program/access-commands.test.ts runs these commands",
        "requires the ID of a job that runs",
        "the URL works once",
        "the engine of the tests has no expiry of fields",
        "test/integration/local-elasticache/terraform.test.ts replays the calls of the provider",
        "test/integration/local-elasticache/ack.test.ts replays the calls of the controller",
        "the demo cluster sends no notifications",
      ]
    `);
  });

  test.each(pages)('begins and ends with three backticks, which a note does not hold: %s', (page) => {
    const fences = readPage(page).match(/^`{3,}.*$/gm) ?? [];
    expect(fences.filter((fence, at) => (at % 2 === 0 ? !/^```\w+[^`]*$/.test(fence) : fence !== '```'))).toEqual([]);
    expect(fences.length % 2).toBe(0);
  });

  test.each(runnable('json', 'cachegraph.json').map((block) => [placeOf(block), block.code]))(
    'that shows a configuration is accepted: %s',
    async (_, code) => {
      await using folder = await temporaryFolder();
      const config = join(folder.path, 'cachegraph.json');
      await writeFile(config, code);
      await expect(loadConfig({ config }, {})).resolves.toBeDefined();
    },
  );

  test.each(runnable('json', 'access.json').map((block) => [placeOf(block), block.code]))(
    'that shows an access file is accepted: %s',
    async (_, code) => {
      await using folder = await temporaryFolder();
      const file = join(folder.path, 'access.json');
      await writeFile(file, code);
      await expect(accessCheck(file)).resolves.not.toThrow();
    },
  );
});

/** As GitHub makes the anchor of a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
const anchorsOf = (page: string): string[] =>
  [...readPage(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));

describe('The links', () => {
  const all = [...pages, 'SECURITY.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'bench/README.md'];

  test.each(all)('of %s lead to files and headings that exist', (page) => {
    const prose = readPage(page).replace(/^```[^]*?^```$/gm, '');
    const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
    const broken = targets.filter((target) => {
      if (/^https?:/.test(target)) return false;
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? page : join(dirname(page), path);
      if (!existsSync(join(root, file))) return true;
      return anchor !== undefined && !anchorsOf(file).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  test('of the README and of the decisions lead to every page', () => {
    for (const [index, folder] of [
      ['README.md', 'docs/'],
      ['docs/decisions/README.md', 'docs/decisions/'],
    ] as const) {
      const listed = pages.filter((page) => page !== index && new RegExp(`^${folder}[^/]+$`).test(page));
      const text = readPage(index);
      const path = (page: string) => page.slice(index.includes('/') ? folder.length : 0);
      expect(listed.filter((page) => !text.includes(`(${path(page)})`))).toEqual([]);
    }
  });
});
