import { createHash } from 'node:crypto'
import { jsonAnswer, type Answer } from '../../http/answer.ts'
import type { LabRequest } from '../../http/request.ts'
import { rootArn } from '../arn.ts'
import { JSON_REFUSALS } from '../auth/refusals.ts'
import { verifyRequest } from '../auth/verify.ts'
import { demand } from '../authorize.ts'
import { callerOf, type Caller } from '../caller.ts'
import type { Call, Identified } from '../call.ts'
import { AwsError, notImplemented } from '../error.ts'
import { readForm } from '../../http/body.ts'
import { keyAsk } from '../s3/context.ts'
import { readPolicy } from '../state/policies.ts'
import { isObject } from '../../state/json.ts'
import { presentPolicy, storePolicy } from '../state/principals.ts'
import type { KmsKey } from '../state/types.ts'
import type { Json } from '@sluice/core'

const HOST = /^kms\.([a-z]{2}(?:-[a-z]+)+-\d+)\.amazonaws\.com(?:\.cn)?$/

type Operation = (call: Call & { readonly caller: Caller }, key: KmsKey, input: { readonly [name: string]: Json }) => unknown

const OPERATIONS: { readonly [name: string]: Operation } = {
  DescribeKey: (_, key) => ({
    KeyMetadata: {
      AWSAccountId: key.accountId,
      KeyId: key.id,
      Arn: key.arn,
      CreationDate: key.createdAt / 1000,
      Enabled: key.state === 'Enabled',
      Description: '',
      KeyUsage: 'ENCRYPT_DECRYPT',
      KeyState: key.state,
      Origin: 'AWS_KMS',
      KeyManager: key.manager,
      KeySpec: 'SYMMETRIC_DEFAULT',
      MultiRegion: false,
    },
  }),
  GetKeyPolicy: ({ state }, key) => ({ Policy: JSON.stringify(presentPolicy(state, key.policy), undefined, 2), PolicyName: 'default' }),
  ListGrants: (_, key) => ({
    Grants: [...key.grants.values()].map(({ id, grantee, operations }) => ({
      KeyId: key.arn,
      GrantId: id,
      Name: '',
      CreationDate: key.createdAt / 1000,
      GranteePrincipal: grantee,
      IssuingAccount: rootArn(key.accountId),
      Operations: operations,
    })),
    Truncated: false,
  }),
  PutKeyPolicy({ state }, key, input) {
    if (key.manager === 'AWS') throw new AwsError(400, 'AccessDeniedException', 'The policy of an AWS managed key cannot be changed.')
    if (typeof input['Policy'] !== 'string')
      throw new AwsError(
        400,
        'ValidationException',
        "1 validation error detected: Value null at 'policy' failed to satisfy constraint: Member must not be null",
      )
    const document = readPolicy(input['Policy'], 'resource', 'MalformedPolicyDocumentException')
    key.policy = storePolicy(state, document)
    return undefined
  },
}

export function isKmsHost(host: string): boolean {
  return HOST.test(host)
}

/** Recognises a request to the Key Management Service, which speaks AWS JSON 1.1. */
export async function identifyKms(request: LabRequest): Promise<Identified> {
  const body = await readForm(request)
  const target = /^TrentService\.([A-Za-z]{1,64})$/.exec(request.headers.get('x-amz-target') ?? '')?.[1] ?? 'Unknown'
  return {
    operation: `kms.${target}`,
    run: async (call) => run(call, target, body),
    refuse: (error) => ({ ...jsonAnswer({ __type: error.code, message: error.message }, HEADERS, error.status), code: error.code }),
  }
}

const HEADERS = { 'content-type': 'application/x-amz-json-1.1' }

function run(call: Call, target: string, body: Buffer): Answer {
  const { request, state } = call
  const verified = verifyRequest(state, request, {
    service: 'kms',
    refusals: JSON_REFUSALS,
    region: HOST.exec(request.host)?.[1],
    wrongRegion: (_given, expected) => `Credential should be scoped to a valid region. Expected '${expected}'.`,
    payloadHash: () => createHash('sha256').update(body).digest('hex'),
  })
  if (!verified) throw JSON_REFUSALS.missing()
  const caller = callerOf(state, request, verified)
  call.identified(caller.arn)
  const operation = OPERATIONS[target]
  if (!operation) throw notImplemented(`kms:${target}`)
  const input = readInput(body)
  const key = findKey(call, caller, input['KeyId'], verified.signature.scope.region)
  demand(
    caller,
    keyAsk(call, key, { action: `kms:${target}`, context: {} }),
    caller.accountId === key.accountId,
    'AccessDeniedException',
    400,
  )
  return jsonAnswer(operation({ ...call, caller }, key, input) ?? {}, HEADERS)
}

function readInput(body: Buffer): { readonly [name: string]: Json } {
  try {
    const parsed: Json = JSON.parse(body.toString())
    if (isObject(parsed)) return parsed
  } catch {
    // Falls through: not JSON and not an object are the same error.
  }
  throw new AwsError(400, 'SerializationException', 'The request body is not a JSON object.')
}

function findKey({ state }: Call, caller: Caller, id: Json | undefined, region: string): KmsKey {
  const name = typeof id === 'string' ? id : ''
  const own = [...state.keys.values()].filter((key) => key.accountId === caller.accountId && key.region === region)
  const key = state.keys.get(name) ?? own.find((candidate) => candidate.id === name || candidate.alias === name)
  if (key?.region === region) return key
  throw new AwsError(
    400,
    'NotFoundException',
    `Key '${name.startsWith('arn:') ? name : `arn:aws:kms:${region}:${caller.accountId ?? ''}:key/${name}`}' does not exist`,
  )
}
