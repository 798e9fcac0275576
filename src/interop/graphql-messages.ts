/**
 * The messages of graphql-js 16 and graphql-scalars 2 without the values that the request contained: a password in the wrong place
 * would return in the response, and from there get into the caller's logs. Names, types and paths stay.
 *
 * Relies on the wording of these messages, which is undocumented. The errors carry no other mark of what they repeat. A message of an
 * unknown form passes unchanged, so the tests give values of every input type of the schema to the real libraries.
 *
 * @param reason the message of the error that graphql-js has wrapped, if any: it alone shows for certain where a value ends
 */
export function redactMessage(message: string, reason?: string): string {
  const [head] = /^Variable "\$\w+" got invalid value /.exec(message) ?? [];
  if (head === undefined) return redacted(message);
  if (reason !== undefined && message.endsWith(`; ${reason}`)) {
    return withoutVariable(message, head, message.length - reason.length - 2);
  }
  const cut = message.replace(/( cannot represent [\w -]*value): [^]*$/, '$1.');
  return withoutVariable(cut, head, cut.lastIndexOf('; '));
}

/** Message of graphql-js: `Variable "$name" got invalid value VALUE[ at "path"]; REASON`. */
function withoutVariable(message: string, head: string, end: number): string {
  // The reason itself contains a value that looks like the end of one.
  if (end < 0) return head.trimEnd() + '.';
  const [place = ''] = / at "[\w.[\]]*"$/.exec(message.slice(head.length - 1, end)) ?? [];
  return `${head.trimEnd()}${place}; ${redacted(message.slice(end + 2))}`;
}

const suggestion = String.raw`(?<suggestion> Did you mean (?:the enum value )?(?:"\w+"(?:, or |, | or )?)+\?)?$`;

/** The forms of messages that repeat a value, each with its replacement. */
const forms: readonly (readonly [form: RegExp, replacement: string])[] = [
  [
    /^((?:Expected type "\w+"\. )?\w+ cannot represent (?:an invalid|non) [\w -]*?(?:date-time-string|timestamp|type)) [^]*$/,
    '$1.',
  ],
  [/^((?:Expected type "\w+"\. )?(?:Enum )?"?\w+"? cannot represent [\w -]*?value): [^]*$/, '$1.'],
  [
    new RegExp(`^Value "[^]*" does not exist in "(\\w+)" enum\\.${suggestion}`),
    'The value does not exist in the enum "$1".$<suggestion>',
  ],
  // The name of an unknown field stays only if it could be a name: otherwise it is text of the caller.
  [
    /^Field "(?![_A-Za-z]\w*" is not defined by type "\w+"\.)[^]*" is not defined by type "(\w+)"\.[^]*$/,
    'A field is not defined by type "$1".',
  ],
  [/^(Expected value of type "[^"]*"), found [^]*$/, '$1.'],
  [/^(Argument "\w+" has invalid value) [^]*$/, '$1.'],
  [/^(Syntax Error: [^]*?\b(?:Name|Int|Float|String|BlockString)) "[^]*$/, '$1.'],
  [/^(Syntax Error: Invalid (?:Unicode|character) escape sequence): [^]*$/, '$1.'],
];

function redacted(message: string): string {
  for (const [form, replacement] of forms) if (form.test(message)) return message.replace(form, replacement);
  return message;
}

/** The message without the names of the schema that graphql-js suggests: `… Did you mean "passwords"?`. */
export function withoutSuggestion(message: string): string {
  return message.replace(/ Did you mean [^]*$/, '');
}
