const PORTAL = 'https://portal.azure.com'

/** The page of all app registrations. */
export const REGISTRATIONS_LINK = `${PORTAL}/#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade`

/** The page of all storage accounts; that of one needs its resource id, which nobody has told us. */
export const ACCOUNTS_LINK = `${PORTAL}/#browse/Microsoft.Storage%2FStorageAccounts`

/** Deploys a template that is pasted or uploaded there. */
export const CUSTOM_DEPLOYMENT_LINK = `${PORTAL}/#create/Microsoft.Template`

/**
 * The "Deploy to Azure" link of a published template, which the portal fetches as whoever looks at it.
 * https://learn.microsoft.com/azure/azure-resource-manager/templates/deploy-to-azure-button
 */
export function deployLink(templateUrl: string): string {
  return `${CUSTOM_DEPLOYMENT_LINK}/uri/${encodeURIComponent(templateUrl)}`
}
