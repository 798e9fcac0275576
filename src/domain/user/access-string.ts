import { elastiCacheVocabulary } from './command-table.js';
import { invalidInput } from '../errors.js';

/** The rules of one selector of an access string: of the string itself, or of a group in parentheses. */
export interface SelectorRules {
  /** Patterns as written: `~app:*`, `%R~log:*`. `~*` alone matches every key. */
  readonly keys: readonly string[];
  /** Patterns as written: `&news:*`. Undefined if the string has no rule for channels, which allows all of them. */
  readonly channels: readonly string[] | undefined;
  readonly allCommands: boolean;
  /** Rules after `allCommands`, applied left to right: `+get`, `-@dangerous`, `+config|get`. */
  readonly commands: readonly string[];
}

/** A parsed access string. */
export interface AccessRules extends SelectorRules {
  readonly on: boolean;
  readonly selectors: readonly SelectorRules[];
}

type Draft = { -readonly [Key in keyof SelectorRules]: SelectorRules[Key] };

const emptyDraft = (channels: readonly string[] | undefined): Draft => ({
  keys: [],
  channels,
  allCommands: false,
  commands: [],
});
const maxLength = 10_240;
const secrets = /^(?:[<>#!]|nopass$|resetpass$)/;

/**
 * Parses an access string: one line of ACL rules, applied left to right. Passwords, `nopass` and `reset` are not
 * allowed in it: the authentication mode of a user decides how it authenticates.
 * @throws ExpectedFailure INVALID_INPUT at `path`, without repeating a rule: it may be a password.
 */
export function parseAccessString(text: string, path?: readonly string[]): AccessRules {
  const refuse = (message: string) => invalidInput(`Invalid access string: ${message}`, path);
  if (text.length > maxLength) throw refuse(`expected at most ${maxLength} characters.`);
  if (/[\u0000-\u001f\u007f]/.test(text)) throw refuse('expected one line without control characters.');

  let on = false;
  const root = emptyDraft(undefined);
  let selectors: Draft[] = [];
  for (const rule of splitRules(text, refuse)) {
    const word = rule.toLowerCase();
    if (word === 'on' || word === 'off') on = word === 'on';
    else if (word === 'clearselectors') selectors = [];
    else if (rule.startsWith('(')) selectors.push(parseSelector(rule, refuse));
    else applyRule(root, rule, refuse);
  }
  return { ...root, on, selectors };
}

/**
 * Normalises an access string as ElastiCache stores and shows it: state, keys, channels if it has rules for them,
 * commands. `off +get ~keys*` becomes `off ~keys* -@all +get`.
 * @throws ExpectedFailure INVALID_INPUT at `path`.
 */
export function normalizeAccessString(text: string, path?: readonly string[]): string {
  return formatAccessRules(parseAccessString(text, path));
}

/** Formats rules in the normal form. */
function formatAccessRules(rules: AccessRules): string {
  return [
    rules.on ? 'on' : 'off',
    ...formatSelectorRules(rules),
    ...rules.selectors.map((selector) => `(${formatSelectorRules(selector).join(' ')})`),
  ].join(' ');
}

/** Formats one selector's rules in the order of the normal form. */
export function formatSelectorRules({ keys, channels, allCommands, commands }: SelectorRules): string[] {
  const narrowed = channels && !channels.includes('&*') ? ['resetchannels'] : [];
  return [...keys, ...narrowed, ...(channels ?? []), allCommands ? '+@all' : '-@all', ...commands];
}

type Refuse = (message: string) => Error;

function splitRules(text: string, refuse: Refuse): string[] {
  const rules: string[] = [];
  let open: string[] | undefined;
  for (const word of text.split(' ').filter((part) => part !== '')) {
    if (open) open.push(word);
    else if (word.startsWith('(')) open = [word];
    else rules.push(word);
    if (open && word.endsWith(')')) {
      rules.push(open.join(' '));
      open = undefined;
    }
  }
  if (open) throw refuse('a selector that is opened by "(" must be closed by ")".');
  return rules;
}

function parseSelector(rule: string, refuse: Refuse): Draft {
  // A selector starts with nothing allowed, including channels, unlike a user.
  const draft = emptyDraft([]);
  for (const word of rule.slice(1, -1).split(' ')) if (word !== '') applyRule(draft, word, refuse);
  return draft;
}

function applyRule(draft: Draft, rule: string, refuse: Refuse): void {
  switch (rule.toLowerCase()) {
    case 'allkeys':
      draft.keys = ['~*'];
      return;
    case 'resetkeys':
      draft.keys = [];
      return;
    case 'allchannels':
      draft.channels = ['&*'];
      return;
    case 'resetchannels':
      draft.channels = [];
      return;
    case 'allcommands':
    case '+@all':
      draft.allCommands = true;
      draft.commands = [];
      return;
    case 'nocommands':
    case '-@all':
      draft.allCommands = false;
      draft.commands = [];
      return;
  }
  if (/^(?:~|%(?:r|w|rw|wr)~)./i.test(rule)) draft.keys = withKeyPattern(draft.keys, rule, refuse);
  else if (/^&./.test(rule)) draft.channels = withChannelPattern(draft.channels, rule);
  else if (/^[+-]./.test(rule)) draft.commands = withCommand(draft.commands, rule.toLowerCase(), refuse);
  else if (secrets.test(rule.toLowerCase())) {
    throw refuse('passwords and nopass are not part of it; use the authentication mode.');
  } else if (rule.toLowerCase() === 'reset') throw refuse('"reset" is not allowed.');
  else
    // Not repeated, because it may be a password without its ">".
    throw refuse(
      'it has a word that is no rule. Expected on, off, ~keys, &channels, +command, -command, +@category or -@category.',
    );
}

function withKeyPattern(keys: readonly string[], rule: string, refuse: Refuse): readonly string[] {
  const at = rule.indexOf('~');
  const kind = rule.slice(0, at).toUpperCase().replace('%WR', '%RW').replace('%RW', '');
  const pattern = `${kind}${rule.slice(at)}`;
  if (pattern === '~*') return ['~*'];
  if (keys.includes('~*')) {
    throw refuse(
      'a pattern of keys has no effect after ~* or allkeys. Use resetkeys to start with an empty list of patterns.',
    );
  }
  return keys.includes(pattern) ? keys : [...keys, pattern];
}

function withChannelPattern(channels: readonly string[] | undefined, rule: string): readonly string[] {
  if (rule === '&*' || channels?.includes('&*')) return ['&*'];
  return channels?.includes(rule) ? channels : [...(channels ?? []), rule];
}

/** A later rule for the same command (with its subcommands) or category replaces earlier ones, as in Valkey. */
function withCommand(commands: readonly string[], rule: string, refuse: Refuse): readonly string[] {
  const name = rule.slice(1);
  if (!elastiCacheVocabulary.has(name)) {
    throw refuse(`a rule names no known ${name.startsWith('@') ? 'category' : 'command'}.`);
  }
  const earlier = commands.filter((other) => other.slice(1) !== name && !other.slice(1).startsWith(`${name}|`));
  return [...earlier, rule];
}
