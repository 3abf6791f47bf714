import type { Observation } from '../case.ts'
import type { Clue, ClueLayer } from '../clue.ts'
import { readPrintedError, type PrintedError } from '../message/printed-error.ts'
import { codeInText, readCode } from './codes.ts'
import { KNOWN_OPERATIONS } from './operations.ts'

/**
 * The one sentence of AWS that explains itself. What follows "on resource" is in quotes in some services and not in others; the policy's ARN
 * at the end is named since 2026. An action or a resource that nothing follows may have been cut off.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
const SENTENCE = /User: (?<principal>\S+) is not authorized to perform: (?<action>[\w-]+:\w+)(?<rest>[\s\S]*)/

const RESOURCE = /^ on resource: (?:"(?<quoted>[^"]+)"|(?<plain>[^"\s]+)(?=\s))/

const LAYERS: readonly (readonly [RegExp, ClueLayer])[] = [
  [/(?:no|an) identity-based polic/i, 'identity'],
  [/(?:no|a) resource-based polic/i, 'resource'],
  [/(?:no|a) session polic/i, 'session'],
  [/(?:no|a) permissions boundar/i, 'boundary'],
  [/(?:no|a) service control polic/i, 'scp'],
  [/(?:no|a) resource control polic/i, 'rcp'],
  [/(?:no|a) VPC endpoint polic/i, 'vpc-endpoint'],
  [/(?:no|the) role trust polic/i, 'trust'],
]

/** KMS tells a caller of another account nothing but this: whether the key is there is not for them to know. */
const KEY_UNTOLD = /on this resource because the resource does not exist in this Region, no resource-based polic/i

/** The same from S3, on behalf of KMS. */
const CIPHERTEXT = /ciphertext refers to a customer master key/i

/** Reads an answer of AWS, or of what prints one. */
export function awsClue(observation: Observation): Clue {
  const printed = readPrintedError(observation.message ?? '')
  const { headers } = observation
  const whole = observation.message ?? ''
  const { code, status } = codeAndStatus(observation, printed, whole)
  const text = printed.message
  const sentence = (SENTENCE.exec(text ?? '') ?? SENTENCE.exec(whole))?.groups
  const operation = printed.operation ?? operationInText(whole) ?? operationOn(observation.target)
  const region = headers['x-amz-bucket-region'] ?? printed.fields['Region'] ?? expectedRegion(whole)
  const endpoint = printed.fields['Endpoint']
  const keyHidden = sentence === undefined && CIPHERTEXT.test(whole)
  const requestId = headers['x-amz-request-id'] ?? headers['x-amzn-requestid'] ?? printed.requestId
  return {
    ...(status === undefined ? {} : { status }),
    ...(code === undefined ? {} : { code }),
    ...(text === undefined ? {} : { text }),
    ...(operation === undefined ? {} : { operation }),
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(keyHidden ? { layer: 'key' as const } : {}),
    ...(sentence === undefined ? {} : fromSentence(sentence['principal'] ?? '', sentence['action'] ?? '', sentence['rest'] ?? '')),
    fields: printed.fields,
  }
}

function codeAndStatus(
  observation: Observation,
  printed: PrintedError,
  whole: string,
): { readonly code: string | undefined; readonly status: number | undefined } {
  const given = readCode(observation.code)
  // Printers put other words where a code could stand; AWS's are made of several.
  const read = readCode(/[a-z][A-Z]|[._]|^\d|^Forbidden/.test(printed.code ?? '') ? printed.code : undefined)
  return {
    code: given.code ?? read.code ?? codeInText(whole),
    status: observation.status ?? given.status ?? printed.status ?? read.status,
  }
}

function fromSentence(principal: string, action: string, rest: string): Partial<Clue> {
  // Nothing behind it: the name of the action itself may be incomplete.
  if (rest.trim() === '' || rest.trim() === '.') return { principal }
  const groups = RESOURCE.exec(rest)?.groups
  const resource = (groups?.['quoted'] ?? groups?.['plain'])?.replace(/[.,;]$/, '')
  const layer = KEY_UNTOLD.test(rest) ? 'key' : LAYERS.find(([pattern]) => pattern.test(rest))?.[1]
  const effect =
    layer === 'key' ? undefined : /with an explicit deny/i.test(rest) ? 'explicit' : /because no /i.test(rest) ? 'implicit' : undefined
  const policy = /(?:policy|boundary): (arn:[^\s"'<>\\]+)/i.exec(rest)?.[1]
  return {
    principal,
    action,
    ...(resource === undefined ? {} : { resource }),
    ...(layer === undefined ? {} : { layer }),
    ...(effect === undefined ? {} : { effect }),
    ...(policy === undefined ? {} : { policy: policy.replace(/[.,;)]+$/, '') }),
  }
}

/** A role is there to be assumed. */
function operationOn(target: string | undefined): string | undefined {
  return /^arn:[\w-]+:iam::\d*:role\//.test(target ?? '') ? 'AssumeRole' : undefined
}

/** What tools say that they were doing, by the call that it is: Hadoop's file system, DuckDB, object_store, Trino, ClickHouse. */
const DOINGS: readonly (readonly [RegExp, string])[] = [
  [/\b(?:getFileStatus|s3GetFileStatus) on s3|HTTP HEAD error|Error performing HEAD|Failed to get object info|HEAD https?:/i, 'HeadObject'],
  [
    /\b(?:listStatus|listFiles|listObjects)\S* on s3|[?&]list-type=2|Error performing list|Failed to list (?:directory|objects)/i,
    'ListObjectsV2',
  ],
  [/\bopen s3[an]:|\breopen\b|Error opening Hive split|Error performing GET|HTTP GET error|Failed to read (?:S3 )?object/i, 'GetObject'],
  [/\b(?:Writing Object|PUT \d+-byte object|put) on\b|HTTP PUT error|Error performing PUT/i, 'PutObject'],
  [/Error performing DELETE|HTTP DELETE error/i, 'DeleteObject'],
]

/** Some platforms, and printers in other languages, say in words of their own what they tried. */
function operationInText(text: string): string | undefined {
  if (/assum(?:e|ing) role|sts:AssumeRole\b/i.test(text)) return 'AssumeRole'
  const doing = DOINGS.find(([words]) => words.test(text))
  if (doing !== undefined) return doing[1]
  return [...text.matchAll(/\b[A-Z]\w{6,}\b/g)].map(([word]) => word).find((word) => KNOWN_OPERATIONS.has(word.toLowerCase()))
}

const REGIONS = [
  /expecting '([a-z]{2}[a-z0-9-]+\d)'/,
  /is in this region: ([a-z]{2}[a-z0-9-]+\d)/,
  /correct region is:? "?([a-z]{2}[a-z0-9-]+\d)/i,
]

/** `the region 'us-east-1' is wrong; expecting 'us-west-2'`, or "The bucket is in this region: us-west-2". */
function expectedRegion(text: string): string | undefined {
  return REGIONS.map((words) => words.exec(text)?.[1]).find((region) => region !== undefined)
}
