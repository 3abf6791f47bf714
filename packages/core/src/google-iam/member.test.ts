import { expect, it } from 'vitest'
import { googleMember, type GoogleIdentity } from './identity.ts'
import { memberIncludes, memberProblem } from './member.ts'

const POOL = 'projects/1/locations/global/workloadIdentityPools/p'

it.each([
  'allUsers',
  'allAuthenticatedUsers',
  'user:ann@example.com',
  'serviceAccount:a@p.iam.gserviceaccount.com',
  'group:g@example.com',
  'domain:example.com',
  'projectViewer:p',
  'deleted:serviceAccount:a@p.iam.gserviceaccount.com?uid=1',
  `principal://iam.googleapis.com/${POOL}/subject/a/b c:d`,
  `principalSet://iam.googleapis.com/${POOL}/attribute.repo/a/b`,
  `principalSet://iam.googleapis.com/${POOL}/*`,
])('takes %s', (member) => {
  expect(memberProblem(member)).toBeUndefined()
})

it.each(['', 'ann@example.com', 'user:ann', 'serviceaccount:a@b', `principal://iam.googleapis.com/${POOL}/sub`, 'principalSet://x/*', '*'])(
  'refuses %j',
  (member) => {
    expect(memberProblem(member)).toBeTypeOf('string')
  },
)

it.each<GoogleIdentity>([
  { kind: 'service-account', email: 'a@p.iam.gserviceaccount.com' },
  { kind: 'user', email: 'ann@example.com' },
  { kind: 'federated', pool: POOL, subject: 'a/b:c' },
])('names $kind so that the name includes it', (identity) => {
  const member = googleMember(identity) ?? ''
  expect(memberProblem(member)).toBeUndefined()
  expect(memberIncludes(member, identity)).toBe(true)
})
