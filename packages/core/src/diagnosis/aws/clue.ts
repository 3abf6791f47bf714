import type { Observation } from '../case.ts'
import type { Clue, ClueLayer } from '../clue.ts'
import { readPrintedError } from '../message/printed-error.ts'

/**
 * The one sentence of AWS that explains itself. What follows "on resource" is in quotes in some services and not in others; the policy's ARN
 * at the end is named since 2026. https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
const SENTENCE =
  /User: (?<principal>\S+) is not authorized to perform: (?<action>[\w-]+:\w+)(?: on resource: "?(?<resource>[^"\s]+)"?)?(?<why>[\s\S]*)/

const LAYERS: readonly (readonly [RegExp, ClueLayer])[] = [
  [/identity-based polic/i, 'identity'],
  [/resource-based polic/i, 'resource'],
  [/session polic/i, 'session'],
  [/permissions? boundar/i, 'boundary'],
  [/service control polic/i, 'scp'],
  [/resource control polic/i, 'rcp'],
  [/VPC endpoint polic/i, 'vpc-endpoint'],
]

/** Reads an answer of AWS, or of what prints one. */
export function awsClue(observation: Observation): Clue {
  const printed = readPrintedError(observation.message ?? '')
  const { headers } = observation
  const status = observation.status ?? printed.status
  const code = observation.code ?? printed.code
  const text = printed.message
  // Some platforms say in words of their own what they tried.
  const operation =
    printed.operation ?? (/assum(?:e|ing) role|sts:AssumeRole\b/i.test(observation.message ?? '') ? 'AssumeRole' : undefined)
  const sentence = SENTENCE.exec(text ?? '')?.groups
  const region = headers['x-amz-bucket-region'] ?? printed.fields['Region'] ?? expectedRegion(text)
  const endpoint = printed.fields['Endpoint']
  const requestId = headers['x-amz-request-id'] ?? headers['x-amzn-requestid'] ?? printed.requestId
  return {
    ...(status === undefined ? {} : { status }),
    ...(code === undefined ? {} : { code }),
    ...(text === undefined ? {} : { text }),
    ...(operation === undefined ? {} : { operation }),
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(sentence === undefined ? {} : fromSentence(sentence)),
    fields: printed.fields,
  }
}

function fromSentence(groups: { readonly [name: string]: string | undefined }): Partial<Clue> {
  const { principal, action, resource, why = '' } = groups
  const layer = LAYERS.find(([pattern]) => pattern.test(why))?.[1]
  const effect = /with an explicit deny/i.test(why) ? 'explicit' : /because no/i.test(why) ? 'implicit' : undefined
  const policy = /(?:policy|boundary): (arn:\S+)/i.exec(why)?.[1]
  return {
    ...(principal === undefined ? {} : { principal }),
    ...(action === undefined ? {} : { action }),
    ...(resource === undefined ? {} : { resource: resource.replace(/[.,;]$/, '') }),
    ...(layer === undefined ? {} : { layer }),
    ...(effect === undefined ? {} : { effect }),
    ...(policy === undefined ? {} : { policy: policy.replace(/[.,;]$/, '') }),
  }
}

/** `the region 'us-east-1' is wrong; expecting 'us-west-2'` */
function expectedRegion(text: string | undefined): string | undefined {
  return /expecting '([a-z0-9-]+)'/.exec(text ?? '')?.[1]
}
