import type { Cause, Explanation } from '../../cause.ts'
import type { Failure } from '../../failure.ts'
import type { Facts } from '../../facts.ts'
import { named, speaksOf } from '../../evidence.ts'
import { said } from '../../said.ts'
import { denyExplanation, denying, type Denying } from '../denies.ts'
import { operationName } from '../operations.ts'
import { isForData, isForKey, isServed, isUntold, laterSuccess, valuesOfFailure } from '../refusal.ts'
import { suspected } from '../silence.ts'
import { targetOf } from '../subject.ts'
import { PAGE, settle, undo, verify, where } from './bucket-policy-texts.ts'

type DenyKind = 'network' | 'tls' | 'sse' | 'other'

const NETWORK = /^aws:(sourceip|sourcevpc|sourcevpce|vpcsourceip|sourceaccount|viaawsservice)$/

function kindOf({ keys }: Denying): DenyKind {
  if (keys.some((key) => key.startsWith('s3:x-amz-server-side-encryption'))) return 'sse'
  if (keys.some((key) => key === 'aws:securetransport' || key === 's3:tlsversion')) return 'tls'
  if (keys.some((key) => NETWORK.test(key))) return 'network'
  return 'other'
}

/** How an explicit deny of the bucket policy stands to a refusal, by what its condition asks. */
function deny(kind: DenyKind) {
  return (failure: Failure, facts: Facts): Explanation | undefined => {
    if (!isForData(failure) || isForKey(failure)) return undefined
    const again = laterSuccess(failure, facts) !== undefined && !wantsHeader(failure, facts)
    const all = denying(failure, facts, 'resource').filter(({ judged }) => judged.need.service === 's3')
    if (!again) {
      const [first] = all.filter((one) => kindOf(one) === kind)
      if (first !== undefined) {
        const explanation = denyExplanation(failure, facts, first, all.length === 1)
        const { patch: _patch, linesFor: _lines, ...without } = explanation
        // To be let in without TLS is nothing to advise: what is to change is ours.
        return kind === 'tls' ? without : explanation
      }
    }
    if (speaksOf(failure.clue, 'resource', 'explicit') && all.length === 0) return namedKind(kind, failure, facts)
    const { target } = failure.observation
    if (kind === 'sse' && isUntold(failure) && target !== undefined && wantsHeader(failure, facts, target))
      return named(said('The same write with an encryption header works.', '带加密标头的同一写入成功。'), {
        values: valuesOfFailure(failure, facts),
      })
    return suspected(CODES[kind], failure, facts)
  }
}

/** By the answer alone: what the Deny hangs on stays open, as far as the other requests leave it open. */
function namedKind(kind: DenyKind, failure: Failure, facts: Facts): Explanation | undefined {
  const kinds = textKinds(failure, facts)
  return kinds.includes(kind)
    ? named(said('The answer names an explicit deny in a resource-based policy.', '响应指出基于资源的策略中的显式拒绝。'), {
        values: valuesOfFailure(failure, facts),
        likelihood: kinds.length - kinds.indexOf(kind),
      })
    : undefined
}

const CODES: { readonly [kind in DenyKind]: string } = {
  network: 'aws.rp.deny_network',
  tls: 'aws.rp.deny_tls',
  sse: 'aws.rp.deny_sse',
  other: 'aws.rp.deny',
}

/** What a deny of the bucket policy can hang on, as far as the other requests tell. */
function textKinds(failure: Failure, facts: Facts): readonly DenyKind[] {
  if (wantsHeader(failure, facts)) return ['sse']
  // What is let through from elsewhere, or a little later, hangs on where or when it was asked.
  if (laterSuccess(failure, facts) !== undefined) return failure.observation.target === undefined ? ['network', 'tls'] : ['network']
  if (targetOf(failure, facts)?.plainHttp === true) return ['tls']
  const writes = failure.capability === 'write'
  const served = isServed(facts)
  // A header that was sent may not be the one that is wanted: another algorithm, or another key.
  if (isRefusedEverywhere(failure, facts)) return writes ? ['other', 'sse'] : ['other']
  // What lets other requests through is not the transport; the network can be it all the same: such a Deny often leaves listing alone.
  if (served) return writes ? ['sse', 'other', 'network'] : ['other', 'network']
  return writes ? ['other', 'network', 'sse'] : ['other', 'network']
}

/** Whether the same was tried from another network, and refused there too. */
function isRefusedEverywhere({ observation, clue }: Failure, { failures }: Facts): boolean {
  const own = operationName(observation, clue)
  return failures.some((one) => {
    const { operation = '', target = '', message = '' } = one.observation
    return operationName(one.observation, one.clue) === own && ELSEWHERE.test(`${operation} ${target} ${message}`)
  })
}

const ELSEWHERE = /(another|other|allowed|second|different) (network|egress|address|ip|vpc)|from (the )?(vpn|office|corporate)/i

/** Whether a write without an encryption header was refused, and one with it was served: of the same object, where one is given. */
function wantsHeader({ capability, observation }: Failure, { successes }: Facts, target?: string): boolean {
  const header = 'x-amz-server-side-encryption'
  const served = successes.some(
    (one) =>
      /^(putobject|createmultipartupload|copyobject)/.test(operationName(one)) &&
      one.headers[header] !== undefined &&
      (target === undefined || one.target === target),
  )
  return capability === 'write' && observation.headers[header] === undefined && served
}

