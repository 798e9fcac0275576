/** A cheap first test: most lines match nothing of it and need no further search. */
const mayHoldSecret = /passw|token|secret|credential|authorization|api_?key|bearer|basic |eyJ|cg_|\/\/[^/\s"]*@/i;

/** JSON members whose name marks their value, a text or a list, as secret; also in JSON within a text. */
const named =
  /((\\?")(?:[a-z_-]*passw(?:or)?ds?|[a-z_-]*token|[a-z_-]*secret|credentials?|authorization|api_?keys?)\\?" ?: ?)(?:\\"(?:[^"\\]|\\\\.)*\\"|"(?:[^"\\]|\\.)*"|\[[^\]]*\])/gi;
/**
 * Secrets that are recognizable by their form: credentials of headers, JSON web tokens, API keys of this API, passwords
 * in URLs.
 */
const scheme = /\b(bearer|basic) +[\w.~+/=-]+/gi;
const jsonWebToken = /\beyJ[\w-]{5,4096}\.[\w-]+\.[\w-]*/g;
const apiKey = /\bcg_[\w-]{16,}/g;
const inUrl = /(\/\/[^/\s":@]*):[^/\s"@]+@/g;

/** Redacts a log line. No code should log a secret; this is a second safeguard below all logging. */
export function withoutSecrets(line: string): string {
  if (!mayHoldSecret.test(line)) return line;
  return line
    .replace(named, '$1$2[secret]$2')
    .replace(scheme, '$1 [secret]')
    .replace(jsonWebToken, '[secret]')
    .replace(apiKey, '[secret]')
    .replace(inUrl, '$1:[secret]@');
}
