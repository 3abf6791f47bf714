import { describe, expect, it } from 'vitest'
import { isPrincipal } from './caller.ts'

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
})
