import { createHash } from 'node:crypto'
import type { Json, JsonObject } from '@sluice/core'
import { AwsError } from '../aws/error.ts'
import { AzureError } from '../azure/error.ts'
import { jsonAnswer, type Answer } from '../http/answer.ts'
import type { Faults } from '../http/faults.ts'
import { type LabRequest, queryValue } from '../http/request.ts'
import { sendAnswer } from '../http/send.ts'
import type { Exchange } from '../http/server.ts'
import { isObject } from '../state/json.ts'
import { readSwitch } from './fault-switch.ts'
import { PAGE_HTML, PAGE_SCRIPT, PAGE_STYLE } from './page.ts'

export interface PageDeps {
  readonly faults: Faults
  readonly view: () => unknown
  readonly setIamDelay: (ms: number) => void
  /** Applies a CloudFormation template as the admin of an account. Throws AwsError. */
  readonly applyTemplate: (accountId: string, template: string, region: string | undefined) => { readonly [output: string]: string }
  /** Deploys a template of Azure Resource Manager as the admin of a resource group. Throws AzureError. */
  readonly deploy: (template: string, parameters: JsonObject, resourceGroup: string) => { readonly [output: string]: string }
}

const LARGEST_SWITCH = 16 * 1024
/** AWS's own limit of a template that lies in S3. */
const LARGEST_TEMPLATE = 1024 * 1024

/** Whether a request is for the lab itself, not for a cloud in it. No bucket's name begins with an underscore. */
export function isPageRequest(request: LabRequest): boolean {
  return request.direct && /^\/_lab(\/|$)/.test(request.rawPath)
}

/** Serves the lab's page, its state as JSON and the switches for faults. */
export async function handlePage({ request, response, signal }: Exchange, deps: PageDeps): Promise<void> {
  try {
    const answer = isLocal(request) ? await route(request, deps) : problem(403, 'Only this machine may look into the lab.')
    await sendAnswer(response, answer, { headOnly: request.method === 'HEAD', truncateAfter: undefined, pace: async () => {}, signal })
  } catch {
    response.destroy()
  }
}

// The Host check keeps out pages of other sites whose name resolves to this machine; the Origin check those that post here openly.
function isLocal({ host, headers, sourceIp }: LabRequest): boolean {
  const local = host === '127.0.0.1' || host === 'localhost'
  const origin = headers.get('origin')
  const own = origin === undefined || origin === `http://${headers.get('host') ?? ''}`
  const site = headers.get('sec-fetch-site') ?? 'none'
  return local && own && (site === 'none' || site === 'same-origin') && (sourceIp === '127.0.0.1' || sourceIp === '::1')
}

async function route(request: LabRequest, deps: PageDeps): Promise<Answer> {
  const { method, rawPath } = request
  const reads = method === 'GET' || method === 'HEAD'
  if (reads && (rawPath === '/_lab' || rawPath === '/_lab/')) return page()
  if (reads && rawPath === '/_lab/state.json') return jsonAnswer(deps.view(), { 'cache-control': 'no-store' })
  if (method === 'POST' && rawPath === '/_lab/faults') return switchFaults(request, deps)
  if (method === 'POST' && rawPath === '/_lab/templates') return applyTemplate(request, deps)
  if (method === 'POST' && rawPath === '/_lab/deployments') return deploy(request, deps)
  return problem(
    404,
    'The lab has /_lab, /_lab/state.json, POST /_lab/faults, POST /_lab/templates?account= and POST /_lab/deployments?resourceGroup=.',
  )
}

