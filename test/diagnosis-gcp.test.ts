import type { DiagnosisReport, Json } from '@sluice/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Installation, PLATFORM_GCP_ACCOUNT, startInstallation } from './support/installation.ts'

const PROJECT = 'acme-data'
const BUCKET = 'acme-lake'
const signal = new AbortController().signal
const MEMBER = `serviceAccount:${PLATFORM_GCP_ACCOUNT}`

let installation: Installation
beforeEach(async () => {
  installation = await startInstallation()
  const { lab, connections, caller } = installation
  lab.gcp.createProject(PROJECT, '123456789012')
  lab.gcp.createBucket(PROJECT, { name: BUCKET, location: 'EUROPE-WEST3' })
  lab.gcp.putObject(BUCKET, 'data/a.csv', { body: 'a,b\n1,2\n' })
  await connections.create(caller, {
    name: 'acme',
    cloud: 'gcp',
    method: 'grant',
    auth: {},
    locations: [`gs://${BUCKET}/data/`],
    purposes: ['import'],
  })
})
afterEach(() => installation.close())

function diagnose(evidence?: Json): Promise<DiagnosisReport> {
  return installation.diagnoses.diagnose(installation.caller, 'acme', evidence === undefined ? {} : { evidence }, signal)
}

function grant(role: string): void {
  installation.lab.gcp.addBinding({ on: { bucket: BUCKET }, role, member: MEMBER })
}

describe('a grant on a bucket of Google Cloud', () => {
  it('that works is left alone', async () => {
    grant('roles/storage.objectViewer')
    expect(await diagnose()).toMatchObject({ verdict: 'ok', findings: [], capabilities: { list: 'ok', read: 'ok' } })
  })

  it('that was not made is one of a group, and proved with the bindings', async () => {
    const outside = await diagnose()
    expect(outside.findings[0]).toMatchObject({ cause: 'gcs.perm.list', certainty: 'group' })
    const inside = await diagnose({ documents: { bindings: [] } })
    expect(inside.findings[0]).toMatchObject({ cause: 'gcs.perm.list', certainty: 'proved' })
    expect(inside.findings[0]?.remedy.document).toBe('documents.bindings')
  })
})
