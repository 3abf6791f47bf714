import type { Facts } from '../facts.ts'
import type { RequestContext } from '../../policy/types.ts'

/** What a token of ours says, as far as anything shows. */
export interface Claims {
  /** With its scheme, as the token has it. */
  readonly issuer: string
  readonly subject?: string
  readonly audiences?: readonly string[]
}

/** The claims of the token that a connection brings: as a request for one showed them, or as its principal is written. */
export function claimsOf({ connection, successes }: Facts): Claims | undefined {
  for (const { message } of successes) {
    const found = message === undefined ? undefined : claimsIn(message)
    if (found !== undefined) return found
  }
  // "https://issuer subject"
  const [issuer, subject] = (connection.principal ?? '').trim().split(/\s+/)
  if (issuer === undefined || !issuer.startsWith('https://')) return undefined
  // Our own tokens are for STS, whose name is another one in China.
  const audience = connection.roleArn?.startsWith('arn:aws-cn:') === true ? 'sts.amazonaws.com.cn' : 'sts.amazonaws.com'
  return { issuer, audiences: [audience], ...(subject === undefined ? {} : { subject }) }
}

function claimsIn(text: string): Claims | undefined {
  const issuer = /"iss"\s*:\s*"([^"]+)"/.exec(text)?.[1]
  const subject = /"sub"\s*:\s*"([^"]+)"/.exec(text)?.[1]
  const audience = /"aud"\s*:\s*(?:"([^"]+)"|\[([^\]]*)\])/.exec(text)
  if (issuer === undefined) return undefined
  const audiences =
    audience === null
      ? undefined
      : audience[1] === undefined
        ? [...(audience[2] ?? '').matchAll(/"([^"]+)"/g)].map(([, one = '']) => one)
        : [audience[1]]
  return { issuer, ...(subject === undefined ? {} : { subject }), ...(audiences === undefined ? {} : { audiences }) }
}

/** The issuer as IAM names it: without its scheme. */
export function providerPath(issuer: string): string {
  return issuer.replace(/^https:\/\//, '').replace(/\/$/, '')
}

/** The claims as condition keys: by the provider's URL without its scheme. */
export function claimContext({ issuer, subject, audiences }: Claims): RequestContext {
  const path = providerPath(issuer)
  return {
    ...(subject === undefined ? {} : { [`${path}:sub`]: subject }),
    ...(audiences === undefined ? {} : { [`${path}:aud`]: audiences }),
  }
}
