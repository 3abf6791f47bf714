import { compile, isCompiled } from './compile.ts'
import { askLayer, refOf, type LayerVerdict } from './layer.ts'
import { publicStatements } from './public.ts'
import { prepare, type PreparedRequest } from './request.ts'
import type { AccessQuestion, Decision, NamedPolicy, PolicyLayer, StatementExplanation, StatementRef } from './types.ts'

export interface EvaluateOptions {
  /** Say of every statement whether it matched and, if not, everything that kept it from it. */
  readonly explain?: boolean
}

/**
 * Decides one authorisation question as AWS does.
 * Policies that `compile` has prepared are used as they are; others are prepared first.
 * Throws `policy.malformed`, and nothing else.
 *
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 */
export function evaluate(question: AccessQuestion, options: EvaluateOptions = {}): Decision {
  const request = prepare(question)
  const explanations: StatementExplanation[] | undefined = options.explain ? [] : undefined
  const verdicts = askAll(question, request, explanations)
  const decision =
    explicitDeny(question, request, verdicts) ?? implicitDeny(question, request, verdicts) ?? allow(question, request, verdicts)
  return explanations ? { ...decision, explanation: explanations } : decision
}

/** Every layer that applies; absent where there is none. */
interface Verdicts {
  readonly scps?: readonly LayerVerdict[]
  readonly rcps?: readonly LayerVerdict[]
  readonly vpcEndpoint?: LayerVerdict
  readonly identity: LayerVerdict
  readonly boundary?: LayerVerdict
  readonly session?: LayerVerdict
  readonly resource: LayerVerdict
}

function askAll({ policies, principal }: AccessQuestion, request: PreparedRequest, explanations?: StatementExplanation[]): Verdicts {
  const ask = (layer: PolicyLayer, of: readonly NamedPolicy[], names: boolean): LayerVerdict =>
    askLayer(
      layer,
      of,
      names ? (layer === 'resource' && policies.resourceRule === 'trust' ? 'trust' : 'resource') : 'identity',
      request,
      explanations,
    )
  // Anonymous callers, services and identity providers have no policies of their own and belong to no organization of the caller's.
  const identified = isIdentified(request)
  const linked = principal.kind === 'role-session' && principal.roleArn.includes(':role/aws-service-role/')
  const { boundary, session, resource, vpcEndpoint } = policies
  return {
    // Service-linked roles are exempt from SCPs and RCPs.
    ...(policies.scps && identified && !linked ? { scps: policies.scps.map((level) => ask('scp', level, false)) } : {}),
    ...(policies.rcps && !linked ? { rcps: policies.rcps.map((level) => ask('rcp', level, true)) } : {}),
    ...(vpcEndpoint ? { vpcEndpoint: ask('vpc-endpoint', [vpcEndpoint], true) } : {}),
    identity: identified ? ask('identity', policies.identity ?? [], false) : {},
    ...(boundary && identified ? { boundary: ask('boundary', [boundary], false) } : {}),
    ...(session && session.length > 0 && identified ? { session: ask('session', session, false) } : {}),
    resource: resource ? ask('resource', [resource], true) : {},
  }
}

function isIdentified({ principal: { kind } }: PreparedRequest): boolean {
  return kind === 'user' || kind === 'role-session' || kind === 'root'
}

function isSameAccount({ resourceAccount }: AccessQuestion, { principal }: PreparedRequest): boolean {
  return principal.account !== undefined && principal.account === resourceAccount
}

const BUCKET_POLICY_ACTIONS: ReadonlySet<string> = new Set(['s3:getbucketpolicy', 's3:putbucketpolicy', 's3:deletebucketpolicy'])

