import { evaluateRam } from '@sluice/core'
import type { Answer } from '../../http/answer.ts'
import type { CloudCall } from '../../http/cloud.ts'
import type { RamAsk } from '../authorize.ts'
import { AliyunError } from '../error.ts'
import { preparedRam } from '../state/policies.ts'
import type { OssServiceCall } from './context.ts'

/**
 * Throws where the gateway endpoint of the VPC that the request comes from does not let it through. Its policy alone is asked, and what it
 * does not allow it denies. https://help.aliyun.com/en/oss/user-guide/0003-00000401
 */
export function demandNetwork({ state, caller }: OssServiceCall, ask: RamAsk): void {
  const { vpc } = state.origin
  const policy = vpc === undefined ? undefined : state.vpcPolicies.get(vpc)
  if (policy === undefined) return
  const { allowed } = evaluateRam({
    principal: caller.principal,
    action: ask.action,
    resource: ask.resource,
    // Nobody's: neither the policies of the caller nor the owner of the bucket count here.
    resourceAccount: '',
    rule: 'bucket',
    context: { ...caller.context, ...ask.context },
    policies: { resource: preparedRam(state, `policy of the endpoint of ${vpc}`, policy, 'bucket') },
  })
  if (!allowed) throw new AliyunError(403, 'AccessDenied', 'Access denied by VPC endpoint policy.', { ec: '0003-00000401' })
}

/** From outside of Alibaba Cloud there is no way to an internal endpoint, and nobody answers there. */
export async function leaveUnanswered({ request }: CloudCall): Promise<Answer> {
  request.incoming.socket.destroy()
  return { status: 404, headers: {} }
}
