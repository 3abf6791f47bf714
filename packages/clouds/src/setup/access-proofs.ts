import { ACCESSES, type Access, contains, covers, type Location, type SetupProof } from '@sluice/core'
import { proof } from './prove.ts'

/** What a setup promises, and how the evaluator of its cloud is asked about it. */
export interface AccessQuestions<Call> {
  readonly access: readonly Access[]
  readonly locations: readonly Location[]
  /** How claims begin a location: `s3://`. */
  readonly scheme: string
  /** Set where a grant to list is always one for the whole bucket: nothing is claimed then of listing outside. */
  readonly listsWholeBuckets?: true
  /** Every call we make for an access, with every key that may be in play. */
  callsFor(access: Access, location: Location, key: string): readonly Call[]
  /** The one call without which an access is nothing. Without a prefix, listing is listing all. */
  simplest(access: Access, bucket: string, key: string, prefix?: string): Call
  /** What is true of a bucket itself, and the call that shows it. */
  bucketClaims(bucket: string): readonly { readonly text: string; readonly expected: SetupProof['expected']; readonly call: Call }[]
  /** Whether a call works. Where policies may be set up in several ways, a grant must work in each of them and a refusal must hold in each. */
  allows(call: Call, expected: SetupProof['expected']): boolean
}

const VERBS: { readonly [access in Access]: string } = { list: 'List', read: 'Read', write: 'Write', delete: 'Delete' }

/** Every access asked for works in every location, nothing else does, and nothing works next to or outside them. */
export function accessProofs<Call>(questions: AccessQuestions<Call>): readonly SetupProof[] {
  return [
    ...questions.locations.flatMap((location) => [...insideProofs(questions, location), ...neighbourProofs(questions, location)]),
    ...[...new Set(questions.locations.map((location) => location.bucket))].flatMap((bucket) => bucketProofs(questions, bucket)),
  ]
}

/** A key within a location. */
function sampleKey({ extent, prefix }: Location): string {
  return extent === 'object' ? prefix : `${prefix}a/b.parquet`
}

function insideProofs<Call>(questions: AccessQuestions<Call>, location: Location): readonly SetupProof[] {
  const key = sampleKey(location)
  const shown = `${questions.scheme}${location.bucket}/${location.prefix}${location.extent === 'object' ? '' : '*'}`
  return ACCESSES.map((access) =>
    questions.access.includes(access)
      ? claim(questions, `${VERBS[access]} ${shown}`, 'allowed', questions.callsFor(access, location, key))
      : claim(questions, `${VERBS[access]} ${shown}`, 'denied', [questions.simplest(access, location.bucket, key, location.prefix)]),
  )
}

/** What lies next to a location and above it must stay out of reach, whatever the access. */
function neighbourProofs<Call>(questions: AccessQuestions<Call>, location: Location): readonly SetupProof[] {
  if (location.extent === 'bucket') return []
  const { bucket } = location
  const { scheme, simplest } = questions
  const [folder, sibling] = [parentOf(location.prefix), neighbourOf(questions, location)]
  const parent = unreached(questions, bucket, `${folder}sluice-outside`)
  const listed = questions.locations.some((one) => one.bucket === bucket && one.prefix === folder)
  const refused = (text: string, call: Call): SetupProof => claim(questions, text, 'denied', [call])
  const limited = ACCESSES.filter((access) => access !== 'list' || questions.listsWholeBuckets !== true)
  const nearby = [
    ...limited.map((access) =>
      refused(`${VERBS[access]} ${scheme}${bucket}/${sibling}*`, simplest(access, bucket, `${sibling}x`, sibling)),
    ),
    refused(`Read ${scheme}${bucket}/${parent}`, simplest('read', bucket, parent)),
  ]
  if (!limited.includes('list')) return nearby
  return [
    ...nearby,
    ...(listed ? [] : [refused(`List ${scheme}${bucket}/${folder}`, simplest('list', bucket, folder, folder))]),
    refused(`List all of ${scheme}${bucket}`, simplest('list', bucket, '')),
  ]
}

function parentOf(prefix: string): string {
  return prefix.slice(0, prefix.replace(/\/$/, '').lastIndexOf('/') + 1)
}

/** `data2/` beside `data/`: the neighbour a missing slash would let in, unless the connection has it too. */
function neighbourOf({ locations }: Pick<AccessQuestions<never>, 'locations'>, { bucket, prefix }: Location): string {
  const stem = prefix.replace(/\/$/, '')
  const reaches = (candidate: string): boolean =>
    locations.some(
      (one) =>
        one.bucket === bucket &&
        (covers(one, `${candidate}x`) || contains({ ...one, prefix: candidate, extent: 'folder' }, one) || covers(one, candidate)),
    )
  for (let number = 2; ; number++) if (!reaches(`${stem}${number}/`)) return `${stem}${number}/`
}

/** A key near `key` that no location covers. */
function unreached({ locations }: Pick<AccessQuestions<never>, 'locations'>, bucket: string, key: string): string {
  for (let candidate = key; ; candidate += '-')
    if (!locations.some((one) => one.bucket === bucket && covers(one, candidate))) return candidate
}

function bucketProofs<Call>(questions: AccessQuestions<Call>, bucket: string): readonly SetupProof[] {
  const foreign = `${bucket}-foreign`
  const inside = questions.locations.find((location) => location.bucket === bucket)
  const key = inside ? sampleKey(inside) : 'x'
  return [
    ...questions.bucketClaims(bucket).map(({ text, expected, call }) => claim(questions, text, expected, [call])),
    ...ACCESSES.map((access) =>
      claim(questions, `${VERBS[access]} in the bucket ${foreign}`, 'denied', [
        questions.simplest(access, foreign, key, inside?.prefix ?? ''),
      ]),
    ),
  ]
}

/** A claim about calls: granted when all of them work, refused when none does. */
function claim<Call>(
  { allows }: Pick<AccessQuestions<Call>, 'allows'>,
  text: string,
  expected: SetupProof['expected'],
  calls: readonly Call[],
): SetupProof {
  const works = (call: Call): boolean => allows(call, expected)
  return proof(text, expected, expected === 'allowed' ? calls.every(works) : calls.some(works))
}
