import { Lexer, Source, TokenKind } from 'graphql';

/** What a text holds before it is parsed, counted no further than to the limits given. */
export interface TokenFigures {
  readonly tokens: number;
  /** Brackets that stand open at once. */
  readonly nesting: number;
}

/**
 * Counts a document's tokens. The parser would count them too, but not how deep they nest, and it calls itself for each
 * level: a few thousand of them take the whole stack.
 * @throws GraphQLError where something is no token
 */
export function scanTokens(text: string, most: TokenFigures): TokenFigures {
  const lexer = new Lexer(new Source(text));
  let tokens = 0;
  let open = 0;
  let nesting = 0;
  while (tokens <= most.tokens && nesting <= most.nesting) {
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
