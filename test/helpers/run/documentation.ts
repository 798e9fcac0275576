import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** A fenced block of a page. */
export interface Block {
  /** Of the page, from the root of the project. */
  readonly page: string;
  /** The line of the page on which the fence begins. */
  readonly line: number;
  /** `graphql`, `js`, `json`, `sh`, `python`, `hcl`, `yaml`, `text` or `mermaid`. */
  readonly language: string;
  /** The text after the language in the fence, which GitHub hides: the file that a `json` block shows, `runByClients`, or `not run: REASON`. */
  readonly note: string;
  readonly code: string;
}

/** README.md and all pages below docs, from the root of the project; pages whose operations build on one another come first. */
export const pages: readonly string[] = [
  'README.md',
  ...['getting-started', 'subscriptions', 'history-and-presence', 'consumer-groups'].map((name) => `docs/${name}.md`),
  // Its failover and deletion come last.
  ...sorted(markdownBelow('docs'), 'docs/operations.md'),
].filter((page, at, all) => all.indexOf(page) === at);

export const readPage = (page: string): string => readFileSync(`${root}${page}`, 'utf8');

/** All blocks of all pages, in the order of `pages`. */
export const blocks: readonly Block[] = pages.flatMap((page) => blocksOf(page, readPage(page)));

/** The note of blocks for programs that `npm ci` does not bring. */
export const runByClients = 'run by npm run test:clients';

const notRun = /^not run: (.+)$/;

/** Why a block is not run; undefined if it is. */
export const reasonNotToRun = ({ note }: Block): string | undefined => notRun.exec(note)?.[1];

/** The blocks that are run, of a language and with a note: for `json`, a file. */
export function runnable(language: string, note = ''): readonly Block[] {
  return blocks.filter((block) => block.language === language && block.note === note);
}

function blocksOf(page: string, text: string): Block[] {
  return [...text.matchAll(/^```(\w+)(?: +(.*))?\n([^]*?)^```$/gm)].map((match) => {
    const [, language = '', note = '', code = ''] = match;
    return { page, line: text.slice(0, match.index).split('\n').length, language, note, code };
  });
}

function markdownBelow(folder: string): string[] {
  return readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`)
    .sort();
}

function sorted(names: readonly string[], last: string): string[] {
  return [...names.filter((name) => name !== last), last];
}
