/**
 * What the engine says of a request, without what the request held: a password in the wrong place would come back in the answer,
 * and from there get into the logs of the caller. Names, types and paths stay. `reason` is the message of the error that the engine
 * has wrapped, if it has: only that tells for certain where a value ends.
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

/** graphql-js: `Variable "$name" got invalid value VALUE[ at "path"]; REASON`. */
function withoutVariable(message: string, head: string, end: number): string {
  // Without an end the reason itself holds a value that looks like one.
  if (end < 0) return head.trimEnd() + '.';
  const [place = ''] = / at "[\w.[\]]*"$/.exec(message.slice(head.length - 1, end)) ?? [];
  return `${head.trimEnd()}${place}; ${redacted(message.slice(end + 2))}`;
}

const suggestion = String.raw`(?<suggestion> Did you mean (?:the enum value )?(?:"\w+"(?:, or |, | or )?)+\?)?$`;

/** The forms of graphql-js and of scalars that repeat a value, with what of each is said. */
const forms: readonly (readonly [form: RegExp, said: string])[] = [
  [
    /^((?:Expected type "\w+"\. )?\w+ cannot represent (?:an invalid|non) [\w -]*?(?:date-time-string|timestamp|type)) [^]*$/,
    '$1.',
  ],
  [/^((?:Expected type "\w+"\. )?(?:Enum )?"?\w+"? cannot represent [\w -]*?value): [^]*$/, '$1.'],
  [
    new RegExp(`^Value "[^]*" does not exist in "(\\w+)" enum\\.${suggestion}`),
    'The value does not exist in the enum "$1".$<suggestion>',
  ],
  // A member's name is the caller's own text unless it could be one of a schema.
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
  for (const [form, said] of forms) if (form.test(message)) return message.replace(form, said);
  return message;
}
