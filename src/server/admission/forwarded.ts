import type { ProxyHeader } from '../../config/proxy-headers.js';

/** Characters that are read, from the end of the header: trusted proxies write there. */
const maxLength = 2_000;

/**
 * The addresses that proxies have reported of their clients, the newest first: each proxy appends to the header. Stops at the first
 * element that cannot be parsed, because a client may have written everything before it.
 */
export function* forwardedFor(header: ProxyHeader, value: string): Generator<string> {
  const text = endOf(value);
  if (header === 'forwarded') yield* forwardedElements(text);
  else for (const item of text.split(',').toReversed()) yield item.trim();
}

/** Leaves out the item that the cut splits, because its rest may look like another address. */
function endOf(value: string): string {
  if (value.length <= maxLength) return value;
  const end = value.slice(-maxLength);
  return end.includes(',') ? end.slice(end.indexOf(',') + 1) : '';
}

const token = String.raw`[\w!#$%&'*+.^|~\x60-]+`;
const pair = String.raw`${token}=(?:${token}|"(?:[^"\\]|\\.)*")`;
/** One element of RFC 7239: `for=192.0.2.1;proto=https`. */
const element = new RegExp(String.raw`^[ \t]*(?:${pair})?(?:;[ \t]*(?:${pair})?)*[ \t]*$`);
const pairs = new RegExp(String.raw`(${token})=(?:(${token})|"((?:[^"\\]|\\.)*)")`, 'g');

/** Reads from right to left, the shortest valid element each time, so that a quote that a client leaves open hides nothing. */
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
