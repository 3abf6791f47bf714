import type { Cause, Explanation } from '../../cause.ts'
import type { Failure } from '../../failure.ts'
import type { Facts } from '../../facts.ts'
import { hasCode, named } from '../../evidence.ts'
import { said } from '../../said.ts'
import { speechOf } from '../../speech.ts'
import { valuesOf } from '../values.ts'
import { WORDS } from '../words.ts'

const ERRORS = 'https://help.aliyun.com/en/oss/user-guide/0003-error-codes'
const again = said('Repeat the request.', '重试该请求。')
const none = said('None.', '没有影响。')
const nothingToUndo = said('Nothing to undo.', '无需撤销。')

function byCode(...codes: readonly string[]) {
  return (failure: Failure, facts: Facts): Explanation | undefined =>
    hasCode(failure.clue, ...codes)
      ? named(said(`The answer’s code is ${failure.clue.code ?? ''}.`, `响应码为 ${failure.clue.code ?? ''}。`), {
          values: valuesOf(failure, facts),
        })
      : undefined
}

/** Where the bucket is, who pays for it, and what state its objects are in. */
export const PLACE_CAUSES: readonly Cause[] = [
  {
    code: 'oss.endpoint',
    cloud: 'aliyun',
    layer: 'place',
    title: said('The bucket is in another region', '存储空间位于其他地域'),
    meaning: said('OSS names the endpoint that is right: {endpoint}.', 'OSS 给出了正确的 Endpoint:{endpoint}。'),
    symptom: said(
      'AccessDenied, “must be addressed using the specified endpoint”, with an Endpoint in the body.',
      'AccessDenied,“must be addressed using the specified endpoint”,响应体中带有 Endpoint。',
    ),
    remedy: {
      who: 'platform',
      where: said('the region of the connection', '连接的地域'),
      summary: said(
        'Use the endpoint {endpoint}; Sluice does so by itself where no region is set.',
        '使用 Endpoint {endpoint};未设置地域时 Sluice 会自动切换。',
      ),
      risk: none,
      undo: said('Set the former region again.', '恢复原来的地域。'),
      verify: again,
    },
    links: ['https://help.aliyun.com/en/oss/user-guide/regions-and-endpoints'],
    explain: (failure, facts) =>
      WORDS.elsewhere.test(speechOf(failure)) || hasCode(failure.clue, 'SecondLevelDomainForbidden', 'NonStandardHostForbidden')
        ? named(said('The answer names another endpoint.', '响应给出了其他 Endpoint。'), { values: valuesOf(failure, facts) })
        : undefined,
  },
  {
    code: 'oss.bucket_missing',
    cloud: 'aliyun',
    layer: 'place',
    title: said('There is no such bucket', '该存储空间不存在'),
    meaning: said('No bucket of the name {bucket} exists.', '不存在名为 {bucket} 的存储空间。'),
    symptom: said('404 NoSuchBucket.', '404 NoSuchBucket。'),
    remedy: {
      who: 'data-owner',
      where: said('OSS console > Buckets', 'OSS 控制台 > Bucket 列表'),
      summary: said('Correct the name in the connection’s location, or create the bucket.', '更正连接位置中的名称,或创建该存储空间。'),
      risk: none,
      undo: said('Set the former location again.', '恢复原来的位置。'),
      verify: again,
    },
    links: [ERRORS],
    explain: byCode('NoSuchBucket'),
  },
  {
    code: 'oss.account',
    cloud: 'aliyun',
    layer: 'organization',
    title: said('The account of the bucket is suspended or in arrears', '存储空间所属账号已停用或欠费'),
    meaning: said('OSS serves nobody until the account is in order again.', '账号恢复正常之前,OSS 不提供服务。'),
    symptom: said(
      'UserDisable, AbnormalBucketOwnerStatus or InDebt on every request.',
      '每个请求都返回 UserDisable、AbnormalBucketOwnerStatus 或 InDebt。',
    ),
    remedy: {
      who: 'cloud-admin',
      where: said('Expenses and Costs console > Overview', '费用与成本控制台 > 总览'),
      summary: said('Settle the overdue bill, or ask support why the account was suspended.', '结清欠费,或联系支持了解停用原因。'),
      risk: none,
      undo: nothingToUndo,
      verify: again,
    },
    links: ['https://help.aliyun.com/en/oss/overdue-payments'],
    explain: (failure, facts) =>
      WORDS.account.test(speechOf(failure))
        ? named(said('The answer speaks of the state of the account.', '响应提到账号状态。'), { values: valuesOf(failure, facts) })
        : undefined,
  },
  {
    code: 'oss.referer',
    cloud: 'aliyun',
    layer: 'network',
    title: said('Hotlink protection keeps the request out', '防盗链拒绝了该请求'),
    meaning: said(
      'The bucket lets only listed Referers in, and empty ones not at all.',
      '存储空间只允许列表中的 Referer,且不允许空 Referer。',
    ),
    symptom: said('“You are denied by bucket referer policy”.', '“You are denied by bucket referer policy”。'),
    remedy: {
      who: 'data-owner',
      where: said(
        'OSS console > Buckets > {bucket} > Data Security > Hotlink Protection',
        'OSS 控制台 > Bucket 列表 > {bucket} > 数据安全 > 防盗链',
      ),
      summary: said('Allow empty Referers: programs send none.', '允许空 Referer:程序不会发送 Referer。'),
      risk: said('Requests without a Referer, of browsers too, come in.', '不带 Referer 的请求(包括浏览器)将被允许。'),
      undo: said('Forbid empty Referers again.', '重新禁止空 Referer。'),
      verify: again,
    },
    links: ['https://help.aliyun.com/en/oss/user-guide/hotlink-protection'],
    explain: (failure, facts) =>
      WORDS.referer.test(speechOf(failure))
        ? named(said('The answer names the referer policy.', '响应提到 Referer 策略。'), { values: valuesOf(failure, facts) })
        : undefined,
  },
  {
    code: 'oss.archived',
    cloud: 'aliyun',
    layer: 'object',
    title: said('The object is archived', '对象已归档'),
    meaning: said('It is in an archive storage class and cannot be read until it is restored.', '对象属于归档类存储,解冻前无法读取。'),
    symptom: said('403 InvalidObjectState on reading; listing shows it.', '读取返回 403 InvalidObjectState;列出可见。'),
    remedy: {
      who: 'data-owner',
      where: said(
        'OSS console > Buckets > {bucket} > Objects > the object > Restore',
        'OSS 控制台 > Bucket 列表 > {bucket} > 文件列表 > 该对象 > 解冻',
      ),
      summary: said('Restore it (RestoreObject), or copy it to another storage class.', '解冻(RestoreObject),或复制为其他存储类型。'),
      risk: said('It costs.', '会产生费用。'),
      undo: said('It is archived again by itself when the time is over.', '到期后会自动恢复归档状态。'),
      verify: again,
    },
    links: ['https://help.aliyun.com/en/oss/user-guide/restore-objects'],
    explain: byCode('InvalidObjectState'),
  },
  {
    code: 'oss.worm',
    cloud: 'aliyun',
    layer: 'object',
    title: said('A retention policy keeps the object', '对象受保留策略保护'),
    meaning: said('It can be neither deleted nor replaced until the time is over.', '到期之前不能被删除或覆盖。'),
    symptom: said('FileImmutable on delete or overwrite only.', '仅在删除或覆盖时返回 FileImmutable。'),
    remedy: {
      who: 'data-owner',
      where: said(
        'OSS console > Buckets > {bucket} > Data Security > Retention Policy',
        'OSS 控制台 > Bucket 列表 > {bucket} > 数据安全 > 合规保留策略',
      ),
      summary: said(
        'Write under a new name, or wait until the retention is over: a locked policy cannot be taken back.',
        '写入新的对象名,或等待保留期结束:已锁定的策略无法撤回。',
      ),
      risk: none,
      undo: nothingToUndo,
      verify: again,
    },
    links: ['https://help.aliyun.com/en/oss/user-guide/oss-retention-policies'],
    explain: byCode('FileImmutable', 'ObjectImmutable', 'WORMConfigurationLocked'),
  },
]