/** What the bucket's own policy denies. */
export const BUCKET_POLICY_CAUSES: readonly Cause[] = [
  {
    code: 'aws.rp.deny',
    cloud: 'aws',
    layer: 'policy',
    title: said('The bucket policy denies it', '存储桶策略显式拒绝'),
    meaning: said(
      'A Deny statement of the bucket policy covers {action} on {resource}: no Allow outweighs it.',
      '存储桶策略中的 Deny 语句涵盖对 {resource} 执行 {action}:任何 Allow 都无法覆盖。',
    ),
    symptom: said(
      'The answer names an explicit deny in a resource-based policy, whatever is asked.',
      '无论请求什么,响应都指出基于资源的策略中的显式拒绝。',
    ),
    remedy: {
      who: 'data-owner',
      where,
      summary: said(
        'Except {principal} from the statement: ArnNotLike aws:PrincipalArn.',
        '在该语句中将 {principal} 设为例外:ArnNotLike aws:PrincipalArn。',
      ),
      risk: said(
        'The exception lets the role do whatever else the statement denies, as far as its own policies allow it.',
        '例外会让该角色在其自身策略允许时执行该语句拒绝的其他操作。',
      ),
      undo,
      verify,
    },
    settle,
    links: [PAGE],
    explain: deny('other'),
  },
  {
    code: 'aws.rp.deny_network',
    cloud: 'aws',
    layer: 'network',
    title: said('The bucket policy lets only certain networks in', '存储桶策略只允许特定网络'),
    meaning: said(
      'A Deny of the bucket policy hangs on the address or VPC the request comes from.',
      '存储桶策略的 Deny 取决于请求来源的地址或 VPC。',
    ),
    symptom: said(
      'Refused from our addresses; the same credential works from an allowed network.',
      '从我们的地址被拒绝;同一凭证在允许的网络中正常。',
    ),
    remedy: {
      who: 'data-owner',
      where,
      summary: said(
        'Add our public addresses (sluice platform show) to the condition, or except {principal} from the statement.',
        '将我们的公网地址(sluice platform show)加入条件,或将 {principal} 设为例外。',
      ),
      risk: said(
        'With an exception by role, a session of it works from any network; addresses in the condition let others behind them in too.',
        '按角色例外后,其会话可在任何网络使用;在条件中加入地址也会放行该地址后的其他人。',
      ),
      undo,
      verify,
    },
    settle,
    links: ['https://docs.aws.amazon.com/AmazonS3/latest/userguide/example-bucket-policies-vpc-endpoint.html'],
    explain: deny('network'),
  },
  {
    code: 'aws.rp.deny_tls',
    cloud: 'aws',
    layer: 'network',
    title: said('The bucket policy wants a newer TLS', '存储桶策略要求更高版本的 TLS'),
    meaning: said(
      'A Deny of the bucket policy hangs on aws:SecureTransport or s3:TlsVersion.',
      '存储桶策略的 Deny 取决于 aws:SecureTransport 或 s3:TlsVersion。',
    ),
    symptom: said(
      'Refused over http or an old TLS; works over https with TLS 1.2 or newer.',
      '通过 http 或旧版 TLS 被拒绝;使用 TLS 1.2 及以上的 https 正常。',
    ),
    remedy: {
      who: 'platform',
      where: said('the client that sends the request', '发送请求的客户端'),
      summary: said('Send it over https with TLS 1.2 or newer.', '使用 TLS 1.2 及以上的 https 发送。'),
      risk: said(
        'None. To except {principal} from the statement instead would let others read along.',
        '没有影响。若改为将 {principal} 设为例外,他人可能窃听。',
      ),
      undo: said('Nothing to undo.', '无需撤销。'),
      verify,
    },
    settle,
    links: [PAGE],
    explain: deny('tls'),
  },
  {
    code: 'aws.rp.deny_sse',
    cloud: 'aws',
    layer: 'policy',
    title: said('The bucket policy wants an encryption header on writes', '存储桶策略要求写入时带加密标头'),
    meaning: said(
      'A Deny of the bucket policy hangs on s3:x-amz-server-side-encryption or its key: writes have to send it.',
      '存储桶策略的 Deny 取决于 s3:x-amz-server-side-encryption 或其密钥:写入时必须发送该标头。',
    ),
    symptom: said(
      'Reads work; PutObject is refused without the header and works with it.',
      '读取正常;不带标头的 PutObject 被拒绝,带上后正常。',
    ),
    remedy: {
      who: 'platform',
      where: said('the settings of the connection', '连接的设置'),
      summary: said(
        'Send the header: sluice connection update NAME --encryption aws:kms --encryption-key ARN. Or the data owner drops the Deny, which a default encryption makes needless, or excepts {principal} from it by the patch, where one is shown.',
        '发送该标头:sluice connection update NAME --encryption aws:kms --encryption-key ARN。或由数据所有者删除该 Deny(默认加密已使其不再必要),或在给出补丁时按补丁将 {principal} 设为例外。',
      ),
      risk: said(
        'With the header, what is written is encrypted with that key: whoever reads it needs the right to use it. With the exception, it gets the bucket’s default encryption.',
        '带标头时,写入的对象将使用该密钥加密:读取者需要使用该密钥的权限。设为例外时,写入的对象使用存储桶的默认加密。',
      ),
      undo: said('Take the setting away again; for the exception, put the former policy back.', '移除该设置;例外则恢复原策略。'),
      verify,
    },
    settle,
    links: ['https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html'],
    explain: deny('sse'),
  },
]
