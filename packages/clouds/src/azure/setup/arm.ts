import type { Json, JsonObject } from '@sluice/core'
import { Expression, type Resource, type Template, type Value, isList } from './template-model.ts'

const SCHEMA = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#'

/** The template in JSON, as the portal's page for custom deployments reads it. */
export function armTemplate({ description, parameters, resources, outputs }: Template): JsonObject {
  return {
    $schema: SCHEMA,
    contentVersion: '1.0.0.0',
    metadata: { description },
    parameters: Object.fromEntries(
      parameters.map(({ name, description: about, value }) => [
        name,
        { type: typeOf(value), defaultValue: json(value), metadata: { description: about } },
      ]),
    ),
    resources: resources.filter(({ isExisting }) => isExisting !== true).map(resourceJson),
    outputs: Object.fromEntries(
      outputs.map(({ name, description: about, value }) => [
        name,
        { type: 'string', value: json(value), metadata: { description: about } },
      ]),
    ),
  }
}

function typeOf(value: Value): string {
  return typeof value === 'boolean' ? 'bool' : typeof value === 'number' ? 'int' : isList(value) ? 'array' : 'string'
}

function resourceJson(resource: Resource): JsonObject {
  const { type, apiVersion, location, properties, scope, parent, needs = [] } = resource
  const before = [parent, scope, ...needs].filter((one) => one !== undefined && one.isExisting !== true)
  return {
    type,
    apiVersion,
    ...(scope === undefined ? {} : { scope: json(unqualifiedId(scope)) }),
    name: json(fullName(resource)),
    ...(location === undefined ? {} : { location: json(location) }),
    ...(before.length === 0
      ? {}
      : { dependsOn: before.flatMap((one) => (one === undefined ? [] : [json(new Expression({ is: 'id', of: one }))])) }),
    ...(properties === undefined ? {} : { properties: json(properties) }),
  }
}

/** With the names of what it lies in, as templates want it. */
function fullName(resource: Resource): Value {
  const names = namesOf(resource)
  const [only] = names
  if (names.length === 1 && only !== undefined) return only
  return new Expression({ is: 'call', name: 'format', given: [names.map((_, index) => `{${index}}`).join('/'), ...names] })
}

function namesOf({ name, parent }: Resource): readonly Value[] {
  return [...(parent === undefined ? [] : namesOf(parent)), name]
}

/** `Microsoft.Storage/storageAccounts/{0}/blobServices/{1}`: how an extension names what it lies on. */
function unqualifiedId(resource: Resource): Expression {
  const [provider = '', ...kinds] = resource.type.split('/')
  const path = kinds.map((kind, index) => `${kind}/{${index}}`).join('/')
  return new Expression({ is: 'call', name: 'format', given: [`${provider}/${path}`, ...namesOf(resource)] })
}

function json(value: Value): Json {
  if (value instanceof Expression) return `[${expressionText(value)}]`
  // A text that begins with a bracket would be read as an expression.
  if (typeof value === 'string') return value.startsWith('[') ? `[${value}` : value
  if (typeof value !== 'object') return value
  if (isList(value)) return value.map(json)
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, json(inner)]))
}

function expressionText(value: Value): string {
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`
  if (typeof value === 'number') return String(value)
  if (typeof value === 'boolean') return `${value}()`
  if (!(value instanceof Expression)) {
    if (isList(value)) return call('createArray', value)
    return call(
      'createObject',
      Object.entries(value).flatMap(([key, inner]) => [key, inner]),
    )
  }
  const { kind } = value
  switch (kind.is) {
    case 'parameter':
      return `parameters('${kind.name}')`
    case 'call':
      return call(kind.name, kind.given)
    case 'member':
      return `${expressionText(kind.of)}.${kind.name}`
    case 'id':
      return call('resourceId', [kind.of.type, ...namesOf(kind.of)])
    case 'property':
      return `reference(${expressionText(new Expression({ is: 'id', of: kind.of }))}, '${kind.of.apiVersion}').${kind.name}`
    case 'list':
      return call(kind.name, [new Expression({ is: 'id', of: kind.of }), kind.of.apiVersion, kind.given])
  }
}

function call(name: string, given: readonly Value[]): string {
  return `${name}(${given.map(expressionText).join(', ')})`
}
