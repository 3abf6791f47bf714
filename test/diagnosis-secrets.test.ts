import type { HttpRequest, Transport } from '@sluice/core'
import type { ConnectionInput } from '@sluice/service'
import { afterEach, describe, expect, it } from 'vitest'
import { artifactText } from './support/artifacts.ts'
import { findCanaries } from './support/canaries.ts'
import { AZURE_TENANT, BUCKET, CUSTOMER_ACCOUNT, type Installation, startInstallation } from './support/installation.ts'

const signal = new AbortController().signal

/** By what a request shows that it may: its tokens, its signatures, its external id. */
function proofsOf({ url, target, headers, body }: HttpRequest): readonly string[] {
  const query = new URLSearchParams(target?.split('?')[1] ?? url.search)
  const form = new URLSearchParams(headers['content-type']?.includes('urlencoded') === true ? new TextDecoder().decode(body) : '')
  const named = [...Object.entries(headers), ...query, ...form].filter(([name]) =>
    /authorization|token|^sig$|signature$|assertion|externalid|accesskeyid$/i.test(name),
  )
  return named.flatMap(([, value]) => [value, ...(/(?:Signature=|Bearer |:)([^\s:=]{16,}=*)$/.exec(value)?.slice(1) ?? [])])
}

/** A connection that is refused in a way that leaves several causes open, so that more is asked. */
interface Case {
  readonly cloud: string
  readonly input: Omit<ConnectionInput, 'name' | 'purposes'>
  /** Makes what the connection is for; without any right to it. */
  begin(installation: Installation): void
  /** Lets the connection in, as far as the cloud has something between. */
  letIn?(installation: Installation): Promise<void>
}

const CASES: readonly Case[] = [
  {
    cloud: 'aws',
    input: { cloud: 'aws', method: 'role', auth: { accountId: CUSTOMER_ACCOUNT }, locations: [`s3://${BUCKET}/data/`] },
    begin: ({ lab }) => {
      lab.aws.createAccount(CUSTOMER_ACCOUNT, 'customer')
      lab.aws.createBucket(CUSTOMER_ACCOUNT, { name: BUCKET, region: 'us-west-2' })
      const denying = { Effect: 'Deny', Principal: '*', Action: ['s3:ListBucket', 's3:*Object'], Resource: ['*'] }
      lab.aws.putBucketPolicy(BUCKET, {
        Version: '2012-10-17',
        Statement: [{ ...denying, Resource: [`arn:aws:s3:::${BUCKET}`, `arn:aws:s3:::${BUCKET}/*`] }],
      })
    },
    letIn: async ({ lab, setups, caller }) => {
      const { artifacts } = await setups.forConnection(caller, 'acme', {})
      lab.aws.applyTemplate(CUSTOMER_ACCOUNT, artifactText({ artifacts }, 'cloudformation'))
    },
  },
  {
    cloud: 'gcp',
    input: { cloud: 'gcp', method: 'grant', auth: {}, locations: ['gs://acme-lake/data/'] },
    begin: ({ lab }) => {
      lab.gcp.createProject('acme-data', '123456789012')
      lab.gcp.createBucket('acme-data', { name: 'acme-lake', location: 'EUROPE-WEST3' })
    },
  },
  {
    cloud: 'azure',
    input: { cloud: 'azure', method: 'managed-identity', auth: {}, locations: ['azure://lakedata.blob.core.windows.net/landing/'] },
    begin: ({ lab }) => {
      lab.azure.createStorageAccount({ name: 'lakedata', tenantId: AZURE_TENANT })
      lab.azure.createContainer('lakedata', 'landing')
    },
  },
  {
    cloud: 'aliyun',
    input: { cloud: 'aliyun', method: 'role', auth: { accountId: '9876543210987654' }, locations: ['oss://acme-oss-lake/data/'] },
    begin: ({ lab }) => {
      lab.aliyun.createAccount('9876543210987654', 'customer')
      lab.aliyun.createBucket('9876543210987654', { name: 'acme-oss-lake', region: 'cn-beijing' })
      const denying = {
        Effect: 'Deny',
        Principal: ['*'],
        Action: ['oss:*'],
        Resource: ['acs:oss:*:*:acme-oss-lake', 'acs:oss:*:*:acme-oss-lake/*'],
      }
      lab.aliyun.putBucketPolicy('acme-oss-lake', { Version: '1', Statement: [denying] })
    },
    letIn: async ({ lab, setups, caller }) => {
      const { artifacts } = await setups.forConnection(caller, 'acme', {})
      lab.aliyun.applyTemplate('9876543210987654', artifactText({ artifacts }, 'ros'))
    },
  },
]

const open: Installation[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((installation) => installation.close()))
})

describe('nothing by which a request was let in', () => {
  it.each(CASES)('is in the report of a diagnosis of $cloud', async ({ input, begin, letIn }) => {
    const proofs = new Set<string>()
    const watching =
      (send: Transport): Transport =>
      (request, given) => {
        for (const proof of proofsOf(request)) if (proof.length >= 12) proofs.add(proof)
        return send(request, given)
      }
    const installation = await startInstallation({ layer: watching })
    open.push(installation)
    const { connections, diagnoses, store, caller } = installation
    begin(installation)
    await connections.create(caller, { ...input, name: 'acme', purposes: ['import', 'backup'] })
    const reports = [await diagnoses.diagnose(caller, 'acme', { write: true }, signal)]
    await letIn?.(installation)
    reports.push(await diagnoses.diagnose(caller, 'acme', { write: true }, signal))
    for (const { verdict, probes } of reports) {
      expect(verdict).not.toBe('ok')
      // By these the customer finds the requests in their own logs.
      expect(probes.filter(({ status, requestId }) => status !== undefined && requestId === undefined)).toEqual([])
    }
    expect(proofs.size).toBeGreaterThan(0)
    const audit = await store.audit.list(caller.project, { limit: 50 })
    const canaries = [...proofs].map((value) => ({ name: `${value.slice(0, 6)}…`, value }))
    expect(findCanaries(canaries, [{ place: 'reports and audit', content: JSON.stringify([reports, audit]) }])).toEqual([])
  })
})
