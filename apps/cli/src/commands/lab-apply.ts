import { accessError } from '@sluice/core'
import { argument, usage, type Command } from '../invocation.ts'
import { facts } from '../output/facts.ts'
import type { Terminal } from '../terminal.ts'
import { readInput } from './read-input.ts'

/** `sluice lab apply TEMPLATE` */
export const applyTemplate: Command = async (invocation) => {
  const { options, terminal } = invocation
  const account = options.text('account')
  const lab = options.text('lab')
  if (account === undefined || lab === undefined) throw usage('Applying a template needs --account and --lab.')
  if (!URL.canParse(lab)) throw usage(`${JSON.stringify(lab)} is not the URL of a lab.`, 'Write it like http://127.0.0.1:7790.')
  const url = new URL('/_lab/templates', lab)
  url.searchParams.set('account', account)
  const body = await readInput(terminal, argument(invocation, 0), 'template')
  const headers = { 'content-type': 'application/json' }
  const request = new Request(url, { method: 'POST', headers, body, signal: terminal.signal })
  const response = await ask(request, terminal.fetch ?? fetch).catch((cause: unknown) => {
    throw accessError('lab.unreachable', { message: `No lab answers at ${url.origin}.`, cause })
  })
  const { detail } = response.body
  if (response.status !== 201)
    throw accessError('lab.template_refused', {
      message: typeof detail === 'string' ? detail : `What answers at ${url.origin} is no lab.`,
    })
  const outputs = response.body['outputs'] ?? {}
  if (invocation.json) invocation.printJson({ outputs })
  else {
    const rows = Object.entries(outputs).map(([name, value]) => [name, String(value)] as const)
    invocation.print(`Applied in account ${account}.\n${facts(rows, terminal.stdout.columns)}`)
  }
  return 0
}

async function ask(request: Request, send: NonNullable<Terminal['fetch']>) {
  const answer = await send(request)
  return { status: answer.status, body: parsed(await answer.text()) }
}

function parsed(text: string): { readonly [name: string]: unknown } {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}
