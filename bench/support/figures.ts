import type { Claim, Figure } from '../row.ts'

export const milliseconds = (value: number): Figure => ({ value, unit: 'ms' })
export const perSecond = (value: number): Figure => ({ value, unit: '/s' })
export const megabytes = (bytes: number): Figure => ({ value: bytes / 1e6, unit: 'MB' })
export const times = (value: number): Figure => ({ value, unit: '×' })
export const percent = (share: number): Figure => ({ value: share * 100, unit: '%' })
export const count = (value: number): Figure => ({ value, unit: '' })

/** A target that is an upper limit. */
export function atMost(target: string, measured: Figure, limit: number): Claim {
  return { target, measured, met: measured.value <= limit }
}

/** A target that is a lower limit. */
export function atLeast(target: string, measured: Figure, limit: number): Claim {
  return { target, measured, met: measured.value >= limit }
}

/** A figure as people read it: three digits that matter. */
export function shown({ value, unit }: Figure): string {
  if (unit === 'ms' && value >= 1_000) return `${digits(value / 1_000)} s`
  if (unit === '×') return `${digits(value)}×`
  if (unit === '%') return `${digits(value)}%`
  return unit === '' ? digits(value) : `${digits(value)} ${unit}`
}

function digits(value: number): string {
  if (!Number.isFinite(value)) return '–'
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US')
  if (Number.isInteger(value)) return String(value)
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2)
}
