import type { Json, JsonObject } from '@sluice/core'
import { SUBSCRIPTION, TENANT } from '../state/defaults.ts'
import { uuid } from '../../state/uuid.ts'
import type { AzureState } from '../state/types.ts'
import { accountNamed, type Deployment } from './deployment.ts'
import { invalidTemplate, unknownInTemplate } from './error.ts'
import { parseExpression, type Expression } from './expression.ts'
import { childId, objectOf, TEMPLATE_FUNCTIONS, textOf } from './functions.ts'
import { makeArmResource, type Made } from './resources.ts'

/** Where a template is deployed to. */
export interface DeploymentTarget {
  readonly tenantId?: string
  readonly subscriptionId?: string
  readonly resourceGroup?: string
  readonly location?: string
}

/**
 * Applies a template of Azure Resource Manager as an admin of the resource group would, all or nothing, and gives its outputs;
 * those that are no text, as JSON. Parameters without a default must be given; what the lab does not know in a template is refused by name.
 */
export function applyArmTemplate(
  state: AzureState,
  body: string,
  parameters: { readonly [name: string]: Json } = {},
  target: DeploymentTarget = {},
): { readonly [output: string]: string } {
  const template = parseTemplate(body)
  const made = new Map<string, Made>()
  const deployment = deploymentTo(state, target, made)
  const scope = scopeOf(deployment, template, parameters)
  try {
    for (const resource of inOrder(template, scope, deployment)) {
      if (resource.body['condition'] === false) continue
      made.set(resource.id, makeArmResource(deployment, resource))
    }
    return outputsOf(template, scope)
  } catch (error) {
    for (const resource of [...made.values()].toReversed()) resource.undo()
    throw error
  }
}

const SECTIONS = ['$schema', 'contentVersion', 'metadata', 'parameters', 'variables', 'resources', 'outputs', 'apiProfile']

function parseTemplate(body: string): JsonObject {
  let parsed: Json
  try {
    parsed = JSON.parse(body)
  } catch {
    throw invalidTemplate('The template is not JSON')
  }
  const template = objectOf(parsed)
  if (!/\/deploymentTemplate\.json#?$/.test(textOf(template['$schema'] ?? '')))
    throw invalidTemplate('$schema is not that of a deployment template')
  if (typeof template['contentVersion'] !== 'string') throw invalidTemplate('contentVersion is missing')
  if (!Array.isArray(template['resources'])) throw unknownInTemplate('resources that are not a list')
  const unknown = Object.keys(template).find((name) => !SECTIONS.includes(name))
  if (unknown !== undefined) throw unknownInTemplate(`the section ${unknown}`)
  return template
}

function deploymentTo(state: AzureState, target: DeploymentTarget, made: ReadonlyMap<string, Made>): Deployment {
  const { tenantId = TENANT, subscriptionId = SUBSCRIPTION, resourceGroup = 'lake', location = 'westeurope' } = target
  const where = { state, subscriptionId, resourceGroup }
  return {
    ...where,
    tenantId,
    location,
    groupId: `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}`,
    accountOf: (nameOrId) => accountNamed(where, nameOrId),
    newIdentity: (name) => ({
      name,
      tenantId,
      clientId: uuid(state.random),
      principalId: uuid(state.random),
      credentials: [],
      onMachine: false,
    }),
    propertiesOf(nameOrId) {
      const found = [...made].find(([id]) => id === nameOrId.toLowerCase() || id.endsWith(`/${nameOrId.toLowerCase()}`))
      if (!found) throw invalidTemplate(`reference('${nameOrId}') names no resource of the template`)
      return found[1].properties
    },
  }
}

/** What expressions can name. */
interface Scope {
  resolve(value: Json): Json
}

function scopeOf(deployment: Deployment, template: JsonObject, given: { readonly [name: string]: Json }): Scope {
  const parameters = parameterDeclarations(template, given)
  const variables = objectOf(template['variables'] ?? {})
  const scope: Scope = {
    resolve(value) {
      if (typeof value === 'string') {
        const expression = parseExpression(value)
        return expression === undefined ? value.replace(/^\[\[/, '[') : evaluate(expression)
      }
      if (Array.isArray(value)) return value.map((item: Json) => scope.resolve(item))
      if (typeof value !== 'object' || value === null) return value
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, scope.resolve(item)]))
    },
  }
  return scope

  function evaluate(expression: Expression): Json {
    switch (expression.kind) {
      case 'literal':
        return expression.value
      case 'member':
        return memberOf(evaluate(expression.of), evaluate(expression.name))
      default:
        return call(expression.name.toLowerCase(), expression.given)
    }
  }

  function call(name: string, given: readonly Expression[]): Json {
    // Of the two ways only the one that is gone is looked at.
    if (name === 'if') return evaluateOr(given[evaluateOr(given[0]) === true ? 1 : 2])
    const values = given.map(evaluate)
    if (name === 'parameters') return valueNamed('parameter', parameters, textOf(values[0]))
    if (name === 'variables') return valueNamed('variable', variables, textOf(values[0]))
    const implementation = TEMPLATE_FUNCTIONS[name]
    if (!implementation) throw unknownInTemplate(`the function ${name}()`)
    return implementation(values, deployment)
  }

  function evaluateOr(expression: Expression | undefined): Json {
    return expression === undefined ? null : evaluate(expression)
  }

  function valueNamed(kind: string, from: JsonObject, name: string): Json {
    const value = from[name]
    if (value === undefined) throw invalidTemplate(`The ${kind} ${name} is not defined`)
    return scope.resolve(value)
  }
}

