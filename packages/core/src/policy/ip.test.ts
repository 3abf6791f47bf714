import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { ipContains, parseIpRange } from './ip.ts'

const bits = (octets: readonly number[]): string => octets.map((octet) => octet.toString(2).padStart(8, '0')).join('')

it('contains exactly the addresses that share the prefix', () => {
  const address = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255))
  fc.assert(
    fc.property(address, address, fc.nat(32), (network, asked, length) => {
      const range = parseIpRange(`${network.join('.')}/${length}`)
      const single = parseIpRange(asked.join('.'))
      if (!range || !single) throw new Error('both are addresses')
      expect(ipContains(range, single)).toBe(bits(network).slice(0, length) === bits(asked).slice(0, length))
    }),
  )
})

it('reads IPv6 in every form', () => {
  fc.assert(
    fc.property(fc.ipV6(), (text) => {
      expect(parseIpRange(text)?.bits).toBe(128)
    }),
  )
  expect(parseIpRange('::ffff:192.0.2.1')).toEqual(parseIpRange('0:0:0:0:0:ffff:c000:201'))
  expect(parseIpRange('2001:db8::')).toEqual(parseIpRange('2001:DB8:0:0:0:0:0:0/128'))
})

it.each([
  '',
  '1.2.3',
  '1.2.3.4.5',
  '1.2.3.256',
  '01.2.3.x',
  '1.2.3.4/',
  '1.2.3.4/33',
  '1.2.3.4/8/8',
  ':::',
  '1::2::3',
  '12345::',
  '::/129',
  '1:2:3:4:5:6:7',
  'g::',
])('refuses %j', (text) => {
  expect(parseIpRange(text)).toBeUndefined()
})

it('keeps the families apart, whatever their numbers', () => {
  const range = parseIpRange('10.0.0.0/8')
  const sameNumber = parseIpRange('::a00:1')
  expect(range && sameNumber && ipContains(range, sameNumber)).toBe(false)
})
