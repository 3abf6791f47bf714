import { createHash } from 'node:crypto'
import { jsonAnswer, type Answer } from '../http/answer.ts'
import type { Faults } from '../http/faults.ts'
import type { LabRequest } from '../http/request.ts'
import { sendAnswer } from '../http/send.ts'
import type { Exchange } from '../http/server.ts'
import { problem, readJsonText } from './body.ts'
import { readSwitch } from './fault-switch.ts'
import { PAGE_HTML, PAGE_SCRIPT, PAGE_STYLE } from './page.ts'
import { applyTemplate, createStack, deploy, type TemplateDeps } from './templates.ts'

export interface PageDeps extends TemplateDeps {
  readonly faults: Faults
  readonly view: () => unknown
  readonly setIamDelay: (ms: number) => void
}

const LARGEST_SWITCH = 16 * 1024

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
  if (method === 'POST' && rawPath === '/_lab/stacks') return createStack(request, deps)
  return problem(
    404,
    'The lab has /_lab and /_lab/state.json, and for POST /_lab/faults, /_lab/templates?account=, /_lab/deployments?resourceGroup= and /_lab/stacks?account=.',
  )
}

async function switchFaults(request: LabRequest, { faults, setIamDelay }: PageDeps): Promise<Answer> {
  const text = await readJsonText(request, LARGEST_SWITCH)
  if (typeof text !== 'string') return text
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
