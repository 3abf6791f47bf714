import type { Expiry, ExpiryWarning } from '@sluice/core'
import type { Colour } from './paint.ts'

const COLOURS: { readonly [warning in ExpiryWarning]: Colour } = {
  over: 'red',
  'within-1-day': 'red',
  'within-7-days': 'yellow',
  'within-30-days': 'yellow',
}

/** How near the end of a secret is, in words; the colour says nothing that they do not. */
export function expiryWords({ secondsLeft, warning }: Expiry): { readonly text: string; readonly colour: Colour | undefined } {
  const text = secondsLeft > 0 ? `ends in ${span(secondsLeft)}` : `ended ${span(-secondsLeft)} ago`
  return { text, colour: warning && COLOURS[warning] }
}

const UNITS = [
  { name: 'day', seconds: 86_400 },
  { name: 'hour', seconds: 3_600 },
  { name: 'minute', seconds: 60 },
] as const

/** A span of time in its one largest unit that says enough: two days are still counted in hours. */
function span(seconds: number): string {
  const unit = UNITS.find((one, index) => index === UNITS.length - 1 || seconds >= 2 * one.seconds) ?? UNITS[2]
  const count = Math.floor(seconds / unit.seconds)
  if (count === 0) return 'less than a minute'
  return `${count} ${unit.name}${count === 1 ? '' : 's'}`
}
