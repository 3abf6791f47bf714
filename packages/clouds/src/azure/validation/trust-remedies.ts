import { type AccessError, type Connection, type Location, type Platform, type Remedy, type Setup, connectionSubject } from '@sluice/core'
import { accountOf } from '../account.ts'
import { EXCHANGE_AUDIENCE } from '../entra.ts'
import { accessControlPage, assigneeOf, scopeExpression } from './remedy-parts.ts'

/** The remedies of the trust checks. */
export interface TrustRemedies {
  identity(error: AccessError): Remedy
  refused(error: AccessError): { readonly message: string; readonly remedy: Remedy }
  openToStrangers(): Remedy
  openToAudiences(): Remedy
  mayNotDelegate(location: Location): Remedy
  otherTenant(location: Location): Remedy
  credential(error: AccessError): Remedy
}

/** `setup` is absent where none can be written: snippets are then left out. */
export function trustRemedies(connection: Connection, platform: Platform, setup: Setup | undefined): TrustRemedies {
  const verify = `sluice connection validate ${connection.name}`
  const { clientId = 'CLIENT_ID', tenantId = 'TENANT_ID' } = connection.auth.fields
  const issuer = platform.issuer?.url ?? 'our issuer'
  const subject = connectionSubject(connection)
  const credential = setup?.artifacts.find((artifact) => artifact.id === 'federated-credential')?.text
  const registration = `Microsoft Entra admin center > App registrations > ${clientId}`
  const server = { who: 'platform', where: 'the configuration of this Sluice server', verify } as const
  const replaceCredential = (summary: string): Remedy => ({
    who: 'cloud-admin',
    where: `${registration} > Certificates & secrets > Federated credentials`,
    summary,
    ...(credential === undefined ? {} : { snippet: credential }),
    command: `az ad app federated-credential list --id ${clientId}   # then: az ad app federated-credential create --id ${clientId} --parameters federated-credential.json`,
    risk: 'None for others: a federated credential lets in the one subject that it names.',
    undo: `az ad app federated-credential delete --id ${clientId} --federated-credential-id ID`,
    verify,
  })

  const refusals: { readonly [reason: string]: () => { readonly message: string; readonly remedy: Remedy } } = {
    'azure.trust.application': () => ({
      message: `The tenant ${tenantId} knows no application ${clientId}, or the application has no service principal there.`,
      remedy: {
        who: 'cloud-admin',
        where: `${registration} > Overview`,
        summary: `Compare Application (client) ID and Directory (tenant) ID with those of the connection; if both are right, make the service principal.`,
        command: `az ad sp create --id ${clientId}   # or correct the ids: sluice connection update ${connection.name} --tenant-id ID --client-id ID`,
        risk: 'A service principal alone may do nothing: roles are given to it one by one.',
        undo: `az ad sp delete --id ${clientId}`,
        verify,
      },
    }),
    'azure.trust.tenant': () => ({
      message: `Entra knows no tenant ${tenantId}.`,
      remedy: {
        who: 'cloud-admin',
        where: `${registration} > Overview`,
        summary: 'Give the Directory (tenant) ID of the app registration.',
        command: `az account show --query tenantId --output tsv   # then: sluice connection update ${connection.name} --tenant-id ID`,
        verify,
      },
    }),
    'azure.trust.disabled': () => ({
      message: `The application ${clientId} is disabled in its tenant.`,
      remedy: {
        who: 'cloud-admin',
        where: `Microsoft Entra admin center > Enterprise applications > ${clientId} > Properties`,
        summary: 'Set “Enabled for users to sign in” to Yes.',
        command: `az ad sp update --id ${clientId} --set accountEnabled=true`,
        risk: 'The application can use again whatever else it was given.',
        undo: `az ad sp update --id ${clientId} --set accountEnabled=false`,
        verify,
      },
    }),
    'azure.trust.conditional_access': () => ({
      message: 'A conditional access policy of the tenant blocks the application.',
      remedy: {
        who: 'organization',
        where: 'Microsoft Entra admin center > Protection > Conditional Access > Policies',
        summary: `Except the application ${clientId} from the policy for workload identities, or add the addresses of this Sluice (${platform.egressAddresses.join(', ') || 'ask its operator'}) to a named location that it allows.`,
        risk: 'The exception lets this one application past the policy; ask its author why it is there.',
        undo: 'Take the exception out again.',
        verify,
      },
    }),
    'azure.trust.issuer_unreachable': () => ({
      message: `Entra could not fetch the keys of our issuer ${issuer}.`,
      remedy: {
        ...server,
        summary: `Make ${issuer}/.well-known/openid-configuration and the keys it names reachable from the internet over https, with a certificate that everybody trusts.`,
        command: 'sluice server doctor',
      },
    }),
    'azure.trust.token_invalid': () => ({
      message: 'Entra does not accept the signature or the times of our token.',
      remedy: {
        ...server,
        summary: `Set the clock of the server, and let ${issuer} serve the keys that are in use: sluice issuer show lists them. New keys are seen by Entra after a while.`,
        command: 'sluice server doctor',
      },
    }),
  }

  return {
    identity: (error) => ({ ...server, summary: error.remedy, command: 'sluice server doctor' }),
    refused: (error) =>
      refusals[error.reason]?.() ?? {
        message: `No federated credential of the application ${clientId} fits our token: issuer ${issuer}, subject ${subject}, audience ${EXCHANGE_AUDIENCE}.`,
        remedy: replaceCredential(
          `Compare three things, letter by letter, with a federated credential of the application: issuer ${issuer} (without a slash at its end), subject ${subject}, audience ${EXCHANGE_AUDIENCE}. If none fits, add the one below.`,
        ),
      },
    openToStrangers: () =>
      replaceCredential(
        `Let the federated credential name exactly the subject ${subject}: one with a matching expression or wildcard lets in every connection of this Sluice. Add the one below, then delete the other.`,
      ),
    openToAudiences: () =>
      replaceCredential(
        `Let the federated credential name exactly the audience ${EXCHANGE_AUDIENCE}. Add the one below, then delete the other.`,
      ),
    mayNotDelegate: (location) => {
      const account = accountOf(connection, location)
      const { shown, flags } = assigneeOf(connection, platform)
      const role = `az role assignment create ${flags} --role "Storage Blob Delegator" --scope ${scopeExpression(account)}`
      return {
        who: 'cloud-admin',
        where: accessControlPage(account),
        summary: `Give ${shown} the role Storage Blob Delegator on the storage account ${account} itself: a role on the container does not do. A new role takes up to ten minutes to work.`,
        command: role,
        risk: 'The role gives no access to data: SAS signed with such keys can do no more than the identity’s own roles.',
        undo: role.replace(' create ', ' delete ').replace(/--assignee-principal-type \S+ /, ''),
        verify,
      }
    },
    otherTenant: (location) => {
      const account = accountOf(connection, location)
      return {
        who: 'cloud-admin',
        where: `Azure portal > Storage accounts > ${account} > Overview`,
        summary:
          connection.auth.method === 'managed-identity'
            ? `A managed identity works in its own tenant alone (${platform.azure?.tenantId ?? 'ours'}), and the storage account lies in another: use federation for this connection.`
            : `Register the application in the tenant of the storage account ${account}, and give the connection that tenant's id.`,
        command: `az storage account show --name ${account} --query identity.tenantId   # or: az account show --query tenantId`,
        verify,
      }
    },
    credential: (error) => ({
      who: 'cloud-admin',
      where:
        connection.auth.method === 'account-key'
          ? 'Azure portal > Storage accounts > Access keys'
          : 'Azure portal > Storage accounts > Containers > Shared access tokens',
      summary:
        connection.auth.method === 'account-key'
          ? `Copy key1 or key2 again, whole, and give it to the connection: sluice connection rotate ${connection.name}. The key may have been rotated, or be another account's.`
          : `Create another SAS and give it to the connection: sluice connection rotate ${connection.name}. ${sasCause(error)}`,
      risk: 'Whatever else uses the old one goes on using it.',
      undo: 'Give the connection the former one again.',
      verify,
    }),
  }
}

function sasCause({ provider }: AccessError): string {
  const words = provider?.message ?? ''
  if (/not well formed/i.test(words)) return 'Its signature was changed on the way: plus signs must stay %2B.'
  return 'The key it is signed with may have been rotated, or the SAS is for another account, container or directory.'
}
