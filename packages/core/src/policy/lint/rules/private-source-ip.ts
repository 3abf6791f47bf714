import { ipContains, parseIpRange, type IpRange } from '../../ip.ts'
import type { LintRule } from '../finding.ts'

const PRIVATE: readonly IpRange[] = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  'fc00::/7',
  'fe80::/10',
]
  .map(parseIpRange)
  .filter((range) => range !== undefined)

export const privateSourceIp: LintRule = {
  id: 'private-source-ip',
  severity: 'error',
  title: 'The address of a caller is compared with private addresses only',
  why: 'AWS sees the public address of a caller; of a request through a VPC endpoint it has no aws:SourceIp at all.',
  instead: 'Use aws:VpcSourceIp with aws:SourceVpc, or the public addresses of your network.',
  *check({ statements }) {
    for (const { conditions, effect } of statements)
      for (const { operator, key, values, at, isComplete } of conditions) {
        if (operator?.operator.comparison.family !== 'ip' || key.toLowerCase() !== 'aws:sourceip' || !isComplete) continue
        const ranges = values.map(({ value }) => parseIpRange(value))
        const isPrivate = ranges.length > 0 && ranges.every((range) => range && PRIVATE.some((outer) => ipContains(outer, range)))
        if (!isPrivate) continue
        const always = operator.operator.negated || operator.ifExists
        yield {
          at,
          message: `No request comes from ${values.map(({ value }) => value).join(', ')} as AWS sees it: this ${always ? 'always' : 'never'} holds.`,
          ...(always && effect === 'Allow' ? { severity: 'warning' as const } : {}),
        }
      }
  },
}