function explicitDeny(question: AccessQuestion, request: PreparedRequest, verdicts: Verdicts): Decision | undefined {
  // The bucket owner's root user can always repair the bucket policy, whatever it denies.
  // https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html
  const repairs = request.principal.kind === 'root' && isSameAccount(question, request) && BUCKET_POLICY_ACTIONS.has(request.action)
  const denies = [
    ...(verdicts.scps ?? []),
    ...(verdicts.rcps ?? []),
    verdicts.vpcEndpoint,
    repairs ? undefined : verdicts.resource,
    verdicts.identity,
    verdicts.boundary,
    verdicts.session,
  ]
  const deny = denies.find((verdict) => verdict?.deny)?.deny
  return deny && { allowed: false, effect: 'explicit-deny', layer: deny.layer, decidedBy: deny }
}

function implicitDeny(question: AccessQuestion, request: PreparedRequest, verdicts: Verdicts): Decision | undefined {
  if (verdicts.scps?.some(({ allow }) => !allow)) return denied('scp')
  if (verdicts.rcps?.some(({ allow }) => !allow)) return denied('rcp')
  if (verdicts.vpcEndpoint && !verdicts.vpcEndpoint.allow) return denied('vpc-endpoint')
  if (!isIdentified(request)) return verdicts.resource.allow ? blockedAsPublic(question, request) : denied('resource')
  // "Roles may not be assumed by root accounts", whatever the trust policy says.
  if (request.principal.kind === 'root' && request.action === 'sts:assumerole') return denied('identity')
  return isSameAccount(question, request)
    ? sameAccountDeny(question, request, verdicts)
    : (identityDeny(request, verdicts) ?? (verdicts.resource.allow ? blockedAsPublic(question, request) : denied('resource')))
}

/**
 * Within one account either side may allow. A resource policy that names the user or session itself is limited by nothing the identity has;
 * one that names the role, by boundary and session policies; one that names the account leaves it to the identity's policies.
 * KMS keys and roles are different in that their own policy must at least leave it to the account.
 */
function sameAccountDeny({ policies }: AccessQuestion, request: PreparedRequest, verdicts: Verdicts): Decision | undefined {
  const { allowedAs } = verdicts.resource
  if (allowedAs === 'self') return undefined
  if (allowedAs === 'role') return limitDeny(verdicts)
  const mustAllow = (policies.resourceRule ?? 'ordinary') !== 'ordinary'
  if (mustAllow && allowedAs === undefined) return denied('resource')
  return identityDeny(request, verdicts)
}

function identityDeny(request: PreparedRequest, verdicts: Verdicts): Decision | undefined {
  if (request.principal.kind !== 'root' && !verdicts.identity.allow) return denied('identity')
  return limitDeny(verdicts)
}

function limitDeny({ boundary, session }: Verdicts): Decision | undefined {
  if (boundary && !boundary.allow) return denied('boundary')
  if (session && !session.allow) return denied('session')
  return undefined
}

function denied(layer: PolicyLayer): Decision {
  return { allowed: false, effect: 'implicit-deny', layer }
}

/**
 * RestrictPublicBuckets: once any statement of the bucket policy is public, the whole policy admits only the owner's account and AWS services,
 * "including non-public delegation to specific accounts".
 */
function blockedAsPublic({ policies }: AccessQuestion, request: PreparedRequest): Decision | undefined {
  const { resource, restrictPublicBuckets } = policies
  if (!restrictPublicBuckets || !resource || request.principal.kind === 'service') return undefined
  const compiled = isCompiled(resource) ? resource : compile(resource, 'resource')
  const [open] = publicStatements(compiled.parsed)
  return (
    open && { ...denied('public-access-block'), decidedBy: { ...refOf('resource', compiled, open.index), layer: 'public-access-block' } }
  )
}

function allow(question: AccessQuestion, request: PreparedRequest, { identity, resource }: Verdicts): Decision {
  // Named is what made the difference: the resource's own policy where that was needed or enough, the identity's otherwise.
  const byResource = !isSameAccount(question, request) || resource.allowedAs === 'self' || resource.allowedAs === 'role'
  const decidedBy: StatementRef | undefined = byResource ? resource.allow : identity.allow
  return { allowed: true, effect: 'allow', ...(decidedBy ? { decidedBy } : {}) }
}
