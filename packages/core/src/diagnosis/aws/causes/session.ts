import type { Cause } from '../../cause.ts'
import { hasCode, named, possible } from '../../evidence.ts'
import { said } from '../../said.ts'
import { canaryOf } from '../canary.ts'
import { operationName } from '../operations.ts'
import { codeSays, isDeniedAssume, laterSuccess } from '../refusal.ts'
import { trustGap, trustValues } from '../trust-gap.ts'

const PAGE = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_roles.html'
const verify = said('sluice connection validate: “Trust accepts us” passes.', 'sluice connection validate:“Trust accepts us” 通过。')

/** What keeps us from a session on our own side, or on STS's. */
export const SESSION_CAUSES: readonly Cause[] = [
  {
    code: 'aws.sts.caller_policy',
    cloud: 'aws',
    layer: 'trust',
    title: said('Our own identity may not assume roles', '我们自己的身份没有 AssumeRole 权限'),
    meaning: said(
      'The refusal names a policy of the caller: the platform’s own IAM policy does not allow sts:AssumeRole.',
      '拒绝信息指向调用方的策略:平台自己的 IAM 策略没有允许 sts:AssumeRole。',
    ),
    symptom: said('Every customer’s role is refused, a role of our own too.', '所有客户的角色都被拒绝,包括我们自己的角色。'),
    remedy: {
      who: 'platform',
      where: said('the IAM policy of our principal {principal}', '我们的主体 {principal} 的 IAM 策略'),
      summary: said('Allow sts:AssumeRole on the roles of customers.', '允许对客户角色执行 sts:AssumeRole。'),
      risk: said('Our identity can then assume whatever role trusts it.', '此后我们的身份可以担任任何信任它的角色。'),
      undo: said('Remove the statement again.', '移除该语句。'),
      verify,
    },
    links: [PAGE],
    explain: (failure, facts) => {
      const { clue } = failure
      if (!operationName(failure.observation, clue).startsWith('assumerole') || laterSuccess(failure, facts) !== undefined) return undefined
      const values = { values: trustValues(facts) }
      // Of AssumeRole these are policies of who asks, and of his organization.
      if (['identity', 'session', 'boundary', 'scp', 'vpc-endpoint'].includes(clue.layer ?? ''))
        return named(
          said(
            'The answer names a policy of the caller, and of AssumeRole the caller is us.',
            '响应指向调用方的策略,而 AssumeRole 的调用方是我们。',
          ),
          values,
        )
      if (clue.layer !== undefined || !isDeniedAssume(clue)) return undefined
      if (canaryOf(facts) === 'refused') return named(said('A role of our own is refused too.', '我们自己的角色同样被拒绝。'), values)
      // A trust that was shown to let us in leaves us, where no role of ours was tried.
      const settled = trustGap(facts, true) === 'none' && canaryOf(facts) !== 'works'
      return settled
        ? possible(said('The trust policy that was shown would let us in.', '所提供的信任策略会允许我们。'), values)
        : undefined
    },
  },
  {
    code: 'aws.sts.duration',
    cloud: 'aws',
    layer: 'trust',
    title: said('The session asked for is longer than the role allows', '请求的会话时长超过角色允许的上限'),
    meaning: said(
      'The role’s MaxSessionDuration is shorter; a role assumed by a role allows an hour at most.',
      '角色的 MaxSessionDuration 更短;由角色担任的角色最长一小时。',
    ),
    symptom: said(
      'AssumeRole answers ValidationError that names DurationSeconds or MaxSessionDuration.',
      'AssumeRole 返回提及 DurationSeconds 或 MaxSessionDuration 的 ValidationError。',
    ),
    remedy: {
      who: 'platform',
      where: said('the request for the session', '会话请求'),
      summary: said('Ask for 3600 seconds at most.', '最多请求 3600 秒。'),
      risk: said('Sessions have to be renewed more often.', '会话需要更频繁地续期。'),
      undo: said('Ask for the former duration.', '恢复原来的时长。'),
      verify,
    },
    links: ['https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html'],
    explain: ({ clue }) =>
      /MaxSessionDuration|DurationSeconds/i.test(clue.text ?? '')
        ? named(said('The answer names the duration of the session.', '响应提到会话时长。'))
        : undefined,
  },
  {
    code: 'aws.sts.region',
    cloud: 'aws',
    layer: 'trust',
    title: said('STS is not active in this region for the account', '该账户在此区域未启用 STS'),
    meaning: said(
      'The regional STS endpoint is deactivated, or the session’s token is not valid in an opt-in region.',
      '该区域的 STS 终端节点未启用,或会话令牌在选择加入的区域中无效。',
    ),
    symptom: said(
      'RegionDisabledException; or S3 answers InvalidToken in an opt-in region.',
      'RegionDisabledException;或在选择加入的区域中 S3 返回 InvalidToken。',
    ),
    remedy: {
      who: 'cloud-admin',
      where: said('IAM console > Account settings > Security Token Service (STS)', 'IAM 控制台 > 账户设置 > Security Token Service (STS)'),
      summary: said(
        'Activate the STS endpoint of the region, or let us use the endpoint of another.',
        '启用该区域的 STS 终端节点,或让我们使用其他区域的终端节点。',
      ),
      risk: said('None.', '没有影响。'),
      undo: said('Deactivate it again.', '重新停用。'),
      verify,
    },
    links: ['https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html'],
    explain: ({ clue }) => {
      if (hasCode(clue, 'RegionDisabledException')) return named(codeSays(clue))
      return hasCode(clue, 'InvalidToken')
        ? possible(
            said(
              'The token is not accepted in this region, where tokens of the global endpoint may not be.',
              '该区域不接受此令牌;全局终端节点的令牌可能在此无效。',
            ),
            { likelihood: 1 },
          )
        : undefined
    },
  },
]
