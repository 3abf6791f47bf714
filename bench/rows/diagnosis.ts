import type { DiagnosisReport } from '@sluice/core'
import type { Bench } from '../row.ts'
import { atMost, count, milliseconds } from '../support/figures.ts'
import { connect, CUSTOMER_ACCOUNT, REGION } from '../support/installation.ts'
import { floorMs, LINK } from '../support/link.ts'
import { medianSample } from '../support/measure.ts'

const STRANGER_ACCOUNT = '210987654321'
const NAME = 'foreign'
const FOREIGN_BUCKET = 'a-bucket-of-somebody-else'

/** What takes most requests: a bucket of another account that grants nothing, so that S3 gives no reason and much is tried. */
export const diagnosis: Bench = {
  name: 'diagnosis',
  async run({ lab, installation, runs, progress, signal }) {
    progress('diagnosing a connection')
    await lab.call('load', { accounts: [{ id: STRANGER_ACCOUNT, buckets: [{ name: FOREIGN_BUCKET, region: REGION }] }] })
    await connect(lab, installation, { name: NAME, accountId: CUSTOMER_ACCOUNT, location: `s3://${FOREIGN_BUCKET}/data/` })
    await lab.call('setLink', LINK)
    // One connection is diagnosed a few times in a minute at most, by one and the same Sluice.
    const diagnose = () => installation.newDiagnoses().diagnose(installation.caller, NAME, { write: true }, signal)
    let report: DiagnosisReport = await diagnose()
    const measured = await medianSample(lab, runs, async () => {
      report = await diagnose()
    })
    const [first] = report.findings
    if (first?.cause !== 'aws.rp.absent') throw new Error(`The diagnosis came to something else: ${JSON.stringify(report.findings)}`)
    return [
      {
        id: 'diagnosis',
        work: `diagnosis of a bucket that refuses everything: ${report.probes.length} probes`,
        sluice: milliseconds(measured.ms),
        requests: measured.requests,
        inARow: measured.inARow,
        bytes: measured.bytes,
        floorMs: floorMs(measured.inARow, measured.bytes),
        claims: [
          atMost('at most 2 s at 40 ms a request', milliseconds(measured.ms), 2_000),
          atMost('at most 50 requests in a row', count(measured.inARow), 50),
        ],
        notes: [`in order: ${measured.log.map((entry) => entry.operation).join(', ')}`],
      },
    ]
  },
}
