import { accessError, type SetupOptions } from '@sluice/core'

/** What Azure and Entra accept for each value we write. */
const OPTION_RULES = {
  subscriptionId: { pattern: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, accepts: 'the id of a subscription, a GUID' },
  // https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftresources
  resourceGroup: {
    pattern: /^[\p{L}\p{N}_().-]{0,89}[\p{L}\p{N}_()-]$/u,
    accepts: 'up to 90 letters, digits, underscores, parentheses, hyphens and dots, no dot at the end',
  },
  applicationName: { pattern: /^[^\p{C}'"\\<>&%]{1,120}$/u, accepts: 'up to 120 characters, without quotation marks, <, >, & and %' },
  customRoleId: {
    pattern: /^[^\p{C}'"\\<>&%]{1,120}$/u,
    accepts: 'the name of a role: up to 120 characters, without quotation marks, <, >, & and %',
  },
  expiresAt: {
    pattern: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})$/,
    accepts: 'a time like 2027-01-31T00:00:00Z',
  },
} as const

type OptionName = keyof typeof OPTION_RULES
type Method = 'federation' | 'managed-identity' | 'sas' | 'account-key'

/** The options that mean something in a setup of each method. */
const OF_METHOD: { readonly [method in Method]: readonly OptionName[] } = {
  federation: ['subscriptionId', 'resourceGroup', 'applicationName', 'customRoleId'],
  'managed-identity': ['subscriptionId', 'resourceGroup', 'customRoleId'],
  sas: ['subscriptionId', 'resourceGroup', 'expiresAt'],
  'account-key': ['subscriptionId', 'resourceGroup'],
}

/** Refuses what Azure would refuse, and options that mean nothing here, before anything is shown or applied. */
export function checkOptions(options: SetupOptions, method: Method): void {
  const known: readonly string[] = OF_METHOD[method]
  const foreign = Object.entries(options).find(([name, value]) => value !== undefined && !known.includes(name))?.[0]
  if (foreign !== undefined)
    throw accessError('setup.option_conflict', {
      message: `${foreign} means nothing in a setup for the method ${method} of Azure, which takes ${known.join(', ')}.`,
      context: { option: foreign },
    })
  for (const name of OF_METHOD[method]) {
    const value = options[name]
    if (value !== undefined && !isAccepted(name, value))
      throw accessError('setup.option_malformed', {
        message: `${name} is not what Azure accepts there: ${OPTION_RULES[name].accepts}.`,
        context: { option: name, value: value.slice(0, 200) },
      })
  }
}

function isAccepted(name: OptionName, value: string): boolean {
  return OPTION_RULES[name].pattern.test(value) && (name !== 'expiresAt' || !Number.isNaN(Date.parse(value)))
}
