import type { SchemaNode } from '../parquet/footer.ts'
import type { LocalParquet } from './local-parquet.ts'
import { hasDistinctNames } from './prune.ts'

/** The columns of a relation that its files have in different types, by their names in lower case. */
export interface MixedColumns {
  has(name: string): boolean
}

/** What files of one type have. */
export const NOTHING_MIXED: MixedColumns = { has: () => false }
const ALL_MIXED: MixedColumns = { has: () => true }

/**
 * Finds, by view, the columns that some of its files have in another type than the others.
 *
 * DuckDB hands a filter on such a column to each file with its constant cast to the file's own type. Where that loses something, rows are
 * lost or found wrongly: of integers beside fractions, `x > 2.6` becomes `x > 3`; of dates beside timestamps, noon becomes midnight.
 */
export function mixedColumns(files: readonly LocalParquet[]): ReadonlyMap<string, MixedColumns> {
  const byView = Map.groupBy(files, (file) => file.view)
  return new Map([...byView].map(([view, own]) => [view, mixedOf(own)]))
}

function mixedOf(files: readonly LocalParquet[]): MixedColumns {
  if (files.length < 2) return NOTHING_MIXED
  // Names that the engine makes up for columns that are called alike cannot be told from others.
  if (!files.every((file) => hasDistinctNames(file.footer.root))) return ALL_MIXED
  const first = new Map<string, SchemaNode>()
  const mixed = new Set<string>()
  for (const { footer } of files)
    for (const node of footer.root.children) {
      const name = node.name.toLowerCase()
      const known = first.get(name)
      if (!known) first.set(name, node)
      else if (known !== node && !isAlike(known, node)) mixed.add(name)
    }
  return mixed.size === 0 ? NOTHING_MIXED : mixed
}

/** Whether constants compare with both in the same way. Integers of all widths do: a constant that does not fit is compared after all. */
function isAlike(one: SchemaNode, other: SchemaNode): boolean {
  if (one.children.length !== other.children.length || one.repeated !== other.repeated) return false
  if (one.children.length > 0)
    return one.children.every((child, index) => {
      const twin = other.children[index]
      return twin !== undefined && child.name.toLowerCase() === twin.name.toLowerCase() && isAlike(child, twin)
    })
  if (isInteger(one) && isInteger(other)) return true
  return one.physical === other.physical && one.scale === other.scale && one.converted === other.converted && sameLogical(one, other)
}

/** ConvertedType: the integers of fixed width; LogicalType: integer. */
function isInteger({ physical, converted, logical }: SchemaNode): boolean {
  if (physical !== 'INT32' && physical !== 'INT64') return false
  return logical ? logical.id === 10 : converted === undefined || (converted >= 11 && converted <= 18)
}

function sameLogical({ logical: one }: SchemaNode, { logical: other }: SchemaNode): boolean {
  if (!one || !other) return one === other
  return one.id === other.id && Buffer.compare(one.value, other.value) === 0
}
