import { Lexer, Source, TokenKind } from 'graphql';

/** The tokens of a text and the depth of its brackets. */
export interface TokenCounts {
  readonly tokens: number;
  /** The maximum number of brackets that are open at the same time. */
  readonly nesting: number;
}

/**
 * Counts a document's tokens, and stops past the given maximum. The parser can limit tokens, but not their depth: it is recursive, so
 * a few thousand levels overflow the stack.
 * @throws GraphQLError if the text contains an invalid token
 */
export function scanTokens(text: string, max: TokenCounts): TokenCounts {
  const lexer = new Lexer(new Source(text));
  let tokens = 0;
  let open = 0;
  let nesting = 0;
  while (tokens <= max.tokens && nesting <= max.nesting) {
    const { kind } = lexer.advance();
    if (kind === TokenKind.EOF) break;
    tokens += 1;
    if (opening.has(kind)) nesting = Math.max(nesting, (open += 1));
    else if (closing.has(kind)) open -= 1;
  }
  return { tokens, nesting };
}

const opening = new Set<TokenKind>([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const closing = new Set<TokenKind>([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);
