import { identifierName, quoteIdentifier } from './literals.ts'
import { type Span, sqlError } from './position.ts'
import { type Block, findBlocks, type QueryBlocks, type Use } from './query-blocks.ts'
import type { ReferenceClause } from './reference-clause.ts'
import { type Edit, type Rewriting, rewrite } from './rewriting.ts'
import { starEdits } from './query-stars.ts'
import type { FileReference, ReferenceArguments } from './stage-reference.ts'
import type { StatementText } from './statements.ts'
import { isOperator, isWord } from './token.ts'
import { readPath } from './variant-path.ts'

/** Files that stand for a table in a query, and what the query wants of them. */
export interface PlannedSource {
  readonly view: string
  readonly reference: FileReference
  readonly arguments: ReferenceArguments
  readonly span: Span
  readonly positional: boolean
  readonly metadata: { readonly filename: boolean; readonly rowNumber: boolean }
  /** Where `$1:path` is first used; it reads the row as a document and has a meaning for NDJSON alone. */
  readonly documentUse?: Span
}

/** A query in the engine's dialect, each file reference replaced by the name of a view. */
export interface QueryPlan extends Rewriting {
  readonly sources: readonly PlannedSource[]
}

/** What is known of one reference while its uses are found. */
export interface Source {
  readonly clause: ReferenceClause
  readonly block: Block
  readonly view: string
  /** The name by which the query knows it. */
  readonly alias: string
  positional: boolean
  filename: boolean
  rowNumber: boolean
  documentUse?: Span
}

type SourcesByBlock = ReadonlyMap<Block, readonly Source[]>

/** More references than a person writes; each costs requests before the query starts. */
const MAX_REFERENCES = 64

/** Finds the file references of a query and rewrites it for the engine. Throws `invalid`, pointing at the token. */
export function planQuery(text: StatementText): QueryPlan {
  const found = findBlocks(text)
  const sources = nameSources(text, found)
  const edits: Edit[] = sources.map(referenceEdit)
  const byBlock = Map.groupBy(sources, (source) => source.block)
  for (const use of found.uses) edits.push(useEdit(text, byBlock, use))
  for (const block of found.blocks) {
    refuseNatural(text, block, sources)
    edits.push(...starEdits(text, block, sources))
  }
  edits.push(...backtickEdits(text, sources))
  return { ...rewrite(text.source, text.start, text.end, edits), sources: sources.map(plannedSource) }
}

/** NATURAL would join by METADATA columns and positions too, which a view has as plain columns once they are asked for. */
function refuseNatural(text: StatementText, block: Block, sources: readonly Source[]): void {
  const token = block.natural === undefined ? undefined : text.tokens[block.natural]
  const adds = sources.some((source) => source.block === block && (source.positional || source.filename || source.rowNumber))
  if (token && adds)
    throw sqlError(
      'sql.position',
      text.source,
      token,
      'NATURAL joins by names; columns by position and METADATA columns would be among them.',
      {
        hint: 'Write JOIN … USING (column) or JOIN … ON.',
      },
    )
}

function nameSources(text: StatementText, found: QueryBlocks): readonly Source[] {
  const prefix = freePrefix(text.source.slice(text.start, text.end))
  const sources: Source[] = []
  for (const block of found.blocks)
    for (const clause of block.references) {
      if (sources.length === MAX_REFERENCES)
        throw sqlError('sql.too_many_stages', text.source, clause.span, `A query reads at most ${MAX_REFERENCES} stage references.`)
      const view = `${prefix}${sources.length + 1}`
      const alias = clause.alias ?? (clause.reference.kind === 'stage' ? clause.reference.stage : view)
      const twin = sources.find((other) => other.block === block && other.alias.toLowerCase() === alias.toLowerCase())
      if (twin)
        throw sqlError('sql.ambiguous_alias', text.source, clause.span, `Two tables of this FROM are called ${quoteIdentifier(alias)}.`, {
          hint: 'Give each an alias of its own: FROM @stage/a AS a JOIN @stage/b AS b.',
        })
      sources.push({ clause, block, view, alias, positional: false, filename: false, rowNumber: false })
    }
  return sources
}

/** What the names of our views begin with: nothing that the statement says itself. */
function freePrefix(statement: string): string {
  const prefix = 'sluice_files_'
  if (!statement.toLowerCase().includes(prefix)) return prefix
  const taken = new Set(Array.from(statement.matchAll(/sluice_files_(\d+)_/gi), ([, number]) => number))
  let number = 1
  while (taken.has(String(number))) number++
  return `${prefix}${number}_`
}

function referenceEdit(source: Source): Edit {
  const { span, alias, reference } = source.clause
  const named = alias === undefined && reference.kind === 'stage' ? ` AS ${quoteIdentifier(source.alias)}` : ''
  return { start: span.start, end: span.end, text: `${quoteIdentifier(source.view)}${named}`, anchor: span }
}

