import type { Json, JsonObject } from '@sluice/core'

type Values = { readonly [name: string]: string }

/** Resolves a template as CloudFormation would with its defaults. */
export function resolveTemplate(template: JsonObject, partition: string): JsonObject {
  return resolveWith(template, { 'AWS::Partition': partition, 'AWS::AccountId': '987654321987' })
}

/** Resolves a template as Alibaba Cloud's ROS would with its defaults and the `given` parameters. */
export function resolveRos(template: JsonObject, account: string, given: Values = {}): JsonObject {
  return resolveWith(template, { 'ALIYUN::TenantId': account, ...given })
}

/** What both know: Ref, Fn::Sub, Fn::Join, Fn::If, Fn::Equals, Fn::Not. Unknown intrinsics throw. */
function resolveWith(template: JsonObject, given: Values): JsonObject {
  const declared = Object.entries(objectOf(template['Parameters'])).filter(([name]) => given[name] === undefined)
  const defaults = new Map([
    ...declared.map(([name, value]) => [name, stringOf(objectOf(value)['Default'])] as const),
    ...Object.entries(given),
  ])
  const conditions = objectOf(template['Conditions'] ?? {})

  const valueOf = (name: string): string => {
    const value = defaults.get(name)
    if (value === undefined) throw new Error(`unknown parameter ${name}`)
    return value
  }
  const resolveReference = (name: string): Json => {
    if (name === 'AWS::NoValue') return null
    const resource = objectOf(template['Resources'])[name]
    // Of an identity provider, a reference is the ARN. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-oidcprovider.html
    if (resource !== undefined && objectOf(resource)['Type'] === 'AWS::IAM::OIDCProvider') {
      const url = stringOf(objectOf(objectOf(resource)['Properties'])['Url'])
      return `arn:${valueOf('AWS::Partition')}:iam::${valueOf('AWS::AccountId')}:oidc-provider/${url.replace('https://', '')}`
    }
    return defaults.get(name) ?? `ref:${name}`
  }
  const holds = (condition: Json): boolean => {
    const [[name, body] = ['', null]] = Object.entries(objectOf(condition))
    if (name === 'Fn::Not') return !holds(listOf(body)[0] ?? null)
    if (name === 'Fn::Equals') return resolve(listOf(body)[0] ?? null) === resolve(listOf(body)[1] ?? null)
    throw new Error(`unknown condition ${name}`)
  }
  const resolve = (node: Json): Json => {
    if (node === null || typeof node !== 'object') return node
    if (isList(node)) return node.map(resolve)
    const entries = Object.entries(node)
    const [first] = entries
    if (entries.length === 1 && first) {
      const [name, body] = first
      if (name === 'Ref') return resolveReference(stringOf(body))
      if (name === 'Fn::Sub')
        return stringOf(body).replaceAll(/\$\{(!?)([^}]*)\}/g, (_, literal: string, key: string) => (literal ? `\${${key}}` : valueOf(key)))
      if (name === 'Fn::Join') {
        const [separator, parts] = listOf(body)
        return listOf(resolve(parts ?? null))
          .map(stringOf)
          .join(stringOf(separator))
      }
      if (name === 'Fn::GetAtt') return `att:${listOf(body).map(stringOf).join('.')}`
      if (name === 'Fn::If') {
        const [condition, yes, no] = listOf(body)
        return resolve((holds(conditions[stringOf(condition)] ?? null) ? yes : no) ?? null)
      }
      if (name.startsWith('Fn::')) throw new Error(`unknown intrinsic ${name}`)
    }
    return Object.fromEntries(entries.map(([key, value]) => [key, resolve(value)]).filter(([, value]) => value !== null))
  }
  return objectOf(resolve(template['Resources'] ?? null))
}

function isList(node: Json): node is readonly Json[] {
  return Array.isArray(node)
}

export function objectOf(node: Json | undefined): JsonObject {
  if (typeof node !== 'object' || node === null || isList(node)) throw new Error(`not an object: ${JSON.stringify(node)}`)
  return node
}

export function listOf(node: Json | undefined): readonly Json[] {
  if (node === null || node === undefined || typeof node !== 'object' || !isList(node))
    throw new Error(`not a list: ${JSON.stringify(node)}`)
  return node
}

export function stringOf(node: Json | undefined): string {
  if (typeof node !== 'string') throw new Error(`not a string: ${JSON.stringify(node)}`)
  return node
}
