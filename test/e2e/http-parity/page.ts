import { forms, rows, type Form, type Row } from './table.js';

/** The page with its two tables as they follow from the suite's. */
export function pageWithTables(page: string): string {
  return replaced(replaced(page, 'accept', acceptTable()), 'requests', requestTable());
}

function replaced(page: string, name: string, table: string): string {
  const section = new RegExp(`(<!-- begin ${name} -->)[^]*(<!-- end ${name} -->)`);
  if (!section.test(page)) throw new Error(`Expected docs/http.md to have a place for the table "${name}".`);
  return page.replace(section, (_, begin: string, end: string) => `${begin}\n\n${table}\n\n${end}`);
}

function tableOf(head: readonly string[], lines: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function acceptTable(): string {
  const written = (accept: string | undefined): string =>
    accept ? `\`${accept}\`` : accept === '' ? 'empty' : 'absent';
  return tableOf(
    ['form', 'asked for by `accept`, e.g.', 'content type of a result', 'of a subscription'],
    Object.entries(forms).map(([form, { name, accepts, type, stream }]) => [
      name,
      accepts.map(written).join('<br>'),
      form === 'none' ? '406' : `\`${type}\``,
      stream ? `\`${stream}\`` : '406',
    ]),
  );
}

const columns: readonly Form[] = ['json', 'responseJson', 'either', 'events', 'multipart', 'mixed', 'none'];

function requestTable(): string {
  const names = columns.map((form) => forms[form].name);
  return tableOf(
    ['request', ...names, 'code', 'log line: kind', 'audit line', 'headers'],
    rows.map((row) => [row.name, ...columns.map((form) => String(row.outcome(form).status)), ...outcomeCells(row)]),
  );
}

/** Of the form that the request is made for: what others are told is in the status. */
function outcomeCells(row: Row): readonly string[] {
  const { code, kind, line, audit, headers = {} } = row.outcome(row.outcome('json').status === 406 ? 'events' : 'json');
  const told = Object.entries(headers).map(([name, value]) => `\`${name}: ${value}\``);
  return [code === 'ok' ? '' : `\`${code}\``, `${line}: ${kind}`, audit ?? '', told.join('<br>')];
}
