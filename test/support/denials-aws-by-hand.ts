import { diagnoseCase, type DiagnosisReport, type Json, type JsonObject, type PolicyDocument } from '@sluice/core'
import { type LabAws, startLab } from '@sluice/lab'
import { type RawAnswer, type RawRequest, send, signed } from '../../packages/lab/test/raw.ts'
import { policyAt } from './case-places.ts'
import { documentsOf, putDocument } from './denials-aws-documents.ts'
import { HOLDER, OTHER_BUCKET, REGION, ROLE_ARN } from './denials-aws-names.ts'
import { type Asking, servedRequests } from './denials-aws-requests.ts'
import type { DenialWorld } from './denials.ts'
import { BUCKET, CUSTOMER_ACCOUNT, steppedClock } from './installation.ts'

/** One request of somebody who has the role's session, to where Sluice does not go. */
export interface HandmadeRequest extends RawRequest {
  /** By the vendor's name for it. */
  readonly operation: string
  readonly service?: 's3' | 's3express'
}

/** What is tried, and what of it is shown. */
export interface HandmadeOptions {
  readonly location: string
  readonly access: readonly string[]
  /** All that the role may do. */
  readonly policy: PolicyDocument
  /** Makes what the requests are for. */
  readonly arrange: (aws: LabAws) => void
  /** One after the other; one may go by what came of those before it. */
  readonly requests: readonly (HandmadeRequest | ((answers: readonly RawAnswer[]) => HandmadeRequest))[]
  /** What the customer shows, where it is more than the role's policy. */
  readonly shown?: (aws: LabAws) => JsonObject
  /** Whose the bucket is, where it is not the customer's. */
  readonly bucketAccount?: string
}

/** A customer's own requests, diagnosed as he would: each with what came of it, as a case. */
export interface HandmadeWorld extends DenialWorld {
  readonly aws: LabAws
  change(change: (document: PolicyDocument) => PolicyDocument): void
}

const TOLD = /^x-amz-(bucket-region|request-id|storage-class|object-lock-\S+|server-side-encryption\S*)$/

/** Starts a lab with a customer's role in it, and his bucket. */
export async function startHandmadeWorld(options: HandmadeOptions): Promise<HandmadeWorld> {
  const clock = steppedClock()
  const lab = await startLab({ clock })
  const { aws } = lab
  const account = options.bucketAccount ?? CUSTOMER_ACCOUNT
  aws.createAccount(CUSTOMER_ACCOUNT)
  for (const name of [BUCKET, OTHER_BUCKET]) {
    aws.createBucket(account, { name, region: REGION })
    aws.putObject(name, 'data/a.csv', { body: 'a,b\n1,2\n' })
  }
  aws.putRole(CUSTOMER_ACCOUNT, {
    name: HOLDER,
    trust: {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    },
    policies: { [HOLDER]: options.policy },
  })
  options.arrange(aws)
  const asking: Asking = { lab, now: clock.now, region: REGION }
  const documents = (): JsonObject => options.shown?.(aws) ?? { rolePolicies: documentsOf(aws, 'role')['rolePolicies'] ?? [] }
  const put = (place: string, document: Json): void => putDocument(aws, 'role', place, document)
  return {
    aws,
    put,
    change: (change) => put('documents.rolePolicies[0]', change(policyAt(documents(), 'documents.rolePolicies[0]'))),
    documents,
    async diagnose(evidence = {}): Promise<DiagnosisReport> {
      const answers: RawAnswer[] = []
      const observations: Json[] = []
      for (const one of options.requests) {
        const request = typeof one === 'function' ? one(answers) : one
        const answer = await answerTo(asking, aws, request)
        answers.push(answer)
        observations.push(observationOf(request, answer))
      }
      const { location, access } = options
      const connection = { method: 'role', roleArn: ROLE_ARN, location, access }
      const { observations: told, ...inside } = evidence
      const all = [...observations, ...(Array.isArray(told) ? told : [])]
      return diagnoseCase({ cloud: 'aws', connection, observations: all, ...inside }, 'en', clock.now())
    },
    allowed: () => servedRequests(asking, [{ name: 'we', credentials: aws.issueSession(ROLE_ARN) }], [BUCKET, OTHER_BUCKET]),
    close: () => lab.close(),
  }
}

function answerTo(
  { lab, now, region }: Asking,
  aws: LabAws,
  { operation: _, service = 's3', ...raw }: HandmadeRequest,
): Promise<RawAnswer> {
  const hashed = service === 's3' ? raw : { ...raw, headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', ...raw.headers } }
  const credentials = aws.issueSession(ROLE_ARN)
  return signed(lab, hashed, { credentials, region, service, date: new Date(now()) }).then((request) => send(lab, request))
}

function observationOf({ operation, host = '', path = '/', query, headers }: HandmadeRequest, answer: RawAnswer): JsonObject {
  const asked = new URLSearchParams(query).toString()
  return {
    operation,
    target: `https://${host}${path}${asked === '' ? '' : `?${asked}`}`,
    status: answer.status,
    headers: { ...headers, ...toldHeaders(answer) },
    ...(answer.status < 300 ? {} : { message: answer.text }),
  }
}

function toldHeaders({ headers }: RawAnswer): { readonly [name: string]: string } {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (TOLD.test(name) && typeof value === 'string' ? [[name, value] as const] : [])),
  )
}
