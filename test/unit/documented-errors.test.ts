import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CloseCode } from 'graphql-ws';
import { buildSchema, isEnumType } from 'graphql';
import { describe, expect, test } from 'vitest';
import { readPage } from '../helpers/run/documentation.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** All TypeScript below a folder of `src`, in one text, without comments. */
function sourceBelow(folder: string): string {
  return readdirSync(`${root}src/${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(`${root}src/${folder}/${name}`, 'utf8').replace(/\/\*[^]*?\*\/|\/\/ .*$/gm, ''))
    .join('\n');
}

const server = sourceBelow('server');
const domain = sourceBelow('domain');

/** The text of a declaration, up to its semicolon. */
function declaration(source: string, begin: string): string {
  const [text] = new RegExp(`${begin}[^;]*;`).exec(source) ?? [];
  if (text === undefined) throw new Error(`Expected "${begin}" in the source: adjust this test to the code.`);
  return text;
}
const codesIn = (text: string): string[] => text.match(/'[A-Z][A-Z_]+'/g)?.map((code) => code.slice(1, -1)) ?? [];
const valuesOf = (name: string): string[] => {
  const type = buildSchema(readFileSync(`${root}schema.graphql`, 'utf8')).getType(name);
  return isEnumType(type) ? type.getValues().map((value) => value.name) : [];
};

const userErrorCodes = valuesOf('UserErrorCode');
/** `extensions.code` of everything that is no expected failure. */
const errorCodes = [
  declaration(domain, 'type OutageCode ='),
  declaration(server, 'const codeByStatus ='),
  declaration(server, 'const operationCodes ='),
  // Of LimitExceeded, and of classes below it.
  ...(server.match(/readonly code\b[^;]*;/g) ?? []),
  // Of persisted operations, and of errors that are written out.
  ...(server.match(/(?:\brefusal\(|\bcode:)\s*'[A-Z_]+'/g) ?? []),
]
  .flatMap(codesIn)
  .filter((code) => !userErrorCodes.includes(code));
const statuses = [
  ...(declaration(server, 'const codeByStatus =').match(/\b\d{3}\b/g) ?? []),
  ...(server.match(/\bstatus\w*\s*[:=?][^;,}]*\b[45]\d\d\b/g) ?? []).flatMap(
    (text) => text.match(/\b[45]\d\d\b/g) ?? [],
  ),
];
const webSocket = sourceBelow('server/websocket');
/** Those that the code names, and those with which graphql-ws and ws close a socket by themselves. */
const closeCodes = [
  ...(webSocket.match(/\b[14]\d{3}\b/g) ?? []),
  ...[...webSocket.matchAll(/\bCloseCode\.(\w+)/g)].map(([, name]) => CloseCode[name as keyof typeof CloseCode]),
  CloseCode.InternalServerError,
  1002,
  1009,
].map(String);

/** The first cells of the rows of a section's table. */
function listed(heading: string): string[] {
  const [, section = ''] =
    new RegExp(`^## ${heading}$([^]*?)(?=^## |(?![^]))`, 'm').exec(readPage('docs/errors.md')) ?? [];
  return [...section.matchAll(/^\| `?(\w+)`? +\|/gm)]
    .map(([, cell = '']) => cell)
    .filter((cell) => !['code', 'status', 'reason'].includes(cell));
}
const sorted = (codes: readonly string[]): string[] => [...new Set(codes)].sort();

describe('docs/errors.md lists, with cause and remedy, exactly', () => {
  test.each([
    ['Expected failures', 'the values of UserErrorCode', userErrorCodes, 10],
    ['GraphQL errors', 'the codes of the source', errorCodes, 25],
    ['HTTP statuses of refused requests', 'the statuses of refusals', statuses, 12],
    ['WebSocket close codes', 'the codes with which sockets close', closeCodes, 12],
    ['Gaps', 'the values of GapReason', valuesOf('GapReason'), 4],
  ])('under "%s" %s', (heading, _, codes, atLeast) => {
    expect(sorted(codes).length).toBeGreaterThanOrEqual(atLeast);
    expect(listed(heading).sort()).toEqual(sorted(codes));
  });
});
