import type { Check, Report } from '@sluice/core'
import type { ConnectionInput } from '@sluice/service'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BUCKET, CUSTOMER_ACCOUNT, type Installation, startInstallation } from './support/installation.ts'

const signal = new AbortController().signal
let installation: Installation

beforeEach(async () => {
  installation = await startInstallation()
  const { aws } = installation.lab
  aws.createBucket(CUSTOMER_ACCOUNT, { name: BUCKET, region: 'us-west-2' })
  aws.putObject(BUCKET, 'data/a.csv', { body: 'a,b\n1,2\n' })
})
afterEach(() => installation.close())

async function report(input: Partial<ConnectionInput>): Promise<Report> {
  const { connections, validations, caller } = installation
  await connections.create(caller, {
    name: 'legacy',
    cloud: 'aws',
    method: 'keys',
    auth: {},
    locations: [`s3://${BUCKET}/data/`],
    purposes: ['import', 'backup'],
    ...input,
  })
  for await (const event of validations.validate(caller, 'legacy', { waitSeconds: 0 }, signal))
    if (event.type === 'report') return event.report
  throw new Error('no report')
}

function row(of: Report, name: string): Check {
  const found = of.checks.find((check) => check.name === name)
  if (found === undefined) throw new Error(`no check ${name}`)
  return found
}

/** A user of the customer's with the permissions the connection asks for. */
function userKeys(): { readonly accessKeyId: string; readonly secretAccessKey: string } {
  const { aws } = installation.lab
  aws.putUser(CUSTOMER_ACCOUNT, {
    name: 'sluice-legacy',
    policies: {
      p: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: 's3:ListBucket',
            Resource: `arn:aws:s3:::${BUCKET}`,
            Condition: { StringLike: { 's3:prefix': ['data/', 'data/*'] } },
          },
          {
            Effect: 'Allow',
            Action: ['s3:GetObject', 's3:PutObject', 's3:DeleteObject', 's3:AbortMultipartUpload'],
            Resource: `arn:aws:s3:::${BUCKET}/data/*`,
          },
        ],
      },
    },
  })
  const { accessKeyId, secretAccessKey } = aws.createAccessKey(CUSTOMER_ACCOUNT, 'sluice-legacy')
  return { accessKeyId, secretAccessKey }
}

describe('access keys', () => {
  it('pass, with what has no meaning for them skipped', async () => {
    const found = await report({ auth: userKeys() })
    expect(found.verdict).toBe('passed')
    expect(row(found, 'trust-refuses-wrong-external-id')).toMatchObject({ status: 'skipped' })
    expect(row(found, 'lease-refuses-reading-outside')).toMatchObject({
      status: 'skipped',
      because: expect.stringContaining('cannot be narrowed'),
    })
    expect(row(found, 'grant-no-broader-than-asked').status).toBe('passed')
    expect(row(found, 'writes-object').status).toBe('passed')
  })

  it('fail at the check that names them when the secret is wrong, and nothing is tried with them', async () => {
    const found = await report({ auth: { ...userKeys(), secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' } })
    expect(found.checks.filter((check) => check.status === 'failed').map((check) => check.name)).toEqual(['trust-accepts-us'])
    expect(row(found, 'lists-under-prefix')).toMatchObject({ status: 'skipped', blockedBy: 'trust-accepts-us' })
    expect(JSON.stringify(found)).not.toContain('wJalrXUtnFEMI')
  })

  it('of the root user are recognised and flagged', async () => {
    const { accessKeyId, secretAccessKey } = installation.lab.aws.createRootAccessKey(CUSTOMER_ACCOUNT)
    const found = await report({ auth: { accessKeyId, secretAccessKey } })
    expect(row(found, 'grant-no-broader-than-asked')).toMatchObject({
      status: 'failed',
      severity: 'advisory',
      message: expect.stringContaining('root user'),
    })
    expect(found.verdict).toBe('passed')
  })
})

describe('a public bucket', () => {
  const open = () =>
    installation.lab.aws.putBucketPolicy(BUCKET, {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: '*', Action: 's3:ListBucket', Resource: `arn:aws:s3:::${BUCKET}` },
        { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${BUCKET}/*` },
      ],
    })

  it('is listed and read without a credential', async () => {
    installation.lab.aws.configureBucket(BUCKET, { publicAccessBlock: { blockPublicPolicy: false, restrictPublicBuckets: false } })
    open()
    const found = await report({ method: 'none', purposes: ['import'], locations: [`s3://${BUCKET}/`] })
    expect(found.checks.filter((check) => check.status === 'failed' || check.status === 'inconclusive')).toEqual([])
    expect(row(found, 'reads-object').status).toBe('passed')
  })

  it('fails at listing when it is not public', async () => {
    const found = await report({ method: 'none', purposes: ['import'], locations: [`s3://${BUCKET}/`] })
    expect(found.checks.filter((check) => check.status === 'failed' && check.severity === 'required').map((check) => check.name)).toEqual([
      'lists-under-prefix',
    ])
  })
})
