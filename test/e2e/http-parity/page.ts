import { formats, rows, type Format, type Row } from './table.js';

/** The page with both tables generated from the suite. */
export function pageWithTables(page: string): string {
  return replaced(replaced(page, 'accept', acceptTable()), 'requests', requestTable());
}

function replaced(page: string, name: string, table: string): string {
  const section = new RegExp(`(<!-- begin ${name} -->)[^]*(<!-- end ${name} -->)`);
  if (!section.test(page)) throw new Error(`Expected docs/http.md to have markers for the table "${name}".`);
  return page.replace(section, (_, begin: string, end: string) => `${begin}\n\n${table}\n\n${end}`);
}

function tableOf(head: readonly string[], lines: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function acceptTable(): string {
  const written = (accept: string | undefined): string =>
    accept ? `\`${accept}\`` : accept === '' ? 'empty' : 'absent';
  return tableOf(
    ['format', 'chosen by `accept`, e.g.', 'content type of a result', 'of a subscription'],
    Object.entries(formats).map(([format, { name, accepts, type, stream }]) => [
      name,
      accepts.map(written).join('<br>'),
      format === 'none' ? '406' : `\`${type}\``,
      stream ? `\`${stream}\`` : '406',
    ]),
  );
}

const columns: readonly Format[] = ['json', 'responseJson', 'either', 'events', 'multipart', 'mixed', 'none'];

function requestTable(): string {
  const names = columns.map((format) => formats[format].name);
  return tableOf(
    ['request', ...names, 'code', 'log line: kind', 'audit line', 'headers'],
    rows.map((row) => [row.name, ...columns.map((format) => String(row.outcome(format).status)), ...outcomeCells(row)]),
  );
}

/** The outcome in the format that the request is meant for. Other formats differ in the status only. */
function outcomeCells(row: Row): readonly string[] {
  const { code, kind, line, audit, headers = {} } = row.outcome(row.outcome('json').status === 406 ? 'events' : 'json');
  const lines = Object.entries(headers).map(([name, value]) => `\`${name}: ${value}\``);
  return [code === 'ok' ? '' : `\`${code}\``, `${line}: ${kind}`, audit ?? '', lines.join('<br>')];
}
