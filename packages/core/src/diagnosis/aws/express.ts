import { evaluate } from '../../policy/evaluate.ts'
import type { Decision, PolicyDocument } from '../../policy/types.ts'
import type { Explanation } from '../cause.ts'
import type { CaseDocuments } from '../case.ts'
import type { Failure } from '../failure.ts'
import type { Facts } from '../facts.ts'
import { said } from '../said.ts'
import { changeOf } from './change.ts'
import { operationName } from './operations.ts'
import { adding } from '../statement-patch.ts'
import { at, prepared, withPatched } from './policies.ts'
import { valuesOfFailure } from './refusal.ts'
import { accountOf, anyCaller, partitionOf, targetOf } from './subject.ts'

/** Whether a request is for a directory bucket of S3 Express, which knows sessions and permissions of its own. */
export function isExpress(failure: Failure, facts: Facts): boolean {
  const { observation, clue } = failure
  return (
    clue.action?.startsWith('s3express:') === true ||
    operationName(observation, clue) === 'createsession' ||
    targetOf(failure, facts)?.bucket?.endsWith('--x-s3') === true
  )
}

/** What the role's policies lack for a session of a directory bucket; undefined where they were not shown, or lack nothing. */
export function expressGap(failure: Failure, facts: Facts): Explanation | undefined {
  const { rolePolicies } = facts.documents
  const [first] = rolePolicies ?? []
  const mode = failure.observation.headers['x-amz-create-session-mode'] ?? 'ReadWrite'
  const resource = arnOf(failure, facts)
  const decision = rolePolicies === undefined || resource === undefined ? undefined : ask(resource, mode, failure, facts, facts.documents)
  if (decision === undefined || decision.allowed || first === undefined || resource === undefined) return undefined
  const steps = adding(first, {
    Effect: 'Allow',
    Action: 's3express:CreateSession',
    Resource: resource,
    ...(mode === 'ReadOnly' ? { Condition: { StringEquals: { 's3express:SessionMode': 'ReadOnly' } } } : {}),
  })
  const name = at.rolePolicy(0)
  const proved = ask(resource, mode, failure, facts, withPatched(facts.documents, name, steps))?.allowed === true
  return {
    fits: proved ? 'proved' : 'named',
    for: [
      said(
        `No statement of the role’s policies allows s3express:CreateSession (${mode}) on ${resource}.`,
        `角色策略中没有任何语句允许对 ${resource} 执行 s3express:CreateSession(${mode})。`,
      ),
    ],
    values: valuesOfFailure(failure, facts),
    ...(proved ? { linesFor: changeOf(name, facts), patch: { document: name, steps } } : {}),
  }
}

function ask(
  resource: string,
  mode: string,
  failure: Failure,
  facts: Facts,
  { rolePolicies = [], boundary }: CaseDocuments,
): Decision | undefined {
  const all = rolePolicies.map((document, index) => prepared(at.rolePolicy(index), document, 'identity'))
  const known = all.filter((one) => one !== undefined)
  const limit = boundaryOf(boundary)
  if (known.length < all.length) return undefined
  const principal = anyCaller(facts, failure.clue)
  return evaluate({
    principal,
    action: 's3express:CreateSession',
    resource,
    resourceAccount: accountOf(principal) ?? '',
    context: { 's3express:SessionMode': mode },
    policies: { identity: known, ...(limit === undefined ? {} : { boundary: limit }) },
  })
}

function boundaryOf(document: PolicyDocument | undefined) {
  return document === undefined ? undefined : prepared(at.boundary, document, 'identity')
}

/** The ARN of the directory bucket: as the answer has it, or of the caller's account in a region that is known. */
function arnOf(failure: Failure, facts: Facts): string | undefined {
  const { clue } = failure
  if (clue.resource?.includes(':s3express:') === true) return clue.resource
  const target = targetOf(failure, facts)
  const account = accountOf(anyCaller(facts, clue))
  return target?.bucket === undefined || target.bucket === '' || account === undefined
    ? undefined
    : `arn:${partitionOf(facts)}:s3express:${target.region ?? clue.region ?? REGIONS[zoneOf(target.bucket)] ?? 'us-east-1'}:${account}:bucket/${target.bucket}`
}

/** `name--usw2-az1--x-s3` */
function zoneOf(bucket: string): string {
  return /--([a-z0-9]+)-az\d+--x-s3$/.exec(bucket)?.[1] ?? ''
}

/** The regions by how the ids of their zones begin. https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-express-Endpoints.html */
const REGIONS: { readonly [zone: string]: string } = {
  use1: 'us-east-1',
  use2: 'us-east-2',
  usw2: 'us-west-2',
  aps1: 'ap-south-1',
  apne1: 'ap-northeast-1',
  euw1: 'eu-west-1',
  eun1: 'eu-north-1',
}