function useEdit(text: StatementText, sources: SourcesByBlock, use: Use): Edit {
  const token = text.tokens[use.index]
  // findBlocks made the use from this very token.
  if (!token) throw sqlError('sql.syntax', text.source, text, 'The statement could not be read.')
  const source = sourceOf(text, sources, use, token)
  const path = token.kind === 'position' && !use.inBrackets ? readPath(text, use.index + 1) : undefined
  const column = path ? '$1' : columnOf(text, token, source)
  if (path) {
    if (token.text !== '$1') throw sqlError('sql.position', text.source, token, 'Only $1 holds the whole row: write $1:path.')
    source.documentUse ??= { start: token.start, end: path.end }
    source.positional = true
  }
  // ORDER BY of a set operation sees the columns of its result only, without a table's name.
  const bare = use.qualifier !== undefined || (use.inOrderBy && use.block?.inSetOperation === true)
  const name = bare ? quoteIdentifier(column) : `${quoteIdentifier(source.alias)}.${quoteIdentifier(column)}`
  if (!path) return { start: token.start, end: token.end, text: name, anchor: token }
  const qualified = use.qualifier === undefined ? undefined : text.tokens[use.index - 2]
  const start = qualified?.start ?? token.start
  const row = `${quoteIdentifier(source.alias)}.${quoteIdentifier(column)}`
  const label =
    use.inSelectList && isWholeItem(text, start, path.end) ? ` AS ${quoteIdentifier(text.source.slice(token.start, path.end))}` : ''
  return { start, end: path.end, text: `json_extract_string(${row}, ${path.sql})${label}`, anchor: { start, end: path.end } }
}

/** Whether what stands from `start` to `end` is an item of a SELECT list by itself, without an alias: it then gets one that reads as written. */
function isWholeItem(text: StatementText, start: number, end: number): boolean {
  const after = text.tokens[firstFrom(text, end)]
  const before = text.tokens[firstFrom(text, start) - 1]
  const ends = after === undefined || isOperator(after, ',') || isOperator(after, ')') || isWord(after, 'FROM')
  return ends && (isWord(before, 'SELECT', 'DISTINCT', 'ALL') || isOperator(before, ','))
}

/** The index of the first token at or behind an offset, found by halves: a long list asks this for each of its items. */
function firstFrom({ tokens }: StatementText, offset: number): number {
  let low = 0
  let high = tokens.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((tokens[middle]?.start ?? offset) < offset) low = middle + 1
    else high = middle
  }
  return low
}

/** The one reference that a `$N` or METADATA$… means. */
function sourceOf(text: StatementText, sources: SourcesByBlock, use: Use, span: Span): Source {
  if (use.qualifier !== undefined) {
    const wanted = use.qualifier.toLowerCase()
    for (let block = use.block; block; block = block.parent) {
      const match = sources.get(block)?.find((source) => source.alias.toLowerCase() === wanted)
      if (match) return match
    }
    throw sqlError('sql.position', text.source, span, 'What stands before the dot is not a stage of this query.', {
      hint: 'Columns by position and METADATA columns belong to stages only.',
    })
  }
  const candidates = (use.block && sources.get(use.block)) ?? []
  const [only] = candidates
  if (only && candidates.length === 1) return only
  const hint =
    candidates.length > 1
      ? `Say which: ${quoteIdentifier(only?.alias ?? 'alias')}.$1 and so on.`
      : 'Write it in the SELECT whose FROM has the stage.'
  const count = candidates.length === 0 ? 'no stage' : `${candidates.length} stages`
  throw sqlError(
    'sql.position',
    text.source,
    span,
    `The FROM of this SELECT has ${count}, so that it is not clear whose column is meant.`,
    { hint },
  )
}

/** The view's column for a `$N` or METADATA$… word; notes on the source that it is wanted. */
function columnOf(text: StatementText, token: Span & { readonly kind: string; readonly text: string }, source: Source): string {
  if (token.kind !== 'position') {
    const name = token.text.toUpperCase()
    if (name === 'METADATA$FILENAME') source.filename = true
    else if (name === 'METADATA$FILE_ROW_NUMBER') source.rowNumber = true
    else
      throw sqlError('sql.position', text.source, token, 'There is no such METADATA column.', {
        hint: 'There are METADATA$FILENAME and METADATA$FILE_ROW_NUMBER.',
      })
    return name
  }
  const position = Number(token.text.slice(1))
  if (position < 1 || position > 10_000 || token.text[1] === '0')
    throw sqlError('sql.position', text.source, token, 'Columns are counted from $1.')
  if (source.clause.columnAliases)
    throw sqlError('sql.position', text.source, token, 'The columns of this stage were given names by its alias.', {
      hint: 'Use those names.',
    })
  source.positional = true
  return token.text
}

/** The engine knows no backticks. */
function backtickEdits(text: StatementText, sources: readonly Source[]): readonly Edit[] {
  const covered = (span: Span) => sources.some(({ clause }) => span.start >= clause.span.start && span.end <= clause.span.end)
  return text.tokens
    .filter((token) => token.kind === 'identifier' && token.text.startsWith('`') && !covered(token))
    .map((token) => ({ start: token.start, end: token.end, text: quoteIdentifier(identifierName(token)), anchor: token }))
}

function plannedSource(source: Source): PlannedSource {
  return {
    view: source.view,
    reference: source.clause.reference,
    arguments: source.clause.arguments,
    span: source.clause.span,
    positional: source.positional,
    metadata: { filename: source.filename, rowNumber: source.rowNumber },
    ...(source.documentUse ? { documentUse: source.documentUse } : {}),
  }
}
