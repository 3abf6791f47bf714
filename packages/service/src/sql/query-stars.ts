import { quoteIdentifier } from './literals.ts'
import type { Block } from './query-blocks.ts'
import type { Source } from './query-plan.ts'
import type { Edit } from './rewriting.ts'
import type { StatementText } from './statements.ts'
import { isOperator, isWord } from './token.ts'

/**
 * Keeps METADATA columns out of `*`, where users do not expect them: the views have them as plain columns once the query asks for one.
 * Call it after every use was resolved.
 */
export function starEdits(text: StatementText, block: Block, sources: readonly Source[]): readonly Edit[] {
  const inBlock = sources.filter((source) => source.block === block)
  const from = block.fromFirst === undefined ? undefined : text.tokens[block.fromFirst]
  if (from && !block.hasSelect) {
    const hidden = metadataNames(inBlock)
    return hidden === '' ? [] : [{ start: from.start, end: from.start, text: `SELECT * EXCLUDE (${hidden}) `, anchor: from }]
  }
  return block.stars.flatMap(({ index, qualifier }) => {
    const meant = qualifier === undefined ? inBlock : inBlock.filter((source) => source.alias.toLowerCase() === qualifier.toLowerCase())
    const hidden = metadataNames(meant)
    return hidden === '' ? [] : exclude(text, index, hidden)
  })
}

function metadataNames(sources: readonly Source[]): string {
  const names = [
    ...(sources.some((source) => source.filename) ? ['METADATA$FILENAME'] : []),
    ...(sources.some((source) => source.rowNumber) ? ['METADATA$FILE_ROW_NUMBER'] : []),
  ]
  return names.map(quoteIdentifier).join(', ')
}

/** Adds names to the EXCLUDE of the star at `index`, which may have none, one name or a list. */
function exclude(text: StatementText, index: number, names: string): readonly Edit[] {
  const star = text.tokens[index]
  if (!star) return []
  const insert = (at: number, inserted: string): Edit => ({ start: at, end: at, text: inserted, anchor: star })
  if (!isWord(text.tokens[index + 1], 'EXCLUDE')) return [insert(star.end, ` EXCLUDE (${names})`)]
  const next = text.tokens[index + 2]
  if (!next) return []
  if (isOperator(next, '(')) return [insert(next.end, `${names}, `)]
  return [insert(next.start, `(${names}, `), insert(next.end, ')')]
}
