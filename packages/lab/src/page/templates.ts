import type { Json, JsonObject } from '@sluice/core'
import { AliyunError } from '../aliyun/error.ts'
import { AwsError } from '../aws/error.ts'
import { AzureError } from '../azure/error.ts'
import { jsonAnswer, type Answer } from '../http/answer.ts'
import { type LabRequest, queryValue } from '../http/request.ts'
import { isObject } from '../state/json.ts'
import { problem, readJsonText } from './body.ts'

/** Applying templates as the clouds' consoles and deployment services do: the lab has none of them to send templates to. */
export interface TemplateDeps {
  /** Applies a CloudFormation template as the admin of an account. Throws AwsError. */
  readonly applyTemplate: (accountId: string, template: string, region: string | undefined) => Outputs
  /** Deploys a template of Azure Resource Manager as the admin of a resource group. Throws AzureError. */
  readonly deploy: (template: string, parameters: JsonObject, resourceGroup: string) => Outputs
  /** Applies a template of Alibaba's ROS as the admin of an account. Throws AliyunError. */
  readonly createStack: (
    uid: string,
    template: string,
    parameters: { readonly [name: string]: string },
    region: string | undefined,
  ) => Outputs
}

interface Outputs {
  readonly [output: string]: string
}

/** AWS's own limit of a template that lies in S3. */
const LARGEST_TEMPLATE = 1024 * 1024

/** The body is the template alone. */
export async function applyTemplate(request: LabRequest, deps: TemplateDeps): Promise<Answer> {
  const account = queryValue(request, 'account') ?? ''
  if (!/^\d{12}$/.test(account)) return problem(400, 'Name the account: /_lab/templates?account=987654321987')
  const template = await readJsonText(request, LARGEST_TEMPLATE)
  if (typeof template !== 'string') return template
  return outcome(() => deps.applyTemplate(account, template, queryValue(request, 'region')))
}

export async function deploy(request: LabRequest, deps: TemplateDeps): Promise<Answer> {
  const resourceGroup = queryValue(request, 'resourceGroup') ?? ''
  if (resourceGroup === '') return problem(400, 'Name the resource group: /_lab/deployments?resourceGroup=lake')
  const body = await readDeployment(request)
  if ('status' in body) return body
  return outcome(() => deps.deploy(JSON.stringify(body.template), body.parameters, resourceGroup))
}

export async function createStack(request: LabRequest, deps: TemplateDeps): Promise<Answer> {
  const uid = queryValue(request, 'account') ?? ''
  if (!/^\d{16}$/.test(uid)) return problem(400, 'Name the account by its UID: /_lab/stacks?account=9876543210987654')
  const body = await readDeployment(request)
  if ('status' in body) return body
  return outcome(() => deps.createStack(uid, JSON.stringify(body.template), texts(body.parameters), queryValue(request, 'region')))
}

/** Parameters as files of them write each, `{"value": …}`, or bare. */
async function readDeployment(request: LabRequest): Promise<Answer | { readonly template: JsonObject; readonly parameters: JsonObject }> {
  const text = await readJsonText(request, LARGEST_TEMPLATE)
  if (typeof text !== 'string') return text
  const body = parsed(text)
  if (!isObject(body) || !isObject(body['template'])) return problem(400, 'Send {"template": {…}, "parameters": {…}}.')
  const given = isObject(body['parameters']) ? body['parameters'] : {}
  const parameters = Object.entries(given).map(([name, value]) => [name, isObject(value) ? (value['value'] ?? value) : value])
  return { template: body['template'], parameters: Object.fromEntries(parameters) }
}

/** ROS takes parameters as text, lists with commas. */
function texts(parameters: JsonObject): { readonly [name: string]: string } {
  const text = (value: Json) => (typeof value === 'string' ? value : JSON.stringify(value))
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name, Array.isArray(value) ? value.map(text).join(',') : text(value)]),
  )
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function outcome(apply: () => Outputs): Answer {
  try {
    return jsonAnswer({ outputs: apply() }, {}, 201)
  } catch (thrown) {
    if (thrown instanceof AwsError || thrown instanceof AzureError || thrown instanceof AliyunError)
      return problem(thrown.status, `${thrown.code}: ${thrown.message}`)
    throw thrown
  }
}
