import type { Observation } from './case.ts'

/** When a case was seen, as its answers say: the latest time that one of them names as its own. Undefined where none does. */
export function timeOf(observations: readonly Observation[]): number | undefined {
  const times = observations.flatMap(({ headers, message = '' }) => [headers['date'], ...serverTimes(message)]).flatMap(parsed)
  return times.length === 0 ? undefined : Math.max(...times)
}

/** `Current: [Thu, 01 Jan 2026 00:00:00 GMT]` of Azure; `<ServerTime>2026-01-01T00:00:00.000Z</ServerTime>` of S3 and OSS. */
function serverTimes(message: string): readonly string[] {
  return [...message.slice(0, 20_000).matchAll(/(?:\bCurrent:?\s*\[|<ServerTime>|"ServerTime":\s*")([^\]<"]{8,40})/g)].map(
    ([, time = '']) => time,
  )
}

function parsed(text: string | undefined): readonly number[] {
  const time = text === undefined ? Number.NaN : Date.parse(text)
  return Number.isNaN(time) ? [] : [time]
}
