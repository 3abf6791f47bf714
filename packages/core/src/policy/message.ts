import { principalNames } from './request.ts'
import type { AccessQuestion, Decision, PolicyLayer } from './types.ts'

export interface DenialMessageOptions {
  /** Whether the text may say why: AWS does so only within one account or organization. Default: it does not. */
  readonly enhanced?: boolean
}

/** What AWS calls each kind of policy in a denial. */
const LAYER_NAMES: { readonly [layer in Exclude<PolicyLayer, 'public-access-block'>]: { readonly no: string; readonly denyIn: string } } = {
  identity: { no: 'identity-based policy', denyIn: 'an identity-based policy' },
  resource: { no: 'resource-based policy', denyIn: 'a resource-based policy' },
  boundary: { no: 'permissions boundary', denyIn: 'a permissions boundary' },
  session: { no: 'session policy', denyIn: 'a session policy' },
  scp: { no: 'service control policy', denyIn: 'a service control policy' },
  rcp: { no: 'resource control policy', denyIn: 'a resource control policy' },
  'vpc-endpoint': { no: 'VPC endpoint policy', denyIn: 'a VPC endpoint policy' },
}

/** The layers of which AWS names the policy's ARN. */
const NAMES_ITS_POLICY: ReadonlySet<PolicyLayer> = new Set<PolicyLayer>(['scp', 'rcp', 'boundary', 'session', 'identity'])

/**
 * The text AWS answers a denied request with. S3 says only "Access Denied" unless enhanced; STS always names caller, action and role;
 * KMS never tells a foreign caller whether the key exists.
 */
export function denialMessage(question: AccessQuestion, decision: Decision, options: DenialMessageOptions = {}): string {
  const { action, resource } = question
  const who = principalNames(question.principal).self ?? 'anonymous'
  const service = action.slice(0, action.indexOf(':'))
  if (question.principal.kind === 'root' && action === 'sts:AssumeRole') return 'Roles may not be assumed by root accounts.'
  const denial = `User: ${who} is not authorized to perform: ${action}`
  if (!options.enhanced) {
    if (service === 's3') return 'Access Denied'
    if (service === 'kms')
      return `${denial} on this resource because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access`
    return `${denial} on resource: ${resource}`
  }
  const reason = reasonOf(question, decision)
  // S3 puts the resource into quotation marks, the others do not.
  return `${denial} on resource: ${service === 's3' ? `"${resource}"` : resource}${reason === '' ? '' : ` ${reason}`}`
}

function reasonOf({ action, policies }: AccessQuestion, { effect, layer, decidedBy }: Decision): string {
  // Block Public Access is told by no text of its own.
  if (effect === 'allow' || layer === undefined || layer === 'public-access-block') return ''
  const trust = layer === 'resource' && policies.resourceRule === 'trust'
  const { no, denyIn } = trust ? { no: 'role trust policy', denyIn: 'the role trust policy' } : LAYER_NAMES[layer]
  if (effect === 'implicit-deny') return `because no ${no} allows the ${action} action`
  const arn = decidedBy && NAMES_ITS_POLICY.has(layer) && decidedBy.policy.startsWith('arn:') ? `: ${decidedBy.policy}` : ''
  return `with an explicit deny in ${denyIn}${arn}`
}
