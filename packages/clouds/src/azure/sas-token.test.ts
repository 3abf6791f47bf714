import { expect, it } from 'vitest'
import { withoutSignature } from './sas-token.ts'

it('a SAS without its signature keeps its fields, and where the signature had what encoding saves', () => {
  const token = 'sv=2025-11-05&sr=c&sp=rl&se=2027-01-01T00%3A00%3A00Z&sig=ab%2Bcd%2FeF01%3D'
  expect(withoutSignature(token)).toBe('sv=2025-11-05&sr=c&sp=rl&se=2027-01-01T00%3A00%3A00Z&sig=AA%2BAA%2FAAAA%3D')
  expect(withoutSignature('sig=ab%2Bcd%3D&SV=2025-11-05')).toBe('sig=AA%2BAA%3D&sv=2025-11-05')
})
