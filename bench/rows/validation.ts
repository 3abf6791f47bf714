import type { Report } from '@sluice/core'
import type { Bench, BenchContext, Row } from '../row.ts'
import { atMost, count, milliseconds } from '../support/figures.ts'
import { LINK, floorMs } from '../support/link.ts'
import { medianSample } from '../support/measure.ts'
import type { Place } from '../support/place.ts'
import { s3Place } from '../support/s3-place.ts'

/** All checks of a connection that reads and writes, the refusals included. */
export const validation: Bench = {
  name: 'validation',
  run: (context) => validatePlace(context, s3Place(context)),
}

/** The row of validating the connection of one place. */
export async function validatePlace(context: BenchContext, place: Place): Promise<readonly Row[]> {
  const { lab, runs, progress } = context
  progress(`validating a connection${place.where}`)
  await place.putText(`${place.location.prefix}sample.csv`, 'a,b\n1,2\n')
  await lab.call('setLink', LINK)
  let report = await validate(context, place)
  const measured = await medianSample(lab, runs, async () => {
    report = await validate(context, place)
  })
  if (report.verdict !== 'passed') throw new Error(`The validation did not pass: ${JSON.stringify(report.checks)}`)
  const oneByOne = measured.log.reduce((sum, entry) => sum + entry.ms, 0)
  return [
    {
      id: `${place.prefix}validation`,
      work: `validation${place.where}: ${report.checks.length} checks`,
      sluice: milliseconds(measured.ms),
      requests: measured.requests,
      inARow: measured.inARow,
      bytes: measured.bytes,
      floorMs: floorMs(6, measured.bytes),
      instead: { what: 'the same requests one after another', took: milliseconds(oneByOne) },
      claims: [atMost('at most 6 requests in a row', count(measured.inARow), 6)],
      notes: [`in order: ${measured.log.map((entry) => entry.operation).join(', ')}`],
    },
  ]
}

async function validate({ installation, signal }: BenchContext, { connection }: Place): Promise<Report> {
  for await (const event of installation.validations.validate(installation.caller, connection, {}, signal))
    if (event.type === 'report') return event.report
  throw new Error('The validation gave no report')
}
