import { expect, it } from 'vitest'
import { parseCredentialConfiguration } from './pool-provider.ts'

const AUDIENCE = '//iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/sluice-lake/providers/sluice'
const file = (email: string) =>
  JSON.stringify({
    type: 'external_account',
    audience: AUDIENCE,
    service_account_impersonation_url: `https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/${email}:generateAccessToken`,
  })

it.each(['loader@acme-data.iam.gserviceaccount.com', 'loader%40acme-data.iam.gserviceaccount.com'])('finds the account in %s', (email) => {
  expect(parseCredentialConfiguration(file(email))?.serviceAccount).toBe('loader@acme-data.iam.gserviceaccount.com')
})

it.each(['loader%zz@acme', '%', 'loader%2F..%2Fother@acme'])('refuses the escapes of %s', (email) => {
  expect(() => parseCredentialConfiguration(file(email))).toThrowError(expect.objectContaining({ reason: 'gcp.provider.malformed' }))
})
