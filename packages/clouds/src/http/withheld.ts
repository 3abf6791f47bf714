/** What others wrote, without the secrets a request was made with: a store that repeats what it was told must not make us repeat it. */
export function withhold(text: string, secrets: readonly string[]): string {
  return withholding(secrets)(text)
}

/** The same for several texts: what a secret looks like in all its forms is worked out once, and only when a text could hold it. */
export function withholding(secrets: readonly string[]): (text: string) => string {
  const known = secrets.filter((secret) => secret !== '').map((secret) => ({ secret, plain: plainPart(secret) }))
  const patterns = new Map<string, RegExp>()
  const patternOf = (secret: string): RegExp => {
    const pattern = patterns.get(secret) ?? inAnyForm(secret)
    patterns.set(secret, pattern)
    return pattern
  }
  return (text) => {
    let clean = text.replaceAll(/(Signature=)[0-9a-f]{16,}/gi, '$1***')
    const folded = clean.toLowerCase()
    for (const { secret, plain } of known) if (folded.includes(plain)) clean = clean.replaceAll(patternOf(secret), '***')
    return clean
  }
}

/** The longest part of a secret that nobody escapes: every form of the secret has it. */
function plainPart(secret: string): string {
  const parts = secret.match(/[A-Za-z0-9]+/g) ?? ['']
  return parts.reduce((longest, part) => (part.length > longest.length ? part : longest)).toLowerCase()
}

const ENTITIES = new Map([
  ['&', 'amp'],
  ['<', 'lt'],
  ['>', 'gt'],
  ['"', 'quot'],
  ["'", 'apos'],
])
const JSON_LETTERS = new Map([
  ['\n', 'n'],
  ['\r', 'r'],
  ['\t', 't'],
  ['\b', 'b'],
  ['\f', 'f'],
])

/** Matches the secret as it is, and as URLs, JSON, XML and HTML write it: each character by itself, since nobody escapes the same ones. */
function inAnyForm(secret: string): RegExp {
  return new RegExp(Array.from(secret.toWellFormed(), formsOf).join(''), 'giu')
}

function formsOf(character: string): string {
  if (/[A-Za-z0-9]/.test(character)) return character
  const code = character.codePointAt(0) ?? 0
  const bytes = Array.from(new TextEncoder().encode(character), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
  const units = Array.from({ length: character.length }, (_, at) => `\\\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`).join(
    '',
  )
  const entity = ENTITIES.get(character)
  const letter = JSON_LETTERS.get(character)
  const forms = [
    ...(character === '"' || character === '\\' || character === '/' ? [`\\\\${escaped(character)}`] : []),
    escaped(character),
    bytes,
    units,
    `&#0*${code};`,
    `&#x0*${code.toString(16)};`,
    ...(entity === undefined ? [] : [`&${entity};`]),
    ...(letter === undefined ? [] : [`\\\\${letter}`]),
    ...(character === ' ' ? ['\\+'] : []),
  ]
  // Longer forms first: "&" is the beginning of "&amp;".
  return `(?:${forms.toSorted((a, b) => b.length - a.length).join('|')})`
}

function escaped(character: string): string {
  return character.replaceAll(/[$()*+./?[\\\]^{|}]/g, String.raw`\$&`)
}
