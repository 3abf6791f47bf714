import { expect, it } from 'vitest'
import { diagnosisScenarios } from '../../test/diagnosis/scenarios.ts'
import type { Finding } from '../finding.ts'
import type { Json } from '../json.ts'
import { diagnoseCase } from './index.ts'

const PROGRAMS: { readonly [cloud: string]: RegExp } = {
  aws: /^aws /,
  gcp: /gcloud storage /,
  azure: /^az /,
  aliyun: /^(aliyun|ossutil) /,
}

const patched = diagnosisScenarios().flatMap(({ name, cloud, case: given }) =>
  diagnoseCase(given)
    .findings.filter(({ remedy }) => remedy.patch !== undefined && remedy.document !== 'documents.sessionPolicy')
    .map((finding) => [`${name} (${finding.cause})`, cloud, finding] as const),
)

it('has patches of each cloud to look at', () => {
  expect(new Set(patched.map(([, cloud]) => cloud))).toEqual(new Set(Object.keys(PROGRAMS)))
})

it.each(patched)('%s comes with the command and the lines of Terraform', (_, cloud, { remedy }) => {
  expect(remedy.command).toMatch(PROGRAMS[cloud] ?? /never/)
  expect(remedy.terraform).toMatch(/^resource "/)
})

// A trust policy holds the external id: its text is not repeated.
it.each(patched.filter(([, , { remedy }]) => remedy.document !== 'documents.trustPolicy'))(
  '%s shows all that its patch adds',
  (_, _cloud, { remedy }) => {
    const shown = new Set(textsOf(JSON.parse(remedy.snippet ?? 'null')))
    expect(added(remedy).filter((text) => !shown.has(text))).toEqual([])
  },
)

function added({ patch = [] }: Finding['remedy']): readonly string[] {
  return patch.flatMap(({ value }) => (value === undefined ? [] : textsOf(value)))
}

function textsOf(value: Json): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : []
}
