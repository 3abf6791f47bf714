import type { AccessError, Remedy } from '@sluice/core'
import { shellWord } from '../../setup/shell.ts'
import { providerOf } from '../identity.ts'
import type { RemedyFacts } from './facts.ts'

/** The remedies of the trust checks. */
export interface TrustRemedies {
  identity(): Remedy
  key(): Remedy
  /** Why we were not let in, as far as Google says, and what to do. */
  refused(error: AccessError): { readonly message: string; readonly remedy: Remedy }
  openToStrangers(): Remedy
  openToAudiences(): Remedy
}

export function trustRemedies(facts: RemedyFacts): TrustRemedies {
  const { connection, verify } = facts
  const provider = providerOf(connection)
  const names = provider ?? { projectNumber: 'NUMBER', poolId: 'POOL', providerId: 'PROVIDER' }
  const where = `IAM & Admin > Workload Identity Federation > ${names.poolId} > ${names.providerId}`
  const flags = `--project=${names.projectNumber} --location=global --workload-identity-pool=${names.poolId}`
  const update = (setting: string): string =>
    `gcloud iam workload-identity-pools providers update-oidc ${names.providerId} ${flags} ${setting}`
  const condition = `assertion.sub == '${facts.subject}'`
  const byId: { readonly [reason: string]: () => { readonly message: string; readonly remedy: Remedy } } = {
    'gcp.federation.provider': () => ({
      message: 'The workload identity pool or its provider does not exist, was deleted or is disabled.',
      remedy: {
        who: 'cloud-admin',
        where,
        summary: `Compare project number, pool and provider, letter by letter, with those of the connection; enable them, or bring them back if they were deleted (possible for 30 days). Applying the setup again makes what is missing.`,
        command: `gcloud iam workload-identity-pools providers describe ${names.providerId} ${flags}`,
        risk: 'None for others: pool and provider are this connection’s own.',
        undo: `gcloud iam workload-identity-pools providers update-oidc ${names.providerId} ${flags} --disabled`,
        verify,
      },
    }),
    'gcp.federation.unreachable': () => ({
      message: 'Google could not get the keys of our issuer to check our token with.',
      remedy: {
        who: 'platform',
        where: 'the issuer URL of this Sluice server',
        summary: `Make ${facts.issuerUrl}/.well-known/openid-configuration reachable from the internet over https; sluice server doctor says whether it is. Or give the provider our keys as a file (sluice issuer keys).`,
        command: update('--jwk-json-path=sluice-jwks.json'),
        risk: 'With keys in a file, the provider refuses us after our keys have been rotated, until it is given the new ones.',
        undo: update("--jwk-json-path=''"),
        verify,
      },
    }),
    'gcp.federation.refused': () => ({
      message: 'The workload identity provider does not accept our token: it expects another issuer, audience or subject.',
      remedy: {
        who: 'cloud-admin',
        where: `${where} > Edit`,
        summary: `Set the issuer to ${facts.issuerUrl}, the attribute mapping to google.subject = assertion.sub, and the attribute condition to ${condition}. Leave the allowed audiences empty, unless the connection names one.`,
        snippet: condition,
        command: update(
          `--issuer-uri=${shellWord(facts.issuerUrl)} --allowed-audiences='' --attribute-mapping=google.subject=assertion.sub --attribute-condition=${shellWord(condition)}`,
        ),
        risk: 'Whatever else comes in through this provider no longer does.',
        undo: 'Set the former values again; note them with gcloud iam workload-identity-pools providers describe before the change.',
        verify,
      },
    }),
    'gcp.impersonation.denied': () => ({
      message: 'Google does not let us act as the service account: it does not exist, is disabled, or does not let us.',
      remedy: actAs(facts),
    }),
  }
  return {
    identity: () => ({
      who: 'platform',
      where: 'the configuration of this Sluice server',
      summary: `Give the server valid credentials of ${facts.us}: sluice server doctor shows what is missing.`,
      verify,
    }),
    key: () => ({
      who: 'cloud-admin',
      where: `IAM & Admin > Service Accounts > ${connection.auth.fields['clientEmail'] ?? ''} > Keys`,
      summary:
        'Create a new key and store it with sluice connection update. Check that the account is enabled, and that no organization policy ends keys.',
      command: `gcloud iam service-accounts keys create sluice-key.json --iam-account=${connection.auth.fields['clientEmail'] ?? ''}`,
      risk: 'Whatever else uses the old key goes on using it until it is deleted.',
      undo: 'Delete the new key.',
      verify,
    }),
    refused: (error) => byId[error.reason]?.() ?? { message: error.message, remedy: actAs(facts) },
    openToStrangers: () => ({
      who: 'cloud-admin',
      where: `${where} > Edit, and the grants on the bucket and the service account`,
      summary: `Set the attribute condition to ${condition}, and grant only the principal that ends in /subject/${facts.subject}: a principalSet, or the whole pool, takes in every connection of this Sluice.`,
      snippet: condition,
      command: update(`--attribute-condition=${shellWord(condition)}`),
      risk: 'Other connections that come in through this provider no longer do; each gets a provider of its own by its setup.',
      undo: update("--attribute-condition=''"),
      verify,
    }),
    openToAudiences: () => ({
      who: 'cloud-admin',
      where: `${where} > Edit`,
      summary:
        'Take all allowed audiences out but the one that the connection names, or leave the list empty: then only the provider’s own name is accepted.',
      command: update("--allowed-audiences=''"),
      risk: 'Tokens that others send with the other audiences are refused.',
      undo: 'Put the audiences back.',
      verify,
    }),
  }
}

function actAs({ connection, serviceAccount = 'SERVICE_ACCOUNT', us, verify }: RemedyFacts): Remedy {
  const role = connection.auth.method === 'federation' ? 'roles/iam.workloadIdentityUser' : 'roles/iam.serviceAccountTokenCreator'
  const binding = `${serviceAccount} --member=${shellWord(us)} --role=${role}`
  return {
    who: 'cloud-admin',
    where: `IAM & Admin > Service Accounts > ${serviceAccount} > Principals with access`,
    summary: `Check that ${serviceAccount} exists and is enabled, and grant ${role} on it to ${us}.`,
    command: `gcloud iam service-accounts add-iam-policy-binding ${binding} --condition=None`,
    risk: 'Who is granted it can do everything that the service account may, not only in this bucket.',
    undo: `gcloud iam service-accounts remove-iam-policy-binding ${binding}`,
    verify,
  }
}