/** What the admin of a resource group does in Azure's portal or with `az deployment group create`. */
async function deploy(request: LabRequest, deps: PageDeps): Promise<Answer> {
  if (!isJson(request)) return problem(415, 'Send application/json.')
  const resourceGroup = queryValue(request, 'resourceGroup') ?? ''
  if (resourceGroup === '') return problem(400, 'Name the resource group: /_lab/deployments?resourceGroup=lake')
  const text = await readText(request, LARGEST_TEMPLATE)
  if (text === undefined) return problem(413, `A deployment has at most ${LARGEST_TEMPLATE} bytes.`)
  const body = readDeployment(text)
  if (!body) return problem(400, 'A deployment is {"template": {…}, "parameters": {…}}.')
  try {
    return jsonAnswer({ outputs: deps.deploy(JSON.stringify(body.template), body.parameters, resourceGroup) }, {}, 201)
  } catch (thrown) {
    if (thrown instanceof AzureError) return problem(thrown.status, `${thrown.code}: ${thrown.message}`)
    throw thrown
  }
}

/** Parameters as files of them write each, `{"value": …}`, or bare. */
function readDeployment(text: string): { readonly template: JsonObject; readonly parameters: JsonObject } | undefined {
  let body: Json
  try {
    body = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isObject(body) || !isObject(body['template'])) return undefined
  const given = isObject(body['parameters']) ? body['parameters'] : {}
  const parameters = Object.entries(given).map(([name, value]) => [name, isObject(value) ? (value['value'] ?? value) : value])
  return { template: body['template'], parameters: Object.fromEntries(parameters) }
}

/** What the admin of an account does in CloudFormation's console: the lab has no CloudFormation of its own to send it to. */
async function applyTemplate(request: LabRequest, deps: PageDeps): Promise<Answer> {
  if (!isJson(request)) return problem(415, 'Send application/json.')
  const account = queryValue(request, 'account') ?? ''
  if (!/^\d{12}$/.test(account)) return problem(400, 'Name the account: /_lab/templates?account=987654321987')
  const template = await readText(request, LARGEST_TEMPLATE)
  if (template === undefined) return problem(413, `A template has at most ${LARGEST_TEMPLATE} bytes.`)
  try {
    return jsonAnswer({ outputs: deps.applyTemplate(account, template, queryValue(request, 'region')) }, {}, 201)
  } catch (thrown) {
    if (thrown instanceof AwsError) return problem(thrown.status, `${thrown.code}: ${thrown.message}`)
    throw thrown
  }
}

async function switchFaults(request: LabRequest, { faults, setIamDelay }: PageDeps): Promise<Answer> {
  if (!isJson(request)) return problem(415, 'Send application/json.')
  const text = await readText(request, LARGEST_SWITCH)
  if (text === undefined) return problem(413, `A switch has at most ${LARGEST_SWITCH} bytes.`)
  const command = readSwitch(text)
  switch (command.kind) {
    case 'add':
      return jsonAnswer({ id: faults.add(command.fault) }, {}, 201)
    case 'remove':
      return faults.remove(command.id) ? jsonAnswer({ removed: command.id }) : problem(404, `There is no fault ${command.id}.`)
    case 'clear':
      faults.clear()
      return jsonAnswer({ cleared: true })
    case 'iam-delay':
      setIamDelay(command.ms)
      return jsonAnswer({ iamDelayMs: command.ms })
    default:
      return problem(400, command.message)
  }
}

/** A form of another site cannot send this type without being asked for first. */
function isJson({ headers }: LabRequest): boolean {
  return /^application\/json\b/.test(headers.get('content-type') ?? '')
}

/** The body as text; undefined where it is longer than that. */
async function readText({ incoming, proceed }: LabRequest, largest: number): Promise<string | undefined> {
  proceed()
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of incoming as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength
    if (size > largest) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

function problem(status: number, detail: string): Answer {
  return jsonAnswer({ status, detail }, { 'content-type': 'application/problem+json' }, status)
}

function hash(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}

function page(): Answer {
  return {
    status: 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; script-src ${hash(PAGE_SCRIPT)}; style-src ${hash(PAGE_STYLE)}; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    },
    body: Buffer.from(PAGE_HTML),
  }
}
