import { Expression, type Resource, type Template, type Value, isList } from './template-model.ts'

/** The same template in Bicep. https://learn.microsoft.com/azure/azure-resource-manager/bicep/file */
export function bicepText({ description, parameters, resources, outputs }: Template): string {
  return [
    `metadata description = ${text(description)}\n`,
    ...parameters.map(
      ({ name, description: about, value }) => `@description(${text(about)})\nparam ${name} ${typeOf(value)} = ${bicep(value)}\n`,
    ),
    ...resources.map(resourceText),
    ...outputs.map(
      ({ name, description: about, value, isSecret }) =>
        `@description(${text(about)})\n${isSecret === true ? '#disable-next-line outputs-should-not-contain-secrets\n' : ''}output ${name} string = ${bicep(value)}\n`,
    ),
  ].join('\n')
}

function typeOf(value: Value): string {
  return typeof value === 'boolean' ? 'bool' : typeof value === 'number' ? 'int' : isList(value) ? 'array' : 'string'
}

function resourceText(resource: Resource): string {
  const { symbol, type, apiVersion, isExisting, name, parent, scope, location, properties } = resource
  const lines = [
    ...(parent === undefined ? [] : [`  parent: ${parent.symbol}`]),
    ...(scope === undefined ? [] : [`  scope: ${scope.symbol}`]),
    `  name: ${bicep(name, 1)}`,
    ...(location === undefined ? [] : [`  location: ${bicep(location, 1)}`]),
    ...(properties === undefined ? [] : [`  properties: ${bicep(properties, 1)}`]),
  ]
  return [`resource ${symbol} '${type}@${apiVersion}' ${isExisting === true ? 'existing ' : ''}= {`, ...lines, '}', ''].join('\n')
}

function bicep(value: Value, depth = 0): string {
  if (typeof value === 'string') return text(value)
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (value instanceof Expression) return expressionText(value, depth)
  const [outer, inner] = ['  '.repeat(depth), '  '.repeat(depth + 1)]
  if (isList(value)) {
    if (value.length === 0) return '[]'
    return `[\n${value.map((item) => `${inner}${bicep(item, depth + 1)}\n`).join('')}${outer}]`
  }
  return `{\n${Object.entries(value)
    .map(([key, item]) => `${inner}${key}: ${bicep(item, depth + 1)}\n`)
    .join('')}${outer}}`
}

function expressionText({ kind }: Expression, depth: number): string {
  switch (kind.is) {
    case 'parameter':
      return kind.name
    case 'call':
      return `${kind.name}(${kind.given.map((item) => bicep(item, depth)).join(', ')})`
    case 'member':
      return `${expressionText(kind.of, depth)}.${kind.name}`
    case 'id':
      return `${kind.of.symbol}.id`
    case 'property':
      return `${kind.of.symbol}.properties.${kind.name}`
    case 'list':
      return `${kind.of.symbol}.${kind.name}(${text(kind.of.apiVersion)}, ${bicep(kind.given, depth)})`
  }
}

/** A string literal of Bicep. `${` would open an interpolation. */
function text(value: string): string {
  const escaped = value
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "\\'")
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
    .replaceAll('${', '\\${')
  return `'${escaped}'`
}
