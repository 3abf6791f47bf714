import { evaluateCel, parseCel, type CelResult, type CelValue } from '@sluice/core'
import type { TokenClaims } from '../../oidc/verify.ts'
import { GoogleError } from '../error.ts'
import type { Provider } from '../state/types.ts'

const LONGEST_SUBJECT = 127

/** What a pool makes of a token's claims. */
export interface MappedAttributes {
  readonly subject: string
  readonly groups: readonly string[]
  readonly attributes: { readonly [name: string]: string }
}

/** Maps the claims and tests the provider's condition. https://cloud.google.com/iam/docs/workload-identity-federation#mapping */
export function mapAttributes(provider: Provider, claims: TokenClaims): MappedAttributes {
  const names = { assertion: celOf(claims) }
  const values = Object.entries(provider.attributeMapping).map(
    ([attribute, expression]) => [attribute, evaluate(expression, names)] as const,
  )
  const valueOf = (attribute: string): CelValue | undefined => {
    const result = values.find(([name]) => name === attribute)?.[1]
    return result?.kind === 'value' ? result.value : undefined
  }
  const subject = valueOf('google.subject')
  if (typeof subject !== 'string' || subject === '') throw noSubject()
  if (Buffer.byteLength(subject) > LONGEST_SUBJECT)
    throw new GoogleError(
      400,
      'invalid_grant',
      `The size of mapped attribute google.subject exceeds the ${LONGEST_SUBJECT} bytes limit. Either modify your attribute mapping or the incoming assertion to produce a mapped attribute that is less than ${LONGEST_SUBJECT} bytes.`,
    )
  const groups = textsOf(valueOf('google.groups'))
  const attributes = Object.fromEntries(
    values.flatMap(([name, result]) =>
      name.startsWith('attribute.') && result.kind === 'value' && typeof result.value === 'string'
        ? [[name.slice('attribute.'.length), result.value] as const]
        : [],
    ),
  )
  checkCondition(provider, { ...names, google: { subject, groups }, attribute: attributes })
  return { subject, groups, attributes }
}

export function noSubject(): GoogleError {
  return new GoogleError(400, 'unauthorized_client', 'Could not obtain a value for google.subject from the given credential.')
}

function checkCondition({ attributeCondition }: Provider, names: { readonly [name: string]: CelValue }): void {
  if (attributeCondition === undefined) return
  const result = evaluate(attributeCondition, names)
  if (result.kind !== 'value' || result.value !== true)
    throw new GoogleError(400, 'unauthorized_client', 'The given credential is rejected by the attribute condition.')
}

function evaluate(source: string, names: { readonly [name: string]: CelValue }): CelResult {
  const reading = parseCel(source)
  return reading.ok ? evaluateCel(reading.expression, { names }) : { kind: 'unknown', because: reading.problem.message }
}

/** The claims as CEL sees them: what came as JSON. */
function celOf(claims: TokenClaims): CelValue {
  const copy: CelValue = JSON.parse(JSON.stringify(claims))
  return copy
}

function textsOf(value: CelValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}
