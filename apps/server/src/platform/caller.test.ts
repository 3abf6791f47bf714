import { describe, expect, it } from 'vitest'
import { isPrincipal, isRamPrincipal, objectIdOf } from './caller.ts'

it.each([
  ['{"oid":"AAAA-1"}', 'aaaa-1'],
  ['{"sub":"x"}', undefined],
  ['canary', undefined],
])('a token that says %s is of %s', (claims, owner) => {
  expect(objectIdOf(`e30.${Buffer.from(claims).toString('base64url')}.sig`)).toBe(owner)
})

describe('whose credentials they are', () => {
  it.each([
    ['arn:aws:iam::123456789012:user/sluice', 'arn:aws:iam::123456789012:user/sluice', true],
    ['arn:aws:sts::123456789012:assumed-role/sluice/i-0abc', 'arn:aws:iam::123456789012:role/sluice', true],
    ['arn:aws:sts::123456789012:assumed-role/sluice/i-0abc', 'arn:aws:iam::123456789012:role/a/path/sluice', true],
    ['arn:aws-cn:sts::123456789012:assumed-role/sluice/i-0abc', 'arn:aws:iam::123456789012:role/sluice', false],
    ['arn:aws:sts::987654321987:assumed-role/sluice/i-0abc', 'arn:aws:iam::123456789012:role/sluice', false],
    ['arn:aws:sts::123456789012:assumed-role/other/i-0abc', 'arn:aws:iam::123456789012:role/sluice', false],
    ['arn:aws:iam::123456789012:user/sluice', 'arn:aws:iam::123456789012:role/sluice', false],
    ['arn:aws:iam::123456789012:root', 'arn:aws:iam::123456789012:user/root', false],
  ])('%s as %s: %s', (caller, principal, same) => {
    expect(isPrincipal(caller, principal)).toBe(same)
  })

  it.each([
    ['acs:ram::1234567890123456:user/sluice', 'acs:ram::1234567890123456:user/Sluice', true],
    ['acs:ram::1234567890123456:assumed-role/sluice/i-0abc', 'acs:ram::1234567890123456:role/Sluice', true],
    ['acs:ram::6543210987654321:assumed-role/sluice/i-0abc', 'acs:ram::1234567890123456:role/sluice', false],
    ['acs:ram::1234567890123456:assumed-role/other/i-0abc', 'acs:ram::1234567890123456:role/sluice', false],
    ['acs:ram::1234567890123456:user/sluice', 'acs:ram::1234567890123456:role/sluice', false],
    ['acs:ram::1234567890123456:root', 'acs:ram::1234567890123456:user/root', false],
  ])('%s as %s: %s', (caller, principal, same) => {
    expect(isRamPrincipal(caller, principal)).toBe(same)
  })
})