function memberOf(value: Json, name: Json): Json {
  if (Array.isArray(value)) return value[Number(name)] ?? null
  const member = objectOf(value)[textOf(name)]
  if (member === undefined) throw invalidTemplate(`The property ${textOf(name)} does not exist`)
  return member
}

function parameterDeclarations(template: JsonObject, given: { readonly [name: string]: Json }): JsonObject {
  const declared = objectOf(template['parameters'] ?? {})
  const extra = Object.keys(given).find((name) => declared[name] === undefined)
  if (extra !== undefined) throw invalidTemplate(`The parameter ${extra} is not declared in the template`)
  return Object.fromEntries(
    Object.entries(declared).map(([name, declaration]) => {
      const rules = objectOf(declaration)
      // A value that is given is never an expression.
      const own = given[name]
      const value = typeof own === 'string' && own.startsWith('[') ? `[${own}` : (own ?? rules['defaultValue'])
      if (value === undefined) throw invalidTemplate(`The value for the template parameter '${name}' is not provided`)
      checkParameter(name, own, rules)
      return [name, value]
    }),
  )
}

function checkParameter(name: string, value: Json | undefined, rules: JsonObject): void {
  if (value === undefined) return
  const { allowedValues, minLength, maxLength } = rules
  if (Array.isArray(allowedValues) && !allowedValues.includes(value))
    throw invalidTemplate(`The parameter ${name} is not one of the allowed values`)
  if (typeof value !== 'string') return
  if (value.length < Number(minLength ?? 0) || value.length > Number(maxLength ?? Number.POSITIVE_INFINITY))
    throw invalidTemplate(`The length of the parameter ${name} is not allowed`)
}

interface Planned {
  readonly id: string
  readonly type: string
  readonly name: string
  readonly body: JsonObject
  readonly dependsOn: readonly string[]
}

/** Resources after those they depend on. What only refers to another with `reference()` must say so too: the lab does not look into expressions. */
function inOrder(template: JsonObject, scope: Scope, deployment: Deployment): readonly Planned[] {
  const list = template['resources']
  const waiting = (Array.isArray(list) ? list : []).map((declared: Json) => plan(objectOf(declared), scope, deployment))
  const ordered: Planned[] = []
  while (waiting.length > 0) {
    const isOpen = (name: string): boolean => waiting.some(({ id }) => id === name || id.endsWith(`/${name}`))
    const index = waiting.findIndex(({ dependsOn }) => !dependsOn.some(isOpen))
    const [next] = index < 0 ? [] : waiting.splice(index, 1)
    if (!next) throw invalidTemplate('Circular dependency detected')
    ordered.push(next)
  }
  return ordered
}

function plan(declared: JsonObject, scope: Scope, { groupId }: Deployment): Planned {
  const { properties, ...rest } = declared
  const head = objectOf(scope.resolve(rest))
  const [type, name] = [textOf(head['type'] ?? ''), textOf(head['name'] ?? '')]
  const after = head['dependsOn']
  return {
    id: childId(groupId, [type, ...name.split('/')]).toLowerCase(),
    type,
    name,
    dependsOn: (Array.isArray(after) ? after : []).map((item: Json) => textOf(item).toLowerCase()),
    // Properties may refer to what is made before: they are resolved when their turn comes.
    get body() {
      return { ...head, ...(properties === undefined ? {} : { properties: scope.resolve(properties) }) }
    },
  }
}

function outputsOf(template: JsonObject, scope: Scope): { readonly [output: string]: string } {
  return Object.fromEntries(
    Object.entries(objectOf(template['outputs'] ?? {})).flatMap(([name, declaration]) => {
      const output = objectOf(declaration)
      if (output['condition'] !== undefined && scope.resolve(output['condition']) === false) return []
      const value = scope.resolve(output['value'] ?? null)
      return [[name, typeof value === 'string' ? value : JSON.stringify(value)]]
    }),
  )
}
