import type { ProxyHeader } from '../../config/proxy-headers.js';

/** Nobody has so many proxies; the part that trusted ones have written is at the end. */
const longest = 2_000;

/**
 * What each proxy has reported of its client, the newest first: each proxy adds to the end of what it has received. Ends with
 * what cannot be read, since everything before it may be anybody's.
 */
export function* forwardedFor(header: ProxyHeader, value: string): Generator<string> {
  const text = endOf(value);
  if (header === 'forwarded') yield* forwardedElements(text);
  else for (const item of text.split(',').toReversed()) yield item.trim();
}

/** Without the item that would be cut, whose rest may look like another address. */
function endOf(value: string): string {
  if (value.length <= longest) return value;
  const end = value.slice(-longest);
  return end.includes(',') ? end.slice(end.indexOf(',') + 1) : '';
}

const token = String.raw`[\w!#$%&'*+.^|~\x60-]+`;
const pair = String.raw`${token}=(?:${token}|"(?:[^"\\]|\\.)*")`;
/** One element of RFC 7239: `for=192.0.2.1;proto=https`. */
const element = new RegExp(String.raw`^[ \t]*(?:${pair})?(?:;[ \t]*(?:${pair})?)*[ \t]*$`);
const pairs = new RegExp(String.raw`(${token})=(?:(${token})|"((?:[^"\\]|\\.)*)")`, 'g');

/** From right to left by the shortest end that is an element: a quote that a client leaves open swallows nothing. */
function* forwardedElements(text: string): Generator<string> {
  let end = text.length;
  for (;;) {
    let start = lastComma(text, end) + 1;
    while (!element.test(text.slice(start, end))) {
      if (start === 0) return;
      start = lastComma(text, start - 1) + 1;
    }
    const node = forIn(text.slice(start, end));
    if (node === undefined) return;
    yield node;
    if (start === 0) return;
    end = start - 1;
  }
}

function lastComma(text: string, before: number): number {
  return before === 0 ? -1 : text.lastIndexOf(',', before - 1);
}

function forIn(text: string): string | undefined {
  for (const [, name, plain, quoted] of text.matchAll(pairs)) {
    if (name?.toLowerCase() === 'for') return plain ?? quoted?.replace(/\\(.)/g, '$1');
  }
  return undefined;
}
