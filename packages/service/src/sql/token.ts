/** What a piece of SQL text is. Blanks and comments are tokens too: the tokens of a text, put together, are the text. */
export type TokenKind =
  | 'blank'
  | 'comment'
  | 'word'
  | 'identifier'
  | 'string'
  | 'number'
  | 'operator'
  | 'position'
  | 'variable'
  | 'stage'
  | 'unknown'

/** One piece of SQL text and where it stands. Offsets count UTF-16 units. */
export interface Token {
  readonly kind: TokenKind
  readonly start: number
  readonly end: number
  readonly text: string
  /** Why the token is not well formed: its closing mark is missing, or its character has no meaning. */
  readonly problem?: { readonly message: string; readonly hint: string }
}

/** Whether the token says something: is neither blank nor comment. */
export function isSignificant(token: Token): boolean {
  return token.kind !== 'blank' && token.kind !== 'comment'
}

/** Whether the token is the bare word `word`, in any case. */
export function isWord(token: Token | undefined, ...words: readonly string[]): boolean {
  return token?.kind === 'word' && words.includes(token.text.toUpperCase())
}

/** Whether the token is this operator or punctuation mark. */
export function isOperator(token: Token | undefined, text: string): boolean {
  return token?.kind === 'operator' && token.text === text
}
