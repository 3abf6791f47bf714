import type { Dice } from './dice.ts'
import { KINDS, type Kind } from './kinds.ts'

/** A Parquet file: made by somebody else, or by a SELECT and options of COPY. */
export type FilePlan =
  | { readonly name: string; readonly select: string; readonly options: string }
  | { readonly name: string; readonly content: Uint8Array }

/** A relation to be made: one or more files, some with columns that the others lack or have of another type. */
export interface ViewPlan {
  readonly view: string
  readonly files: readonly FilePlan[]
  readonly positional: boolean
  readonly metadata: boolean
}

interface ColumnPlan {
  readonly name: string
  readonly kind: Kind
}

/** As much as an engine reads first. */
const PADDING = 256 * 1024

const ODD_NAMES = ['select', 'with blank', 'quo"te', 'ünï', 'a.b', '$1', 'file', 'x\u0301', 'METADATA']

/** Plans of `count` relations. */
export function planViews(dice: Dice, count: number): readonly ViewPlan[] {
  return Array.from({ length: count }, (_, index) => planView(dice, `v${index}`))
}

function planView(dice: Dice, view: string): ViewPlan {
  const columns: ColumnPlan[] = Array.from({ length: dice.between(2, 7) }, (_, index) => ({
    name: dice.chance(8) ? `${dice.pick(ODD_NAMES)}${index % 2 === 0 ? '' : index}` : `c${index}`,
    kind: dice.pick(KINDS),
  })).filter(({ name }, index, all) => all.findIndex((other) => other.name.toLowerCase() === name.toLowerCase()) === index)
  const count = dice.chance(55) ? 1 : dice.between(2, 4)
  const alike = dice.chance(40)
  const files = Array.from({ length: count }, (_, index) =>
    planFile(
      dice,
      dice.chance(20) ? `dir/k=${index}/p ${index}.parquet` : `${view}-${index}.parquet`,
      alike ? columns : varied(dice, columns),
    ),
  )
  return { view, files, positional: dice.chance(6), metadata: dice.chance(25) }
}

/** The same columns, of which some are missing, elsewhere, of another type or spelled in another case. */
function varied(dice: Dice, columns: readonly ColumnPlan[]): readonly ColumnPlan[] {
  const kept = columns.length > 1 ? dice.some(columns, 85) : columns
  const some = kept.length === 0 ? columns : kept
  const changed = some.map(({ name, kind }) => ({
    name: dice.chance(5) ? name.toUpperCase() : name,
    kind: kind.relatives && dice.chance(15) ? { ...kind, type: dice.pick(kind.relatives) } : kind,
  }))
  return dice.chance(30) ? dice.shuffled(changed) : changed
}

function planFile(dice: Dice, name: string, columns: readonly ColumnPlan[]): FilePlan {
  const groups = rowGroups(dice)
  const total = groups.reduce((sum, rows) => sum + rows, 0)
  const list = columns.map((column) => `${expression(dice, column.kind, total)} AS "${column.name.replaceAll('"', '""')}"`).join(', ')
  let start = 0
  // One arm a row group: the writer ends a group after each of its inputs' chunks.
  const arms = groups.map((rows) => {
    const arm = `SELECT ${list} FROM range(${start}, ${start + rows}) t(i)`
    start += rows
    return arm
  })
  const codec = dice.pick(['snappy', 'snappy', 'uncompressed', 'zstd', 'gzip', 'lz4_raw', 'brotli'])
  const options = [
    'FORMAT parquet',
    'ROW_GROUP_SIZE 1',
    `COMPRESSION ${codec}`,
    ...(dice.chance(30) ? ['PARQUET_VERSION V2'] : []),
    ...(dice.chance(15) ? ['DICTIONARY_SIZE_LIMIT 1'] : []),
    // A footer longer than the first read, so that no data comes along with it.
    ...(dice.chance(60) ? [`KV_METADATA {pad: repeat('x', ${PADDING})}`] : []),
  ]
  return { name, select: arms.join(' UNION ALL '), options: options.join(', ') }
}

function rowGroups(dice: Dice): readonly number[] {
  if (dice.chance(3)) return [0]
  if (dice.chance(15)) return [dice.between(1, 40)]
  const most = dice.pick([1, 3, 10, 40])
  return Array.from({ length: dice.between(2, dice.chance(20) ? 30 : 12) }, () => dice.between(1, most))
}

/** Values of a kind for `i`, in one of the shapes that row groups' statistics meet. */
function expression(dice: Dice, kind: Kind, total: number): string {
  const values = dice.chance(30) ? kind.values : dice.some(kind.values, 60)
  const chosen = values.length === 0 ? kind.values : values
  const list = `[${chosen.map((one) => `(${one})::${ownType(kind)}`).join(', ')}]`
  const { length } = chosen
  const salt = dice.below(1_000_000)
  const places = [
    // Sorted, clustered, at random, in turns, and always the same.
    `i * ${length} // ${Math.max(1, total)}`,
    `hash(i // ${dice.between(2, 30)} + ${salt}) % ${length}`,
    `hash(i + ${salt}) % ${length}`,
    `i % ${length}`,
    String(dice.below(length)),
  ]
  const value = `${list}[1 + (${dice.pick(places)})::INTEGER]`
  const nulls = dice.pick([
    'false',
    'false',
    `i % ${dice.between(2, 9)} = 0`,
    `(i // ${dice.between(1, 20)}) % 3 = 0`,
    `hash(i) % 20 <> 0`,
    'true',
  ])
  const cast = `TRY_CAST(${value} AS ${kind.type})`
  return nulls === 'false' ? cast : `CASE WHEN ${nulls} THEN NULL ELSE ${cast} END`
}

/** The values are read as the kind that they are of, then cast to the type that the file has. */
function ownType(kind: Kind): string {
  return KINDS.find((one) => one.values === kind.values)?.type ?? kind.type
}
