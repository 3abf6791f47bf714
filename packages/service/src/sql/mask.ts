import { isMadeOf } from './characters.ts'
import { identifierName, stringValue } from './literals.ts'
import { isOperator, isSignificant, isWord, type Token } from './token.ts'
import { tokenize } from './tokenizer.ts'

const MASK = '***'

/** Words that may stay when nothing else is known of a statement: the language's own. */
const KEYWORDS = new Set(
  (
    'CREATE OR REPLACE METHOD ACCOUNT_NAME ACCOUNT_KEY ACCESS_KEY_SECRET CREDENTIAL SAS_TOKEN ALTER DROP DESC DESCRIBE SHOW LIST LS CONNECTION CONNECTIONS STAGE STAGES IF NOT EXISTS SET UNSET URL COMMENT COMMENTS ' +
    'FILE_FORMAT TYPE PATTERN FILES LIKE LIMIT STORAGE_TYPE ROLE_ARN EXTERNAL_ID ACCESS_KEY_ID SECRET_ACCESS_KEY SESSION_TOKEN SECURITY_TOKEN ' +
    'ENDPOINT_URL REGION ENABLE_VIRTUAL_HOST_STYLE CONNECTION_NAME CASE_SENSITIVE SELECT FROM WHERE GROUP BY HAVING ORDER WITH AS JOIN ON USING ' +
    'UNION ALL DISTINCT VALUES LEFT RIGHT INNER FULL CROSS AND IN IS NULL TRUE FALSE CSV TSV NDJSON PARQUET COPY INTO REMOVE PRESIGN INSERT ' +
    'UPDATE DELETE SKIP_HEADER COMPRESSION FIELD_DELIMITER RECORD_DELIMITER QUOTE ESCAPE'
  ).split(' '),
)

/** Values of a CREATE CONNECTION that are meant to be seen, by parameter. Everything else there is masked. */
const OPEN_PARAMETERS: { readonly [name: string]: ((value: string) => boolean) | undefined } = {
  STORAGE_TYPE: isStorageType,
  REGION: isRegion,
  ENABLE_VIRTUAL_HOST_STYLE: (value) => ['true', 'false'].includes(value.toLowerCase()),
  PRESET: (value) => value.length <= 24 && isMadeOf(value.toLowerCase(), LETTERS + DIGITS),
  METHOD: (value) => value.length <= 24 && isMadeOf(value, `${LETTERS}-`),
  ROLE_ARN: isArn,
  AWS_ROLE_ARN: isArn,
  ENDPOINT_URL: isPlainUrl,
}

/** What is known of a statement when it is written down. */
export type Understanding = 'parsed' | 'not-understood'

/**
 * A statement as it may be shown and kept: credentials replaced by `***`, token by token.
 *
 * Of a statement that was not understood only keywords and punctuation stay: a slip of the pen turns a secret into any kind of token.
 * Of a CREATE CONNECTION only values that are known to be harmless stay; elsewhere what follows a name like `secret` or `token`, and URLs
 * that carry credentials, are masked.
 */
export function maskStatement(source: string, understanding: Understanding): string {
  const tokens = tokenize(source)
  const keep = understanding === 'parsed' ? keepParsed(tokens) : keepKeyword
  const texts = tokens.map((token) => (isBlankOrMark(token) || keep(token) ? token.text : MASK))
  // A masked token next to another says no more than one: the number of pieces is nobody's business either.
  return texts.filter((text, index) => text !== MASK || texts[index - 1] !== MASK).join('')
}

function isBlankOrMark(token: Token): boolean {
  return token.kind === 'blank' || (token.kind === 'operator' && !token.problem)
}

function keepKeyword(token: Token): boolean {
  return token.kind === 'word' && KEYWORDS.has(token.text.toUpperCase())
}

