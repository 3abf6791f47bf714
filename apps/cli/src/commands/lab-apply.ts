import { accessError } from '@sluice/core'
import { argument, pairs, usage, type Command } from '../invocation.ts'
import { facts } from '../output/facts.ts'
import type { Terminal } from '../terminal.ts'
import { readInput } from './read-input.ts'

/** `sluice lab apply TEMPLATE`: of CloudFormation or Alibaba's ROS into an account, of Azure Resource Manager into a resource group. */
export const applyTemplate: Command = async (invocation) => {
  const { options, terminal } = invocation
  const lab = options.text('lab')
  const [account, group] = [options.text('account'), options.text('resourceGroup')]
  if (lab === undefined || (account === undefined) === (group === undefined))
    throw usage('Applying a template needs --lab, and either --account or --resource-group.')
  if (!URL.canParse(lab)) throw usage(`${JSON.stringify(lab)} is not the URL of a lab.`, 'Write it like http://127.0.0.1:7790.')
  const template = await readInput(terminal, argument(invocation, 0), 'template')
  const { path, name, value, body } = target(template, options.list('parameter'), account, group)
  const url = new URL(path, lab)
  url.searchParams.set(name, value)
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
    const rows = Object.entries(outputs).map(([output, text]) => [output, String(text)] as const)
    const where = group === undefined ? `account ${account}` : `resource group ${group}`
    invocation.print(`Applied in ${where}.\n${facts(rows, terminal.stdout.columns)}`)
  }
  return 0
}

/** Where a template goes, and with what body. */
function target(template: string, given: readonly string[], account: string | undefined, group: string | undefined) {
  const parameters = pairs(given, '--parameter')
  const known = parsed(template)
  if (group !== undefined) {
    if (Object.keys(known).length === 0) throw usage('The template is not JSON.')
    return { path: '/_lab/deployments', name: 'resourceGroup', value: group, body: JSON.stringify({ template: known, parameters }) }
  }
  const value = account ?? ''
  if ('ROSTemplateFormatVersion' in known)
    return { path: '/_lab/stacks', name: 'account', value, body: JSON.stringify({ template: known, parameters }) }
  if (given.length > 0) throw usage('--parameter goes with a template of Azure or Alibaba Cloud.')
  return { path: '/_lab/templates', name: 'account', value, body: template }
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
