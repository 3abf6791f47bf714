import { defineConfig } from 'vitest/config'
import { suitesThatCannotRun } from './test/support/external-needs.ts'

const conditions = ['sluice-source']

const missing = suitesThatCannotRun(process.env['PATH'] ?? '')
// Where everything was installed just before, nothing may be left out.
if (missing.length > 0 && process.env['CI'] !== undefined) throw new Error('Suites that cannot run: see above.')

/** The suites that need Debian packages: `.ci/run` installs them and runs these. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['{packages,apps}/*/{src,test}/**/*.external.test.ts', 'test/**/*.external.test.ts'],
    exclude: ['**/node_modules/**', ...missing],
    reporters: ['default', './test/closing-line-reporter.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
