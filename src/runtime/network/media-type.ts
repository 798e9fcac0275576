/** A media type with its parameters (RFC 9110, section 8.3.1). Names are in lower case, because they are case-insensitive. */
export interface MediaType {
  /** E.g. `application/json`. */
  readonly type: string;
  /** By name, without `q`. Values are as sent, without quotes. */
  readonly parameters: ReadonlyMap<string, string>;
  /** The `q` of an `Accept` header, from 0 (refused) to 1. */
  readonly quality: number;
}

const quoted = String.raw`"(?:[^"\\]|\\.)*"`;
const item = new RegExp(`(?:${quoted}|[^,"])+`, 'g');
const part = new RegExp(`(?:${quoted}|[^;"])+`, 'g');

export function mediaTypesIn(header: string): readonly MediaType[] {
  return (header.match(item) ?? []).map(mediaTypeOf);
}

export function mediaTypeOf(text: string): MediaType {
  const [type = '', ...rest] = text.match(part) ?? [];
  const parameters = new Map<string, string>();
  for (const each of rest) {
    const [name = '', ...value] = each.split('=');
    const known = name.trim().toLowerCase();
    // The first one counts, so that a second `charset` cannot hide it.
    if (known !== '' && !parameters.has(known)) parameters.set(known, unquote(value.join('=').trim()));
  }
  const given = parameters.get('q');
  parameters.delete('q');
  return { type: type.trim().toLowerCase(), parameters, quality: qualityOf(given) };
}

/** Tests whether the type declares a charset other than UTF-8. */
export function declaresOtherCharset({ parameters }: MediaType): boolean {
  return !/^utf-?8$/i.test(parameters.get('charset') ?? 'utf-8');
}

function unquote(value: string): string {
  return /^".*"$/.test(value) ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value;
}

/** Ignores a malformed quality. */
function qualityOf(text: string | undefined): number {
  return text !== undefined && /^(?:0(?:\.\d*)?|1(?:\.0*)?)$/.test(text) ? Number(text) : 1;
}
