import type { Cause } from '../../cause.ts'
import type { Failure } from '../../failure.ts'
import { said } from '../../said.ts'
import { hasCode, named, speaksOf } from '../../evidence.ts'
import { askAccessPoint } from '../access-point.ts'
import { crossAccount } from '../bucket-owner.ts'
import { expressGap, isExpress } from '../express.ts'
import { operationName } from '../operations.ts'
import { codeSays, isForData, isUntold, laterSuccess, valuesOfFailure } from '../refusal.ts'
import { suspected } from '../silence.ts'
import { targetOf } from '../subject.ts'
import { readTarget } from '../target.ts'

const verify = said('Repeat the request.', '重试该请求。')

/** Where the bucket is, and whether it is the one that is meant. */
export const PLACE_CAUSES: readonly Cause[] = [
  {
    code: 'aws.region',
    cloud: 'aws',
    layer: 'place',
    title: said('The bucket is in another region', '存储桶位于其他区域'),
    meaning: said(
      'The request went to a region the bucket is not in; it is in {region}.',
      '请求发往了存储桶所在区域以外的区域;实际位于 {region}。',
    ),
    symptom: said(
      '301 PermanentRedirect, 400 AuthorizationHeaderMalformed or IllegalLocationConstraint; “bucket region not match, want[..] got[..]” is how one platform says it.',
      '301 PermanentRedirect、400 AuthorizationHeaderMalformed 或 IllegalLocationConstraint;某平台显示为“bucket region not match, want[..] got[..]”。',
    ),
    remedy: {
      who: 'platform',
      where: said('the region of the connection, or of the cluster', '连接或集群的区域'),
      summary: said(
        'Use the bucket’s region {region}: sluice connection update NAME --region {region}. Where the platform wants both in one region, use a bucket in the region it wants.',
        '使用存储桶所在区域 {region}:sluice connection update NAME --region {region}。若平台要求同区域,请使用其要求区域中的存储桶。',
      ),
      risk: said('Traffic between regions is slower and billed.', '跨区域流量更慢且会计费。'),
      undo: said('Set the former region again.', '恢复原来的区域。'),
      verify,
    },
    links: ['https://docs.aws.amazon.com/AmazonS3/latest/userguide/Redirects.html'],
    explain: (failure, facts) => {
      const { clue, observation } = failure
      const values = { values: valuesOfFailure(failure, facts) }
      const told = /bucket region not match, want\[([^\]]*)\](?: got\[([^\]]*)\]?)?/i.exec(observation.message ?? '')
      if (told !== null)
        return named(wantedRegion(told[1] ?? '', told[2]), {
          values: { ...values.values, ...(told[2] === undefined ? {} : { region: told[2] }) },
        })
      if (hasCode(clue, 'PermanentRedirect', 'TemporaryRedirect', 'IllegalLocationConstraintException', 'IllegalLocationConstraint'))
        return named(codeSays(clue), values)
      if (hasCode(clue, 'AuthorizationHeaderMalformed') && clue.region !== undefined) return named(inRegion(clue.region), values)
      // The other thing that can be malformed is the credential, and then the text says so.
      if (hasCode(clue, 'AuthorizationHeaderMalformed') && !/credential/i.test(clue.text ?? '')) return named(codeSays(clue), values)
      if (clue.code !== undefined) return undefined
      const redirected = clue.status === 301 || clue.status === 307
      if (clue.region !== undefined && (redirected || isElsewhere(failure))) return named(inRegion(clue.region), values)
      return redirected ? named(said('The answer redirects to another region.', '响应重定向到其他区域。'), values) : undefined
    },
  },
  {
    code: 'aws.bucket_missing',
    cloud: 'aws',
    layer: 'place',
    title: said('There is no such bucket', '存储桶不存在'),
    meaning: said(
      'No bucket of the name {bucket} exists: it is written otherwise, or was deleted.',
      '不存在名为 {bucket} 的存储桶:名称写错或已被删除。',
    ),
    symptom: said('404 NoSuchBucket.', '404 NoSuchBucket。'),
    remedy: {
      who: 'data-owner',
      where: said('the location of the connection, or the S3 console', '连接的位置,或 S3 控制台'),
      summary: said(
        'Compare the name in the connection with the one in the S3 console, and correct it; or create the bucket.',
        '比较连接中的名称与 S3 控制台中的名称并更正;或创建该存储桶。',
      ),
      risk: said(
        'A name that was freed can be taken by anybody: make sure that the bucket is yours.',
        '已释放的名称可能被任何人占用:请确认存储桶属于您。',
      ),
      undo: said('Set the former name again.', '恢复原来的名称。'),
      verify,
    },
    links: ['https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html'],
    explain: (failure, facts) => {
      const { clue, observation } = failure
      const ofBucket = /^(headbucket|listobjects(v2)?|getbucketlocation)$/.test(operationName(observation, clue))
      if (laterSuccess(failure, facts) !== undefined) return undefined
      return hasCode(clue, 'NoSuchBucket') || (clue.status === 404 && clue.code === undefined && ofBucket)
        ? named(said('The answer says that there is no such bucket.', '响应说明不存在该存储桶。'), {
            values: valuesOfFailure(failure, facts),
          })
        : undefined
    },
  },
  {
    code: 'aws.bucket_foreign',
    cloud: 'aws',
    layer: 'place',
    title: said('The bucket is not the expected account’s', '存储桶不属于预期的账户'),
    meaning: said(
      'The bucket {bucket} exists and belongs to another account than the one that is expected.',
      '存储桶 {bucket} 存在,但属于预期以外的账户。',
    ),
    symptom: said(
      'Requests that name the expected owner are refused, the same without it are served.',
      '指明预期所有者的请求被拒绝,不指明则成功。',
    ),
    remedy: {
      who: 'data-owner',
      where: said('the location and the expected owner of the connection', '连接的位置与预期所有者'),
      summary: said('Find out whose bucket it is before anything is read from or written to it.', '在读写之前,先确认存储桶属于谁。'),
      risk: said('Writing to somebody else’s bucket gives them the data.', '写入他人的存储桶会把数据交给对方。'),
      undo: said('Set the former owner again.', '恢复原来的所有者设置。'),
      verify,
    },
    links: ['https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html'],
    explain: (failure, facts) =>
      failure.observation.headers['x-amz-expected-bucket-owner'] !== undefined && crossAccount(facts) === 'yes'
        ? named(said('The same request without the expected owner was served.', '不指明预期所有者的同一请求成功。'), {
            values: valuesOfFailure(failure, facts),
          })
        : suspected('aws.bucket_foreign', failure, facts),
  },
  {
    code: 'aws.account',
    cloud: 'aws',
    layer: 'place',
    title: said('AWS has suspended the account that owns the bucket', 'AWS 已停用拥有该存储桶的账户'),
    meaning: said(
      'The account cannot be used at the moment, for an unpaid bill or another reason that only its owner is told: no permission helps.',
      '该账户目前无法使用(欠费或其他仅通知所有者的原因):任何权限都无济于事。',
    ),
    symptom: said(
      '403 AllAccessDisabled or AccountProblem, whatever is asked.',
      '无论请求什么都返回 403 AllAccessDisabled 或 AccountProblem。',
    ),
    remedy: {
      who: 'data-owner',
      where: said('Billing console, or AWS Support', '账单控制台,或 AWS Support'),
      summary: said('Sign in as the account’s owner and settle what AWS asks for.', '以账户所有者身份登录并处理 AWS 的要求。'),
      risk: said('None.', '没有影响。'),
      undo: said('Nothing to undo.', '无需撤销。'),
      verify,
    },
    links: ['https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html'],
    explain: (failure, facts) =>
      hasCode(failure.clue, 'AllAccessDisabled', 'AccountProblem', 'NotSignedUp', 'OptInRequired')
        ? named(codeSays(failure.clue), { values: valuesOfFailure(failure, facts) })
        : undefined,
  },
  {
    code: 'aws.accesspoint',
    cloud: 'aws',
    layer: 'policy',
    title: said('The access point’s policy does not let us through', '访问点策略不允许我们'),
    meaning: said(
      'Requests through an access point need its policy and the bucket’s: one of the two does not allow it.',
      '通过访问点的请求需要访问点策略与存储桶策略同时允许:其中之一没有允许。',
    ),
    symptom: said(
      'It works by the bucket’s name and fails by the access point’s, or the reverse.',
      '使用存储桶名称正常而使用访问点失败,或相反。',
    ),
    remedy: {
      who: 'data-owner',
      where: said('S3 console > Access Points > the access point > Permissions', 'S3 控制台 > 访问点 > 该访问点 > 权限'),
      summary: said(
        'Name {principal} in the access point’s policy; let the bucket policy delegate to access points (s3:DataAccessPointAccount).',
        '在访问点策略中写明 {principal};让存储桶策略委托给访问点(s3:DataAccessPointAccount)。',
      ),
      risk: said('Delegation leaves the decision to every access point of the account.', '委托后由该账户的所有访问点决定。'),
      undo: said('Remove the statement again.', '移除该语句。'),
      verify,
    },
    settle: {
      read: 's3:GetAccessPointPolicy',
      by: 'data-owner',
      command: 'aws s3control get-access-point-policy --account-id ACCOUNT --name NAME',
    },
    links: ['https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html'],
    explain: (failure, facts) => {
      if (!isForData(failure) || laterSuccess(failure, facts) !== undefined) return undefined
      const { clue, observation } = failure
      const through =
        isThroughPoint(observation.target) || isThroughPoint(clue.resource) || targetOf(failure, facts)?.accessPoint !== undefined
      const own = operationName(observation, clue)
      const otherwise = facts.successes.some(
        (one) => one.target !== undefined && isThroughPoint(one.target) !== through && operationName(one) === own,
      )
      const values = { values: valuesOfFailure(failure, facts) }
      // Within one account either of the two may allow what the answer says of the point itself.
      if (speaksOf(clue, 'identity', 'implicit') && isThroughPoint(clue.resource))
        return named(
          said(
            'The answer says it of the access point: its policy, or the role’s with the ARN of the access point, can allow it.',
            '响应所指的资源是访问点:访问点策略,或写有访问点 ARN 的角色策略,都可以允许它。',
          ),
          { ...values, likelihood: 2 },
        )
      if (clue.layer !== undefined && clue.layer !== 'resource') return undefined
      if (otherwise && (isUntold(failure) || speaksOf(clue, 'resource')))
        return named(
          through
            ? said('The same by the bucket’s own name works.', '使用存储桶名称的同一请求成功。')
            : said('The same through the access point works.', '通过访问点的同一请求成功。'),
          { ...values, likelihood: 4 },
        )
      if (!through) return undefined
      const decision = askAccessPoint(failure, facts)
      if (
        decision?.allowed === false &&
        (isUntold(failure) || decision.effect === (clue.effect === 'explicit' ? 'explicit-deny' : 'implicit-deny'))
      )
        return named(
          decision.effect === 'explicit-deny'
            ? said('The policy of the access point denies it.', '访问点策略拒绝了它。')
            : said('Neither the policy of the access point nor the role’s own allows it.', '访问点策略与角色自身的策略都没有允许它。'),
          { ...values, likelihood: 5 },
        )
      return speaksOf(clue, 'resource')
        ? named(
            said(
              'The answer names a resource-based policy, and the request goes through an access point.',
              '响应指出基于资源的策略,且请求经过访问点。',
            ),
            { ...values, likelihood: 4 },
          )
        : suspected('aws.accesspoint', failure, facts)
    },
  },
  {
    code: 'aws.directory',
    cloud: 'aws',
    layer: 'policy',
    title: said('Directory buckets want s3express:CreateSession', '目录存储桶需要 s3express:CreateSession'),
    meaning: said(
      'The bucket is of S3 Express: s3:* does not reach it, the role needs s3express:CreateSession with the right mode.',
      '该存储桶属于 S3 Express:s3:* 对其无效,角色需要具有正确模式的 s3express:CreateSession。',
    ),
    symptom: said('The name ends with --x-s3; CreateSession is refused.', '名称以 --x-s3 结尾;CreateSession 被拒绝。'),
    remedy: {
      who: 'cloud-admin',
      where: said('IAM console > Roles > {name} > Permissions', 'IAM 控制台 > 角色 > {name} > 权限'),
      summary: said(
        'Allow s3express:CreateSession on the directory bucket; to write, not limited to s3express:SessionMode ReadOnly.',
        '允许对该目录存储桶执行 s3express:CreateSession;写入时不要限定 s3express:SessionMode 为 ReadOnly。',
      ),
      risk: said('A session reaches the whole bucket: it cannot be limited to a folder.', '会话可访问整个存储桶:无法限定到目录。'),
      undo: said('Remove the statement again.', '移除该语句。'),
      verify,
    },
    links: ['https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-express-security-iam.html'],
    explain: (failure, facts) => {
      const { clue } = failure
      if (!isExpress(failure, facts) || (clue.layer !== undefined && clue.layer !== 'identity')) return undefined
      // What is denied is not missing.
      if (clue.effect === 'explicit') return undefined
      if (!isUntold(failure) && clue.layer === undefined) return undefined
      const gap = expressGap(failure, facts)
      if (gap !== undefined) return gap
      const shown = facts.documents.rolePolicies !== undefined && clue.layer === undefined
      return shown
        ? undefined
        : named(said('The bucket is a directory bucket.', '该存储桶是目录存储桶。'), { values: valuesOfFailure(failure, facts) })
    },
  },
]

function inRegion(region: string) {
  return said(`The answer says that the bucket is in ${region}.`, `响应说明存储桶位于 ${region}。`)
}

function wantedRegion(wanted: string, is: string | undefined) {
  return said(
    `The platform wants the bucket in ${wanted}${is === undefined ? '' : `, and it is in ${is}`}: that is a rule of its own, and no policy of AWS.`,
    `平台要求存储桶位于 ${wanted}${is === undefined ? '' : `,而它位于 ${is}`}:这是平台自身的规则,不是 AWS 的策略。`,
  )
}

/** 400 without a body, as HEAD answers in the wrong region: the header names the right one. */
function isElsewhere(failure: Failure): boolean {
  const asked = readTarget(failure.observation.target)?.region
  return failure.clue.status === 400 && failure.clue.region !== undefined && (asked === undefined || asked !== failure.clue.region)
}

function isThroughPoint(text: string | undefined): boolean {
  return /:accesspoint[/:]|-s3alias\b|\.s3-accesspoint[.-]/.test(text ?? '')
}
