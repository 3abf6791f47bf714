import { accessError, type SetupOptions } from '@sluice/core'

/** What Google accepts for each value we write. https://cloud.google.com/iam/docs/reference/rest */
export const OPTION_RULES = {
  projectId: {
    pattern: /^(?:[a-z][a-z0-9.-]{0,50}:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/,
    accepts: 'the id of a project: 6 to 30 lower-case letters, digits and hyphens, beginning with a letter',
  },
  poolId: { pattern: /^(?!gcp-)[a-z0-9-]{4,32}$/, accepts: '4 to 32 lower-case letters, digits and hyphens, not beginning with gcp-' },
  providerId: { pattern: /^(?!gcp-)[a-z0-9-]{4,32}$/, accepts: '4 to 32 lower-case letters, digits and hyphens, not beginning with gcp-' },
  serviceAccountId: {
    pattern: /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/,
    accepts: '6 to 30 lower-case letters, digits and hyphens, beginning with a letter',
  },
  // Room is left for the role that deletes.
  customRoleId: { pattern: /^[A-Za-z0-9_.]{3,55}$/, accepts: '3 to 55 letters, digits, underscores and dots' },
} as const

type OptionName = keyof typeof OPTION_RULES
const NAMES = ['projectId', 'poolId', 'providerId', 'serviceAccountId', 'customRoleId'] as const satisfies readonly OptionName[]

/** Refuses what Google would refuse, and options that mean nothing here, before anything is shown or applied. */
export function checkOptions(options: SetupOptions): void {
  const known: readonly string[] = NAMES
  const foreign = Object.entries(options).find(([name, value]) => value !== undefined && !known.includes(name))?.[0]
  if (foreign !== undefined)
    throw accessError('setup.option_conflict', {
      message: `${foreign} means nothing in a setup of Google Cloud, which takes ${NAMES.join(', ')}.`,
      context: { option: foreign },
    })
  for (const name of NAMES) {
    const value = options[name]
    if (value !== undefined && !OPTION_RULES[name].pattern.test(value))
      throw accessError('setup.option_malformed', {
        message: `${name} is not what Google accepts there: ${OPTION_RULES[name].accepts}.`,
        context: { option: name, value: value.slice(0, 200) },
      })
  }
}

/** Takes what the connection says, or what the option says; refuses two that differ. */
export function agreed(option: OptionName, known: string | undefined, asked: string | undefined): string | undefined {
  if (known !== undefined && asked !== undefined && known !== asked)
    throw accessError('setup.option_conflict', {
      message: `The connection has ${option} ${known}, but the options say ${asked}: update the connection first.`,
      context: { option },
    })
  return known ?? asked
}
