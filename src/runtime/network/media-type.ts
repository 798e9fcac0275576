/** A media type with its parameters (RFC 9110, section 8.3.1); names are in lower case, since their case means nothing. */
export interface MediaType {
  /** E.g. `application/json`. */
  readonly type: string;
  /** By name, without `q`; values as they were sent, without quotes. */
  readonly parameters: ReadonlyMap<string, string>;
  /** The `q` of an `Accept` header, from 0, which refuses the type, to 1. */
  readonly quality: number;
}

const quoted = String.raw`"(?:[^"\\]|\\.)*"`;
const item = new RegExp(`(?:${quoted}|[^,"])+`, 'g');
const part = new RegExp(`(?:${quoted}|[^;"])+`, 'g');

/** The media types of a header that lists them. */
export function mediaTypesIn(header: string): readonly MediaType[] {
  return (header.match(item) ?? []).map(mediaTypeOf);
}

/** One media type, as `Content-Type` has it. */
export function mediaTypeOf(text: string): MediaType {
  const [type = '', ...rest] = text.match(part) ?? [];
  const parameters = new Map<string, string>();
  for (const each of rest) {
    const [name = '', ...value] = each.split('=');
    const known = name.trim().toLowerCase();
    // The first counts: a second `charset` would otherwise hide it.
    if (known !== '' && !parameters.has(known)) parameters.set(known, unquote(value.join('=').trim()));
  }
  const given = parameters.get('q');
  parameters.delete('q');
  return { type: type.trim().toLowerCase(), parameters, quality: qualityOf(given) };
}

/** Whether it names another charset than UTF-8. */
export function declaresOtherCharset({ parameters }: MediaType): boolean {
  return !/^utf-?8$/i.test(parameters.get('charset') ?? 'utf-8');
}

function unquote(value: string): string {
  return /^".*"$/.test(value) ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value;
}

/** One that is malformed counts as if it were not there. */
function qualityOf(text: string | undefined): number {
  return text !== undefined && /^(?:0(?:\.\d*)?|1(?:\.0*)?)$/.test(text) ? Number(text) : 1;
}
