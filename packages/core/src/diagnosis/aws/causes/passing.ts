import type { Cause } from '../../cause.ts'
import { said } from '../../said.ts'
import { hasCode, named } from '../../evidence.ts'
import { laterSuccess, valuesOfFailure } from '../refusal.ts'
import { suspected } from '../silence.ts'

/** What passes by itself. */
export const PASSING_CAUSES: readonly Cause[] = [
  {
    code: 'aws.propagation',
    cloud: 'aws',
    layer: 'policy',
    title: said('The change had not reached AWS everywhere yet', '更改当时尚未在 AWS 全面生效'),
    meaning: said('The same request failed at first and succeeded a little later.', '同一请求起初失败,稍后成功。'),
    symptom: said('Fails, then works within a minute.', '失败,一分钟内恢复正常。'),
    remedy: {
      who: 'platform',
      where: said('the program that tries', '发出请求的程序'),
      summary: said('Try again with a pause for up to a minute before giving a verdict.', '在下结论之前,间隔重试至多一分钟。'),
      risk: said('None.', '没有影响。'),
      undo: said('Nothing to undo.', '无需撤销。'),
      verify: said('The request goes on succeeding.', '请求持续成功。'),
    },
    inseparable: ['aws.id.revoked_session', 'aws.propagation'],
    links: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_general.html'],
    explain: (failure, facts) => {
      const suspect = suspected('aws.propagation', failure, facts)
      if (suspect !== undefined) return suspect
      if (laterSuccess(failure, facts) === undefined || !isPassing(failure.clue.code)) return undefined
      // An explicit deny of these two hangs on the session or on the network: each is a cause of its own.
      const { layer, effect } = failure.clue
      if (effect === 'explicit' && (layer === 'identity' || layer === 'resource')) return undefined
      return named(said('The same request succeeded later.', '同一请求随后成功。'), { values: valuesOfFailure(failure, facts) })
    },
  },
]

/** What changes of IAM make AWS say for a while. */
function isPassing(code: string | undefined): boolean {
  return (
    code === undefined ||
    hasCode(
      { code, fields: {} },
      'AccessDenied',
      'AccessDeniedException',
      'InvalidClientTokenId',
      'InvalidAccessKeyId',
      'NoSuchBucket',
      'InvalidIdentityToken',
    )
  )
}
