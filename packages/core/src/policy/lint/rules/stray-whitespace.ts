import type { LintRule } from '../finding.ts'
import type { LintStatement, Located } from '../subject.ts'
import { strayWhitespaceIn } from '../whitespace.ts'

export const strayWhitespace: LintRule = {
  id: 'stray-whitespace',
  severity: 'error',
  title: 'A value begins or ends with whitespace',
  why: 'Values are compared character by character: with the space, which copying brought along, the value matches nothing.',
  instead: 'Remove the space.',
  *check({ statements }) {
    for (const statement of statements) yield* strayWhitespaceIn(textsOf(statement))
  },
}

function textsOf({ action, resource, principal, conditions }: LintStatement): readonly Located[] {
  return [
    ...(action?.values ?? []),
    ...(resource?.values ?? []),
    ...(principal?.entries ?? []),
    ...conditions.filter(({ key }) => WITHOUT_SPACES.test(key)).flatMap(({ values }) => values),
  ]
}

// A prefix or a tag may end in a space; ids, ARNs and addresses never do.
const WITHOUT_SPACES =
  /^(sts:ExternalId|aws:(Principal(Arn|Account|OrgID)|Source(Ip|Vpc|Vpce|Arn|Account)|ResourceAccount|VpcSourceIp)|kms:(ViaService|CallerAccount))$/i
