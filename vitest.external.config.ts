import { defineConfig } from 'vitest/config'

const conditions = ['sluice-source']

/** The suites that need Debian packages: `.ci/run` installs them and runs these. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['{packages,apps}/*/{src,test}/**/*.external.test.ts', 'test/**/*.external.test.ts'],
    reporters: ['default', './test/closing-line-reporter.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
