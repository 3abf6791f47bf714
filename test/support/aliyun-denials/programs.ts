import type { Json } from '@sluice/core'
import { presignOss } from '../../../packages/clouds/src/aliyun/sign.ts'
import { type RawAnswer, type RawRequest, send } from '../../../packages/lab/test/raw.ts'
import type { DenialScenario } from '../denials.ts'
import { assume } from '../denials-aliyun-requests.ts'
import { type AliyunWorld, CUSTOMER, REGION, ROLE_ARN } from '../denials-aliyun.ts'
import { BUCKET, PLATFORM_ALIYUN_ACCOUNT } from '../installation.ts'

type Scenario = DenialScenario<AliyunWorld>

const KEY = 'data/a.csv'
const REFERERS = { allowsEmpty: true, allowed: ['https://*.acme.example'] }
/** For how long the program's URLs are good. */
const URL_SECONDS = 600

/** What probes never meet, since they sign in a header, at the public endpoint, and ask for no more than every role gives. */
export const PROGRAMS: readonly Scenario[] = [
  {
    name: 'it does not sign',
    cause: 'oss.acl.anonymous',
    group: ['oss.acl.anonymous', 'oss.bpa'],
    inside: 'group',
    break: ({ program }) => {
      program.signs = false
    },
    tries: lists,
    repair: ({ program }) => {
      program.signs = true
    },
  },
  {
    name: 'it reads without a signature what only some may read',
    cause: 'oss.acl.anonymous',
    group: ['oss.acl.anonymous', 'oss.ram.missing'],
    inside: 'group',
    break: ({ program }) => {
      program.signs = false
    },
    tries: reads,
    repair: ({ program }) => {
      program.signs = true
    },
  },
  {
    name: 'it opens a URL that was signed an hour ago',
    cause: 'oss.url_expired',
    inside: 'strong',
    tries: opensUrl,
    break: ({ installation }) => installation.clock.advance(3_600_000),
    repair: signAgain,
  },
  {
    name: 'it comes from no page',
    cause: 'oss.referer',
    inside: 'strong',
    arrange: signAgain,
    tries: opensUrl,
    break: ({ aliyun }) => aliyun.configureBucket(BUCKET, { referers: { ...REFERERS, allowsEmpty: false } }),
    repair: ({ aliyun }) => aliyun.configureBucket(BUCKET, { referers: REFERERS }),
  },
  {
    name: 'it comes from a page that may not lead here any more',
    cause: 'oss.referer',
    inside: 'strong',
    tries: (world) => opensUrl(world, { referer: 'https://www.acme.example/report' }),
    break: ({ aliyun }) => aliyun.configureBucket(BUCKET, { referers: { allowsEmpty: true, allowed: ['https://*.other.example'] } }),
    repair: ({ aliyun }) => aliyun.configureBucket(BUCKET, { referers: REFERERS }),
  },
  {
    name: 'it wants longer sessions than the role gives',
    cause: 'oss.sts.duration',
    inside: 'strong',
    tries: takesSession,
    break: ({ program }) => {
      program.sessionSeconds = 7_200
    },
    repair: ({ program }) => {
      program.sessionSeconds = 3_600
    },
  },
  {
    name: 'it uses an internal endpoint from outside',
    cause: 'oss.vpc',
    inside: 'strong',
    tries: lists,
    break: ({ program }) => {
      program.isInternal = true
    },
    repair: ({ program }) => {
      program.isInternal = false
    },
  },
]

function signAgain({ program, now }: AliyunWorld): void {
  program.signedAt = now()
}

/** Lists the folder, signed by a URL or not at all. */
function lists(world: AliyunWorld): Promise<readonly Json[]> {
  return tried(world, 'ListObjectsV2', signed(world, undefined, world.now()))
}

/** Reads the object. */
function reads(world: AliyunWorld): Promise<readonly Json[]> {
  return tried(world, 'GetObject', signed(world, KEY, world.now()))
}

/** Reads the object by the URL that it has. */
function opensUrl(world: AliyunWorld, headers: RawRequest['headers'] = {}): Promise<readonly Json[]> {
  return tried(world, 'GetObject', { ...signed(world, KEY, world.program.signedAt), headers })
}

function signed({ aliyun, program }: AliyunWorld, key: string | undefined, now: number): RawRequest {
  const inner = program.isInternal ? '-internal' : ''
  const host = `${BUCKET}.oss-${REGION}${inner}.aliyuncs.com`
  const query = key === undefined ? { 'list-type': '2', prefix: 'data/' } : {}
  if (!program.signs) return { host, path: `/${key ?? ''}`, query }
  const credentials = aliyun.createAccessKey(CUSTOMER, 'colleague')
  const request = { method: 'GET', bucket: BUCKET, query, headers: {}, ...(key === undefined ? {} : { key }) } as const
  const url = new URL(presignOss(request, { region: REGION, credentials, now }, URL_SECONDS).url)
  return { host, path: url.pathname, query: Object.fromEntries(url.searchParams) }
}

/** What came of a request, as an observation of a case. */
async function tried(world: AliyunWorld, operation: string, request: RawRequest): Promise<readonly Json[]> {
  const target = `https://${request.host}${request.path}`
  try {
    return [observed(operation, target, await send(world.installation.lab, request))]
  } catch {
    return [{ operation, target, ok: false, code: 'network.failed', message: 'The connection was closed before an answer.' }]
  }
}

function observed(operation: string, target: string, { status, text }: RawAnswer): Json {
  return { operation, target, status, ok: status < 300, ...(status < 300 ? {} : { message: text }) }
}

async function takesSession(world: AliyunWorld): Promise<readonly Json[]> {
  const { aliyun, installation, now, program } = world
  const credentials = aliyun.createAccessKey(PLATFORM_ALIYUN_ACCOUNT, 'sluice')
  const externalId = /"sts:ExternalId":"([^"]+)"/.exec(JSON.stringify(world.document('documents.trustPolicy')))?.[1] ?? ''
  const asked = { credentials, externalId, seconds: program.sessionSeconds }
  const answer = await assume({ lab: installation.lab, now, region: REGION }, ROLE_ARN, asked, 'longer')
  return [observed('AssumeRole', ROLE_ARN, answer)]
}
