/** What a line must hold for there to be anything to look for: most hold none of it. */
const telltale = /passw|token|secret|credential|authorization|api_?key|bearer|basic |eyJ|cg_|\/\/[^/\s"]*@/i;

/** Members of JSON, also of JSON that stands in a text, whose name says that their value is secret: a text or a list. */
const named =
  /((\\?")(?:[a-z_-]*passw(?:or)?ds?|[a-z_-]*token|[a-z_-]*secret|credentials?|authorization|api_?keys?)\\?" ?: ?)(?:\\"(?:[^"\\]|\\\\.)*\\"|"(?:[^"\\]|\\.)*"|\[[^\]]*\])/gi;
/** What says by its own look what it is: headers' credentials, JSON web tokens, API keys of this API, passwords in URLs. */
const scheme = /\b(bearer|basic) +[\w.~+/=-]+/gi;
const jsonWebToken = /\beyJ[\w-]{5,4096}\.[\w-]+\.[\w-]*/g;
const apiKey = /\bcg_[\w-]{16,}/g;
const inUrl = /(\/\/[^/\s":@]*):[^/\s"@]+@/g;

/**
 * A line of a log without what looks like a secret. Nothing should log one; this is the second net, below all that logs.
 */
export function withoutSecrets(line: string): string {
  if (!telltale.test(line)) return line;
  return line
    .replace(named, '$1$2[secret]$2')
    .replace(scheme, '$1 [secret]')
    .replace(jsonWebToken, '[secret]')
    .replace(apiKey, '[secret]')
    .replace(inUrl, '$1:[secret]@');
}
