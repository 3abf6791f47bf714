import type { Reason } from './reason.ts'

/** Reasons of Azure: Blob Storage, and Entra, which issues its tokens. */
export const AZURE_REASONS = {
  'azure.denied': {
    code: 'denied',
    meaning: 'Blob Storage refused the request: the role assignment, or the SAS, does not have the permission.',
    remedy: 'Diagnose the connection: sluice connection diagnose NAME says what to change, and who can.',
  },
  'azure.credential.rejected': {
    code: 'denied',
    meaning:
      'Blob Storage does not accept the credential: it is damaged, was signed with a key that was rotated, or is for something else.',
    remedy: 'Create another SAS or copy the account key again, whole, and store it with `sluice connection update`.',
  },
  'azure.sas.out_of_time': {
    code: 'denied',
    meaning: 'The SAS has expired, or its start lies ahead.',
    remedy: 'Create another SAS, with a start 15 minutes ago or none, and store it with `sluice connection update`.',
  },
  'azure.sas.services': {
    code: 'denied',
    meaning: 'The account SAS is not for the Blob service.',
    remedy: 'Create it again with the allowed service Blob (ss=b).',
  },
  'azure.sas.resource_types': {
    code: 'denied',
    meaning: 'The account SAS is not for containers, or not for objects.',
    remedy: 'Create it again with the allowed resource types Container and Object (srt=co).',
  },
  'azure.sas.protocol': {
    code: 'denied',
    meaning: 'The SAS does not allow the protocol of the request.',
    remedy: 'Create it again with the protocol HTTPS only.',
  },
  'azure.sas.address': {
    code: 'denied',
    meaning: 'The SAS is limited to addresses that this Sluice does not call from.',
    remedy: 'Create it again with the addresses of this Sluice, which `sluice connection setup` shows, or without any.',
  },
  'azure.shared_key_disabled': {
    code: 'denied',
    meaning: 'The storage account allows no access by its keys; that ends account SAS and service SAS too, which are signed with them.',
    remedy:
      'Use the method `federation`, or a user delegation SAS; or allow storage account key access in the configuration of the account.',
  },
  'azure.network.refused': {
    code: 'denied',
    meaning: 'The storage account refuses the network the request came from, or a kind of request that its SAS never covers.',
    remedy: 'Allow the addresses of this Sluice under Networking of the storage account.',
  },
  'azure.public_access': {
    code: 'denied',
    meaning: 'The request carried no credential, and the storage account shows nothing to the public.',
    remedy: 'Give the connection a credential.',
  },
  'azure.account.disabled': {
    code: 'denied',
    meaning: 'The storage account is disabled.',
    remedy: 'Ask the owner of the subscription; an unpaid subscription disables its accounts.',
  },
  'azure.clock': {
    code: 'unavailable',
    meaning: 'The clock of the machine Sluice runs on is more than 15 minutes off.',
    remedy: 'The operator of Sluice sets the clock, best by NTP.',
    retry: 'never',
  },
  'azure.archived': {
    code: 'denied',
    meaning: 'The blob lies in the archive tier and cannot be read until it is rehydrated.',
    remedy: 'The owner of the data sets its access tier to Hot, Cool or Cold and waits until that is done, which takes hours.',
  },
  'azure.immutable': {
    code: 'denied',
    meaning: 'An immutability policy or a legal hold keeps the blob as it is.',
    remedy: 'Write under another name, or ask the owner of the data about the policy of the container.',
  },
  'azure.leased': {
    code: 'conflict',
    meaning: 'Somebody holds a lease of Azure on the blob or its container, which keeps others from changing it.',
    remedy: 'Wait until the lease ends, or ask whoever holds it; `az storage blob lease break` ends it.',
  },
  'azure.key.unusable': {
    code: 'denied',
    meaning: 'The key vault key that encrypts the storage account cannot be used: it is disabled, gone, or closed to the account.',
    remedy: 'The administrator of the key vault enables the key and lets the identity of the storage account use it.',
  },
  'azure.throttled': {
    code: 'unavailable',
    meaning: 'Azure asked for fewer requests a second.',
    remedy: 'Try again; if it lasts, ask for less at once or have the limits of the storage account raised.',
    retry: 'later',
  },
  'azure.unavailable': {
    code: 'unavailable',
    meaning: 'Azure could not answer.',
    remedy: 'Try again; if it lasts, look at the status page of Azure for the region.',
    retry: 'later',
  },
  'azure.rejected': {
    code: 'invalid',
    meaning: 'Azure refused the request for a reason that has no entry of its own.',
    remedy: 'Read the code and message of Azure that come with the error.',
  },
  'azure.trust.refused': {
    code: 'denied',
    meaning: 'No federated credential of the application fits our token: another issuer, subject or audience.',
    remedy: 'Compare the three, letter by letter, with those that `sluice connection setup` shows.',
  },
  'azure.trust.application': {
    code: 'denied',
    meaning: 'The tenant knows no application with this client id, or the application has no service principal there.',
    remedy: 'Compare the application (client) id and the directory (tenant) id with the overview page of the app registration.',
  },
  'azure.trust.tenant': {
    code: 'denied',
    meaning: 'Entra knows no tenant with this id.',
    remedy: 'Copy the directory (tenant) id from the overview page of the app registration.',
  },
  'azure.trust.disabled': {
    code: 'denied',
    meaning: 'The application, or its service principal, is disabled.',
    remedy: 'Enable it under Enterprise applications > Properties > Enabled for users to sign in.',
  },
  'azure.trust.conditional_access': {
    code: 'denied',
    meaning: 'A conditional access policy of the tenant blocks the application.',
    remedy: 'Except the application from the policy, or add the addresses of this Sluice to its named locations.',
  },
  'azure.trust.issuer_unreachable': {
    code: 'denied',
    meaning: 'Entra could not fetch our keys: the issuer URL of this Sluice does not answer it.',
    remedy: 'The operator makes the issuer URL reachable from the internet over https; `sluice server doctor` tells whether it is.',
  },
  'azure.trust.token_invalid': {
    code: 'denied',
    meaning: 'Entra does not accept our token: its signature or its times do not hold.',
    remedy: 'The operator sets the clock of the server, and lets the issuer URL serve the keys that are in use.',
  },
  'azure.account.name': {
    code: 'invalid',
    meaning: 'This is not the name of a storage account.',
    remedy: 'Write its 3 to 24 lower-case letters and digits, without .blob.core.windows.net.',
  },
  'azure.account.unknown': {
    code: 'invalid',
    meaning: 'Neither the location nor the connection says in which storage account the container lies.',
    remedy: 'Write the location like azure://account.blob.core.windows.net/container/folder/, or give the connection its accountName.',
  },
  'azure.account.other': {
    code: 'invalid',
    meaning: 'The location lies in another storage account than the one the credential belongs to.',
    remedy: 'Use a connection for each storage account.',
  },
  'azure.cloud.sovereign': {
    code: 'unsupported',
    meaning: 'The address belongs to a national cloud of Azure, which Sluice does not reach.',
    remedy: 'Use a storage account of the public cloud (blob.core.windows.net).',
  },
  'azure.identity.malformed': {
    code: 'invalid',
    meaning: 'A tenant or client id of Azure is a GUID.',
    remedy: 'Copy it from the overview page of the app registration: 8-4-4-4-12 hexadecimal digits.',
  },
  'azure.identity.absent': {
    code: 'invalid',
    meaning: 'The connection does not know the application yet that trusts us.',
    remedy: 'Name it when the setup has been applied: sluice connection update NAME --tenant-id ID --client-id ID.',
  },
  'azure.identity.no_issuer': {
    code: 'unsupported',
    meaning: 'This Sluice is no OpenID Connect issuer that an application could trust.',
    remedy: 'The operator sets the issuer URL (docs/config.md); until then use the method `sas`.',
  },
  'azure.identity.none': {
    code: 'unsupported',
    meaning: 'This Sluice runs as no managed identity of Azure.',
    remedy:
      'The operator names the identity with SLUICE_AZURE_CLIENT_ID and starts the server on Azure; elsewhere use the method `federation`.',
  },
  'azure.sas.malformed': {
    code: 'invalid',
    meaning: 'This is not a shared access signature (SAS).',
    remedy: 'Copy the SAS token whole, as the portal shows it: it begins with sv= or sp= and has a sig.',
  },
  'azure.sas.insufficient': {
    code: 'denied',
    meaning: 'The SAS does not cover what the connection is for.',
    remedy: 'Create another one with the permissions, services and resource types that the check names.',
  },
  'azure.sas.long_lived': {
    code: 'denied',
    meaning: 'The SAS ends more than a year from now.',
    remedy: 'Create one that ends sooner: whoever gets hold of it can use it until then.',
  },
  'azure.key.endless': {
    code: 'denied',
    meaning: 'An account key has no end.',
    remedy: 'Use federation or a SAS, or rotate the key regularly.',
  },
  'azure.delegation.refused': {
    code: 'denied',
    meaning: 'The identity may not ask the storage account for a user delegation key.',
    remedy: 'Give it the role Storage Blob Delegator on the storage account.',
  },
  'azure.tenant.other': {
    code: 'denied',
    meaning: 'The storage account belongs to another tenant than the identity.',
    remedy: 'Register the application in the tenant of the storage account, and give the connection that tenant’s id.',
  },
  'azure.key.malformed': {
    code: 'invalid',
    meaning: 'This is not the key of a storage account.',
    remedy: 'Copy key1 or key2 whole from Access keys of the storage account: 88 characters that end in ==.',
  },
} as const satisfies { readonly [reason: string]: Reason }
