import type { Explanation, Text } from '../cause.ts'
import type { Failure } from '../failure.ts'
import type { Facts } from '../facts.ts'
import { placeOf } from './place.ts'

/** How causes stand to one refusal, by their codes. */
export type Gaps = { readonly [code: string]: Explanation }

/** Writes gaps of one refusal, all with the values that its texts name. */
export function gapWriter(failure: Failure, facts: Facts) {
  const place = placeOf(failure.observation, facts)
  const values = {
    ...(place?.account === undefined ? {} : { account: place.account }),
    ...(place === undefined ? {} : { container: place.container, path: place.path }),
    ...(place?.host === undefined ? {} : { host: place.host }),
  }
  const write =
    (fits: Explanation['fits']) =>
    (code: string, evidence: Text, more: Partial<Explanation> = {}): Gaps => ({
      [code]: { ...more, fits, for: [evidence, ...(more.for ?? [])], values: { ...values, ...more.values } },
    })
  return { proved: write('proved'), named: write('named'), possible: write('possible') }
}