function keepParsed(tokens: readonly Token[]): (token: Token) => boolean {
  const significant = tokens.filter(isSignificant)
  const placeOf = new Map(significant.map((token, place) => [token, place]))
  const before = (token: Token, distance: number) => significant[(placeOf.get(token) ?? 0) - distance]
  const parameterOf = (token: Token): string => {
    const mark = before(token, 1)
    const name = isOperator(mark, '=') || isOperator(mark, '=>') ? before(token, 2) : undefined
    return name ? identifierName(name).toUpperCase() : ''
  }
  if (isCreateConnection(significant))
    return (token) => {
      if (token.kind === 'string') return OPEN_PARAMETERS[parameterOf(token)]?.(token.text.slice(1, -1)) === true
      return keepKeyword(token) || isWord(before(token, 1), 'CONNECTION', 'EXISTS')
    }
  const inline = inlineParameters(significant)
  return (token) => {
    // Beside credentials, what was commented out may be one.
    if (token.kind === 'comment') return inline.size === 0 && !looksSecret(token.text)
    if (token.kind === 'string' && inline.has(token)) return isOpenInline(parameterOf(token), token.text.slice(1, -1))
    // A URL within the marks of a name is a slip of the pen, and names nothing.
    if (token.kind === 'identifier') return !carriesCredentials(token.text)
    return token.kind !== 'string' || !(looksSecret(parameterOf(token)) || carriesCredentials(stringValue(token)))
  }
}

/** The tokens between the parentheses of every `CONNECTION => (…)` and `CONNECTION = (…)`. */
function inlineParameters(significant: readonly Token[]): ReadonlySet<Token> {
  const within = new Set<Token>()
  let isWithin = false
  for (const [place, token] of significant.entries()) {
    const mark = significant[place - 1]
    const opens =
      isOperator(token, '(') && (isOperator(mark, '=>') || isOperator(mark, '=')) && isWord(significant[place - 2], 'CONNECTION')
    if (opens) isWithin = true
    else if (isOperator(token, ')')) isWithin = false
    else if (isWithin) within.add(token)
  }
  return within
}

function isOpenInline(parameter: string, value: string): boolean {
  return parameter === 'CONNECTION_NAME' || OPEN_PARAMETERS[parameter]?.(value) === true
}

function isCreateConnection(significant: readonly Token[]): boolean {
  return isWord(significant[0], 'CREATE') && significant.slice(1, 4).some((token) => isWord(token, 'CONNECTION'))
}

const SECRET_WORDS = [
  'secret',
  'token',
  'password',
  'passwd',
  'credential',
  'access_key',
  'account_key',
  'master_key',
  'api_key',
  'private_key',
  'sas',
]

function looksSecret(name: string): boolean {
  const lower = name.toLowerCase()
  return SECRET_WORDS.some((word) => lower.includes(word))
}

/** What ends the plain part of a URL, encoded however often. */
const ENDS_PLAIN = ['@', '?', '#', '%40', '%3f', '%23', '%3a', '%2540', '%253f', '%2523', '%253a']

/** A signature, or the key in a connection string, wherever it stands. */
const SIGNED = ['sig=', 'accountkey=']

/** A URL with a user's part, a query or a fragment: keys and signatures stand there. */
function carriesCredentials(text: string): boolean {
  const lower = text.toLowerCase()
  if (SIGNED.some((word) => lower.includes(word))) return true
  const scheme = lower.indexOf('://')
  return scheme >= 0 && ENDS_PLAIN.some((mark) => lower.includes(mark, scheme + 3))
}

function isArn(value: string): boolean {
  return value.startsWith('arn:') || value.startsWith('acs:ram:')
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz'
const DIGITS = '0123456789'

function isStorageType(value: string): boolean {
  return value.length <= 8 && isMadeOf(value.toLowerCase(), LETTERS + DIGITS)
}

/** `us-west-2` and the like, or `auto`. */
function isRegion(value: string): boolean {
  const parts = value.split('-')
  return value === 'auto' || (parts.length >= 3 && isMadeOf(parts.at(-1) ?? '', DIGITS) && isMadeOf(parts.slice(0, -1).join(''), LETTERS))
}

function isPlainUrl(value: string): boolean {
  return value.length <= 200 && isMadeOf(value, `${LETTERS}${DIGITS}.-:/`) && value.includes('.')
}
